"""A trial of Optuna in the callbacks of training libraries."""

from __future__ import annotations

import sys
from typing import Any

from ...pruners.decision import Decision
from .studies import directions_of


class OptunaTrial:
    """A trial of Optuna that reports as one of Tanteo does: Optuna takes the value before the step.

    Parameters
    ----------
    trial
        The trial of an objective of Optuna, with any sampler and pruner.
    """

    def __init__(self, trial: Any) -> None:
        self._trial = trial

    def report(self, step: int, value: float) -> None:
        """Record an intermediate value."""
        self._trial.report(value, step)

    def should_prune(self) -> Decision:
        """Return whether to stop; Optuna keeps no reason."""
        return Decision(stop=self._trial.should_prune())

    @property
    def directions(self) -> tuple[str, ...] | None:
        """``"minimize"`` or ``"maximize"`` for each objective; None if the trial does not know its study."""
        study = getattr(self._trial, "study", None)
        return None if study is None else tuple(directions_of(study))

    def pruned(self) -> Exception:
        """Return the exception by which Optuna ends a trial early."""
        from optuna import TrialPruned

        return TrialPruned()


def is_of_optuna(trial: object) -> bool:
    """Return whether a trial is one of Optuna, without importing it."""
    optuna = sys.modules.get("optuna.trial")
    return optuna is not None and isinstance(trial, optuna.BaseTrial)
