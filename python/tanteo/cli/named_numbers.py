"""Arguments such as ``loss=0.5``: a name and its number."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

from tanteo.cli.files import objective_of
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer

_Number = TypeVar("_Number", float, float | None)
#: An objective, "" if only its position is given, and its number.
Given: TypeAlias = tuple[str, _Number]


def numbers_by_name(
    texts: Sequence[str], option: str, advice: str, read: Callable[[str], float] = float
) -> dict[str, float]:
    """Return the numbers of ``loss=0.5 size=30`` by name; ``read`` raises ValueError for what is no number.

    Raises
    ------
    ArgumentError
        If one is no number with a name, or a name is given twice.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, _, number = text.rpartition("=")
        try:
            value = read(number)
        except ValueError:
            name, value = "", 0.0
        if not name or math.isnan(value):
            raise ArgumentError(f"{option} {text}: {'NaN is not accepted; ' if name else ''}{advice}")
        if name in found:
            raise ArgumentError(f"{option} {text}: {name!r} is given twice")
        found[name] = value
    return found


def numbers_by_objective(texts: Sequence[str], option: str) -> dict[str | int, float]:
    """Return the numbers of ``loss=0.5 1=30`` by the names or indices of objectives; see :func:`numbers_by_name`."""
    found = numbers_by_name(texts, option, "write a name and a number, as in loss=0.5")
    # "01" is no number of an objective: 1 is, and may be given too.
    return {int(name) if name.isdecimal() and str(int(name)) == name else name: each for name, each in found.items()}


def per_objective(
    search: Optimizer, given: Sequence[Given[_Number]], argument: str
) -> list[_Number] | dict[Any, _Number]:
    """Return the numbers of objectives as :meth:`Optimizer.tell` takes them: a list in their order, or a mapping.

    Parameters
    ----------
    search
        The search that has the objectives.
    given
        All of them with the name or the index of their objective, or none of them.
    argument
        What they are called in messages.

    Raises
    ------
    ArgumentError
        For some with an objective and some without, an unknown objective, and one that is given twice.
    """
    numbers = [number for _, number in given]
    if not any(name for name, _ in given):
        return numbers
    if not all(name for name, _ in given):
        raise ArgumentError(f"{argument}: write every number as NAME=NUMBER, or none of them")
    places = [objective_of(search, name, argument) for name, _ in given]
    for k, place in enumerate(places):
        if place in places[:k]:
            raise ArgumentError(f"{argument} {given[k][0]}={numbers[k]}: this objective is given twice")
    names = search.objective_names or range(len(search.directions))
    return dict(zip(map(names.__getitem__, places), numbers, strict=True)) if len(names) > 1 else numbers
