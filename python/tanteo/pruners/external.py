"""Asking a pruner written in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._internal.coercion import as_shown
from .decision import Decision, as_decision
from .protocol import Curve, Reports

if TYPE_CHECKING:
    from .._core import CoreOptimizer
    from .protocol import Pruner


def ask_external(pruner: Pruner, core: CoreOptimizer, trial: int) -> Decision:
    """Return what a pruner written in Python decides of a pending trial."""
    trial = int(trial)
    curves = {number: _curve(*curve) for number, curve in core.curves().items()}
    if trial not in curves:
        return Decision(stop=False, reason="nothing was reported yet")
    answer = pruner.decide(Reports(trial, curves, core.best()))
    return as_decision(answer, f"{type(pruner).__qualname__}.decide")


def _curve(state: Any, value: Any, reports: list[tuple[int, Any]], folds: list[tuple[int, float]]) -> Curve:
    return Curve(state, as_shown(value), [(step, as_shown(values)) for step, values in reports], folds)
