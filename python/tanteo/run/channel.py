"""Reports of running trials, on the optimizer's side."""

from __future__ import annotations

from typing import Any

from tanteo.optimizer import Optimizer
from tanteo.trials.trial import Trial


class DirectChannel:
    """Passes reports on to an optimizer.

    Parameters
    ----------
    optimizer : Optimizer
        Whose pending trials report.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer = optimizer
        # As they were handed out: a trial that had reported before may report the same again, which is ignored.
        self._begun: dict[int, Trial] = {}

    def begin(self, trial: Trial) -> None:
        """Expects reports of a trial that was handed out."""
        self._begun[trial.id] = trial

    def report(self, trial: int, step: int, value: Any, constraints: Any) -> None:
        """Records an intermediate value of a pending trial, and constraints or None."""
        self._optimizer.report(self._begun[trial], step, value, constraints=constraints)

    def report_fold(self, trial: int, fold: int, value: float) -> None:
        """Records the value of a fold of a pending trial."""
        self._optimizer.report_fold(self._begun[trial], fold, value)

    def fold_order(self, trial: int, n: int) -> list[int]:
        """The order of the folds, the same for every trial."""
        return self._optimizer.fold_order(n)

    def should_prune(self, trial: int) -> tuple[bool, bool, str]:
        """Whether a pending trial should stop, whether it may go on later, and why."""
        decision = self._optimizer.should_prune(trial)
        return decision.stop, decision.pause, decision.reason

    def set_attr(self, trial: int, name: str, value: str) -> None:
        """Attaches a value, which is JSON, to a trial."""
        self._optimizer._core.set_attribute(trial, name, value)
