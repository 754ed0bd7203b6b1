"""The space of an Optuna study, read off its trials: Optuna has none of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...exceptions import SpaceError
from ...space.labels import Choices
from ...space.parameters import Categorical, Float, Int, Parameter
from ...space.search_space import SearchSpace
from .conditions import Evidence, conditions, distinct

_GIVE_ONE = "pass space=, a tt.SearchSpace that says what is meant"


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
    plain = {name: _parameter(name, list(known.values())) for name, known in seen.items()}
    evidence = [Evidence(dict(trial.params), is_complete=trial.state.name == "COMPLETE") for trial in trials]
    whens = conditions(plain, evidence, notes)
    return SearchSpace({name: _with_when(plain[name], whens.get(name)) for name in plain})


def _with_when(parameter: Parameter, when: Mapping[str, Any] | None) -> Parameter:
    return type(parameter)(**{**parameter._fields(), "when": when})


def _parameter(name: str, known: Sequence[Any]) -> Parameter:
    kinds = {_kind(each) for each in known}
    if len(kinds) > 1:
        raise SpaceError(f"parameter {name!r} is {' and '.join(sorted(kinds))} in different trials; {_GIVE_ONE}")
    if kinds == {"categorical"}:
        return Categorical(_all_choices(each.choices for each in known))
    low, high = min(each.low for each in known), max(each.high for each in known)
    step = _common_step(name, known)
    if kinds.pop().startswith("int"):
        return Int(low, high, log=known[0].log, step=step)
    return Float(low, high, log=known[0].log, step=step)


def _kind(distribution: Any) -> str:
    """Return what must agree between two distributions of one name."""
    if hasattr(distribution, "choices"):
        return "categorical"
    kind = "int" if type(distribution).__name__.startswith("Int") else "float"
    return f"{kind} on a log scale" if distribution.log else kind


def _all_choices(several: Iterable[Sequence[Any]]) -> list[Any]:
    found: list[Any] = []
    for choices in several:
        found += [choice for choice in distinct(choices) if Choices(found).find(choice) is None]
    return found


def _common_step(name: str, known: Sequence[Any]) -> Any:
    """Return the step of all distributions, if their grids are one."""
    steps = sorted({each.step for each in known}, key=str)
    if len(steps) > 1:
        raise SpaceError(f"parameter {name!r} has the steps {', '.join(map(repr, steps))} in trials; {_GIVE_ONE}")
    step = steps[0]
    first = known[0].low
    for each in known if step is not None else ():
        apart = (each.low - first) / step
        if abs(apart - round(apart)) > 1e-8:
            raise SpaceError(
                f"parameter {name!r} has grids of step {step!r} from {first!r} and from {each.low!r} in different "
                f"trials, which are not one grid; {_GIVE_ONE}"
            )
    return step
