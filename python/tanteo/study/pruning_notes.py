"""The notes of a study on stopping its trials, whose changes are rows of its log."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..exceptions import StudyError
from ..trials.pruning_notes import PruningNotes

if TYPE_CHECKING:
    from .session import StudySession

_LOG = logging.getLogger(__name__)


class RecordedPruningNotes:
    """The methods of :class:`PruningNotes` for a study, whose notes all its processes share.

    A row is written when an order is first asked for, when a trial should stop, and when it should go on after all.
    Further decisions to stop write none, so other processes know the reason of the first of them; this process knows
    that of the latest. Whether a row is needed is judged by the rows that this process has read. If another process has
    written a different decision since then, that one stays until this process has read it and decides again.

    No note is worth an error of the call that makes it. If the file cannot be written, that is logged, and this process
    keeps the note in memory. A process that may not write to the study makes no notes.

    Parameters
    ----------
    session
        The session that writes the changes.
    """

    def __init__(self, session: StudySession) -> None:
        self._session = session
        # The latest decisions of this process.
        self._own: dict[int, str | None] = {}
        # The trials and the orders whose notes could not be written.
        self._unwritten: set[int] = set()
        self._unwritten_orders: set[int] = set()

    @property
    def _notes(self) -> PruningNotes:
        """The notes read so far; another state takes their place if a transaction fails."""
        return self._session.state.record.pruning

    @property
    def orders(self) -> set[int]:
        """See :class:`PruningNotes`."""
        return self._notes.orders | self._unwritten_orders

    @property
    def reasons(self) -> Mapping[int, str]:
        """See :class:`PruningNotes`."""
        known: dict[int, str | None] = dict(self._notes.reasons.copy())
        for trial, reason in self._own.copy().items():
            # Without a row, the trial was started again since the decision.
            if trial in known or trial in self._unwritten:
                known[trial] = reason
        return {trial: reason for trial, reason in known.items() if reason is not None}

    def note_order(self, n: int) -> None:
        """See :class:`PruningNotes`."""
        if n in self._notes.orders or not self._session.may_write:
            return
        try:
            with self._session.change():
                if n not in self._notes.orders:
                    self._session.do("order", {"n": n})
        except StudyError:
            self._unwritten_orders.add(n)
            _LOG.warning("the number of folds of an order could not be written", exc_info=True)

    def note_decision(self, trial: int, reason: str | None) -> None:
        """See :class:`PruningNotes`; a trial that this process no longer has keeps the note that it has."""
        if not self._session.may_write:
            return
        self._own[trial] = reason
        try:
            if not self._is_noted(trial, reason):
                self._write(trial, reason)
            self._unwritten.discard(trial)
        except StudyError:
            self._unwritten.add(trial)
            _LOG.warning("the decision on a trial could not be written", exc_info=True)
        if reason is None and trial not in self._unwritten:
            self._own.pop(trial, None)

    def _is_noted(self, trial: int, reason: str | None) -> bool:
        return (trial in self._notes.reasons) == (reason is not None)

    def _write(self, trial: int, reason: str | None) -> None:
        with self._session.change():
            # Compared again, since the rows of other processes are read first.
            if self._has(trial) and not self._is_noted(trial, reason):
                self._session.do("stop", {"trial": trial, "reason": reason})

    def _has(self, trial: int) -> bool:
        """Return whether a trial is pending, and was not taken from this process."""
        state, run = self._session.state, self._session.known_run
        return state.core.state(trial) == "pending" and not state.record.has_lost(run, trial)

    def forget(self, trial: int) -> None:
        """Remove what this process keeps of a trial that is told; the row that tells it removes the rest."""
        self._own.pop(trial, None)
        self._unwritten.discard(trial)

    def to_data(self) -> dict[str, Any]:
        """See :class:`PruningNotes`."""
        notes = PruningNotes()
        notes.orders.update(self.orders)
        notes.reasons.update(self.reasons)
        return notes.to_data()
