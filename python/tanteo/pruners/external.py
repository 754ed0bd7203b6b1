"""Calling a pruner written in Python."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .._internal.coercion import as_shown
from .._internal.text import safe_repr
from ..exceptions import ArgumentError
from .decision import Decision, as_decision
from .protocol import Curve, Reports

if TYPE_CHECKING:
    from .._core import CoreOptimizer
    from .protocol import Pruner


class PrunerError(ArgumentError):
    """A pruner written in Python raised an exception, or its answer is not a decision. It ends a run."""


def ask_external(pruner: Pruner, core: CoreOptimizer, trial: int) -> Decision:
    """Return the decision of a pruner written in Python about a pending trial.

    Raises
    ------
    PrunerError
        If the pruner is faulty.
    """
    return _decision(pruner, Reports(int(trial), _curves(core), core.best()))


class Promotion:
    """Asks a pruner written in Python which paused trial to resume; asks again only if its input has changed."""

    def __init__(self) -> None:
        # The input for which the pruner would have stopped every candidate.
        self._refused: Any = None

    def first(self, pruner: Pruner, core: CoreOptimizer) -> int | None:
        """Return the first candidate that the pruner would not stop now."""
        candidates = core.promotion_candidates()
        if not candidates:
            return None
        curves, best = _curves(core), core.best()
        inputs = candidates, curves, best
        if inputs == self._refused:
            return None
        for number in candidates:
            if not _decision(pruner, Reports(number, curves, best)):
                return number
        self._refused = inputs
        return None


def _decision(pruner: Pruner, reports: Reports) -> Decision:
    if reports.trial not in reports.curves:
        return Decision(stop=False, reason="nothing was reported yet")
    method = f"{type(pruner).__qualname__}.decide"
    try:
        answer = pruner.decide(reports)
    except Exception as error:  # user code
        raise PrunerError(f"the pruner failed: {method} raised {safe_repr(error)}") from error
    try:
        return as_decision(answer, method)
    except ArgumentError as error:
        raise PrunerError(str(error)) from None


def _curves(core: CoreOptimizer) -> dict[int, Curve]:
    paused = set(core.paused())
    return {
        number: Curve(
            "paused" if number in paused else state,
            as_shown(value),
            [(step, _same_nan(as_shown(values))) for step, values in reports],
            [(fold, _same_nan(measured)) for fold, measured in folds],
        )
        for number, (state, value, reports, folds) in core.curves().items()
    }


def _same_nan(value: Any) -> Any:
    """Return one object for every NaN: in containers it equals itself."""
    if isinstance(value, tuple):
        return tuple(map(_same_nan, value))
    return math.nan if value != value else value
