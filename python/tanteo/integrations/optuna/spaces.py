"""The space of an Optuna study, read off its trials: Optuna has none of its own."""

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
    """Return the space that holds every configuration of some trials.

    A parameter whose range differs between trials gets the smallest range that holds all of them, one whose choices
    differ all choices in the order in which they were first seen. A parameter that some complete trials lack gets the
    condition that explains it (:func:`conditions`).

    Parameters
    ----------
    trials
        Trials of Optuna.
    notes
        Where guesses are noted.

    Raises
    ------
    SpaceError
        If no trial has a parameter, ranges cannot be brought together, or an absence is not explained.
    """
    seen: dict[str, dict[str, Any]] = {}
    for trial in trials:
        for name, distribution in trial.distributions.items():
            seen.setdefault(name, {}).setdefault(repr(distribution), distribution)
    if not seen:
        raise SpaceError(f"no trial of the study has a parameter, so that nothing says what the space is; {_GIVE_ONE}")
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
    """Return what must agree between two distributions of one name."""
    if hasattr(distribution, "choices"):
        return "categorical"
    kind = "int" if type(distribution).__name__.startswith("Int") else "float"
    return f"{kind} on a log scale" if distribution.log else kind


def _all_choices(choice_lists: Iterable[Sequence[Any]]) -> list[Any]:
    choices: list[Any] = []
    for choices in choice_lists:
        choices += [choice for choice in distinct(choices) if Choices(choices).find(choice) is None]
    return choices


def _common_step(name: str, distributions: Sequence[Any]) -> Any:
    """Return the step of all distributions, if their grids are one."""
    steps = sorted({distribution.step for distribution in distributions}, key=str)
    if len(steps) > 1:
        raise SpaceError(f"parameter {name!r} has the steps {', '.join(map(repr, steps))} in trials; {_GIVE_ONE}")
    step = steps[0]
    first = distributions[0].low
    for distribution in distributions if step is not None else ():
        offset = (distribution.low - first) / step
        if abs(offset - round(offset)) > 1e-8:
            raise SpaceError(
                f"parameter {name!r} has grids of step {step!r} from {first!r} and from {distribution.low!r} in different "
                f"trials, which are not one grid; {_GIVE_ONE}"
            )
    return step
