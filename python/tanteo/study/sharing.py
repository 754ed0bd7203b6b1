"""Coordination of a run (:func:`tanteo.minimize`) with other processes that work on its study."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from ..trials.trial import Trial
from .leases import Leases
from .session import StudySession


class Shared:
    """The coordination for a study; :class:`tanteo.run.sharing.Alone` is that for an optimizer in memory."""

    def __init__(self, handed_out: Callable[[int], Trial], session: StudySession, leases: Leases) -> None:
        self._handed_out, self._session, self._leases = handed_out, session, leases

    def together(self) -> AbstractContextManager[None]:
        """Return a context that is one transaction."""
        return self._session.change()

    def left_behind(self) -> list[Trial]:
        """Take over the trials that nobody works on; return them and the pending ones of this process."""
        with self._session.change():
            own_trials = self._leases.mine()
            taken = self._leases.take(len(self._session.state.core.pending()))
        self._leases.start()
        return [self._handed_out(number) for number in sorted([*own_trials, *taken])]

    def vanished(self, n: int) -> list[Trial]:
        """Take over up to ``n`` trials of processes that have vanished.

        Processes that ended on this machine are detected without a lease.
        """
        with self._session.change():
            taken = self._leases.take(n)
        self._leases.start()
        return [self._handed_out(number) for number in taken]

    def under_way_elsewhere(self) -> int:
        """Count the trials that other processes work on."""
        me, owners = self._session.known_run, self._session.state.record.owners
        return sum(owner != me for owner in owners.values())

    def n_lost(self, trials: Iterable[int]) -> int:
        """Count those of these trials that this run no longer owns: they have ended, or were taken over or released."""
        return sum(not self._is_mine(trial) for trial in trials)

    def give_back(self, trials: list[Trial]) -> None:
        """Release trials that this run will not finish, for other processes or a later run."""
        with self._session.change():
            for trial in trials:
                if self._is_mine(trial.id):
                    self._session.do("release", {"trial": trial.id})

    def _is_mine(self, trial: int) -> bool:
        """Return whether a trial is pending and this run works on it."""
        return self._session.state.record.owners.get(trial) == self._session.known_run
