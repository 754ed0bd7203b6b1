"""Who works on which trial, and which workers have vanished.

A worker that lives says so: a thread of its process counts up a number in the file for each of its pending trials. No
clock of another machine is read. Whoever asks looks at these numbers, and remembers by its own clock when it last saw
each of them change; one that has stood still for the length of a lease belongs to a worker that has vanished. So does a
trial whose process ran on the same machine and is there no more, which needs no waiting.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

from ..exceptions import TanteoError
from .environment import is_gone
from .session import Session

_LOG = logging.getLogger(__name__)
_END = "DELETE FROM beat WHERE trial = ?"
_BEAT = "INSERT INTO beat (trial, count) VALUES (?, 1) ON CONFLICT (trial) DO UPDATE SET count = count + 1"


class Leases:
    """The leases of one process.

    Parameters
    ----------
    session
        The study.
    seconds
        Length of a lease; None if trials of processes elsewhere are never taken from them.
    max_retries
        How often a trial is offered again before it is given up.
    clock
        Seconds that only grow.
    """

    def __init__(
        self, session: Session, seconds: float | None, max_retries: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._session, self.seconds, self.max_retries, self._clock = session, seconds, max_retries, clock
        # What was last seen of a trial, and when that was new.
        self._seen: dict[int, tuple[Any, float]] = {}
        self._pulse: Pulse | None = None

    def take(self, n: int) -> list[int]:
        """Take over up to ``n`` trials whose workers have vanished, or that were given back; inside of a change.

        Those that were retried too often are told as failed.
        """
        taken: list[int] = []
        for trial, vanished in self.abandoned():
            if len(taken) == n:
                break
            if vanished and self._session.state.record.retries.get(trial, 0) >= self.max_retries:
                self._give_up(trial)
            else:
                self.offer(trial, retried=vanished)
                taken.append(trial)
        return taken

    def abandoned(self) -> list[tuple[int, bool]]:
        """Return the trials that are free, and whether that is because a worker vanished."""
        record, own_run = self._session.state.record, self._session.known_run
        own_trials = {trial for trial, owner in record.owners.items() if owner == own_run}
        pending = [trial for trial in self._session.state.core.pending() if trial not in own_trials]
        if not pending:
            return []
        counts = dict(self._session.rows("SELECT trial, count FROM beat")) if self.seconds is not None else {}
        gone = {run: is_gone(record.runs[run]) for run in {record.owners[t] for t in pending if t in record.owners}}
        free = []
        for trial in pending:
            owner = record.owners.get(trial)
            if owner is None:
                free.append((trial, False))
            elif self._is_silent(trial, owner, counts.get(trial)) or gone[owner]:
                free.append((trial, True))
        return free

    def _is_silent(self, trial: int, owner: int, count: int | None) -> bool:
        """Whether nothing was heard of a trial, nor of the process that has it, for the length of a lease."""
        if self.seconds is None:
            return False
        seen, now = (owner, count), self._clock()
        if trial not in self._seen or self._seen[trial][0] != seen:
            self._seen[trial] = (seen, now)
        heard = max(self._seen[trial][1], self._session.heard.get(owner, 0.0))
        return now - heard > self.seconds

    def offer(self, trial: int, *, retried: bool) -> None:
        """Take over a trial; inside of a change."""
        body = {"run": self._session.run, "trial": trial, "time": time.time(), "retried": retried}
        self._session.do("offer", body)

    def _give_up(self, trial: int) -> None:
        retries = self._session.state.record.retries.get(trial, 0)
        reason = f"its worker vanished, as {retries} before it had" if retries else "its worker vanished"
        self.offer(trial, retried=False)
        self.fail(trial, reason)

    def fail(self, trial: int, reason: str) -> None:
        """Tell a trial as failed, whoever has it; inside of a change."""
        body = {"run": self._session.run, "trial": trial, "time": time.time()}
        self._session.do("tell", {**body, "told": {"state": "failed", "reason": reason}})
        forget(self._session, trial)

    def beat(self, trials: list[int]) -> None:
        """Say that trials are being worked on."""
        with self._session.change():
            # Some may have been told since the list was made.
            pending = set(self._session.state.core.pending())
            for trial in pending.intersection(trials):
                self._session.execute(_BEAT, (trial,))

    def start(self) -> None:
        """See to it that a thread says so for as long as this process has trials."""
        if self.seconds is not None and (self._pulse is None or not self._pulse.is_alive()):
            self._pulse = Pulse(self, self._session, self.seconds / 4)
            self._pulse.start()

    def mine(self) -> list[int]:
        """Return the pending trials of this process."""
        own_run = self._session.known_run
        return [trial for trial, owner in self._session.state.record.owners.copy().items() if owner == own_run]


def forget(session: Session, trial: int) -> None:
    """Remove what was counted of a trial that is told; inside of a change."""
    session.execute(_END, (trial,))


class Pulse(threading.Thread):
    """Says every now and then that the trials of this process are being worked on.

    It ends with the last of them, and with the study: it keeps none alive.
    """

    def __init__(self, leases: Leases, session: Session, every: float) -> None:
        super().__init__(daemon=True, name="tanteo-pulse")
        self._leases, self._every = weakref.ref(leases), every
        self._closed = session.closed

    def run(self) -> None:
        """Beat until there is nothing to beat for."""
        while not self._closed.wait(self._every):
            leases = self._leases()
            if leases is None:
                return
            own_trials = leases.mine()
            if not own_trials:
                return
            try:
                leases.beat(own_trials)
            except TanteoError:  # the next may succeed; a study that is closed ends the loop
                _LOG.warning("a heartbeat could not be written", exc_info=True)
            del leases
