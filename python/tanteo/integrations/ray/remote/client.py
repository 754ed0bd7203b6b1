"""The handle through which workers share an optimizer."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, overload

from ....space import as_space
from ....trial import FrozenTrial, Trial
from ..tune import ray
from .host import OptimizerHost
from .told import packed

if TYPE_CHECKING:
    from ....optimizer import AnySpace, AnyTrial, Optimizer, Told
    from ....trial import Trials


class RemoteOptimizer:
    """An optimizer in an actor of Ray: the protocol of :class:`tanteo.Optimizer`, for many workers at once.

    The handle may be passed to tasks and actors; each process that uses it is a worker of its own. While a worker has
    trials, a thread of it says every now and then that it lives. When it is not heard of for the length of a lease,
    its trials are handed out again.

    Parameters
    ----------
    space, direction, directions, sampler, seed, deduplicate
        As for :class:`tanteo.Optimizer`.
    path
        Folder that the actor can write to, and that is still there when it is started anew (on another node: a shared
        disk). With it the actor is restarted when it dies, and loses nothing that was acknowledged. The same folder
        continues an earlier search. Without it a death of the actor ends the search.
    lease
        Seconds.

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

    def __init__(self, space: AnySpace, *, path: str | None = None, lease: float = 60.0, **options: Any) -> None:
        restarts = 0 if path is None else -1
        actor = ray.remote(OptimizerHost).options(num_cpus=0, max_restarts=restarts, max_task_retries=restarts)
        self._actor: Any = actor.remote(as_space(space), options, path, lease)
        self._lease = lease
        self._become_a_worker()

    def _become_a_worker(self) -> None:
        self._worker = uuid.uuid4().hex
        self._requests = 0
        self._mine: set[int] = set()
        self._guard = threading.Condition()
        self._pulse: threading.Thread | None = None

    @overload
    def ask(self) -> Trial: ...
    @overload
    def ask(self, n: int) -> list[Trial]: ...
    def ask(self, n: int | None = None) -> Trial | list[Trial]:
        """Hand out one trial, or ``n``; see :meth:`tanteo.Optimizer.ask`. Abandoned trials come first."""
        trials: list[Trial] = self._call("ask", self._request(), self._worker, 1 if n is None else n)
        with self._guard:
            self._mine.update(trial.id for trial in trials)
            if self._pulse is None and self._mine:
                self._pulse = threading.Thread(target=self._beat, daemon=True, name="tanteo-pulse")
                self._pulse.start()
        return trials[0] if n is None else trials

    def tell(self, trial: AnyTrial, value: Told = None, **more: Any) -> bool:
        """Report how a trial ended; see :meth:`tanteo.Optimizer.tell`.

        Returns
        -------
        bool
            Whether it counted. A trial that was handed out again, because this worker was taken for dead, may have been
            told by another.
        """
        number = _id(trial)
        told = packed({"value": value, **more})
        counted: bool = self._call("tell", self._request(), self._worker, number, told)
        with self._guard:
            self._mine.discard(number)
            self._guard.notify_all()
        return counted

    def report(self, trial: AnyTrial, step: int, value: float) -> None:
        """Record an intermediate value; see :meth:`tanteo.Optimizer.report`."""
        self._call("report", self._worker, _id(trial), int(step), float(value))

    def should_prune(self, trial: AnyTrial) -> bool:
        """Whether to stop a trial early; see :meth:`tanteo.Optimizer.should_prune`."""
        return bool(self._call("should_prune", _id(trial)))

    def enqueue(self, params: Mapping[str, Any]) -> None:
        """Queue a point; see :meth:`tanteo.Optimizer.enqueue`."""
        self._call("enqueue", self._request(), dict(params))

    def observe(self, params: Mapping[str, Any], value: Told = None, **more: Any) -> int:
        """Add a result from elsewhere; see :meth:`tanteo.Optimizer.observe`."""
        return int(self._call("observe", self._request(), dict(params), packed({"value": value, **more})))

    @property
    def best(self) -> FrozenTrial | None:
        """The best trial; see :attr:`tanteo.Optimizer.best`."""
        found: FrozenTrial | None = self._call("best")
        return found

    @property
    def trials(self) -> Trials:
        """Every trial so far, from a copy of the optimizer; see :attr:`tanteo.Optimizer.trials`."""
        return self.optimizer().trials

    @property
    def pending(self) -> list[Trial]:
        """Trials that have not been told; see :attr:`tanteo.Optimizer.pending`."""
        return self.optimizer().pending

    @property
    def pareto_front(self) -> list[FrozenTrial]:
        """The trials that no other beats in every objective; see :attr:`tanteo.Optimizer.pareto_front`."""
        return self.optimizer().pareto_front

    def recommend(self) -> FrozenTrial | None:
        """Return the best trial by the model, computed here; see :meth:`tanteo.Optimizer.recommend`."""
        return self.optimizer().recommend()

    def optimizer(self) -> Optimizer:
        """Return a copy of the optimizer as it is now, to look at, to save, to go on with alone."""
        copied: Optimizer = self._call("optimizer")
        return copied

    def shutdown(self) -> None:
        """End the actor; what is in its folder stays."""
        ray.kill(self._actor, no_restart=True)

    def _request(self) -> str:
        with self._guard:
            self._requests += 1
            return f"{self._worker}-{self._requests}"

    def _call(self, method: str, *arguments: Any) -> Any:
        try:
            return ray.get(getattr(self._actor, method).remote(*arguments))
        except ray.exceptions.RayTaskError as error:
            # The user's own mistake, as a local optimizer would have raised it.
            raise (error.cause or error) from None

    def _beat(self) -> None:
        """Say that this worker lives, for as long as it has trials."""
        while True:
            with self._guard:
                self._guard.wait(self._lease / 4)
                if not self._mine:
                    self._pulse = None
                    return
            self._actor.beat.remote(self._worker)

    def __getstate__(self) -> dict[str, Any]:
        """Return what makes another handle to the same actor."""
        return {"_actor": self._actor, "_lease": self._lease}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Become a handle in another place, which is another worker."""
        self.__dict__.update(state)
        self._become_a_worker()


def _id(trial: AnyTrial) -> int:
    return trial.id if isinstance(trial, Trial | FrozenTrial) else int(trial)
