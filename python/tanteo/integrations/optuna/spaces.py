"""Infers the space of an Optuna study from its trials, since Optuna does not store one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...exceptions import SpaceError
from ...space.labels import Choices
from ...space.parameters import Categorical, Float, Int, Parameter
from ...space.search_space import SearchSpace
from .conditions import Evidence, conditions, distinct
from .names import GIVE_ONE

_GIVE_ONE = f"{GIVE_ONE} that says what is meant"


def space_of(trials: Sequence[Any], notes: list[str]) -> SearchSpace:
    """Return the smallest space that contains the configurations of all trials.

    If the range of a parameter differs between trials, it gets the smallest range that contains all of them. If its
    choices differ, it gets all choices in the order in which they first appear. A parameter that some complete trials
    lack gets the condition that explains its absence (:func:`conditions`).

    Parameters
    ----------
    trials
        Trials of Optuna.
    notes
        Guesses are appended to this list.

    Raises
    ------
    SpaceError
        If no trial has a parameter, ranges cannot be merged, or an absence cannot be explained.
    """
    seen: dict[str, dict[str, Any]] = {}
    for trial in trials:
        for name, distribution in trial.distributions.items():
            seen.setdefault(name, {}).setdefault(repr(distribution), distribution)
    if not seen:
        raise SpaceError(f"no trial of the study has a parameter, so the space cannot be inferred; {_GIVE_ONE}")
    plain = {name: _parameter(name, list(distributions.values())) for name, distributions in seen.items()}
    evidence = [Evidence(dict(trial.params), is_complete=trial.state.name == "COMPLETE") for trial in trials]
    whens = conditions(plain, evidence, notes)
    return SearchSpace({name: _with_when(plain[name], whens.get(name)) for name in plain})


def _with_when(parameter: Parameter, when: Mapping[str, Any] | None) -> Parameter:
    return type(parameter)(**{**parameter._fields(), "when": when})


def _parameter(name: str, distributions: Sequence[Any]) -> Parameter:
    kinds = {_kind(distribution) for distribution in distributions}
    if len(kinds) > 1:
        raise SpaceError(f"parameter {name!r} is {' and '.join(sorted(kinds))} in different trials; {_GIVE_ONE}")
    if kinds == {"categorical"}:
        return Categorical(_all_choices(distribution.choices for distribution in distributions))
    low, high = (
        min(distribution.low for distribution in distributions),
        max(distribution.high for distribution in distributions),
    )
    step = _common_step(name, distributions)
    if kinds.pop().startswith("int"):
        return Int(low, high, log=distributions[0].log, step=step)
    return Float(low, high, log=distributions[0].log, step=step)


def _kind(distribution: Any) -> str:
    """Return the kind of a distribution, which must be the same in all trials."""
    if hasattr(distribution, "choices"):
        return "categorical"
    kind = "int" if type(distribution).__name__.startswith("Int") else "float"
    return f"{kind} on a log scale" if distribution.log else kind


def _all_choices(choice_lists: Iterable[Sequence[Any]]) -> list[Any]:
    merged: list[Any] = []
    for choices in choice_lists:
        merged += [choice for choice in distinct(choices) if Choices(merged).find(choice) is None]
    return merged


def _common_step(name: str, distributions: Sequence[Any]) -> Any:
    """Return the step that all distributions share, if their grids coincide."""
    steps = sorted({distribution.step for distribution in distributions}, key=str)
    if len(steps) > 1:
        raise SpaceError(f"parameter {name!r} has the steps {', '.join(map(repr, steps))} in trials; {_GIVE_ONE}")
    step = steps[0]
    first = distributions[0].low
    for distribution in distributions if step is not None else ():
        offset = (distribution.low - first) / step
        if abs(offset - round(offset)) > 1e-8:
            raise SpaceError(
                f"parameter {name!r} has grids of step {step!r} from {first!r} and from "
                f"{distribution.low!r} in different trials, which do not coincide; {_GIVE_ONE}"
            )
    return step
