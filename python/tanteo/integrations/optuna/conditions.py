"""When a parameter of a define-by-run study exists, read off the trials that have it and those that do not."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..._internal.text import safe_repr
from ...exceptions import SpaceError
from ...space.conditions import at_least, at_most
from ...space.labels import Choices
from ...space.parameters import Categorical, Int, Parameter


@dataclass(frozen=True)
class Evidence:
    """The parameters of one trial; one that is not complete may have ended before it asked for all of them."""

    params: Mapping[str, Any]
    is_complete: bool


def conditions(
    parameters: Mapping[str, Parameter], trials: Sequence[Evidence], notes: list[str]
) -> dict[str, dict[str, Any]]:
    """Return ``when=`` of every parameter that some complete trials lack.

    A condition names one parent: a choice or an integer that was asked for earlier in every trial that has the
    parameter, and whose values tell these trials from the complete trials that lack it. Values of the parent that no
    such trial had are taken not to have the parameter, for integers on its side of the border to have it, and that is
    noted.

    Parameters
    ----------
    parameters
        Flat name to parameter.
    trials
        What is known.
    notes
        Where guesses are noted.

    Raises
    ------
    SpaceError
        Where no parent explains it, or several do.
    """
    found = {}
    for name in parameters:
        having = [trial.params for trial in trials if name in trial.params]
        lacking = [trial.params for trial in trials if trial.is_complete and name not in trial.params]
        if lacking:
            found[name] = _condition(name, parameters, having, lacking, notes)
    return found


def _condition(
    name: str,
    parameters: Mapping[str, Parameter],
    having: Sequence[Mapping[str, Any]],
    lacking: Sequence[Mapping[str, Any]],
    notes: list[str],
) -> dict[str, Any]:
    candidates = list(_candidates(name, parameters, having, lacking))
    if len(candidates) != 1:
        n = len(lacking)
        raise SpaceError(
            f"parameter {name!r} is missing in {n} complete {'trial' if n == 1 else 'trials'}, and "
            f"{_explained(candidates)}; pass space=, a tt.SearchSpace that gives {name!r} its condition "
            "(when={parent: value})"
        )
    parent, with_it, without = candidates[0]
    parameter = parameters[parent]
    accepted = _border(with_it, without) if isinstance(parameter, Int) else with_it
    if _has_gaps(parameter, with_it, without):
        notes.append(
            f"no trial tried every {parent!r}; parameter {name!r} is taken to exist when={{{parent!r}: {accepted!r}}}"
        )
    return {parent: accepted}


def _has_gaps(parameter: Parameter, with_it: Sequence[Any], without: Sequence[Any]) -> bool:
    """Whether values of the parent that no trial tried could be on either side."""
    if isinstance(parameter, Categorical):
        return len(with_it) + len(without) < len(parameter.choices)
    values = sorted((value, value in set(with_it)) for value in (*with_it, *without))
    return any(low[1] != high[1] and low[0] + 1 < high[0] for low, high in pairwise(values))


def _candidates(
    name: str,
    parameters: Mapping[str, Parameter],
    having: Sequence[Mapping[str, Any]],
    lacking: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, list[Any], list[Any]]]:
    """Iterate over the parents that may explain it, with their values in trials that have the parameter or lack it."""
    for parent, parameter in parameters.items():
        if parent == name or not isinstance(parameter, Categorical | Int):
            continue
        if not all(_is_earlier(parent, name, params) for params in having):
            continue
        with_it = distinct(params[parent] for params in having)
        without = distinct(params[parent] for params in lacking if parent in params)
        others = Choices(without)
        if not any(others.find(value) is not None for value in with_it):
            yield parent, with_it, without


def _is_earlier(parent: str, name: str, params: Mapping[str, Any]) -> bool:
    """Whether the parent was asked for before: trials keep that order."""
    order = list(params)
    return parent in params and order.index(parent) < order.index(name)


def _explained(candidates: Sequence[tuple[str, list[Any], list[Any]]]) -> str:
    if not candidates:
        return "no single choice or integer that was asked for earlier explains that"
    several = " and ".join(f"{parent!r} in {values!r}" for parent, values, _ in candidates)
    return f"several explain that: {several}"


def _border(with_it: Sequence[int], without: Sequence[int]) -> Any:
    """Return a range if the values on one side have the parameter, else their list."""
    if all(one > other for one in with_it for other in without):
        return at_least(min(with_it))
    if all(one < other for one in with_it for other in without):
        return at_most(max(with_it))
    return sorted(with_it)


def distinct(values: Iterable[Any]) -> list[Any]:
    """Return the different values in the order in which they come; types count."""
    found: dict[tuple[type, Any], Any] = {}
    for value in values:
        is_plain = isinstance(value, Hashable) and value == value
        found.setdefault((type(value), value if is_plain else safe_repr(value)), value)
    return list(found.values())
