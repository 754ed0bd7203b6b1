"""Converts a numeric domain of Tune to a parameter of Tanteo with the same probabilities.

If Tune samples any float or integer of an interval, the parameter is the number itself. If Tune rounds to multiples of
a quantum ``q``, the parameter is the multiple ``k``, an exact integer, and ``k * q`` is computed as Tune does.
Half-open intervals end at the last float below their end. A histogram describes levels that are not equally likely.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ....exceptions import ParameterError
from ....space.parameters import Float, Int, Parameter
from ....space.priors import Histogram, Normal
from ..tune import domains

if TYPE_CHECKING:
    import numpy.typing as npt

#: A normal domain is truncated at this many standard deviations; 2e-9 of its mass lie beyond.
_NORMAL_REACH = 6.0
#: Number of levels of a logarithmic integer with their own probability; above, neighbours differ by less than 1/64.
_EXACT_LEVELS = 64


@dataclass(frozen=True)
class Scale:
    """One numeric domain.

    Attributes
    ----------
    parameter
        The parameter that is searched, without conditions.
    kind
        The type of the values: ``float`` or ``int``.
    quantum
        The value of one step of the parameter; None if the parameter is the value itself.
    top
        The excluded end of a half-open interval of floats, which Tune accepts in points.
    """

    parameter: Float | Int
    kind: type[float | int]
    quantum: float | None = None
    top: float | None = None

    def value(self, raw: Any) -> float:
        """Return the value for a value of the parameter."""
        return self.kind(raw if self.quantum is None else raw * self.quantum)

    def column(self, raws: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return :meth:`value` of an array of values of the parameter, in which those that are missing are NaN."""
        import numpy as np

        if self.quantum is None:
            return raws
        values = raws * self.quantum
        return values.astype(np.float64) if self.kind is float else np.trunc(values).astype(raws.dtype)

    def declared(self) -> Parameter:
        """Return a parameter whose values are those of the domain, not multiples of the quantum.

        A logarithmic scale has no steps there; :meth:`nearest` rounds its values.
        """
        if self.quantum is None:
            return self.parameter
        low, high, log = self.decimal(self.parameter.low), self.decimal(self.parameter.high), self.parameter.log
        prior = _scale_prior(self.parameter.prior, self.quantum)
        if self.kind is float:
            return Float(low, high, log=log, step=None if log else self.quantum, prior=prior)
        has_step = not log and self.quantum == int(self.quantum)
        return Int(int(low), int(high), log=log, step=int(self.quantum) if has_step else 1, prior=prior)

    def decimal(self, raw: Any) -> float:
        """Return the value of :meth:`declared`, such as 0.3 where Tune has 0.30000000000000004."""
        return raw if self.quantum is None else self.kind(raw * Decimal(repr(self.quantum)))

    def nearest(self, value: float) -> float:
        """Return the value of the parameter for a value of :meth:`declared`."""
        return value if self.quantum is None else round(value / self.quantum)

    def raw(self, value: Any) -> float:
        """Return the value of the parameter for a value of the domain, without a check of the bounds."""
        number = self._number(value)
        if self.quantum is None:
            return math.nextafter(number, -math.inf) if number == self.top else number
        steps = round(number / self.quantum)
        if not math.isclose(number / self.quantum, steps, rel_tol=1e-9, abs_tol=1e-9):
            raise ParameterError(f"must be a multiple of {self.quantum!r}, got {value!r}")
        return steps

    def _number(self, value: Any) -> float:
        if isinstance(value, bool | str | bytes):
            raise ParameterError(f"must be a number, got {value!r}")
        try:
            number = self.kind(value)
            is_exact = number == value and math.isfinite(number)
        except (TypeError, ValueError, OverflowError):
            raise ParameterError(f"must be a number, got {value!r}") from None
        if not is_exact:
            raise ParameterError(f"must be {'an integer' if self.kind is int else 'finite'}, got {value!r}")
        return number


def scale_of(domain: Any) -> Scale:
    """Return the scale of a ``Float`` or ``Integer`` domain.

    Raises
    ------
    ParameterError
        If the domain is empty, or Tune cannot sample it.
    """
    sampler, quantum = domain.get_sampler(), None
    if isinstance(sampler, domains.Quantized):
        sampler, quantum = sampler.sampler, sampler.q
    if quantum is not None and not quantum > 0:
        raise ParameterError(f"its quantum must be positive, got {quantum!r}")
    if isinstance(sampler, domains.Normal):
        return _normal(sampler.mean, sampler.sd, quantum)
    log = isinstance(sampler, domains.LogUniform)
    if not log and not isinstance(sampler, domains.Uniform):
        raise ParameterError(f"is sampled by {type(sampler).__name__}, which is not supported")
    low, high = _bounds(domain, log=log)
    if isinstance(domain, domains.Integer):
        return _integers(low, high, quantum, log=log)
    return _floats(low, high, log=log) if quantum is None else _rounded(low, high, quantum, log=log)


