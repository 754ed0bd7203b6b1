"""The study that workers share through an actor. This module does not depend on Ray."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....exceptions import TrialStateError, UnknownTrialError
from ....optimizer import Optimizer
from ....pruners.decision import Decision
from ....space.candidates import Candidates
from ....space.search_space import SearchSpace
from ....study import Study
from ....study.connection import Connection, Memory
from ....study.leases import Leases
from ....trials.outcome import Outcome
from ....trials.trial import FrozenTrial, Trial

if TYPE_CHECKING:
    from ....trials.constraint_names import ConstraintsTold
    from ....trials.outcome import Constraints, ToldObjective

#: The number of remembered answers. Ray repeats the requests that were running when the actor died, one per worker, and
#: one actor serves fewer workers.
REMEMBERED = 1000
#: The name of the study in a folder, and of one in memory.
FILE = "study.db"
# The answers to the latest requests are a table of the file, written in the same transactions as its log.
_TABLE = (
    "CREATE TABLE IF NOT EXISTS remote_answer (number INTEGER PRIMARY KEY AUTOINCREMENT, "
    "request TEXT NOT NULL UNIQUE, answer TEXT NOT NULL)"
)
_READ = "SELECT answer FROM remote_answer WHERE request = ?"
_ANSWER = "INSERT INTO remote_answer (request, answer) VALUES (?, ?)"
_FORGET = "DELETE FROM remote_answer WHERE number <= (SELECT max(number) FROM remote_answer) - ?"


class Host(Study):
    """A study with one writer, which acts for its workers: each is a run of the study, with a lease.

    A request that is repeated because its answer was lost counts once. If there is no heartbeat of a worker for the
    length of a lease, its trials are handed out again, with the same configurations and ids; the first result counts.

    One thread makes all calls except :meth:`beat`, which another thread may call at any time.

    Parameters
    ----------
    space, options
        As for :class:`tanteo.Study`, without ``budget``: Ray restarts an actor with its first arguments, and the budget
        may have changed since (:meth:`change_budget`).
    path
        The file; None for a study in memory, which ends with the process.
    lease
        In seconds.

    Raises
    ------
    StudyError
        As :class:`tanteo.Study`.
    OSError
        If the folder of the file cannot be created.
    """

    def __init__(self, space: Any, options: Mapping[str, Any], path: str | None, lease: float) -> None:
        self._is_in_memory = path is None
        if path is not None:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(FILE if path is None else path, space, **options)
        self._leases = _WorkerLeases(self._session, lease, sys.maxsize)
        with self._session.change():
            self._session.execute(_TABLE)
            # This process is a run too, whose environment is that of the search.
            self._runs = {"": self._session.run}
        # A worker whose lease was another one is registered anew.
        self._runs.update(
            {
                run["worker"]: number
                for number, run in enumerate(self._session.state.record.runs)
                if "worker" in run and run.get("lease") == lease
            }
        )

    def _connect(self) -> Connection:
        return Memory(self._path) if self._is_in_memory else super()._connect()

    def _warn_of_place(self) -> None:
        """Do nothing: the warning advises what this class is for, one process that uses the study for all."""

    def register(self, worker: str, identity: Mapping[str, Any]) -> None:
        """Record a worker before its first request; ``identity`` is that of its process."""
        if worker not in self._runs:
            with self._session.change():
                number = self._session.register({**identity, "worker": worker, "lease": self._leases.seconds})
            self._runs[worker] = number
        self.beat(worker)

    def beat(self, worker: str) -> None:
        """Record a heartbeat of a worker."""
        if worker in self._runs:
            self._session.hear(self._runs[worker])

    def _once(self, request: str, worker: str, act: Callable[[], Any]) -> Any:
        """Act for a worker unless the request was answered before; return the answer, which is JSON."""
        # A worker that asks is alive, however long it had to wait.
        self.beat(worker)
        with self._session.change():
            known = self._session.rows(_READ, (request,))
            if known:
                return json.loads(known[0][0])
            with self._session.acting_as(self._runs[worker]):
                answer = act()
            self._session.execute(_ANSWER, (request, json.dumps(answer)))
            self._session.execute(_FORGET, (REMEMBERED,))
        self.beat(worker)
        return answer

    def hand_out(self, request: str, worker: str, n: int, among: Candidates | None = None) -> list[Trial]:
        """Hand out ``n`` trials: first those whose workers have vanished, then new ones, of candidates if given."""
        ids = self._once(request, worker, lambda: [trial.id for trial in self._ask_many(n, among)])
        return [self._pending(number) for number in ids if self._core.state(number) == "pending"]

    def take(self, request: str, worker: str, trial: Trial | int, outcome: Outcome) -> bool:
        """Take a result; return whether it counted, since only the first result of a trial handed out twice does."""

        def act() -> bool:
            number = self._number(trial)
            self._return(number)
            try:
                self._tell(number, outcome)
            except UnknownTrialError:
                raise
            except TrialStateError:
                return False
            return True

        return bool(self._once(request, worker, act))

    def drop(self, request: str, worker: str, trial: Trial | int, reason: str, cost: float | None) -> None:
        """See :meth:`tanteo.Optimizer.cancel`."""

        def act() -> None:
            number = self._number(trial)
            self._return(number)
            self.cancel(number, reason=reason, cost=cost)

        self._once(request, worker, act)

    def withdraw(self, request: str, worker: str, trial: Trial | int) -> None:
        """See :meth:`tanteo.Optimizer.retract`; the worker has the trial then."""
        self._once(request, worker, lambda: self.retract(trial))

    def _return(self, trial: int) -> None:
        """Return a pending trial to the worker that tells it, if the trial was taken from it."""
        record, run = self._session.state.record, self._session.run
        if run in record.lost.get(trial, ()) and record.owners.get(trial, run) != run:
            started = record.started[trial]
            self._session.do("offer", {"run": run, "trial": trial, "time": started, "retried": False})

    @contextmanager
    def _reporting(self, worker: str, trial: Trial | int) -> Iterator[FrozenTrial | None]:
        """Give the trial of a report that may still be recorded, None after its end; then renew its lease."""
        with self._session.change():
            current = self._found(trial)
            yield current if current.state == "pending" else None
        self.beat(worker)

    def record(self, worker: str, trial: Trial | int, step: int, values: list[float], constraints: Constraints) -> None:
        """Record an intermediate value; steps that are not larger, and reports after the end of the trial, are ignored.

        A trial may have two workers (the first was presumed dead) whose values differ, so a repeated step is no error.
        """
        with self._reporting(worker, trial) as current:
            if current is not None and step > max(current.steps, default=-1):
                self._report(current.id, step, values, constraints)

    def record_fold(self, worker: str, trial: Trial | int, fold: int, value: float) -> None:
        """Record the value of a fold; known folds, and reports after the end of the trial, are ignored.

        As in :meth:`record`, a known fold with another value is no error.
        """
        with self._reporting(worker, trial) as current:
            if current is not None and fold not in current.folds:
                self._report_fold(current.id, fold, value)

    def record_objectives(self, worker: str, trial: Trial | int, told: list[ToldObjective]) -> None:
        """Record objectives before the result; those of a trial that has ended are ignored."""
        with self._reporting(worker, trial) as current:
            if current is not None:
                self._tell_objectives(current.id, told)

    def record_constraints(self, worker: str, trial: Trial | int, constraints: Constraints) -> None:
        """Record constraints before the result; those of a trial that has ended are ignored."""
        with self._reporting(worker, trial) as current:
            if current is not None:
                self._tell_constraints(current.id, constraints)

    def constraints_told(self, trial: Trial | int | None) -> ConstraintsTold:
        """Return what a worker compares the constraints of a trial with: nothing if it has ended."""
        if trial is not None and self._found(trial).state != "pending":
            return set(), {}
        return self._constraints_told(trial)

    def record_attr(self, worker: str, trial: Trial | int, name: str, text: str) -> None:
        """Attach a value, given as JSON."""
        self._set_attr(self._found(trial).id, name, text)
        self.beat(worker)

    def check_has_value(self, trial: Trial | int) -> None:
        """Raise the error of a local optimizer for a pending trial that has told nothing to complete it with."""
        current = self._found(trial)
        if current.state == "pending":
            self._check_has_value(current.id)

    def judge(self, trial: Trial | int) -> Decision:
        """See :meth:`tanteo.Optimizer.should_prune`; a trial that another worker has told should stop too."""
        current = self._found(trial)
        if current.state != "pending":
            return Decision(stop=True, reason=f"trial {current.id} is already {current.state}")
        return self._should_prune(current.id)

    def queue(self, request: str, worker: str, params: Mapping[str, Any]) -> None:
        """See :meth:`tanteo.Optimizer.enqueue`."""
        self._once(request, worker, lambda: self._enqueue(params))

    def add(self, request: str, worker: str, params: Mapping[str, Any], outcome: Outcome) -> int:
        """See :meth:`tanteo.Optimizer.observe`."""
        return int(self._once(request, worker, lambda: self._observe(params, outcome)))

    def change_budget(self, request: str, worker: str, budget: float) -> None:
        """Replace the budget of the search; earlier costs count towards it."""
        self._once(request, worker, lambda: self._change_budget(budget))

    def best_trial(self) -> FrozenTrial | None:
        """See :attr:`tanteo.Optimizer.best`."""
        self.refresh()
        return self.best

    def goals(self) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
        """Return the directions, and the names of the objectives or None."""
        return self.directions, self.objective_names

    def search_space(self) -> SearchSpace:
        """Return the space, for workers that read a table of candidates."""
        return self.space

    def copied(self) -> Optimizer:
        """Return a copy in memory, because a study is pickled as its path, which is not valid on another node."""
        self.refresh()
        return copy.deepcopy(self)

    def _found(self, trial: Trial | int) -> FrozenTrial:
        number: int = self._number(trial)
        if not 0 <= number < len(self):
            raise UnknownTrialError(f"no trial has the id {number}; {len(self)} were handed out")
        return self.trials[number]


class _WorkerLeases(Leases):
    """The leases of workers, which send their heartbeats to the host."""

    def start(self) -> None:
        """Do nothing: this process has no trials of its own."""


class HostActor:
    """An actor that creates its host in the first call.

    Errors of the host (a study of another search, a missing disk) are then raised by that call. If they were raised
    while the actor starts, they would end it, and callers would only learn that the actor died.

    Parameters
    ----------
    arguments
        The arguments of :class:`Host`.
    """

    def __init__(self, *arguments: Any) -> None:
        self._arguments = arguments
        self._host: Host | None = None

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of the host. All calls except :meth:`beat` are sequential."""
        if self._host is None:
            self._host = Host(*self._arguments)
        return getattr(self._host, method)(*arguments)

    def beat(self, worker: str) -> None:
        """Record a heartbeat of a worker; a host that has not started assumes that all workers are alive."""
        if self._host is not None:
            self._host.beat(worker)
