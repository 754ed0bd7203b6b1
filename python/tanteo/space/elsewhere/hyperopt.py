"""Nodes of Hyperopt's expression graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ..._internal.optional import require
from ..parameters import Categorical, Float, Int, Parameter
from .inexact import Inexact, normal


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
    make = EXACT.get(distribution.name)
    if make is None:
        raise Inexact(f"hp.{distribution.name}", _instead(distribution.name, given, is_int=node.name == "int"))
    return make(given)


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


def _uniform(given: Mapping[str, Any]) -> Parameter:
    return Float(given["low"], given["high"])


def _loguniform(given: Mapping[str, Any]) -> Parameter:
    return Float(math.exp(given["low"]), math.exp(given["high"]), log=True)


def _randint(given: Mapping[str, Any]) -> Parameter:
    low, high = (0, given["low"]) if given.get("high") is None else (given["low"], given["high"])
    return Int(int(low), int(high) - 1)


#: The distributions with an exact counterpart, by name, as functions of their arguments.
EXACT: Mapping[str, Callable[[Mapping[str, Any]], Parameter]] = {
    "uniform": _uniform,
    "loguniform": _loguniform,
    "randint": _randint,
}


def _instead(name: str, given: Mapping[str, Any], *, is_int: bool) -> str:
    if name == "quniform" and is_int:
        return f"tt.Int({given['low']!r}, {given['high']!r})"
    if name == "quniform":
        return f"tt.Float({given['low']!r}, {given['high']!r}, step={given['q']!r})"
    if name == "qloguniform":
        return f"tt.Float({math.exp(given['low'])!r}, {math.exp(given['high'])!r}, log=True), or a tt.Int"
    return normal(given["mu"], given["sigma"], log="log" in name) if "sigma" in given else "tt.Float or tt.Int"
