"""A host whose optimizer is a study: its file records both the search and the acknowledged requests.

The host has two more tables in the file, which are written in the same transactions as the log of the study:

| table | content |
| --- | --- |
| ``remote_worker`` | the worker that has each pending trial |
| ``remote_answer`` | the answers to the latest requests, so that a repeated request counts once |
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ....optimizer import Optimizer
from ....study import Study
from .host import REMEMBERED, OptimizerHost, Place

_TABLES = (
    "CREATE TABLE IF NOT EXISTS remote_worker (trial INTEGER PRIMARY KEY, worker TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS remote_answer (number INTEGER PRIMARY KEY AUTOINCREMENT, "
    "request TEXT NOT NULL UNIQUE, answer TEXT NOT NULL)",
)
_ASSIGN = "INSERT OR REPLACE INTO remote_worker (trial, worker) VALUES (?, ?)"
_RELEASE = "DELETE FROM remote_worker WHERE trial = ?"
_ANSWER = "INSERT INTO remote_answer (request, answer) VALUES (?, ?)"
_FORGET = f"DELETE FROM remote_answer WHERE number <= (SELECT max(number) FROM remote_answer) - {REMEMBERED}"


class StudyHost(OptimizerHost):
    """A study and the owners of its pending trials.

    Parameters
    ----------
    space, options
        As for :class:`tanteo.Study`. An existing study keeps its budget: Ray restarts an actor with its first
        arguments, and another process may have changed the budget since.
    path
        The path of the study, on a disk of the node of this process.
    lease
        In seconds.
    clock
        A monotonic clock in seconds.

    Raises
    ------
    StudyError
        As :class:`tanteo.Study`.
    """

    def __init__(
        self,
        space: Any,
        options: Mapping[str, Any],
        path: str,
        lease: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._study = Study._with_initial_budget(path, space, **options)
        self._heard = {}
        self._begin(self._study, lease, clock)
        with self._study._session.change():
            for table in _TABLES:
                self._execute(table)
        self._read()
        with self._study._session.change():
            self._take_over()
        # Workers are not presumed dead because the actor was.
        self._heard = dict.fromkeys(self._owners.values(), self._clock())

    def _read(self) -> None:
        """Read the tables."""
        rows = self._study._session.rows
        self._owners = {trial: name.decode() for trial, name in rows("SELECT trial, worker FROM remote_worker")}
        answers = rows("SELECT request, answer FROM remote_answer ORDER BY number")
        self._answers = {request.decode(): json.loads(answer) for request, answer in answers}

    def _take_over(self) -> None:
        """Take over the trials of workers, which were asked for by a process that has died."""
        owners = self._study._session.state.record.owners
        for trial, _ in self._study._leases.abandoned():
            if trial in self._owners and trial in owners:
                self._study._leases.offer(trial, retried=False)

    def _free(self, n: int) -> list[int]:
        """Return trials of silent workers, and trials left by another process that has ended."""
        leases = self._study._leases
        # Trials that another process has told or taken over meanwhile are no longer those of this actor.
        own_trials = set(leases.mine())
        silent = [trial for trial in self._silent() if trial in own_trials][:n]
        abandoned = [entry for entry in leases.abandoned() if entry[0] not in silent][: n - len(silent)]
        for trial, vanished in abandoned:
            leases.offer(trial, retried=vanished)
        return [*silent, *(trial for trial, _ in abandoned)]

    def _assign(self, ids: list[int], worker: str) -> None:
        super()._assign(ids, worker)
        for number in ids:
            self._execute(_ASSIGN, number, worker)

    def _place(self, ids: list[int], place: Place | None) -> None:
        if place is None:
            return
        session, (host, process) = self._study._session, place
        for trial in ids:
            if session.state.record.place_of(trial) != (host, process):
                session.do("place", {"trial": trial, "host": host, "process": process})

    def _release(self, trial: int) -> None:
        super()._release(trial)
        self._execute(_RELEASE, trial)

    def _remember(self, request: str, answer: Any) -> None:
        super()._remember(request, answer)
        self._execute(_ANSWER, request, json.dumps(answer))
        self._execute(_FORGET)

    def _execute(self, statement: str, *arguments: Any) -> None:
        self._study._session.execute(statement, arguments)

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Change the study and the tables in one transaction."""
        try:
            with self._study._session.change():
                yield
        except BaseException:
            self._read()
            raise

    def _write(self, entry: list[Any]) -> None:
        """Do nothing: the study has written the change."""

    def _checkpoint(self) -> None:
        """Do nothing: the study caches its state itself."""

    def optimizer(self) -> Optimizer:
        """Return a copy in memory, because a study is pickled as its path, which is not valid on another node."""
        return copy.deepcopy(self._study)
