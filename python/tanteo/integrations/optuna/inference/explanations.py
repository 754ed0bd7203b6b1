"""Conditions that explain why some trials lack a parameter."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

from ...._internal.text import safe_repr
from ....space.conditions import at_least, at_most, between
from ....space.labels import Choices, distinct
from ....space.parameters import Parameter
from ....space.parameters.base import Number

Configurations: TypeAlias = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Requirement:
    """What a parameter may require of one parent: a value that the trials with the parameter have.

    Sets of trials that lack the parameter are bit masks.

    Attributes
    ----------
    parent
        The name of the parent.
    accepted
        Its accepted values, for ``when=``.
    gap
        Which values no trial tried, so that the trials do not determine whether they are accepted; or None.
    rejected
        The trials in which the parent has another value.
    unmet
        Those, and the trials that lack the parent.
    """

    parent: str
    accepted: Any
    gap: str | None
    rejected: int
    unmet: int


# Requirements that must all be met.
Explanation: TypeAlias = tuple[Requirement, ...]


def explanations(
    parents: Mapping[str, Parameter], having: Configurations, lacking: Configurations
) -> Sequence[Explanation]:
    """Return the simplest conditions that hold in all trials with a parameter and in none that lack it.

    There are four kinds of explanations, and only the first kind that has any counts:

    1. one choice, or one side of an integer;
    2. one side of a float, or an interval or a set of integers;
    3. two requirements of the first kind;
    4. two requirements of any kind.

    An explanation with two requirements needs both: for each, there is a trial that only this one rejects. Of several
    with the same parents the first, which is the simpler one, is returned.

    Parameters
    ----------
    parents
        The parameters that are suggested before the one to be explained whenever it is suggested.
    having, lacking
        The configurations with and without the parameter.
    """
    simple = list(_requirements(_simple, parents, having, lacking))
    every = [*simple, *_requirements(_further, parents, having, lacking)]
    all_trials = (1 << len(lacking)) - 1
    for size in (1, 2):
        for requirements in (simple, every):
            found: dict[tuple[str, ...], Explanation] = {}
            for group in combinations(requirements, size):
                if _explains(group, all_trials):
                    found.setdefault(tuple(requirement.parent for requirement in group), group)
            if found:
                return list(found.values())
    return ()


def _explains(group: Explanation, all_trials: int) -> bool:
    """Whether a group of requirements rejects all trials, and needs each of its members to do so."""
    if len({requirement.parent for requirement in group}) < len(group):
        return False
    unmet = 0
    for requirement in group:
        unmet |= requirement.unmet
    return unmet == all_trials and all(
        requirement.rejected & ~_unmet_by_others(requirement, group) for requirement in group
    )


def _unmet_by_others(requirement: Requirement, group: Explanation) -> int:
    unmet = 0
    for other in group:
        unmet |= 0 if other is requirement else other.unmet
    return unmet


# The accepted values for `when=`, whether a value is accepted, and the gap of a `Requirement`.
_Set: TypeAlias = tuple[Any, Callable[[Any], bool], str | None]


def _requirements(
    sets: Callable[[Parameter, Sequence[Any], Sequence[Any]], Iterator[_Set]],
    parents: Mapping[str, Parameter],
    having: Configurations,
    lacking: Configurations,
) -> Iterator[Requirement]:
    """Iterate over the requirements that some trial without the parameter rejects by its value of the parent."""
    for name, parameter in parents.items():
        present = [params[name] for params in having]
        absent = [params[name] for params in lacking if name in params]
        for accepted, accepts, gap in sets(parameter, present, absent):
            rejected = _mask(name in params and not accepts(params[name]) for params in lacking)
            if rejected:
                unmet = rejected | _mask(name not in params for params in lacking)
                yield Requirement(name, accepted, gap, rejected, unmet)


def _mask(bits: Iterable[bool]) -> int:
    return int("".join("01"[bit] for bit in bits)[::-1] or "0", 2)


def _simple(parent: Parameter, present: Sequence[Any], absent: Sequence[Any]) -> Iterator[_Set]:
    number = parent._number()
    if number is None:
        values = distinct(present)
        choices, tried = Choices(values), Choices(distinct([*present, *absent]))
        untried = [safe_repr(choice) for choice in parent._labels() or () if tried.find(choice) is None]
        yield values, lambda value: choices.find(value) is not None, " or ".join(untried) or None
    elif number._type is int:
        low, high = min(present), max(present)
        yield at_least(low), lambda value: value >= low, _gap(low, _below(low, absent))
        yield at_most(high), lambda value: value <= high, _gap(high, _above(high, absent))


def _further(parent: Parameter, present: Sequence[Any], absent: Sequence[Any]) -> Iterator[_Set]:
    number = parent._number()
    if number is None:
        return
    if number._type is int:
        yield from _integers(present, absent)
    else:
        low, high = min(present), max(present)
        border = _between(number, _below(low, absent), low)
        yield at_least(border), lambda value: value >= low, _gap(low, _below(low, absent))
        border = _between(number, high, _above(high, absent))
        yield at_most(border), lambda value: value <= high, _gap(high, _above(high, absent))


def _integers(present: Sequence[int], absent: Sequence[int]) -> Iterator[_Set]:
    """Iterate over the interval and the set of the values, if values recur.

    A number of layers has few values, which recur in many trials. The values of a layer size hardly recur, so they
    would separate the trials by chance.
    """
    values = set(present)
    if 2 * len(values | set(absent)) > len(present) + len(absent):
        return
    low, high = min(values), max(values)
    gap = _gap(low, _below(low, absent)) or _gap(high, _above(high, absent))
    yield (low if low == high else between(low, high)), lambda value: low <= value <= high, gap
    if any(low <= value <= high for value in absent):
        yield sorted(values), lambda value: value in values, "other values"


def _below(low: float, absent: Sequence[float]) -> float | None:
    return max((value for value in absent if value < low), default=None)


def _above(high: float, absent: Sequence[float]) -> float | None:
    return min((value for value in absent if value > high), default=None)


def _gap(end: float, other: float | None) -> str | None:
    """Return the gap between a value with the parameter and the nearest one without it."""
    if other is None or (type(end) is int and abs(end - other) == 1):
        return None
    return f"a value between {min(end, other)!r} and {max(end, other)!r}"


def _between(parent: Number, low: float | None, high: float | None) -> float:
    """Return the border half way between two values, on the scale of the parent.

    If one of them is None, no trial without the parameter is on that side, so the border separates nothing.
    """
    if low is None or high is None:
        return parent.low if low is None else parent.high
    return math.sqrt(low) * math.sqrt(high) if parent.log else low / 2 + high / 2


def as_when(explanation: Explanation) -> dict[str, Any]:
    """Return the condition of a parameter, for ``when=``."""
    return {requirement.parent: requirement.accepted for requirement in explanation}
