"""The value of a trial that is drawn: an objective, or a function of the trial."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from tanteo._internal.coercion import as_float, shown
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.trials.objectives import labels, place_of
from tanteo.trials.trial import FrozenTrial

if TYPE_CHECKING:
    from tanteo.run.history import History, Numbers, Vector

    Values: TypeAlias = Callable[[Optimizer, History, Numbers], Vector]

Target: TypeAlias = str | int | Callable[[FrozenTrial], float]

_VALUE = "Objective value"


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


def select_target(optimizer: Optimizer, target: Target | None, name: str | None) -> Selection:
    """Return the value that ``target`` selects; without a target, the single objective.

    Raises
    ------
    ArgumentError
        If there are several objectives and no ``target``, the objective does not exist, or ``target`` is neither an
        objective nor a function of a trial.
    """
    if name is not None and not isinstance(name, str):
        raise ArgumentError(f"target_name must be text, got {shown(name)}")
    if callable(target) and not isinstance(target, type):
        compute = target
        return Selection(_computed(compute), _VALUE if name is None else name, None)
    index = _place(optimizer, target)
    n, names = len(optimizer.directions), optimizer.objective_names
    default_name = _VALUE if n == 1 and names is None else labels(n, names)[index]
    return Selection(_told(index), default_name if name is None else name, index)


def _place(optimizer: Optimizer, target: Any) -> int:
    n, names = len(optimizer.directions), optimizer.objective_names
    if target is None and n > 1:
        example = names[0] if names else 0
        raise ArgumentError(f"with several objectives, target= selects the one to show, for example target={example!r}")
    if target is not None and (not isinstance(target, str | int) or isinstance(target, bool)):
        raise ArgumentError(
            "target must be an objective or a function of a trial, such as lambda trial: trial.values[0], "
            f"got {shown(target)}"
        )
    return place_of(0 if target is None else target, n, names, "target")


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
    return names[0] if len(set(names)) == 1 else _VALUE
