"""The handle with which workers share an optimizer."""

from __future__ import annotations

import math
import os
import platform
import threading
import uuid
from collections.abc import Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Unpack

from ...._internal.coercion import as_float, as_int, shown
from ...._internal.files import as_path
from ....earlier.reading import read
from ....exceptions import ArgumentError
from ....optimizer import Optimizer
from ....options import SearchOptions, given, takes_options
from ....trials.ask_tell import AskTell
from ....trials.trial import FrozenTrial, Trial, copied_trial
from ..tune import ray
from .actor import HostActor
from .encoding import encode_outcome

if TYPE_CHECKING:
    from ....earlier.known import EarlierSource
    from ....options import AnySpace
    from ....pruners import Decision
    from ....trials.comparison import Comparison
    from ....trials.outcome import Constraints, Outcome
    from ....trials.results import AnyTrial
    from ....trials.trial import Trials

#: The concurrency group of heartbeats, which never wait for other calls.
_BEATS = "beats"


class RemoteOptimizer(AskTell[bool]):
    """An optimizer in an actor of Ray, with the ask-and-tell interface of :class:`tanteo.Optimizer`, for many workers.

    The handle may be passed to tasks and actors; each process that uses it is a separate worker. While a worker has
    trials, one of its threads sends heartbeats. If there are none for the length of a lease, its trials are handed out
    again.

    Two workers may then report for the same trial, with different values. The first value of a fold or a step is kept:
    a fold that was reported before, and a step that is not larger than the last one, are ignored, where an
    :class:`tanteo.Optimizer` raises an :class:`tanteo.ArgumentError`.

    Parameters
    ----------
    space, direction, directions, sampler, seed, deduplicate, pruner, pausing
        As for :class:`tanteo.Optimizer`.
    budget
        As for :class:`tanteo.Optimizer`. It replaces the budget of a search that is continued, once: an actor that Ray
        restarts keeps the current budget. If it is left out, the search keeps its budget.
    earlier
        As for :class:`tanteo.Optimizer`. It is read by the process that creates the search; a continued search has what
        it needs of them.
    path
        A folder to which the actor can write, and which is still available when the actor is restarted (on a shared
        disk, if that is on another node). With a folder, an actor that dies is restarted without losing anything that
        was acknowledged. The same folder with the same arguments continues an earlier search; different arguments are
        an error (the seed may be left out, and the budget may change). Without a folder or a study the search ends when
        the actor dies.
    study
        In place of ``path``, the file of a :class:`tanteo.Study` on a disk of the current node, on which the actor then
        runs. The study is created if it does not exist; an existing one needs no other arguments. ``tanteo show`` and
        :class:`tanteo.Study` can read it during the search, and it can be continued without Ray. If the actor dies, it
        is restarted on that node.
    lease
        In seconds, positive.

    Raises
    ------
    TanteoError
        As :class:`tanteo.Optimizer`. A :class:`SnapshotError` or :class:`StudyError` if the folder or the study is
        damaged or has another search.
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
        budget, earlier = options.get("budget"), options.pop("earlier", None)
        if not isinstance(path, str | PathLike | None):
            raise ArgumentError(f"path must be a folder or None, got {shown(path)}")
        if path is not None and study is not None:
            raise ArgumentError("path and study are two ways to keep a search; give one of them")
        if space is not None:
            # Errors are raised before an actor is created, and earlier searches are read on this machine.
            if earlier is not None:
                maximize = Optimizer(space, **options).directions[0] == "maximize"
                options["earlier"] = read(earlier, maximize=maximize)
            space = Optimizer(space, **options).space
        elif study is None:
            raise ArgumentError("give a space, or the study= to go on with")
        self._lease = as_float(lease, "lease")
        if not 0.0 < self._lease < math.inf:
            raise ArgumentError(f"lease must be a positive number of seconds, got {self._lease!r}")
        place = None if path is None else fspath(path)
        if study is not None:
            place = str(as_path(study).absolute())
        self._actor: Any = _make_actor(space, options, place, self._lease, on_study=study is not None)
        self._register_worker()
        # The first call starts the host, and raises errors of the folder or the study.
        directions_there, self._names = self._call("settings")
        self._maximize = [each == "maximize" for each in directions_there]
        if budget is not None:
            self._call("change_budget", self._request(), budget)

    def _register_worker(self) -> None:
        self._worker = uuid.uuid4().hex
        self._place = (platform.node(), os.getpid())
        self._requests = 0
        self._my_trials: set[int] = set()
        self._guard = threading.Condition()
        self._pulse: threading.Thread | None = None

    def _ask_many(self, n: int) -> list[Trial]:
        trials: list[Trial] = self._call("ask", self._request(), self._worker, n, self._place)
        with self._guard:
            self._my_trials.update(trial.id for trial in trials)
            if self._pulse is None and self._my_trials:
                self._pulse = threading.Thread(target=self._beat, daemon=True, name="tanteo-pulse")
                self._pulse.start()
        return trials

    def _tell(self, trial: AnyTrial, outcome: Outcome) -> bool:
        encoded = encode_outcome(outcome)
        counted: bool = self._call("tell", self._request(), self._worker, _trial_reference(trial), encoded, self._place)
        with self._guard:
            self._my_trials.discard(_id(trial))
            self._guard.notify_all()
        return counted

    def _check_has_folds(self, trial: AnyTrial) -> None:
        self._call("check_has_folds", _trial_reference(trial))

    def _observe(self, params: Mapping[str, Any], outcome: Outcome) -> int:
        return int(self._call("observe", self._request(), dict(params), encode_outcome(outcome)))

    def _enqueue(self, params: Mapping[str, Any]) -> None:
        self._call("enqueue", self._request(), dict(params))

    def _report(self, trial: AnyTrial, step: int, values: list[float], constraints: Constraints) -> None:
        value = values if len(values) > 1 else values[0]
        self._call("report", self._worker, _trial_reference(trial), step, value, constraints)

    def _report_fold(self, trial: AnyTrial, fold: int, value: float) -> None:
        self._call("report_fold", self._worker, _trial_reference(trial), fold, value)

    def _fold_order(self, n: int) -> list[int]:
        order: list[int] = self._call("fold_order", n)
        return order

    def _should_prune(self, trial: AnyTrial) -> Decision:
        decision: Decision = self._call("should_prune", _trial_reference(trial))
        return decision

    def _set_attr(self, trial: AnyTrial, name: str, text: str) -> None:
        self._call("set_attr", self._worker, _trial_reference(trial), name, text)

    @property
    def best(self) -> FrozenTrial | Any:
        """The best trial; see :attr:`tanteo.Optimizer.best`."""
        trial: FrozenTrial | None = self._call("best")
        return trial

    @property
    def trials(self) -> Trials:
        """All trials so far, from a copy of the optimizer; see :attr:`tanteo.Optimizer.trials`."""
        return self.optimizer().trials

    @property
    def pending(self) -> list[Trial]:
        """The trials that have not been told; see :attr:`tanteo.Optimizer.pending`."""
        return self.optimizer().pending

    @property
    def pareto_front(self) -> list[FrozenTrial]:
        """The trials that no other trial dominates; see :attr:`tanteo.Optimizer.pareto_front`."""
        return self.optimizer().pareto_front

    def recommend(self) -> FrozenTrial | None:
        """Return the trial to use, computed in this process; see :meth:`tanteo.Optimizer.recommend`."""
        return self.optimizer().recommend()

    def comparison(self) -> Comparison | None:
        """Return the comparison of the two best configurations, computed in this process.

        See :meth:`tanteo.Optimizer.comparison`.
        """
        return self.optimizer().comparison()

    @property
    def earlier(self) -> tuple[EarlierSource, ...]:
        """The kept part of each earlier search; see :attr:`tanteo.Optimizer.earlier`."""
        return self.optimizer().earlier

    @property
    def spent(self) -> float:
        """The sum of the costs told; see :attr:`tanteo.Optimizer.spent`."""
        return self.optimizer().spent

    def expected_gain(self, n: int = 10) -> float | None:
        """Return the expected improvement of the next trials, computed in this process.

        Parameters
        ----------
        n
            As for :meth:`tanteo.Optimizer.expected_gain`.
        """
        return self.optimizer().expected_gain(n)

    def optimizer(self) -> Optimizer:
        """Return a copy of the current optimizer, which can be inspected, saved, or continued independently."""
        copied: Optimizer = self._call("optimizer")
        return copied

    def shutdown(self) -> None:
        """End the actor; its folder is kept."""
        with self._guard:
            self._my_trials.clear()
            self._guard.notify_all()
        ray.kill(self._actor, no_restart=True)

    def _request(self) -> str:
        with self._guard:
            self._requests += 1
            return f"{self._worker}-{self._requests}"

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
        self._register_worker()


def _make_actor(space: Any, options: Mapping[str, Any], place: str | None, lease: float, *, on_study: bool) -> Any:
    """Return a new actor, which Ray restarts if its state is on disk."""
    restarts = 0 if place is None else -1
    # Asks may take long, and heartbeats must not wait for them.
    actor = ray.remote(num_cpus=0, max_restarts=restarts, max_task_retries=restarts, concurrency_groups={_BEATS: 1})
    where: dict[str, Any] = {}
    if on_study:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        this_node = ray.get_runtime_context().get_node_id()
        where = {"scheduling_strategy": NodeAffinitySchedulingStrategy(this_node, soft=False)}
    return actor(HostActor).options(**where).remote(space, options, place, lease, on_study=on_study)


def _trial_reference(trial: AnyTrial) -> Trial | int:
    """Return the part of a trial that the actor needs: its id and its token."""
    if isinstance(trial, Trial | FrozenTrial):
        return copied_trial(trial.id, {}, trial._membership())
    return _id(trial)


def _id(trial: AnyTrial) -> int:
    return trial.id if isinstance(trial, Trial | FrozenTrial) else as_int(trial, "trial")
