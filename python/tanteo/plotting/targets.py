"""The value of a trial that is drawn: an objective, or a function of the trial."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from tanteo._internal.coercion import as_float, shown
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.trials.objectives import place_of
from tanteo.trials.trial import FrozenTrial

Target: TypeAlias = str | int | Callable[[FrozenTrial], float]

_VALUE = "Objective value"


class Selection(NamedTuple):
    """The value that is drawn of each trial.

    Attributes
    ----------
    number : callable
        Returns the value of a trial.
    name : str
        The name of the value.
    objective : int or None
        The index of the objective; None for a function.
    """

    number: Callable[[FrozenTrial], float]
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
        return Selection(lambda trial: as_float(compute(trial), "target"), _VALUE if name is None else name, None)
    index = _place(optimizer, target)
    n, names = len(optimizer.directions), optimizer.objective_names
    default_name = names[index] if names is not None else _VALUE if n == 1 else f"Objective {index}"
    return Selection(lambda trial: _value(trial, index, n), default_name if name is None else name, index)


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


def _value(trial: FrozenTrial, index: int, n: int) -> float:
    """Return the value of an objective; for a trial without a value, the last report of a single objective."""
    if trial.values is not None:
        return trial.values[index]
    return list(trial.steps.values())[-1] if trial.steps and n == 1 else float("nan")


def shared_name(names: Sequence[str]) -> str:
    """Return the common name of the values of several searches."""
    return names[0] if len(set(names)) == 1 else _VALUE
