"""Leases of trials, and detection of workers that have vanished.

A thread of each process increments a counter in the file for each of its pending trials (a heartbeat). Processes that
ask read these counters, and record by their own clocks when each counter last changed, so no clocks of different
machines are compared. If a counter has not changed for the length of the owner's lease, the worker has vanished. The
silence of a process without a lease says nothing, except about a trial for which a heartbeat was sent. A process of the
same machine that no longer exists is detected without waiting.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from typing import Any

from ..exceptions import TanteoError
from .environment import gone
from .session import StudySession

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
        The length of the lease of this process; None if it sends no heartbeats, and takes over no trials for silence.
    max_retries
        How often a trial is offered again before it fails.
    """

    def __init__(self, session: StudySession, seconds: float | None, max_retries: int) -> None:
        self._session, self.seconds, self.max_retries = session, seconds, max_retries
        # A monotonic clock in seconds.
        self._clock = time.monotonic
        # The owner and the counter of each trial when last read, and the time at which they were new.
        self._seen: dict[int, tuple[Any, float]] = {}
        self._pulse: Pulse | None = None

    def take(self, n: int) -> list[int]:
        """Take over up to ``n`` trials whose workers have vanished or that were released; called inside a change.

        Trials that were retried too often are told as failed.
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
        """Return the free trials, each with whether its worker has vanished."""
        record, own_run = self._session.state.record, self._session.known_run
        own_trials = {trial for trial, owner in record.owners.items() if owner == own_run}
        pending = [trial for trial in self._session.state.core.pending() if trial not in own_trials]
        if not pending:
            return []
        counts = dict(self._session.rows("SELECT trial, count FROM beat")) if self.seconds is not None else {}
        ended = gone({run: record.runs[run] for run in {record.owners[t] for t in pending if t in record.owners}})
        free = []
        for trial in pending:
            owner = record.owners.get(trial)
            if owner is None:
                free.append((trial, False))
            elif self._is_silent(trial, owner, counts.get(trial)) or owner in ended:
                free.append((trial, True))
        return free

    def _is_silent(self, trial: int, owner: int, count: int | None) -> bool:
        """Return whether there was no heartbeat of a trial and no change by its process for the length of a lease."""
        lease = self._lease_of(owner, count)
        if self.seconds is None or lease is None:
            return False
        seen, now, heard = (owner, count), self._clock(), self._session.heard.get(owner)
        if trial not in self._seen or self._seen[trial][0] != seen:
            # The first heartbeat, or none yet, says nothing that the operations of the process do not say.
            self._seen[trial] = (seen, now if heard is None or count is not None else heard)
        return now - max(self._seen[trial][1], heard or 0.0) > lease

    def _lease_of(self, owner: int, count: int | None) -> float | None:
        """Return the seconds of silence after which the owner of a trial counts as vanished; None if it never does."""
        # Of a run whose operation was lost, no lease is known, nor whether its process sends heartbeats.
        lease: float | None = self._session.state.record.runs[owner].get("lease", self.seconds)
        return self.seconds if lease is None and count is not None else lease

    def offer(self, trial: int, *, retried: bool) -> None:
        """Take over a trial; called inside a change."""
        body = {"run": self._session.run, "trial": trial, "time": time.time(), "retried": retried}
        self._session.do("offer", body)
        # The heartbeats of the previous owner say nothing about the new one.
        forget(self._session, trial)

    def _give_up(self, trial: int) -> None:
        retries = self._session.state.record.retries.get(trial, 0)
        reason = f"all {retries + 1} workers that had it vanished" if retries else "its worker vanished"
        self.offer(trial, retried=False)
        self.fail(trial, reason)

    def fail(self, trial: int, reason: str) -> None:
        """Tell a trial as failed, whichever process has it; called inside a change."""
        body = {"run": self._session.run, "trial": trial, "time": time.time()}
        self._session.do("tell", {**body, "told": {"state": "failed", "reason": reason}})
        forget(self._session, trial)

    def beat(self, trials: list[int]) -> None:
        """Write a heartbeat for trials."""
        with self._session.change():
            # Some may have been told since the list was created.
            pending = set(self._session.state.core.pending())
            for trial in pending.intersection(trials):
                self._session.execute(_BEAT, (trial,))

    def start(self) -> None:
        """Start the thread that writes heartbeats while this process has trials, if it is needed."""
        if self.seconds is not None and (self._pulse is None or not self._pulse.is_alive()):
            self._pulse = Pulse(self, self._session, self.seconds / 4)
            self._pulse.start()

    def mine(self) -> list[int]:
        """Return the pending trials of this process."""
        own_run = self._session.known_run
        return [trial for trial, owner in self._session.state.record.owners.copy().items() if owner == own_run]


def forget(session: StudySession, trial: int) -> None:
    """Remove the counter of a trial that is told or taken over; called inside a change."""
    session.execute(_END, (trial,))


class Pulse(threading.Thread):
    """Writes heartbeats for the trials of this process at regular intervals.

    It ends when there are no trials left or the study is closed. It does not keep the study alive.
    """

    def __init__(self, leases: Leases, session: StudySession, every: float) -> None:
        super().__init__(daemon=True, name="tanteo-pulse")
        self._leases, self._every = weakref.ref(leases), every
        self._closed = session.closed

    def run(self) -> None:
        """Write heartbeats until there are no trials left."""
        while not self._closed.wait(self._every):
            leases = self._leases()
            if leases is None:
                return
            own_trials = leases.mine()
            if not own_trials:
                return
            try:
                leases.beat(own_trials)
            except TanteoError:  # the next one may succeed; closing the study ends the loop
                _LOG.warning("a heartbeat could not be written", exc_info=True)
            del leases
