"""Nodes of Hyperopt's expression graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..._internal.optional import require
from ...exceptions import ParameterError, SpaceError
from ..parameters import Categorical, Float, Int, Parameter
from ..parameters.base import Number
from ..priors import Normal
from .inexact import Inexact, normal

# The distributions with an exact counterpart.
_EXACT = ("uniform", "loguniform", "randint")
# Normal distributions are truncated at this many standard deviations. One draw in 16,000 lies further out.
_DEVIATIONS = 4.0


def read(node: Any) -> Parameter:
    """Return the parameter of ``hp.uniform``, ``hp.loguniform``, ``hp.randint``, ``hp.choice`` or ``hp.pchoice``."""
    if node.name == "switch":
        return _choice(*node.inputs())
    drawn = node.inputs()[0] if node.name in ("float", "int") else node
    if drawn.name != "hyperopt_param":
        is_uniformint = drawn.name == "float" and drawn.inputs()[0].name == "hyperopt_param"
        if not is_uniformint:
            raise Inexact(f"the expression {node.name!r}", "its parameters, and compute the value in the objective")
        drawn = drawn.inputs()[0]
    distribution = drawn.arg["obj"]
    given = arguments(distribution)
    if distribution.name not in _EXACT:
        is_int = node.name == "int"
        # In the graph, hp.uniformint is the integer part of hp.quniform with steps of 1.
        called = "uniformint" if is_int and distribution.name == "quniform" and given["q"] == 1 else distribution.name
        raise Inexact(f"hp.{called}", _instead(distribution.name, given, is_int=is_int))
    return _KINDS[distribution.name](given, (), is_int=False)


def read_drawn(label: str, name: str, given: Mapping[str, Any], values: Sequence[float], *, is_int: bool) -> Parameter:
    """Return the nearest parameter to a distribution from which values were drawn.

    Parameters
    ----------
    label
        The label of the parameter in Hyperopt.
    name, given
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
    if name not in _KINDS:
        raise SpaceError(
            f"parameter {label!r} has the distribution {name!r}, which is unknown here; pass a tt.SearchSpace as space"
        )
    return _KINDS[name](given, values, is_int=is_int)


def _choice(chosen: Any, *options: Any) -> Parameter:
    if any(map(holds_parameters, options)):
        raise Inexact(
            "hp.choice among options with parameters",
            "tt.Categorical, and a tt.Group with when= for the parameters of each option",
        )
    weights = arguments(chosen.arg["obj"]).get("p")
    return Categorical(list(map(_evaluated, options)), weights=None if weights is None else list(weights))


def arguments(distribution: Any) -> dict[str, Any]:
    """Return the names and values of the arguments of a distribution."""
    return {name: _evaluated(node) for name, node in distribution.arg.items() if hasattr(node, "inputs")}


def _evaluated(node: Any) -> Any:
    return require("hyperopt.pyll", extra="hyperopt", needed_by="a space with nodes of Hyperopt").rec_eval(node)


def holds_parameters(node: Any) -> bool:
    """Whether a node contains a parameter."""
    return node.name == "hyperopt_param" or any(map(holds_parameters, node.inputs()))


def _randint(arguments: Mapping[str, Any], values: Sequence[float], *, is_int: bool) -> Parameter:
    low, high = arguments["low"], arguments.get("high")
    return Int(0, int(low) - 1) if high is None else Int(int(low), int(high) - 1)


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


#: The parameter of each distribution, as a function of its arguments and of the values that its range must contain.
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


def _instead(name: str, given: Mapping[str, Any], *, is_int: bool) -> str:
    if name == "quniform" and is_int:
        return f"tt.Int({given['low']!r}, {given['high']!r})"
    if name == "quniform":
        return f"tt.Float({given['low']!r}, {given['high']!r}, step={given['q']!r})"
    if name == "qloguniform":
        return f"tt.Float({math.exp(given['low'])!r}, {math.exp(given['high'])!r}, log=True), or a tt.Int"
    return normal(given["mu"], given["sigma"], log="log" in name) if "sigma" in given else "tt.Float or tt.Int"


def write(parameter: Parameter, label: str) -> Any:
    """Return the node of a parameter that varies; one with steps or labels becomes the number of the level.

    Raises
    ------
    ParameterError
        If the width of the range overflows.
    ValueError
        If the ends of the range, or their logarithms, are equal.
    """
    hp = require("hyperopt.hp", extra="hyperopt", needed_by="a node of Hyperopt")
    number, labels = parameter._number(), parameter._labels()
    if number is None:
        return hp.choice(label, list(range(len(labels or ()))))
    low, high, n_steps = number.low, number.high, number._n_steps()
    if number.log:
        ends = (math.log(low), math.log(high))
        return hp.loguniform(label, *ends) if n_steps is None else hp.qloguniform(label, *ends, 1)
    if n_steps is not None:
        return hp.uniformint(label, *((low, high) if _is_drawn_itself(number) else (0, n_steps)))
    if not math.isfinite(high - low):
        raise ParameterError(f"{label}: a range whose width overflows")
    return hp.uniform(label, low, high)


def value(parameter: Parameter, drawn: Any) -> Any:
    """Return the value of a parameter for a number, a float or a NumPy scalar, that its node drew."""
    number, labels = parameter._number(), parameter._labels()
    if number is None:
        return (labels or ())[int(drawn)]
    return number._type(drawn) if _is_drawn_itself(number) else number._level(int(drawn))


def _is_drawn_itself(number: Number) -> bool:
    """Whether the node of a number draws the number itself, and not the number of its level."""
    return number.step is None or (number._type is int and number.step == 1)
