"""Distributions of SciPy, frozen with their arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ..parameters import Float, Int, Parameter
from .inexact import Inexact, normal

# The probabilities at which a distribution is compared with the parameter.
_COMPARED = (0.125, 0.5, 0.8125)


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