def is_reversed(domain: Any) -> bool:
    """Whether the ends of a domain of floats are in the wrong order, which Tune accepts."""
    return isinstance(domain, domains.Float) and domain.lower > domain.upper


def _bounds(domain: Any, *, log: bool) -> tuple[float, float]:
    """Return the ends in order. Tune samples ``uniform(2, 1)`` from [1, 2], but rejects reversed integers."""
    low, high = domain.lower, domain.upper
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ParameterError(f"needs two finite bounds, got {low!r} and {high!r}")
    if log and not (low > 0 and high > 0):
        raise ParameterError(f"needs positive bounds on a log scale, got {low!r} and {high!r}")
    if low > high and not isinstance(domain, domains.Float):
        raise ParameterError(f"has its lower end {low!r} above its upper end {high!r}; swap them")
    return min(low, high), max(low, high)


def _floats(low: float, high: float, *, log: bool) -> Scale:
    if low == high:
        return Scale(Float(low, high, log=log), float)
    return Scale(Float(low, math.nextafter(high, -math.inf), log=log), float, top=float(high))


def _rounded(low: float, high: float, quantum: float, *, log: bool) -> Scale:
    """Floats rounded to multiples of a quantum; both ends are included, with half of the probability."""
    first, last = round(low / quantum), round(high / quantum)
    return Scale(_levels(first, last, float(first), float(last), 0.5, log=log), float, quantum=quantum)


def _integers(low: float, high: float, quantum: float | None, *, log: bool) -> Scale:
    """Integers without the upper end, which is included only if the quantum is above one."""
    if quantum is None:
        first, last = int(low), (math.ceil(high) - 1 if log else int(high) - 1)
        edges = (low, high)
    else:
        first, last = _grid_index(low / quantum, up=True), _grid_index(high / quantum, up=False)
        last -= quantum == 1
        edges = (first, last + 1)
    if log and last == first - 1 and low == high:
        last = first
    if last < first:
        raise ParameterError(
            f"has no value between {low!r} and {high!r}" + (f" in steps of {quantum!r}" if quantum else "")
        )
    unit = None if quantum in (None, 1) else quantum
    if not log:
        return Scale(Int(first, last), int, quantum=unit)
    return Scale(_levels(first, last, float(edges[0]), float(edges[1]), 1.0, log=True), int, quantum=unit)


def _scale_prior(prior: Any, factor: float) -> Any:
    """Return the prior of a number that is multiplied by a factor."""
    if isinstance(prior, Histogram):
        return Histogram([edge * factor for edge in prior.edges], prior.weights)
    return Normal(prior.mean * factor, prior.std * factor) if isinstance(prior, Normal) else prior


def _grid_index(scaled: float, *, up: bool) -> int:
    """Return the multiple next to a bound on its inner side, with a tolerance for rounding, as in Tune."""
    if math.isclose(scaled, round(scaled)):
        return round(scaled)
    return math.ceil(scaled) if up else math.floor(scaled)


def _levels(first: int, last: int, low: float, high: float, reach: float, *, log: bool) -> Int:
    """Integers ``k`` that represent the interval from ``k - 1 + reach`` to ``k + reach``, cut at ``low`` and ``high``.

    ``reach`` is 1/2 if Tune rounds to the nearest multiple, and 1 if it rounds down. The probability of a level is
    proportional to the length of its interval, in logarithms if ``log``.
    """
    if first == last:
        return Int(first, last)

    def mass(left: int, right: int) -> float:
        a, b = max(left - 1 + reach, low), min(right + reach, high)
        return max(math.log(b / a) if log else b - a, 0.0)

    bins = _bins(first, last, exact=_EXACT_LEVELS if log else 1)
    edges = [left - 0.5 for left, _ in bins] + [last + 0.5]
    edges[0], edges[-1] = float(first), float(last)
    return Int(first, last, log=log, prior=Histogram(edges, [mass(left, right) for left, right in bins]))


def _bins(first: int, last: int, *, exact: int) -> list[tuple[int, int]]:
    """Split levels into ranges: ``exact`` single levels at the start, the levels in between, and the last level."""
    n_single = min(exact, last - first)
    bins = [(first + i, first + i) for i in range(n_single)]
    if last - first > n_single:
        bins.append((first + n_single, last - 1))
    return [*bins, (last, last)]


def _normal(mean: float, std: float, quantum: float | None) -> Scale:
    if not (math.isfinite(mean) and math.isfinite(std) and std > 0):
        raise ParameterError(f"needs a finite mean and a positive deviation, got {mean!r} and {std!r}")
    low, high = mean - _NORMAL_REACH * std, mean + _NORMAL_REACH * std
    if quantum is None:
        return Scale(Float(low, high, prior=Normal(mean, std)), float)
    first, last = round(low / quantum), round(high / quantum)
    prior = Normal(mean / quantum, std / quantum) if last > first else None
    return Scale(Int(first, last, prior=prior), float, quantum=quantum)
