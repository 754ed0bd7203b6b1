"""Restricts a space to values that are fixed, and to ranges."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from ...space.constraints import Constraint, Forbid, Linear
from ...space.labels import Choices
from ...space.search_space import SearchSpace

# How far from a fixed number suggestions may lie, as a share of the range on its scale. With an exact value, models
# could compare only few candidates. The others are then chosen for a value close to the fixed one.
_WINDOW = 0.05


def restricted(space: SearchSpace, fixed: Mapping[str, Any], ranges: Mapping[str, Any]) -> SearchSpace:
    """Return a space whose suggestions have, or nearly have, the fixed values, and lie in the ranges.

    Its trials need not. Names and values that the space does not have are ignored.

    Parameters
    ----------
    space
        The space.
    fixed
        Name to value.
    ranges
        Name to an object with ``low`` and ``high``; others are ignored.
    """
    constraints: list[Constraint] = []
    for name, value in fixed.items():
        if name in space and space[name]._varies:
            constraints.extend(_near(name, space[name], value))
    for name, within in ranges.items():
        if space[name]._varies and hasattr(within, "low"):
            constraints.append(Linear({name: 1.0}, lower=within.low, upper=within.high))
    return SearchSpace(space.parameters, [*space.constraints, *constraints]) if constraints else space


def _near(name: str, parameter: Any, value: Any) -> Iterator[Constraint]:
    labels = parameter._labels()
    if labels is not None:
        position = Choices(labels).find(value)
        if position is not None:
            yield Forbid({name: [label for k, label in enumerate(labels) if k != position]})
        return
    low, high = parameter.low, parameter.high
    if not low <= value <= high:
        return
    if parameter.log:
        factor = math.exp(_WINDOW * math.log(high / low))
        yield Linear({name: 1.0}, lower=value / factor, upper=value * factor)
    else:
        window = _WINDOW * high - _WINDOW * low
        yield Linear({name: 1.0}, lower=value - window, upper=value + window)


def narrowed(space: SearchSpace, distributions: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return the distributions whose range is narrower than that of the space, with their names."""
    merged: Mapping[str, Any] = space.parameters
    numeric = [(name, latest) for name, latest in distributions.items() if hasattr(latest, "low")]
    return tuple(
        (name, latest) for name, latest in numeric if latest.low > merged[name].low or latest.high < merged[name].high
    )
