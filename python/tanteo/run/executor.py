"""Executors of evaluations: their interface, the one of this process, and the channel from trials to the optimizer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from tanteo import inside
from tanteo.exceptions import LostLeaseError, TrialStateError, UnknownTrialError
from tanteo.optimizer import Optimizer
from tanteo.pruners.external import PrunerError
from tanteo.run.evaluation import Evaluation, describe_error, failed
from tanteo.run.objective import Objective, RunningTrial, copy_params
from tanteo.trials.trial import Trial


class DirectChannel:
    """Forwards reports to an optimizer.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer of the running trials.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer = optimizer
        # The trials that were handed out. A trial that reported before a pause may repeat reports, which are ignored.
        self._begun: dict[int, Trial] = {}
        self._fault: PrunerError | None = None
        # The trials that ended elsewhere, or were taken over, and whose objectives received the error of that.
        self._lost: set[int] = set()

    def begin(self, trial: Trial) -> None:
        """Register a trial that was handed out and will report."""
        self._begun[trial.id] = trial
        self._lost.discard(trial.id)

    def check_pruner(self) -> None:
        """Raise the error of a faulty pruner, whatever an objective that received it has made of it."""
        if self._fault is not None:
            raise self._fault

    def dropped(self, trial: int, error: BaseException) -> Evaluation:
        """Return a failure in place of the error of an objective whose trial is lost; raise any other error.

        A lost trial is one that ended elsewhere or was taken over, as a report of it has found. The failure has no
        effect, because it is refused like every result of such a trial.
        """
        if trial in self._lost and isinstance(error, Exception):
            return failed(describe_error(error))
        raise error

    def __call__(self, method: str, trial: int, *arguments: Any) -> Any:
        """Call one of the methods below, by its name."""
        try:
            return getattr(self, method)(trial, *arguments)
        except UnknownTrialError:
            raise
        except TrialStateError as error:
            if isinstance(error, LostLeaseError) or self._optimizer.trials[trial].state != "pending":
                self._lost.add(trial)
            raise

    def report(self, trial: int, step: int, value: Any, constraints: Any) -> None:
        """Record an intermediate value of a pending trial, and constraints or None."""
        self._optimizer.report(self._begun[trial], step, value, constraints=constraints)

    def report_fold(self, trial: int, fold: int, value: Any) -> None:
        """Record the value of a fold of a pending trial."""
        self._optimizer.report_fold(self._begun[trial], fold, value)

    def fold_order(self, trial: int, n: int) -> list[int]:
        """Return the order of the folds, the same for every trial."""
        return self._optimizer.fold_order(n)

    def should_prune(self, trial: int) -> tuple[bool, bool, str]:
        """Return whether a pending trial should stop, whether it may go on later, and why."""
        try:
            decision = self._optimizer.should_prune(trial)
        except PrunerError as error:
            self._fault = error
            raise
        return decision.stop, decision.pause, decision.reason

    def tell_objectives(self, trial: int, values: Any, sem: Any) -> None:
        """Record some objectives of a pending trial before the others."""
        self._optimizer.tell_objectives(trial, values, sem=sem)

    def tell_constraints(self, trial: int, constraints: Any) -> None:
        """Record constraints of a pending trial before its result."""
        self._optimizer.tell_constraints(trial, constraints)

    def infeasible(self, trial: int) -> bool:
        """Return whether a constraint that the trial told is violated."""
        return self._optimizer.infeasible(trial)

    def steps(self, trial: int) -> dict[int, Any]:
        """Return what the trial reported, by step."""
        return dict(self._optimizer.trials[trial].steps)

    def folds(self, trial: int) -> dict[int, float]:
        """Return what the trial reported, by fold."""
        return dict(self._optimizer.trials[trial].folds)

    def has_value(self, trial: int) -> bool:
        """Return whether a pending trial reported folds or told all its objectives."""
        return inside.has_value(self._optimizer, trial)

    def directions(self, trial: int) -> tuple[str, ...]:
        """Return the directions of the search, the same for every trial."""
        return self._optimizer.directions

    def set_attr(self, trial: int, name: str, value: str) -> None:
        """Attach a value, given as JSON, to a trial."""
        inside.attach(self._optimizer, trial, {name: value})


@dataclass(frozen=True, slots=True)
class Finished:
    """One evaluation that has ended."""

    trial: Trial
    evaluation: Evaluation


class Executor(Protocol):
    """The interface between the loop and its workers."""

    def free(self) -> int:
        """Return how many trials can be submitted now."""

    def busy(self) -> int:
        """Return how many trials are being evaluated."""

    def submit(self, trial: Trial) -> None:
        """Start an evaluation. Call it only while :meth:`free` is positive."""

    def wait(self, tick: Callable[[], None]) -> Finished:
        """Return the next evaluation that ends. Call it only while :meth:`busy` is positive.

        ``tick`` is called a few times a second while waiting. Exceptions that the objective does not catch are raised.
        """

    def close(self, *, at_once: bool) -> None:
        """End the workers; ``at_once`` aborts their evaluations."""


class InProcess:
    """Evaluates in the calling thread, one trial at a time."""

    def __init__(self, objective: Objective, channel: DirectChannel) -> None:
        self._objective = objective
        self._channel = channel
        self._trial: Trial | None = None

    def free(self) -> int:
        """Return 1 if nothing is submitted, else 0."""
        return 1 - self.busy()

    def busy(self) -> int:
        """Return 1 if a trial is submitted, else 0."""
        return int(self._trial is not None)

    def submit(self, trial: Trial) -> None:
        """Store the trial for :meth:`wait`."""
        self._channel.begin(trial)
        self._trial = trial

    def wait(self, tick: Callable[[], None]) -> Finished:
        """Evaluate the trial; ``tick`` is not called."""
        trial, self._trial = self._trial, None
        if trial is None:
            raise RuntimeError("wait() without a submitted trial")
        params = copy_params(trial.params)
        running = RunningTrial(trial.id, params, self._channel, trial.resume_from, index=trial.index)
        try:
            evaluation = self._objective(running)
        except Exception as error:
            evaluation = self._channel.dropped(trial.id, error)
        self._channel.check_pruner()
        return Finished(trial, evaluation)

    def close(self, *, at_once: bool) -> None:
        """Do nothing."""
