"""Distributions of SciPy, frozen with their arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from statistics import NormalDist
from typing import Any

from ..parameters import Float, Int, Parameter
from ..priors import Histogram, Normal
from .inexact import Inexact, normal

# The probabilities at which a distribution is compared with the parameter.
_COMPARED = (0.125, 0.5, 0.8125)
#: The probability that :func:`cut` leaves out on either side.
TAIL = 1e-6
# The largest number of whole numbers with a prior that lists each of them.
_MOST_LEVELS = 1000


def read(distribution: Any) -> Parameter:
    """Return the parameter of a ``uniform``, ``loguniform`` (``reciprocal``) or ``randint``.

    Its quantiles are compared with those of the distribution: the arguments ``loc`` and ``scale`` may change the kind,
    and the name may belong to a class of the user.
    """
    name = str(getattr(getattr(distribution, "dist", None), "name", ""))
    make = _KINDS.get(name)
    ends = [float(end) for end in distribution.support()] if make is not None else []
    if make is not None and all(map(math.isfinite, ends)):
        parameter, quantile = make(*ends)
        quantiles = [(float(distribution.ppf(p)), quantile(p)) for p in _COMPARED]
        if all(math.isclose(theirs, ours, rel_tol=1e-9) for theirs, ours in quantiles):
            return parameter
    raise Inexact(repr(name or type(distribution).__name__), _instead(distribution, name))


def is_discrete(distribution: Any) -> bool:
    """Return whether a frozen distribution has integers only."""
    return hasattr(distribution, "pmf") and hasattr(distribution, "ppf")


def cut(distribution: Any) -> Parameter | None:
    """Return the parameter of a normal, lognormal or discrete distribution, without a millionth on either side.

    A truncated normal keeps its bounds, a discrete distribution its probabilities. None stands for any other
    distribution: it has no prior.
    """
    name = str(getattr(getattr(distribution, "dist", None), "name", ""))
    if is_discrete(distribution):
        return _discrete(distribution)
    if name in ("norm", "truncnorm"):
        return _normal(distribution, distribution.logpdf, log=False)
    if name == "lognorm" and distribution.support()[0] == 0.0:
        return _normal(distribution, lambda y: float(distribution.logpdf(math.exp(y))) + y, log=True)
    return None


def _normal(distribution: Any, log_density: Callable[[float], Any], *, log: bool) -> Parameter | None:
    """Return the parameter with a normal prior of the value, or of its logarithm.

    The logarithm of a normal density is a parabola. Three points at the distance ``h`` give its parameters, whichever
    way ``loc`` and ``scale`` were given: with ``l(x) = c - (x - mean)**2 / (2 std**2)``,
    ``l(m - h) - 2 l(m) + l(m + h) = -h**2 / std**2`` and ``l(m + h) - l(m - h) = 2 h (mean - m) / std**2``.
    """
    scaled: Callable[[float], float] = math.log if log else float
    left, right = (scaled(distribution.ppf(p)) for p in (_COMPARED[0], _COMPARED[-1]))
    middle, h = (left + right) / 2, (right - left) / 2
    below, at, above = (float(log_density(x)) for x in (middle - h, middle, middle + h))
    precision = (2 * at - below - above) / h**2
    if not precision > 0.0:
        return None
    law = NormalDist(middle + (above - below) / (2 * h * precision), precision**-0.5)
    ends = [float(end) for end in distribution.support()]
    lowest, highest = (
        law.cdf(scaled(end)) if math.isfinite(end) and (end or not log) else k for k, end in enumerate(ends)
    )
    expected = [law.inv_cdf(lowest + p * (highest - lowest)) for p in _COMPARED]
    actual = [scaled(distribution.ppf(p)) for p in _COMPARED]
    if not all(
        math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-6 * law.stdev) for a, b in zip(actual, expected, strict=True)
    ):
        return None
    low, high = (float(distribution.ppf(p)) for p in (TAIL, 1 - TAIL))
    if not log:
        low, high = (end if math.isfinite(end) else inner for end, inner in zip(ends, (low, high), strict=True))
    return Float(low, high, log=log, prior=Normal(law.mean, law.stdev))


def _discrete(distribution: Any) -> Parameter | None:
    """Return the integers between two quantiles, each with its probability."""
    low, high = (int(distribution.ppf(p)) for p in (TAIL, 1 - TAIL))
    if not 1 < high - low + 1 <= _MOST_LEVELS:
        return None
    # A level has the mass between the midpoints to its neighbours.
    edges = [low, *(k + 0.5 for k in range(low, high)), high]
    return Int(low, high, prior=Histogram(edges, [float(distribution.pmf(k)) for k in range(low, high + 1)]))


def _uniform(low: float, high: float) -> tuple[Parameter, Callable[[float], float]]:
    return Float(low, high), lambda p: low + p * (high - low)


def _loguniform(low: float, high: float) -> tuple[Parameter, Callable[[float], float]]:
    return Float(low, high, log=True), lambda p: low * (high / low) ** p


def _randint(low: float, high: float) -> tuple[Parameter, Callable[[float], float]]:
    return Int(int(low), int(high)), lambda p: low - 1 + math.ceil(p * (high - low + 1))


_KINDS: Mapping[str, Callable[..., tuple[Parameter, Callable[[float], float]]]] = {
    "uniform": _uniform,
    "loguniform": _loguniform,
    "reciprocal": _loguniform,
    "randint": _randint,
}


def _instead(distribution: Any, name: str) -> str:
    if name == "norm" and hasattr(distribution, "args"):
        return normal(float(distribution.mean()), float(distribution.std()))
    return "tt.Float(low, high) or tt.Int(low, high), with prior=tt.Normal or tt.Histogram for what is likely"
