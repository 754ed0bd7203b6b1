"""The handle with which workers share an optimizer."""

from __future__ import annotations

import functools
import os
import threading
import uuid
from collections.abc import Iterable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any, Unpack

from ...._internal.coercion import as_int, as_positive, shown
from ...._internal.files import as_path
from ...._internal.keywords import explaining_arguments
from ....earlier.known import EarlierSource
from ....earlier.reading import read
from ....exceptions import ArgumentError, TrialStateError
from ....optimizer import Optimizer
from ....options import SearchOptions, given, takes_options
from ....pruners import Decision
from ....space.candidates import AnyCandidates, Candidates
from ....study.environment import identity
from ....trials.ask_tell import SearchCalls
from ....trials.constraint_names import ConstraintNames
from ....trials.delegating import Delegating
from ....trials.outcome import Outcome
from ....trials.trial import FrozenTrial, Trial, reference_to
from ..tune import ray
from .host import FILE, HostActor

if TYPE_CHECKING:
    from ....options import AnySpace
    from ....trials.constraint_names import ConstraintsTold
    from ....trials.outcome import Constraints, ToldObjective
    from ....trials.results import AnyTrial

#: The concurrency group of heartbeats, which never wait for other calls.
_BEATS = "beats"


class RemoteOptimizer(SearchCalls[bool], Delegating):
    """An optimizer in an actor of Ray, with the ask-and-tell interface of :class:`tanteo.Optimizer`, for many workers.

    The handle may be passed to tasks and actors; each process that uses it is a separate worker. While a worker has
    trials, one of its threads sends heartbeats. If there are none for the length of a lease, its trials are handed out
    again.

    Two workers may then report for the same trial, with different values. The first value of a fold or a step is kept:
    a fold that was reported before, and a step that is not larger than the last one, are ignored, where an
    :class:`tanteo.Optimizer` raises an :class:`tanteo.ArgumentError`.

    The actor answers what the best trial is. Other trials, answers and tables are read from a copy of the search, so
    that models are fitted in the process that asks.
    :meth:`optimizer` returns such a copy, for several questions at once.

    Parameters
    ----------
    space, direction, directions, sampler, seed, deduplicate, pruner, pausing
        As for :class:`tanteo.Optimizer`.
    max_violation_probability, thresholds, allowed
        As for :class:`tanteo.Optimizer`.
    budget
        As for :class:`tanteo.Optimizer`. It replaces the budget of a search that is continued, once: an actor that Ray
        restarts keeps the current budget. If it is left out, the search keeps its budget.
    earlier
        As for :class:`tanteo.Optimizer`. It is read by the process that creates the search; a continued search has what
        it needs of them.
    path
        A folder to which the actor can write, and which is still available when the actor is restarted (on a shared
        disk with working locks, if that is on another node). The search is the study ``study.db`` in it. An actor that
        dies is restarted without losing anything that was acknowledged. The same folder continues an earlier search,
        which needs no other arguments; different ones are an error, except for the budget. Without a folder or a study
        the search ends when the actor dies.
    study
        In place of ``path``, the file of a :class:`tanteo.Study` on a disk of the current node, on which the actor then
        runs. ``tanteo show`` and :class:`tanteo.Study` can read it during the search, and it can be continued without
        Ray. If the actor dies, it is restarted on that node.
    lease
        The seconds without a heartbeat after which the trials of a worker are handed out again; positive.

    Raises
    ------
    TanteoError
        As :class:`tanteo.Optimizer`. A :class:`StudyError` if the study is damaged or has another search.
    OSError
        If the actor cannot use the folder.

    Examples
    --------
    >>> optimizer = RemoteOptimizer({"x": tt.Float(0, 1)}, path="/shared/search")                 # doctest: +SKIP
    >>> @ray.remote                                                                               # doctest: +SKIP
    ... def work(optimizer):
    ...     for _ in range(10):
    ...         trial = optimizer.ask()
    ...         optimizer.tell(trial, trial.params["x"] ** 2)
    >>> ray.get([work.remote(optimizer) for _ in range(8)])                                       # doctest: +SKIP
    >>> optimizer.best.params                                                                     # doctest: +SKIP
    """

    @explaining_arguments
    @takes_options
    def __init__(
        self,
        space: AnySpace | None = None,
        *,
        path: str | PathLike[str] | None = None,
        study: str | PathLike[str] | None = None,
        lease: float = 60.0,
        **search_options: Unpack[SearchOptions],
    ) -> None:
        options = given(search_options)
        budget, earlier = options.pop("budget", None), options.pop("earlier", None)
        if not isinstance(path, str | PathLike | None):
            raise ArgumentError(f"path must be a folder or None, got {shown(path)}")
        if path is not None and study is not None:
            raise ArgumentError("path and study are two ways to keep a search; give one of them")
        if space is not None:
            # Errors are raised before an actor is created, and earlier searches are read on this machine.
            optimizer = Optimizer(space, budget=budget, **options)
            if earlier is not None:
                options["earlier"] = read(earlier, optimizer.space, maximize=optimizer.directions[0] == "maximize")
                Optimizer(space, **options)
            space = optimizer.space
        elif study is None and path is None:
            raise ArgumentError("give a space, or the path= or study= to go on with")
        self._lease = as_positive(lease, "lease")
        file = None if path is None else str(as_path(path) / FILE)
        if study is not None:
            file = str(as_path(study).absolute())
        self._actor: Any = _make_actor(space, options, file, self._lease, is_on_this_node=study is not None)
        self._begin()
        # The first call starts the host, and raises errors of the folder or the study.
        directions_there, self._names = self._call("goals")
        self._maximize = [each == "maximize" for each in directions_there]
        if budget is not None:
            self._act("change_budget", budget)

    def _begin(self) -> None:
        self._worker = _worker_of(os.getpid())
        self._is_registered = False
        self._name, self._requests = uuid.uuid4().hex, 0
        self._my_trials: set[int] = set()
        self._guard = threading.Condition()
        self._constraint_names = ConstraintNames()
        self._pulse: threading.Thread | None = None
        # The candidates of the last ask, and their reference.
        self._table: tuple[Candidates, Any] | None = None

    def _candidates(self, among: AnyCandidates) -> Candidates:
        return among if isinstance(among, Candidates) else Candidates(among, self._call("search_space"))

    def _ask_many(self, n: int, among: Candidates | None) -> list[Trial]:
        trials: list[Trial] = self._act("hand_out", n, self._stored(among))
        if among is not None:
            for trial in trials:
                trial.index = among.find(trial.params)
        self._hold(trial.id for trial in trials)
        return trials

    def _hold(self, trials: Iterable[int]) -> None:
        """Send heartbeats for these trials."""
        with self._guard:
            self._my_trials.update(trials)
            if self._pulse is None and self._my_trials:
                self._pulse = threading.Thread(target=self._beat, daemon=True, name="tanteo-pulse")
                self._pulse.start()

    def _release(self, trial: AnyTrial) -> None:
        with self._guard:
            self._my_trials.discard(_id(trial))
            self._guard.notify_all()

    def _stored(self, among: Candidates | None) -> Any:
        """Return a reference to candidates in the store of Ray; a table that stays the same is stored once."""
        if among is not None and (self._table is None or self._table[0] is not among):
            self._table = (among, ray.put(among))
        return None if among is None or self._table is None else self._table[1]

    def _tell(self, trial: AnyTrial, outcome: Outcome) -> bool:
        counted: bool = self._act("take", reference_to(trial), outcome)
        self._release(trial)
        return counted

    def cancel(self, trial: AnyTrial, *, reason: str = "cancelled", cost: float | None = None) -> None:
        """End a pending trial that will not be run, or whose failure says nothing about its configuration.

        The arguments and errors are those of :meth:`tanteo.Optimizer.cancel`.
        """
        try:
            self._act("drop", reference_to(trial), reason, cost)
        except TrialStateError:
            # It ended elsewhere, and needs no heartbeats either.
            self._release(trial)
            raise
        self._release(trial)

    def retract(self, trial: AnyTrial) -> None:
        """Withdraw the result of a trial, which this worker then has; see :meth:`tanteo.Optimizer.retract`."""
        self._act("withdraw", reference_to(trial))
        self._hold([_id(trial)])

    def _tell_objectives(self, trial: AnyTrial, told: list[ToldObjective]) -> None:
        self._call("record_objectives", self._worker, reference_to(trial), told)

    def _tell_constraints(self, trial: AnyTrial, constraints: Constraints) -> None:
        self._call("record_constraints", self._worker, reference_to(trial), constraints)

    def _infeasible(self, trial: AnyTrial) -> bool:
        answer: bool = self._call("infeasible", reference_to(trial))
        return answer

    def _check_has_value(self, trial: AnyTrial) -> None:
        self._call("check_has_value", reference_to(trial))

    def _constraints_told(self, trial: AnyTrial | None) -> ConstraintsTold:
        told: ConstraintsTold = self._call("constraints_told", None if trial is None else reference_to(trial))
        return told

    def _observe(self, params: Mapping[str, Any], outcome: Outcome) -> int:
        return int(self._act("add", dict(params), outcome))

    def _enqueue(self, params: Mapping[str, Any]) -> None:
        self._act("queue", dict(params))

    def _report(self, trial: AnyTrial, step: int, values: list[float], constraints: Constraints) -> None:
        self._call("record", self._worker, reference_to(trial), step, values, constraints)

    def _report_fold(self, trial: AnyTrial, fold: int, value: float) -> None:
        self._call("record_fold", self._worker, reference_to(trial), fold, value)

    def _fold_order(self, n: int) -> list[int]:
        order: list[int] = self._call("fold_order", n)
        return order

    def _should_prune(self, trial: AnyTrial) -> Decision:
        decision: Decision = self._call("judge", reference_to(trial))
        return decision

    def _set_attr(self, trial: AnyTrial, name: str, text: str) -> None:
        self._call("record_attr", self._worker, reference_to(trial), name, text)

    @property
    def best(self) -> FrozenTrial | Any:
        """The best trial; see :attr:`tanteo.Optimizer.best`."""
        trial: FrozenTrial | None = self._call("best_trial")
        return trial

    @property
    def best_params(self) -> dict[str, Any]:
        """The configuration of :attr:`best`; see :attr:`tanteo.Optimizer.best_params`."""
        best = self._best_if_one()
        return self.optimizer().best_params if best is None else best.params

    @property
    def best_value(self) -> float:
        """The value of :attr:`best`; see :attr:`tanteo.Optimizer.best_value`."""
        best = self._best_if_one()
        return self.optimizer().best_value if best is None else float(best.value)

    def _best_if_one(self) -> FrozenTrial | None:
        """Return the best trial; None if there is none, or several objectives, for which a copy raises its error."""
        trial: FrozenTrial | None = self.best if len(self._maximize) == 1 else None
        return trial

    @property
    def pending(self) -> list[Trial]:
        """The trials that have not been told; see :attr:`tanteo.Optimizer.pending`."""
        return self.optimizer().pending

    @property
    def earlier(self) -> tuple[EarlierSource, ...]:
        """The kept part of each earlier search; see :attr:`tanteo.Optimizer.earlier`."""
        return self.optimizer().earlier

    def _searched(self) -> Optimizer:
        return self.optimizer()

    def optimizer(self) -> Optimizer:
        """Return a copy of the current optimizer, which can be inspected, saved, or continued independently."""
        copied: Optimizer = self._call("copied")
        return copied

    def shutdown(self) -> None:
        """End the actor; its study is kept."""
        with self._guard:
            self._my_trials.clear()
            self._guard.notify_all()
        ray.kill(self._actor, no_restart=True)

    def _act(self, method: str, *arguments: Any) -> Any:
        """Call a method that acts for this worker; Ray may repeat the request, which counts once."""
        with self._guard:
            self._requests += 1
            request = f"{self._name}-{self._requests}"
        if not self._is_registered:
            self._call("register", self._worker, identity())
            self._is_registered = True
        return self._call(method, request, self._worker, *arguments)

    def _call(self, method: str, *arguments: Any) -> Any:
        try:
            return ray.get(self._actor.call.remote(method, *arguments))
        except ray.exceptions.RayTaskError as error:
            # The error that a local optimizer would have raised.
            raise (error.cause or error) from None

    def _beat(self) -> None:
        """Send heartbeats while this worker has trials and Ray is running (a call would start Ray again)."""
        while True:
            with self._guard:
                self._guard.wait(self._lease / 4)
                if not self._my_trials or not ray.is_initialized():
                    self._pulse = None
                    return
            self._actor.beat.options(concurrency_group=_BEATS).remote(self._worker)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state for another handle to the same actor."""
        return {name: getattr(self, name) for name in ("_actor", "_lease", "_maximize", "_names")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the handle in another process, which is another worker."""
        self.__dict__.update(state)
        self._begin()


@functools.cache
def _worker_of(process: int) -> str:
    """Return the name of a process as a worker."""
    return uuid.uuid4().hex


def _make_actor(
    space: Any, options: Mapping[str, Any], file: str | None, lease: float, *, is_on_this_node: bool
) -> Any:
    """Return a new actor, which Ray restarts if its study is on disk."""
    restarts = 0 if file is None else -1
    # Asks may take long, and heartbeats must not wait for them.
    actor = ray.remote(num_cpus=0, max_restarts=restarts, max_task_retries=restarts, concurrency_groups={_BEATS: 1})
    where: dict[str, Any] = {}
    if is_on_this_node:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        this_node = ray.get_runtime_context().get_node_id()
        where = {"scheduling_strategy": NodeAffinitySchedulingStrategy(this_node, soft=False)}
    return actor(HostActor).options(**where).remote(space, options, file, lease)


def _id(trial: AnyTrial) -> int:
    return trial.id if isinstance(trial, Trial | FrozenTrial) else as_int(trial, "trial")
