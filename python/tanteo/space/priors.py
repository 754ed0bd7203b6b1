"""Prior beliefs about the location of the optimum of a numeric parameter. Their weight fades as results come in."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

from .._internal.caller import stacklevel
from .._internal.coercion import as_finite, shown
from .._internal.immutable import Immutable, immutable
from ..exceptions import ParameterError

__all__ = ["Histogram", "Normal"]


@immutable
class Normal(Immutable):
    """A normal density, truncated at the bounds.

    If the mean is within the bounds, no suggestion is further than 3.9 standard deviations from it.

    Parameters
    ----------
    mean, std
        In the scale of the parameter: with ``log=True`` they refer to the natural logarithm of the value. ``std`` is
        positive. ``mean`` may lie outside the bounds; a warning says if it is so far outside that suggestions begin at
        an end. With ``log=True``, a mean between the bounds but not between their logarithms gives a warning too:
        nearly always its logarithm was meant.

    Examples
    --------
    A learning rate believed to lie near 0.001, give or take a factor of *e*:

    >>> import math
    >>> import tanteo as tt
    >>> tt.Float(1e-5, 1e-1, log=True, prior=tt.Normal(math.log(1e-3), 1.0))
    Float(1e-05, 0.1, log=True, prior=Normal(-6.907755278982137, 1.0))
    """

    mean: float
    std: float

    def _checked(self, subject: str) -> Normal:
        mean = as_finite(self.mean, f"{subject}: the mean of its prior", ParameterError)
        return Normal(mean, as_finite(self.std, f"{subject}: the standard deviation of its prior", ParameterError))

    def _warn_if_far_off(self, subject: str, low: float, high: float, *, log: bool) -> None:
        """Warn if the mean is a value of the domain but not the logarithm of one, or far outside the domain."""
        start, end = (math.log(low), math.log(high)) if log else (low, high)
        distance = max(start - self.mean, self.mean - end)
        is_value = log and low <= self.mean <= high and distance > 1e-9
        # From the nearer end on, the density falls by a factor of e every std**2 / distance. The mean is far outside if
        # that is under a thousandth of the range.
        if is_value or 1000 * self.std * self.std < distance * (end - start):
            of_log = "mean and std of its prior are of ln(value) as log=True, and the mean"
            lead = of_log if log else "the mean of its prior"
            advice = (
                f"for a mean of {self.mean!r} write {math.log(self.mean):.6g}" if is_value else "move it or widen std"
            )
            warnings.warn(
                f"{subject}: {lead} {self.mean!r} lies outside "
                f"{start:.6g} to {end:.6g}, so that suggestions begin at an end of the domain; {advice}",
                UserWarning,
                stacklevel=stacklevel(),
            )

    def _to_core(self) -> tuple[Any, ...]:
        return ("normal", self.mean, self.std)


@immutable
class Histogram(Immutable):
    """A piecewise constant density. No suggestion lies in a bin of weight 0.

    Parameters
    ----------
    edges
        Increasing, from the lower to the upper bound of the parameter, as values (not as logarithms); one more than
        the number of weights.
    weights
        Non-negative masses of the bins, at least one of them positive. They need not sum to one.

    Examples
    --------
    >>> import tanteo as tt
    >>> tt.Float(0.0, 1.0, prior=tt.Histogram([0.0, 0.2, 1.0], [3, 1]))
    Float(0.0, 1.0, prior=Histogram([0.0, 0.2, 1.0], [3, 1]))
    """

    edges: Sequence[float]
    weights: Sequence[float]

    def __init__(self, edges: Iterable[float], weights: Iterable[float]) -> None:
        self._set(edges=_listed(edges), weights=_listed(weights))

    def _checked(self, subject: str) -> Histogram:
        edges = as_numbers(self.edges, f"{subject}: the edges of its histogram")
        weights = as_numbers(self.weights, f"{subject}: the weights of its histogram")
        return Histogram(edges, weights)

    def _to_core(self) -> tuple[Any, ...]:
        return ("histogram", list(self.edges), list(self.weights))


def _listed(values: Any) -> Any:
    """Return an iterable as a list. Anything else is returned unchanged; the space raises the error."""
    return list(values) if isinstance(values, Iterable) and not isinstance(values, str) else values


def as_numbers(values: Any, subject: str) -> list[float]:
    """Return a list of finite builtin floats, or raise :class:`ParameterError` naming ``subject``."""
    if not isinstance(values, list | tuple):
        raise ParameterError(f"{subject} must be a list of numbers, got {shown(values)}")
    return [as_finite(value, f"{subject} (position {n})", ParameterError) for n, value in enumerate(values)]
