"""A constraint that a quantity equals a target."""

from __future__ import annotations

import math
import sys
from dataclasses import KW_ONLY

from .._internal.coercion import as_finite, as_float, shown
from .._internal.immutable import Immutable, immutable
from ..exceptions import ArgumentError


@immutable
class Equal(Immutable):
    """A constraint that holds where ``value`` differs from ``target`` by at most ``tolerance``.

    It stands in place of a number in ``constraints`` of :meth:`Optimizer.tell`, and is kept as two constraints,
    ``name/low`` and ``name/high``: how far the value lies below and above what is allowed. Each of them has a model.

    Parameters
    ----------
    value
        What was measured.
    target
        What it should be.
    tolerance
        Positive. A tolerance of zero is refused, because almost no configuration would satisfy it.

    Examples
    --------
    >>> import tanteo as tt
    >>> opt = tt.Optimizer({"x": tt.Float(0.0, 2.0, default=1.25)}, seed=0)
    >>> opt.tell(opt.ask(), 0.3, constraints={"mass": tt.Equal(1.25, 1.0, tolerance=0.125)})
    >>> dict(opt.trials[0].constraints)
    {'mass/high': 0.125, 'mass/low': -0.375}
    """

    value: float
    target: float
    _: KW_ONLY
    tolerance: float

    def __post_init__(self) -> None:
        value, target = as_float(self.value, "Equal: value"), as_finite(self.target, "Equal: target", ArgumentError)
        tolerance = as_finite(self.tolerance, "Equal: tolerance", ArgumentError)
        if math.isnan(value):
            raise ArgumentError("Equal: value must be a number, got nan; leave out a constraint that is unknown")
        if tolerance <= 0.0:
            raise ArgumentError(
                f"Equal: tolerance must be positive, got {shown(self.tolerance)}; almost no configuration gives a "
                "value that is exactly equal"
            )
        self._set(value=value, target=target, tolerance=tolerance)

    def _sides(self, name: str) -> list[tuple[str, float]]:
        """Return the two constraints, feasible when ``<= 0``."""
        off = self.value - self.target
        # An infinite value breaks one of them, and satisfies the other by a finite amount.
        return [
            (f"{name}/{side}", max(d - self.tolerance, -sys.float_info.max))
            for side, d in (("high", off), ("low", -off))
        ]
