"""Reports of running trials, on the optimizer's side."""

from __future__ import annotations

from typing import Any

from tanteo.optimizer import Optimizer


class DirectChannel:
    """Passes reports on to an optimizer.

    A trial that an interrupted run left behind is evaluated from its start again. What it had reported is in the
    history already, so its reports are skipped until it gets further than before, and the folds that are known.

    Parameters
    ----------
    optimizer : Optimizer
        Whose pending trials report.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer = optimizer
        begun = [optimizer.trials[trial.id] for trial in optimizer.pending]
        self._folds = {trial.id: frozenset(trial.folds) for trial in begun if trial.folds}
        self._reached = {trial.id: max(trial.steps) for trial in begun if trial.steps and not trial.folds}

    def report(self, trial: int, step: int, value: Any, constraints: Any) -> None:
        """Records an intermediate value of a pending trial, and constraints or None."""
        reached = self._reached.get(trial)
        if reached is None or step > reached:
            self._optimizer.report(trial, step, value, constraints=constraints)

    def report_fold(self, trial: int, fold: int, value: float) -> None:
        """Records the value of a fold of a pending trial."""
        if fold not in self._folds.get(trial, ()):
            self._optimizer.report_fold(trial, fold, value)

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
