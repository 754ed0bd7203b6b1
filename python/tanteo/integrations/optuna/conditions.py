"""Infers the conditions of the parameters of a define-by-run study from the trials that have or lack them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from ..._internal.text import safe_repr
from ...exceptions import SpaceError
from ...space.conditions import at_least, at_most
from ...space.labels import Choices
from ...space.parameters import Categorical, Int, Parameter
from .names import GIVE_ONE

# The name of a parent, and its values in trials that have the parameter and in trials that lack it.
Candidate: TypeAlias = tuple[str, list[Any], list[Any]]


@dataclass(frozen=True)
class Evidence:
    """The parameters of one trial. An incomplete trial may have ended before it suggested all of them."""

    params: Mapping[str, Any]
    is_complete: bool


def conditions(
    parameters: Mapping[str, Parameter], trials: Sequence[Evidence], notes: list[str]
) -> dict[str, dict[str, Any]]:
    """Return the condition (``when=``) of every parameter that some complete trials lack.

    A condition has one parent: a choice or an integer that was suggested earlier in every trial that has the parameter,
    and whose values separate these trials from the complete trials that lack it. Of several such parents, the one that
    most trials confirm is taken, with a note. For a value of the parent that no trial had, the parameter is assumed to
    be inactive; for an integer parent, active on its side of the border. Such an assumption is noted as well.

    Parameters
    ----------
    parameters
        Maps flat names to parameters.
    trials
        The trials.
    notes
        Guesses are appended to this list.

    Raises
    ------
    SpaceError
        If no parent explains an absence, or several explain it equally well.
    """
    conditions_by_name = {}
    for name in parameters:
        having = [trial.params for trial in trials if name in trial.params]
        lacking = [trial.params for trial in trials if trial.is_complete and name not in trial.params]
        if lacking:
            conditions_by_name[name] = _condition(name, parameters, having, lacking, notes)
    return conditions_by_name


def _condition(
    name: str,
    parameters: Mapping[str, Parameter],
    having: Sequence[Mapping[str, Any]],
    lacking: Sequence[Mapping[str, Any]],
    notes: list[str],
) -> dict[str, Any]:
    candidates = list(_candidates(name, parameters, having, lacking))
    best = _most_confirmed(candidates, [*having, *lacking])
    if best is None:
        n = len(lacking)
        raise SpaceError(
            f"parameter {name!r} is missing in {n} complete {'trial' if n == 1 else 'trials'}, and "
            f"{_explanation(candidates)}; {GIVE_ONE} that gives {name!r} its condition (when={{parent: value}})"
        )
    parent, present_values, absent_values = best
    for other, *_ in candidates:
        if other != parent:
            notes.append(f"parameter {name!r} is taken to depend on {parent!r}; {other!r} explains its absence too")
    parameter = parameters[parent]
    accepted = _accepted_values(present_values, absent_values) if isinstance(parameter, Int) else present_values
    if _has_gaps(parameter, present_values, absent_values):
        notes.append(
            f"no trial tried every {parent!r}; parameter {name!r} is taken to exist when={{{parent!r}: {accepted!r}}}"
        )
    return {parent: accepted}


def _most_confirmed(candidates: Sequence[Candidate], trials: Sequence[Mapping[str, Any]]) -> Candidate | None:
    """Return the parent that most trials confirm; None if there is no candidate, or a tie.

    A trial confirms an explanation if it shares a value of the parent with an earlier trial. A number of layers has few
    values, which recur in many trials. A layer size hardly recurs, so it may separate the trials by chance.
    """
    counts = [
        sum(candidate[0] in params for params in trials) - len(candidate[1]) - len(candidate[2])
        for candidate in candidates
    ]
    best = max(counts, default=0)
    return candidates[counts.index(best)] if counts.count(best) == 1 else None


def _has_gaps(parameter: Parameter, present_values: Sequence[Any], absent_values: Sequence[Any]) -> bool:
    """Whether the parent has untried values that could be on either side of the border."""
    if isinstance(parameter, Categorical):
        return len(present_values) + len(absent_values) < len(parameter.choices)
    values = sorted((value, value in set(present_values)) for value in (*present_values, *absent_values))
    return any(low[1] != high[1] and low[0] + 1 < high[0] for low, high in pairwise(values))


def _candidates(
    name: str,
    parameters: Mapping[str, Parameter],
    having: Sequence[Mapping[str, Any]],
    lacking: Sequence[Mapping[str, Any]],
) -> Iterator[Candidate]:
    """Iterate over the parents that explain an absence, with their values in trials that have or lack the parameter."""
    for parent, parameter in parameters.items():
        if parent == name or not isinstance(parameter, Categorical | Int):
            continue
        if not all(_is_earlier(parent, name, params) for params in having):
            continue
        present_values = distinct(params[parent] for params in having)
        absent_values = distinct(params[parent] for params in lacking if parent in params)
        absent_choices = Choices(absent_values)
        if not any(absent_choices.find(value) is not None for value in present_values):
            yield parent, present_values, absent_values


def _is_earlier(parent: str, name: str, params: Mapping[str, Any]) -> bool:
    """Whether the parent was suggested before the parameter; trials keep the order."""
    order = list(params)
    return parent in params and order.index(parent) < order.index(name)


def _explanation(candidates: Sequence[Candidate]) -> str:
    if not candidates:
        return "no single choice or integer that was suggested earlier explains that"
    explanations = " and ".join(f"{parent!r} in {values!r}" for parent, values, _ in candidates)
    return f"several parameters explain that: {explanations}"


def _accepted_values(present_values: Sequence[int], absent_values: Sequence[int]) -> Any:
    """Return a range if all values on one side of a border have the parameter, else the list of values."""
    if all(present > absent for present in present_values for absent in absent_values):
        return at_least(min(present_values))
    if all(present < absent for present in present_values for absent in absent_values):
        return at_most(max(present_values))
    return sorted(present_values)


def distinct(values: Iterable[Any]) -> list[Any]:
    """Return the distinct values in order of appearance; values of different types are distinct."""
    first_seen: dict[tuple[type, Any], Any] = {}
    for value in values:
        is_plain = isinstance(value, Hashable) and value == value
        first_seen.setdefault((type(value), value if is_plain else safe_repr(value)), value)
    return list(first_seen.values())
