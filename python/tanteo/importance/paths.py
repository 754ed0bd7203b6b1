"""The path from one configuration to another, one parameter at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._internal.coercion import shown
from .._internal.immutable import Immutable
from ..exceptions import ArgumentError
from ..trials.trial import FrozenTrial, Trial
from .arguments import checked_objective, optimizer_of

if TYPE_CHECKING:
    from ..optimizer import Optimizer
    from ..run import Result


class AblationStep(Immutable):
    """One configuration on the way from one to another; what :func:`ablation` returns a list of.

    Attributes
    ----------
    changed : tuple of str
        Flat names of the parameters that changed, those that appeared or disappeared with them included. Empty for the
        start.
    params : dict
        The configuration.
    value : float
        What the model predicts of it, in the unit of the objective.
    """

    _names = ("changed", "params", "value")
    __slots__ = _names
    changed: tuple[str, ...]
    params: Mapping[str, Any]
    value: float

    def __init__(self, **fields: Any) -> None:
        self._set(**fields)

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self._fields().items())
        return f"AblationStep({fields})"


def ablation(
    search: Optimizer | Result,
    start: Mapping[str, Any] | Trial | FrozenTrial | None = None,
    end: Mapping[str, Any] | Trial | FrozenTrial | None = None,
    *,
    objective: int | str = 0,
) -> list[AblationStep]:
    """Go from one configuration to another by one parameter at a time, the most useful change first.

    Of all parameters that still differ, the one is changed whose change has the best prediction, until the end is
    reached (Fawcett and Hoos, Journal of Heuristics 2016). A random forest fitted to the complete trials predicts;
    nothing is evaluated.

    Parameters
    ----------
    search : Optimizer or Result
        The search whose trials teach the model.
    start : mapping, Trial or FrozenTrial, optional
        Where to begin; by default the trial with the defaults of the space.
    end : mapping, Trial or FrozenTrial, optional
        Where to go; by default the best trial.
    objective : int or str
        Which objective is predicted, by its place, from 0, or its name; for a search with several.

    Returns
    -------
    list of AblationStep
        From the start to the end, both included.

    Raises
    ------
    ArgumentError
        For what is no search, an objective that there is not, a start or end that has to be given because the search
        has no such trial, and a search without a complete trial with a finite value.
    ParameterError
        For a configuration that is not in the space.

    Notes
    -----
    A parameter that a change brings into existence gets its value at the end together with its parent; what a change
    makes inactive disappears with it. Configurations that break a known constraint are passed over while there are
    others.

    Examples
    --------
    >>> import tanteo as tt
    >>> space = {"x": tt.Float(-1, 1, default=1), "y": tt.Float(-1, 1, default=1)}
    >>> result = tt.minimize(lambda p: 10 * p["x"] ** 2 + p["y"] ** 2, space, n_trials=50, seed=1)
    >>> [step.changed for step in tt.importance.ablation(result)]
    [(), ('x',), ('y',)]
    """
    optimizer, number = optimizer_of(search), checked_objective(search, objective)
    rows = (_row(optimizer, _start(optimizer, start), "start"), _row(optimizer, _end(optimizer, end), "end"))
    steps = optimizer._core.ablation(number, *rows)
    if steps is None:
        raise ArgumentError("an ablation needs a model of the values, and no trial is complete with a finite one")
    names = optimizer._codec.names
    return [
        AblationStep(changed=tuple(names[j] for j in changed), params=optimizer._codec.params(row), value=value)
        for changed, row, value in steps
    ]


def _start(optimizer: Optimizer, start: Any) -> Any:
    if start is not None:
        return start
    default_trial = next((trial for trial in optimizer.trials if trial.origin == "default"), None)
    if default_trial is None:
        raise ArgumentError("this search has no trial of the defaults to start from; give start=")
    return default_trial


def _end(optimizer: Optimizer, end: Any) -> Any:
    if end is not None:
        return end
    if len(optimizer.directions) > 1:
        raise ArgumentError("a search with several objectives has no single best trial; give end=")
    if optimizer.best is None:
        raise ArgumentError("no trial is complete and feasible, so there is no best one; give end=")
    return optimizer.best


def _row(optimizer: Optimizer, configuration: Any, name: str) -> Sequence[Any]:
    params = configuration.params if isinstance(configuration, Trial | FrozenTrial) else configuration
    if not isinstance(params, Mapping):
        raise ArgumentError(f"{name} must be a configuration or a trial, got {shown(configuration)}")
    return optimizer._space._raw(params, partial=False)
