"""Converts distributions of Hyperopt to parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...exceptions import SpaceError
from ...space.elsewhere.hyperopt import EXACT
from ...space.parameters import Float, Int, Parameter
from ...space.priors import Normal

# Normal distributions are truncated at this many standard deviations. One draw in 16,000 lies further out.
_DEVIATIONS = 4.0


def parameter(
    label: str, name: str, arguments: Mapping[str, Any], values: Sequence[float], *, is_int: bool
) -> Parameter:
    """Return the parameter for a distribution.

    Parameters
    ----------
    label
        The label of the parameter in Hyperopt.
    name, arguments
        Name and arguments of the distribution.
    values
        The values of the trials, which the range must contain.
    is_int
        Whether the value is converted to an integer.

    Raises
    ------
    SpaceError
        If the distribution is not one of Hyperopt's own.
    """
    make = _KINDS.get(name)
    if make is None:
        raise SpaceError(
            f"parameter {label!r} has the distribution {name!r}, which is unknown here; pass a tt.SearchSpace as space"
        )
    return make(arguments, values, is_int=is_int)


def _randint(arguments: Mapping[str, Any], values: Sequence[float], *, is_int: bool) -> Parameter:
    return EXACT["randint"](arguments)


def _uniform(arguments: Mapping[str, Any], values: Sequence[float], *, is_int: bool) -> Parameter:
    low, high = _ends(arguments["low"], arguments["high"], values)
    return _linear(low, high, arguments.get("q"), None, is_int=is_int)


def _loguniform(arguments: Mapping[str, Any], values: Sequence[float], *, is_int: bool) -> Parameter:
    low, high = _ends(math.exp(arguments["low"]), math.exp(arguments["high"]), values)
    return _logarithmic(low, high, arguments.get("q"), None, is_int=is_int)


def _normal(arguments: Mapping[str, Any], values: Sequence[float], *, is_int: bool) -> Parameter:
    reach = _DEVIATIONS * arguments["sigma"]
    low, high = _ends(arguments["mu"] - reach, arguments["mu"] + reach, values)
    return _linear(low, high, arguments.get("q"), Normal(arguments["mu"], arguments["sigma"]), is_int=is_int)


def _lognormal(arguments: Mapping[str, Any], values: Sequence[float], *, is_int: bool) -> Parameter:
    reach = _DEVIATIONS * arguments["sigma"]
    low, high = _ends(math.exp(arguments["mu"] - reach), math.exp(arguments["mu"] + reach), values)
    return _logarithmic(low, high, arguments.get("q"), Normal(arguments["mu"], arguments["sigma"]), is_int=is_int)


_KINDS: Mapping[str, Callable[..., Parameter]] = {
    "randint": _randint,
    "uniform": _uniform,
    "quniform": _uniform,
    "loguniform": _loguniform,
    "qloguniform": _loguniform,
    "normal": _normal,
    "qnormal": _normal,
    "lognormal": _lognormal,
    "qlognormal": _lognormal,
}


def _ends(low: float, high: float, values: Sequence[float]) -> tuple[float, float]:
    """Return the ends, widened to the values: rounded values may lie beyond an end, and normal draws have none."""
    return min(float(low), *values, float(high)), max(float(high), *values, float(low))


def _linear(low: float, high: float, q: float | None, prior: Normal | None, *, is_int: bool) -> Parameter:
    """Return a number on a linear scale; Hyperopt rounds it to multiples of ``q``, which may lie beyond an end."""
    if q is None:
        return Float(low, high, prior=prior)
    first, last = _multiple(low, q), _multiple(high, q)
    if is_int and float(q).is_integer():
        return Int(int(first), int(last), step=int(q), prior=prior)
    return Float(first, last, step=float(q), prior=prior)


def _logarithmic(low: float, high: float, q: float | None, prior: Normal | None, *, is_int: bool) -> Parameter:
    """Return a number on a logarithmic scale.

    With rounding to multiples of ``q``, it keeps the scale and loses the rounding, unless it is an integer. If it can
    be rounded to zero, which has no logarithm, it keeps the rounding and loses the scale.
    """
    if q is None:
        return Float(low, high, log=True, prior=prior)
    first, last = _multiple(low, q), _multiple(high, q)
    if first <= 0.0:
        return _linear(first, last, q, None, is_int=is_int)
    if is_int and q == 1:
        return Int(int(first), int(last), log=True, prior=prior)
    return Float(first, last, log=True, prior=prior)


def _multiple(value: float, q: float) -> float:
    return round(value / q) * q
