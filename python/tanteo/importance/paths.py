"""Ablation: the path from one configuration to another, one parameter at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .. import inside
from .._internal.coercion import shown
from .._internal.immutable import Immutable
from .._internal.text import show_value
from ..exceptions import ArgumentError
from ..optimizer import Optimizer
from ..run import Result
from ..run.history import NO_RESULT, outcomes
from ..run.report import INACTIVE
from ..run.result import optimizer_of
from ..space.search_space import flat_params
from ..trials.comparison import Gain
from ..trials.trial import FrozenTrial, Trial
from .shares import checked_objective


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AblationStep(Immutable):
    """One configuration on an ablation path, as returned by :func:`ablation`.

    Attributes
    ----------
    changed : tuple of str
        Flat names of the parameters that changed in this step, including those that became active or inactive with
        them. Empty for the start.
    params : dict
        The configuration.
    value : float
        The predicted value of the configuration, in the unit of the objective.
    sem : float or None
        The standard error of the change of the value since the step before. None for the start, and with fewer than 16
        complete trials.
    change : float
        The change of the value since the step before; 0 for the start.
    trial : int or None
        For both ends of the path, the id of the trial with the configuration: the chosen one, else the first that has
        it. None without such a trial, and for the steps between.
    """

    changed: tuple[str, ...]
    params: Mapping[str, Any]
    value: float
    sem: float | None = None
    change: float = 0.0
    trial: int | None = None

    @property
    def is_clear(self) -> bool:
        """Whether the change is larger than twice its standard error; False if that is unknown."""
        return self.sem is not None and abs(self.change) > 2.0 * self.sem


def ablation(
    search: Optimizer | Result,
    start: Mapping[str, Any] | Trial | FrozenTrial | None = None,
    end: Mapping[str, Any] | Trial | FrozenTrial | None = None,
    *,
    objective: int | str | None = None,
) -> list[AblationStep]:
    """Change one configuration into another, one parameter at a time, with the largest improvement first.

    In each step, of all parameters that still differ, the one whose change has the best predicted value is changed,
    until the end is reached (Fawcett and Hoos, Journal of Heuristics 2016). Nothing is evaluated: the predictions are
    means of the Gaussian process of :meth:`Optimizer.predict`, whose joint posterior gives each change a standard
    error. With fewer than 16 complete trials, or more than 500 parameters, they come from a random forest, with values
    beyond the far-out fence (Tukey 1977) at the fence, and no error is known.

    Parameters
    ----------
    search : Optimizer or Result
        The search whose trials the model is fitted to.
    start : mapping, Trial or FrozenTrial, optional
        The first configuration; by default the defaults of the space, whether or not a trial has them. If some are
        missing: the trial at which the search began.
    end : mapping, Trial or FrozenTrial, optional
        The last configuration; by default the recommended trial, with several objectives the best of ``objective``.
    objective : int or str, optional
        The index (from 0) or name of the objective to predict. With several objectives it is required.

    Returns
    -------
    list of AblationStep
        The steps from the start to the end, both included.

    Raises
    ------
    ArgumentError
        If the argument is not a search, the objective does not exist, there are several and none is chosen, ``start``
        or ``end`` is missing and has no default, or no trial is complete with a finite value.
    ParameterError
        If a configuration is not in the space.

    Notes
    -----
    A parameter that becomes active by a change of its parent gets its value of the end in the same step. A parameter
    that becomes inactive is removed in the same step. Configurations that violate a known constraint are skipped as
    long as there are others.

    A change within twice its standard error (:attr:`AblationStep.is_clear` is false) may be none. The errors of the
    steps are not independent, so the change from the start to the end is known better than their sum suggests. The
    recommended trial was chosen by the same results, and the order of the steps by the same predictions. Both favour
    large changes: with few trials of pure noise, a quarter of the paths over three parameters had a clear step.

    Examples
    --------
    >>> import tanteo as tt
    >>> space = {"x": tt.Float(-1, 1, default=1), "y": tt.Float(-1, 1, default=1)}
    >>> result = tt.minimize(lambda p: 10 * p["x"] ** 2 + p["y"] ** 2, space, n_trials=50, seed=1)
    >>> [step.changed for step in tt.importance.ablation(result)]
    [(), ('x',), ('y',)]
    """
    optimizer, number = optimizer_of(search), checked_objective(search, objective)
    first, last = _start(optimizer, start), _end(optimizer, end, number)
    steps = optimizer._core.ablation(number, _row(optimizer, first, "start"), _row(optimizer, last, "end"))
    if steps is None:
        raise ArgumentError("an ablation needs a model, and no trial is complete with a finite value to fit it to")
    names = optimizer._codec.names
    values = [value for _, _, value, _ in steps]
    ends = {len(steps) - 1: last, 0: first}
    return [
        AblationStep(
            changed=tuple(names[j] for j in changed),
            params=optimizer._codec.params(row),
            value=value,
            sem=sem,
            change=value - before,
            trial=_trial_at(optimizer, row, ends[k]) if k in ends else None,
        )
        for k, ((changed, row, value, sem), before) in enumerate(zip(steps, [values[0], *values], strict=False))
    ]


def path_table(search: Optimizer, steps: Sequence[AblationStep], objective: int) -> list[list[str]]:
    """Return the head and the rows of a table of the steps: what changed, from and to what, and the predicted gain."""
    sign, rows = 1.0 if search.directions[objective] == "maximize" else -1.0, list[list[str]]()
    for before, step in pairwise(steps):
        ends = [flat_params(each.params, search.space) for each in (before, step)]
        texts = [", ".join(_shown(end, name) for name in step.changed) for end in ends]
        gain = str(Gain(sign * step.change, step.sem))
        unclear = "" if step.is_clear or step.sem is None else "may be none"
        rows.append([", ".join(step.changed), *texts, gain, unclear])
    return [["changed", "from", "to", "predicted gain", ""], *rows]


def _shown(params: Mapping[str, Any], name: str) -> str:
    return show_value(params[name]) if name in params else INACTIVE


def _start(optimizer: Optimizer, start: Any) -> Any:
    if start is not None:
        return start
    defaults = optimizer.space.default()
    if defaults is not None:
        return defaults
    # The search may have started at the defaults that there are.
    first = next((trial for trial in optimizer.trials if trial.origin == "default"), None)
    if first is None:
        raise ArgumentError(
            "not every parameter has a default, so the space has no default configuration; give start= of ablation or "
            "plot_ablation, another configuration, or --start of the command, the id of a trial"
        )
    return first


def _end(optimizer: Optimizer, end: Any, objective: int) -> Any:
    if end is not None:
        return end
    if len(optimizer.directions) == 1 and (recommended := optimizer.recommend()) is not None:
        return recommended
    best = outcomes(optimizer).best_in(objective)
    if best is None:
        raise ArgumentError(
            f"{NO_RESULT}, so there is no best trial; give end= of ablation or plot_ablation, another configuration, "
            "or --end of the command, the id of a trial"
        )
    return optimizer.trials[best]


def _trial_at(optimizer: Optimizer, row: Sequence[Any], chosen: Any) -> int | None:
    """Return the trial at an end of a path, which was chosen or is the first with the configuration."""
    found = [trial.id for trial in inside.with_configuration(optimizer, optimizer._codec.params(row))]
    number = getattr(chosen, "id", None)
    return number if number in found else next(iter(found), None)


def _row(optimizer: Optimizer, configuration: Any, name: str) -> Sequence[Any]:
    params = configuration.params if isinstance(configuration, Trial | FrozenTrial) else configuration
    if not isinstance(params, Mapping):
        raise ArgumentError(f"{name} must be a configuration or a trial, got {shown(configuration)}")
    return optimizer._space._raw(params, partial=False)
