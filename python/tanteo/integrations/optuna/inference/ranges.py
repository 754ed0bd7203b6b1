"""Merges the ranges, choices and values of a parameter in different trials."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ....exceptions import SpaceError
from ....space.labels import distinct
from ....space.parameters import Categorical, Parameter
from ..names import GIVE_ONE
from .evidence import Evidence

_GIVE_ONE = f"{GIVE_ONE} that says what is meant"


def parameters(trials: Sequence[Evidence], notes: list[str]) -> dict[str, Parameter]:
    """Return the smallest parameter that contains the ranges, choices and values of each name, without conditions.

    Raises
    ------
    SpaceError
        If no trial has a parameter, or what trials declared cannot be merged.
    """
    declared: dict[str, dict[int, Parameter]] = {}
    values: dict[str, list[Any]] = {}
    for trial in trials:
        for name, parameter in trial.parameters.items():
            declared.setdefault(name, {}).setdefault(id(parameter), parameter)
        for name, value in (*trial.params.items(), *trial.queued.items()):
            values.setdefault(name, []).append(value)
    if not declared:
        raise SpaceError(f"no trial of the study has a parameter, so the space cannot be inferred; {_GIVE_ONE}")
    return {
        name: _parameter(name, list(of_name.values()), values.get(name, ()), notes)
        for name, of_name in declared.items()
    }


def _parameter(name: str, declared: Sequence[Any], values: Sequence[Any], notes: list[str]) -> Parameter:
    kinds = {_kind(parameter) for parameter in declared}
    if len(kinds) > 1:
        raise SpaceError(f"parameter {name!r} is {' and '.join(sorted(kinds))} in different trials; {_GIVE_ONE}")
    first = declared[0]
    if first._number() is None:
        return Categorical(distinct(label for parameter in declared for label in parameter._labels()))
    low, high = min(parameter.low for parameter in declared), max(parameter.high for parameter in declared)
    step, is_int = _common_step(name, declared, notes), first._type is int
    numbers = [value for value in values if _is_number(value, is_int=is_int, log=first.log)]
    lowest, highest = min([low, *numbers]), max([high, *numbers])
    if (lowest, highest) != (low, high):
        notes.append(f"parameter {name!r} had values from {lowest!r} to {highest!r}, beyond its range; it is widened")
    if step is not None and not all(_is_on_grid(value, low, step) for value in numbers):
        notes.append(f"parameter {name!r} had values off its grid of step {step!r}, which is given up")
        step = 1 if is_int else None
    number: Parameter = type(first)(first._type(lowest), first._type(highest), log=first.log, step=step)
    return number


def _is_number(value: Any, *, is_int: bool, log: bool) -> bool:
    """Whether a value can belong to the parameter: one that was queued may be anything."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    return (value > 0 or not log) and (not is_int or (value == int(value) and -(2**63) <= value < 2**64))


def _is_on_grid(value: float, low: float, step: float) -> bool:
    position = (value - low) / step
    return abs(position - round(position)) <= 1e-8


def _kind(parameter: Any) -> str:
    """Return the kind of a parameter, which must be the same in all trials."""
    kind = type(parameter).__name__.lower()
    return f"{kind} on a log scale" if getattr(parameter, "log", False) else kind


def _common_step(name: str, declared: Sequence[Any], notes: list[str]) -> Any:
    """Return the step that all of them share; that of continuous values, or 1, if their grids do not coincide."""
    steps = sorted({parameter.step for parameter in declared}, key=str)
    if len(steps) > 1:
        conflict = f"has the steps {', '.join(map(repr, steps))} in trials"
    elif steps[0] is None or all(_is_on_grid(parameter.low, declared[0].low, steps[0]) for parameter in declared):
        return steps[0]
    else:
        lows = " and ".join(repr(low) for low in sorted({parameter.low for parameter in declared})[:2])
        conflict = f"has grids of step {steps[0]!r} from {lows} in different trials, which do not coincide"
    notes.append(f"parameter {name!r} {conflict}; the grid is given up ({GIVE_ONE}, to keep one)")
    return 1 if declared[0]._type is int else None
