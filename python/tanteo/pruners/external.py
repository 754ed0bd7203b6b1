"""Calling a pruner written in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._internal.coercion import as_shown
from .decision import Decision, as_decision
from .protocol import Curve, Reports

if TYPE_CHECKING:
    from .._core import CoreOptimizer
    from .protocol import Pruner


def ask_external(pruner: Pruner, core: CoreOptimizer, trial: int) -> Decision:
    """Return the decision of a pruner written in Python about a pending trial."""
    return _decision(pruner, Reports(int(trial), _curves(core), core.best()))


def first_to_go_on(pruner: Pruner, core: CoreOptimizer) -> int | None:
    """Return the paused trial with the most steps among those that a pruner written in Python would not stop now."""
    paused = core.paused()
    if not paused:
        return None
    curves, best = _curves(core), core.best()
    reach = {number: curve.reports[-1][0] for number, curve in curves.items()}
    for number in sorted(paused, key=lambda number: -reach.get(number, -1)):
        if not _decision(pruner, Reports(number, curves, best)):
            return number
    return None


def _decision(pruner: Pruner, reports: Reports) -> Decision:
    if reports.trial not in reports.curves:
        return Decision(stop=False, reason="nothing was reported yet")
    return as_decision(pruner.decide(reports), f"{type(pruner).__qualname__}.decide")


def _curves(core: CoreOptimizer) -> dict[int, Curve]:
    return {number: _curve(*curve) for number, curve in core.curves().items()}


def _curve(state: Any, value: Any, reports: list[tuple[int, Any]], folds: list[tuple[int, float]]) -> Curve:
    return Curve(state, as_shown(value), [(step, as_shown(values)) for step, values in reports], folds)
