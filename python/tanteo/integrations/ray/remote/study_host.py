"""A host whose optimizer is a study: one file is the record of the search and what the actor has acknowledged.

Beside the log of the study stand two tables of the host, which are written in the same transactions:

| table | holds |
| --- | --- |
| ``remote_worker`` | the worker that has each pending trial |
| ``remote_answer`` | what was answered to the latest requests, so that one which is sent again counts once |
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
    """A study and who works on which of its trials.

    Parameters
    ----------
    space, options
        As :class:`tanteo.Study` takes them.
    path
        Of the study, on a disk of the node that this runs on.
    lease
        Seconds.
    clock
        Seconds that only grow.

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
        self._study = Study(path, space, **options)
        self._heard = {}
        self._begin(self._study, lease, clock)
        with self._study._session.change():
            for table in _TABLES:
                self._execute(table)
        self._read()
        with self._study._session.change():
            self._take_over()
        # Nobody is taken for dead because the actor was.
        self._heard = dict.fromkeys(self._owners.values(), self._clock())

    def _read(self) -> None:
        """Read what the tables hold."""
        rows = self._study._session.rows
        self._owners = {trial: name.decode() for trial, name in rows("SELECT trial, worker FROM remote_worker")}
        answers = rows("SELECT request, answer FROM remote_answer ORDER BY number")
        self._answers = {request.decode(): json.loads(answer) for request, answer in answers}

    def _take_over(self) -> None:
        """Make the trials of workers those of this process: they were asked for by one that has died."""
        owners = self._study._session.state.record.owners
        for trial, _ in self._study._leases.abandoned():
            if trial in self._owners and trial in owners:
                self._study._leases.offer(trial, retried=False)

    def _free(self, n: int) -> list[int]:
        """Return trials of silent workers, and those that another process which has ended left behind."""
        leases = self._study._leases
        # Those of an actor that lives are its own, and so are those that somebody has told or taken over meanwhile.
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
        """Make one transaction of a change of the study and of the tables, or nothing of it."""
        try:
            with self._study._session.change():
                yield
        except BaseException:
            self._read()
            raise

    def _write(self, entry: list[Any]) -> None:
        """The study has written it down."""

    def _checkpoint(self) -> None:
        """The study keeps its state by itself."""

    def optimizer(self) -> Optimizer:
        """Return a copy in memory: a study would travel as its path, which means nothing on another node."""
        return copy.deepcopy(self._study)
