"""Reports of running trials, on the optimizer's side."""

from __future__ import annotations

from typing import Any

from tanteo.optimizer import Optimizer


class DirectChannel:
    """Passes reports on to an optimizer.

    A trial that an interrupted run left behind is evaluated from its start again. What it had reported is in the
    history already, so its reports are skipped until it gets further than before.

    Parameters
    ----------
    optimizer : Optimizer
        Whose pending trials report.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer = optimizer
        steps = {trial.id: optimizer.trials[trial.id].steps for trial in optimizer.pending}
        self._reached = {trial: max(reported) for trial, reported in steps.items() if reported}

    def report(self, trial: int, step: int, value: Any, constraints: Any) -> None:
        """Records an intermediate value of a pending trial, and constraints or None."""
        reached = self._reached.get(trial)
        if reached is None or step > reached:
            self._optimizer.report(trial, step, value, constraints=constraints)

    def should_prune(self, trial: int) -> tuple[bool, bool, str]:
        """Whether a pending trial should stop, whether it may go on later, and why."""
        decision = self._optimizer.should_prune(trial)
        return decision.stop, decision.pause, decision.reason

    def set_attr(self, trial: int, name: str, value: str) -> None:
        """Attaches a value, which is JSON, to a trial."""
        self._optimizer._core.set_attribute(trial, name, value)
