"""The notes of a study on stopping its trials, in which every change is a row of its log."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..trials.pruning_notes import PruningNotes
    from .session import StudySession


class RecordedPruningNotes:
    """The methods of :class:`PruningNotes` for a study, whose notes all its processes share.

    A study that is closed, or open for reading only, changes none.

    Parameters
    ----------
    session
        The session that writes the changes.
    """

    def __init__(self, session: StudySession) -> None:
        self._session = session

    @property
    def _notes(self) -> PruningNotes:
        """The notes read so far; another state takes their place if a transaction fails."""
        return self._session.state.record.pruning

    @property
    def _is_kept(self) -> bool:
        return not (self._session.read_only or self._session.closed.is_set())

    @property
    def orders(self) -> set[int]:
        """See :class:`PruningNotes`."""
        return self._notes.orders

    @property
    def reasons(self) -> dict[int, str]:
        """See :class:`PruningNotes`."""
        return self._notes.reasons

    def note_order(self, n: int) -> None:
        """See :class:`PruningNotes`."""
        if n in self.orders or not self._is_kept:
            return
        with self._session.change():
            if n not in self.orders:
                self._session.do("order", {"n": n})

    def note_decision(self, trial: Any, reason: str | None) -> None:
        """See :class:`PruningNotes`; a trial that this process no longer has keeps the note that it has."""
        if reason == self.reasons.get(trial) or not self._is_kept:
            return
        with self._session.change():
            if self._has(trial):
                self._session.do("stop", {"trial": operator.index(trial), "reason": reason})

    def _has(self, trial: Any) -> bool:
        """Return whether a trial is pending, and was not taken from this process."""
        state, run = self._session.state, self._session.known_run
        return state.core.state(trial) == "pending" and not state.record.has_lost(run, trial)

    def forget(self, trial: Any) -> None:
        """Do nothing: the row that tells a trial does it."""

    def to_data(self) -> dict[str, Any]:
        """See :class:`PruningNotes`."""
        return self._notes.to_data()
