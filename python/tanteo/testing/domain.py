"""Validity of values in a space, implemented from the parameters alone and independently of the native core."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from tanteo.inside import paths

from .._internal.equality import same
from ..exceptions import TanteoError
from ..space.conditions import Range
from ..space.parameters import Parameter
from ..space.parameters.base import Number
from ..space.search_space import SearchSpace, flat_params


def nested(flat: Mapping[str, Any], space: SearchSpace) -> dict[str, Any]:
    """Return flat ``params`` nested as the space declares them, in declaration order."""
    root: dict[str, Any] = {}
    for name, path in paths(space).items():
        if name in flat:
            node = root
            for key in path[:-1]:
                node = node.setdefault(key, {})
            node[path[-1]] = flat[name]
    return root


def is_active(parameter: Parameter, flat: Mapping[str, Any]) -> bool:
    """Whether every parent of a parameter is present with a value that the condition accepts."""
    when = parameter.when or {}
    return all(name in flat and _accepts(condition, flat[name], name) for name, condition in when.items())


def _accepts(condition: Any, value: Any, name: str) -> bool:
    if not isinstance(condition, Range):
        return any(same(value, accepted) for accepted in condition.values)
    try:
        return (condition.low is None or value >= condition.low) and (condition.high is None or value <= condition.high)
    except TypeError:  # an ordinal with non-numeric choices; the strategies never put a range on one
        raise ValueError(f"the condition {condition!r} on {name!r} cannot be evaluated here") from None


def domain_fault(parameter: Parameter, value: Any) -> str | None:
    """Return what is wrong with a value, or None; :func:`type_fault` checks its type."""
    number = parameter._number()
    if number is None:
        fits = any(same(value, label) for label in parameter._labels() or ())
        return None if fits else "is not one of the choices" if parameter._varies else "is not the constant"
    if isinstance(value, bool) or not _is_number(value):
        return "is not a number"
    if not number.low <= value <= number.high:
        return f"is outside [{number.low!r}, {number.high!r}]"
    return None if _on_step(number, value) else "is between two levels of its step"


def _is_number(value: Any) -> bool:
    try:
        return float(value) == float(value)
    except (TypeError, ValueError, OverflowError):
        return False


def _on_step(number: Number, value: Any) -> bool:
    low, step = number.low, number.step
    if step is None:
        return True
    if number._type is int:
        return int(value) == value and (int(value) - low) % step == 0
    k = round((value - low) / step)
    # Decimal and binary arithmetic differ by up to two units in the last place.
    return bool(abs(value - (low + k * step)) <= 2 * math.ulp(max(abs(value), abs(low), abs(k * step))))


def type_fault(parameter: Parameter, value: Any) -> str | None:
    """Return what is wrong with the type of a value, or None."""
    number = parameter._number()
    if number is None or type(value) is number._type:
        return None
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    return f"is a {kind.removeprefix('builtins.')} and not of the builtin type {number._type.__name__}"


def structure_fault(space: SearchSpace, params: Any) -> str | None:
    """Return which parameter is missing, unknown, or present although it is inactive; None if there is none."""
    if not isinstance(params, Mapping):
        return f"params are {params!r} and not a mapping"
    flat = flat_params(params, space)
    unknown = [name for name in flat if name not in space]
    if unknown:
        return f"parameter {unknown[0]!r} is unknown"
    for name, parameter in space.parameters.items():
        if is_active(parameter, flat) != (name in flat):
            return f"parameter {name!r} is {'present, but inactive' if name in flat else 'missing'}"
    return None


def values_fault(
    space: SearchSpace, params: Any, fault_of: Callable[[Parameter, Any], str | None] = domain_fault
) -> str | None:
    """Return the first value of a known parameter with a fault, by default one of its domain; None if there is none."""
    for name, value in flat_params(params, space).items():
        problem = fault_of(space[name], value) if name in space else None
        if problem is not None:
            return f"{name} = {value!r} {problem}"
    return None


def fault(space: SearchSpace, params: Any) -> str | None:
    """Return what is wrong with the names, conditions, domains or known constraints of a configuration, or None."""
    return structure_fault(space, params) or values_fault(space, params) or constraint_fault(space, params)


def constraint_fault(space: SearchSpace, params: Any) -> str | None:
    """Return which known constraint is violated, or None."""
    if not space.constraints:
        return None
    try:
        space.validate(params)
    except TanteoError as error:
        return str(error)
    return None


def levels(parameter: Parameter, max_levels: int = 1000) -> list[Any] | None:
    """Return all values of a parameter; None if it is continuous or has more than ``max_levels`` values."""
    number, labels = parameter._number(), parameter._labels() or ()
    if number is None:
        return list(labels) if len(labels) <= max_levels else None
    last = number._n_steps()
    return None if last is None or last >= max_levels else [number._level(k) for k in range(last + 1)]


def unit(parameter: Parameter, value: Any) -> float:
    """Return the position of a value in its domain, from 0 to 1, on the scale of the parameter."""
    number = parameter._number()
    if number is not None:
        low, high = float(number.low), float(number.high)
        if number.log:
            low, high, value = math.log(low), math.log(high), math.log(value)
        # Halve before subtracting: the width of the widest interval overflows.
        return 0.5 if low == high else min(max((value / 2 - low / 2) / (high / 2 - low / 2), 0.0), 1.0)
    choices = levels(parameter) or [value]
    position = next((k for k, choice in enumerate(choices) if same(choice, value)), 0)
    return (position + 0.5) / len(choices)
