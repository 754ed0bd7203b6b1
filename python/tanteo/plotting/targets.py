"""The value of a trial that is drawn: an objective, or a function of the trial."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from tanteo._internal.coercion import as_float, as_str, shown
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.run.history import History
from tanteo.trials.objectives import labels, selected
from tanteo.trials.trial import FrozenTrial

if TYPE_CHECKING:
    from tanteo.run.history import Numbers, Vector

    Values: TypeAlias = Callable[[Optimizer, History, Numbers], Vector]

Function: TypeAlias = Callable[[FrozenTrial], float]
#: What is drawn of each trial: an objective by name or index, or a function of the trial.
Target: TypeAlias = str | int | Function

#: The name of a value without one.
UNNAMED = "Objective value"


class Selection(NamedTuple):
    """The value that is drawn of each trial.

    Attributes
    ----------
    values : callable
        Returns the values of trials of a search, NaN for those without one; takes the search, its history and the ids.
    name : str
        The name of the value.
    objective : int or None
        The index of the objective; None for a function.
    """

    values: Values
    name: str
    objective: int | None


def target_of(objective: Any, target: Any) -> Target | None:
    """Return what two arguments of a figure select: an objective, or a function of a trial as in Optuna.

    Raises
    ------
    ArgumentError
        If both are given, or ``target`` is no function.
    """
    if callable(objective):
        raise ArgumentError(f"objective must be a name or an index, got {shown(objective)}; target= takes a function")
    if target is not None and (not callable(target) or isinstance(target, type)):
        raise ArgumentError(
            f"target must be a function of a trial, such as lambda trial: trial.values[0], got {shown(target)}; to "
            "choose an objective, use objective="
        )
    if target is not None and objective is not None:
        raise ArgumentError(f"give objective or target, not both (got {shown(objective)} and {shown(target)})")
    chosen: Target | None = objective if target is None else target
    return chosen


def select_target(optimizer: Optimizer, target: Target | None, name: str | None) -> Selection:
    """Return the value that ``target`` selects; without a target, the single objective.

    Raises
    ------
    ArgumentError
        If there are several objectives and no ``target``, or the objective does not exist.
    """
    if name is not None:
        as_str(name, "target_name")
    if callable(target):
        compute = target
        return Selection(_computed(compute), UNNAMED if name is None else name, None)
    n, names = len(optimizer.directions), optimizer.objective_names
    index = selected(target, n, names)
    default_name = UNNAMED if n == 1 and names is None else labels(n, names)[index]
    return Selection(_told(index), default_name if name is None else name, index)


def _computed(compute: Callable[[FrozenTrial], Any]) -> Values:
    """Return the values that a function of the user gives for each trial."""

    def values(optimizer: Optimizer, _: History, ids: Numbers) -> Vector:
        import numpy as np

        trials = optimizer.trials
        return np.array([as_float(compute(trials[int(number)]), "target") for number in ids], dtype=np.float64)

    return values


def _told(index: int) -> Values:
    """Return the values of an objective; for a trial without a value, the last report of a single objective."""

    def values(optimizer: Optimizer, trials: History, ids: Numbers) -> Vector:
        import numpy as np

        found: Vector = trials.values[ids, index]
        if len(trials.maximize) == 1:
            for place in np.flatnonzero(np.isnan(found)):
                found[place] = _last(optimizer.trials[int(ids[place])].steps)
        return found

    return values


def _last(steps: Mapping[int, float]) -> float:
    return list(steps.values())[-1] if steps else float("nan")


def shared_name(names: Sequence[str]) -> str:
    """Return the common name of the values of several searches."""
    return names[0] if len(set(names)) == 1 else UNNAMED
