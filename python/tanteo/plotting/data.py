"""The data of the figures: one function per figure, which returns a small record of NumPy arrays.

The backends (``_plotly.py``, ``matplotlib.py``) add colours and axes and compute nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from tanteo import inside
from tanteo._internal.states import STOPPED
from tanteo.exceptions import ArgumentError
from tanteo.importance import ablation
from tanteo.importance.shares import Method, known_errors, shares_of, why_none
from tanteo.optimizer import Optimizer
from tanteo.plotting.targets import UNNAMED, Selection, Target, select_target
from tanteo.plotting.value_axis import ValueAxis, value_axis
from tanteo.run import Result
from tanteo.run.history import NO_RESULT, History, history, place_of_best
from tanteo.run.result import optimizer_of

if TYPE_CHECKING:
    from tanteo.run.history import Mask as Mask
    from tanteo.run.history import Numbers as Numbers
    from tanteo.run.history import Vector as Vector


Search: TypeAlias = Optimizer | Result
#: One search or several, which may have names.
NamedSearches: TypeAlias = Search | Sequence[Search] | Mapping[str, Search]
# The number of complete trials from which on only complete trials determine the axis of values.
_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Observations:
    """Trials of a search with one finite value for each, or with one infinite value for each.

    Attributes
    ----------
    search : Optimizer
        The search.
    ids : array of int, shape (n,)
        The trials in the order of ids, without excluded ones.
    values : array, shape (n,)
        The objective in the direction of the user, or the value of a function ``target``.
    sems : array, shape (n,)
        Standard errors of the values, NaN if unknown.
    feasible : array of bool, shape (n,)
        Whether all constraints are satisfied.
    losses : array, shape (n, n_objectives)
        All objectives, with their sign changed if larger is better; infinite for trials that may not be the best.
    maximize : bool
        Whether larger is better; False for a function ``target``.
    name : str
        The name of the value.
    objective : int or None
        The index of the objective; None for a function ``target``.
    """

    search: Optimizer
    ids: Numbers
    values: Vector
    sems: Vector
    feasible: Mask
    losses: Vector
    maximize: bool
    name: str
    objective: int | None

    @property
    def has_sems(self) -> bool:
        """Whether the standard error of a value is known and positive."""
        return bool((self.sems > 0.0).any())

    @property
    def badness(self) -> Vector:
        """The values with their sign changed if larger is better, so that smaller is better, shape (n,)."""
        return -self.values if self.maximize else self.values

    @property
    def is_best(self) -> Mask:
        """Which trial is the best one; none if none may be the best. See :func:`tanteo.run.history.place_of_best`."""
        import numpy as np

        mask, place = np.zeros(len(self.ids), dtype=np.bool_), place_of_best(self.badness, self.losses)
        if place is not None:
            mask[place] = True
        return mask

    def only(self, mask: Any) -> Observations:
        """Return some of the trials."""
        columns = ("ids", "values", "sems", "feasible", "losses")
        return replace(self, **{name: getattr(self, name)[mask] for name in columns})


def observations(
    search: Search,
    target: Target | None = None,
    target_name: str | None = None,
    *,
    states: Sequence[str] = ("complete",),
    infinite: bool = False,
) -> Observations:
    """Return the trials in some states with their values.

    Parameters
    ----------
    search : Optimizer or Result
        The search.
    target : str, int or callable, optional
        The value to show: the name or index (from 0) of an objective, or a function such as
        ``lambda trial: trial.values[1]``. Required with several objectives.
    target_name : str, optional
        The label of the axis; by default the name of the objective.
    states : sequence of str
        A trial that was stopped early has the value it was told with, else its last report.
    infinite : bool
        Whether to return the trials with infinite values in place of those with finite ones.

    Raises
    ------
    ArgumentError
        If there are several objectives and no ``target``, or ``target`` is neither an objective nor a function of a
        trial.
    """
    optimizer = optimizer_of(search)
    selection = select_target(optimizer, target, target_name)
    return _observations(optimizer, selection, history(optimizer), states, infinite=infinite)


def _observations(
    optimizer: Optimizer, selection: Selection, trials: History, states: Sequence[str], *, infinite: bool = False
) -> Observations:
    import numpy as np

    ids = np.flatnonzero(trials.counted_as(*states))
    values = selection.values(optimizer, trials, ids)
    kept = np.isinf(values) if infinite else np.isfinite(values)
    ids, values = ids[kept], values[kept]
    return Observations(
        search=optimizer,
        ids=ids,
        values=values,
        sems=np.full(len(ids), np.nan) if selection.objective is None else trials.sems[ids, selection.objective],
        feasible=trials.feasible[ids],
        losses=trials.all_losses[ids],
        maximize=selection.objective is not None and optimizer.directions[selection.objective] == "maximize",
        name=selection.name,
        objective=selection.objective,
    )


def require_observations(search: Search, target: Target | None = None, target_name: str | None = None) -> Observations:
    """Return the complete trials with their values.

    Raises
    ------
    ArgumentError
        As for :func:`observations`, and if no trial is complete with a finite value.
    """
    observed = observations(search, target, target_name)
    require_any(observed.ids, "no trial is complete with a finite value")
    return observed


def stopped_beside(observed: Observations) -> Observations:
    """Return the trials that were stopped early, with the last values of the objective that is observed.

    There is none for a function ``target``, which may need what only a complete trial has.
    """
    states = () if observed.objective is None else STOPPED
    return observations(observed.search, observed.objective or 0, observed.name, states=states)


def require_any(items: Sized, reason: str) -> None:
    """Raise an error with the reason if there is nothing to draw."""
    if not len(items):
        raise ArgumentError(f"there is nothing to draw: {reason}")


@dataclass(frozen=True, slots=True)
class OptimizationHistory:
    """Values in the order of ids, and the best value so far.

    Attributes
    ----------
    complete, pruned : Observations
        The complete trials, and the pruned trials with their last values, all finite.
    infinite : Observations
        The complete trials with infinite values.
    axis : ValueAxis
        The range of the axis of values, which is that of complete trials if there are some.
    best_ids, best_values : arrays, shape (m,)
        Ids and values of the trials that improved the best feasible value, in increasing order of ids.
    failed_ids : array of int, shape (k,)
        Ids of the failed trials.
    last_id : int
        The largest id; the line of the best value ends there.
    """

    complete: Observations
    pruned: Observations
    infinite: Observations
    axis: ValueAxis
    best_ids: Numbers
    best_values: Vector
    failed_ids: Numbers
    last_id: int

    @property
    def best_line(self) -> tuple[list[int], list[float]]:
        """Ids and values of the corners of the line of the best value, which continues to the last trial."""
        return [*self.best_ids, self.last_id], [*self.best_values, self.best_values[-1]]


def optimization_history(
    search: Search, target: Target | None = None, target_name: str | None = None, *, trials: History | None = None
) -> OptimizationHistory:
    """Return the history; see :class:`OptimizationHistory`.

    ``trials`` are those of the search, if they have been read already.

    Raises
    ------
    ArgumentError
        As for :func:`observations`, and if no trial is complete or pruned with a finite value.
    """
    import numpy as np

    optimizer = optimizer_of(search)
    selection, trials = select_target(optimizer, target, target_name), trials or history(optimizer)
    observed, pruned = (_observations(optimizer, selection, trials, states) for states in (("complete",), STOPPED))
    require_any([*observed.ids, *pruned.ids], "no trial is complete or pruned with a finite value")
    # A trial that was stopped early has a value of an early step, which may be far from those at the end.
    told = observed.values if len(observed.ids) >= _ENOUGH else np.concatenate([observed.values, pruned.values])
    badness = np.where(observed.feasible, observed.badness, np.inf)
    so_far = np.minimum.accumulate(badness) if len(badness) else badness
    improved = np.flatnonzero(so_far < np.concatenate([[np.inf], so_far[:-1]]))
    return OptimizationHistory(
        complete=observed,
        pruned=pruned,
        infinite=_observations(optimizer, selection, trials, ("complete",), infinite=True),
        axis=value_axis(told, maximize=observed.maximize),
        best_ids=observed.ids[improved],
        best_values=observed.values[improved],
        failed_ids=np.flatnonzero(trials.failed),
        last_id=len(trials) - 1,
    )


@dataclass(frozen=True, slots=True)
class Distribution:
    """An empirical distribution function: a share ``shares[i]`` of the trials has a value up to ``values[i]``.

    The values are those of feasible trials. An infeasible trial counts as worse than every value. If smaller is
    better, the last share is therefore that of the feasible trials. If larger is better, every share includes the
    infeasible ones.

    ``name`` is the name of the search, and ``of`` the name of the values. ``maximize`` says whether larger is better.
    """

    name: str
    of: str
    values: Vector
    shares: Vector
    maximize: bool


def edf(searches: NamedSearches, target: Target | None = None, target_name: str | None = None) -> list[Distribution]:
    """Return the distributions of the values of one or several searches, which are called by their numbers by default.

    Raises
    ------
    ArgumentError
        As for :func:`observations`, and if no trial of any search is complete and feasible with a finite value.
    """
    import numpy as np

    distributions = []
    for name, search in _named(searches).items():
        observed = observations(search, target, target_name)
        values = np.sort(observed.values[observed.feasible])
        n, below = len(observed.ids), len(observed.ids) - len(values) if observed.maximize else 0
        shares = (below + np.arange(1, len(values) + 1)) / max(n, 1)
        distributions.append(Distribution(name, observed.name, values, shares, observed.maximize))
    require_any([distribution for distribution in distributions if len(distribution.values)], NO_RESULT)
    return distributions


def distribution_axis(distributions: Sequence[Distribution]) -> ValueAxis:
    """Return the axis of values, which leaves out those far worse than most; the curves leave the figure there."""
    import numpy as np

    values = np.concatenate([distribution.values for distribution in distributions])
    return value_axis(values, maximize=any(distribution.maximize for distribution in distributions))


def _named(searches: NamedSearches) -> dict[str, Search]:
    if isinstance(searches, Mapping):
        return {str(name): search for name, search in searches.items()}
    each = searches if isinstance(searches, Sequence) else [searches]
    return {f"search {number}": search for number, search in enumerate(each)}


def importances(
    search: Search, method: Method, objective: int | str | None, quantile: float | None
) -> tuple[dict[str, float], list[float]]:
    """Return the importance of each parameter; see :func:`tanteo.importance.param_importances`.

    Beside it are the standard errors, empty where none are known.

    Raises
    ------
    ArgumentError
        As that, and if all are zero.
    """
    shares = shares_of(search, method=method, objective=objective, quantile=quantile)
    reason = why_none(search, shares, method, objective)
    if reason is not None:
        require_any((), reason)
    return shares, [*known_errors(search, method=method, objective=objective, quantile=quantile).values()]


@dataclass(frozen=True, slots=True)
class AblationPath:
    """The predicted values along an ablation path.

    Attributes
    ----------
    labels : list of str
        What changed in each step; of the start, "start".
    values : list of float
        The predicted values.
    errors : list of float
        The standard errors of the changes, drawn at the values after them; 0 where unknown.
    predicted : str
        The label of the axis of values.
    """

    labels: list[str]
    values: list[float]
    errors: list[float]
    predicted: str

    @property
    def changed(self) -> str:
        """The label of the axis of steps, which says what bars mean."""
        return "Changed (bars: standard error of the change)" if any(self.errors) else "Changed"


def ablation_path(search: Search, start: Any, end: Any, objective: int | str | None) -> AblationPath:
    """Return the path from one configuration to another; see :func:`tanteo.importance.ablation`, which it is from."""
    steps = ablation(search, start, end, objective=objective)
    name = select_target(optimizer_of(search), objective, None).name
    labels, values = [", ".join(step.changed) or "start" for step in steps], [step.value for step in steps]
    predicted = f"Predicted {name.lower() if name == UNNAMED else name}"
    return AblationPath(labels, values, [step.sem or 0.0 for step in steps], predicted)


@dataclass(frozen=True, slots=True)
class Curve:
    """The reported values of one trial by step; for folds, the mean so far by number of folds."""

    id: int
    state: str
    steps: Numbers
    values: Vector
    is_of_folds: bool


def intermediate_values(search: Search) -> list[Curve]:
    """Return the curves of the trials that reported values.

    Raises
    ------
    ArgumentError
        If no trial reported a value, or there are several objectives.
    """
    import numpy as np

    if len(optimizer_of(search).directions) > 1:
        raise ArgumentError(
            "curves of several objectives are not drawn; see the column steps of "
            "to_pandas(steps=True), or of tanteo export --steps"
        )
    curves = [
        Curve(
            t.id,
            t.state,
            np.array(list(t.steps), dtype=np.int64),
            np.array(list(t.steps.values()), dtype=np.float64),
            len(t.folds) > 0,
        )
        for t in map(optimizer_of(search).trials.__getitem__, inside.reporting(optimizer_of(search)))
    ]
    require_any(curves, "no trial reported intermediate values (trial.report, or Optimizer.report)")
    return curves


def curve_values(search: Search, curves: Sequence[Curve]) -> ValueAxis:
    """Return the axis of values for curves of a search, which leaves out values far worse than most."""
    import numpy as np

    values = np.concatenate([curve.values for curve in curves])
    values = values[np.isfinite(values)]
    maximize = optimizer_of(search).directions[0] == "maximize"
    return value_axis(values if len(values) else np.zeros(1), maximize=maximize)


def best_id(search: Search) -> int | None:
    """Return the best trial of a search with one objective, if there is one."""
    best = optimizer_of(search).best
    return None if best is None else int(best.id)


def curve_axes(curves: Sequence[Curve]) -> tuple[str, str]:
    """Return the labels of the axes for curves."""
    kinds = {curve.is_of_folds for curve in curves}
    if kinds == {True}:
        return "Folds measured", "Mean of the folds so far"
    if kinds == {False}:
        return "Step", "Reported value"
    return "Step, or folds measured", "Reported value, or mean of the folds so far"


def groups(observed: Observations, axis: ValueAxis) -> list[tuple[str, Mask]]:
    """Return the kinds of trials that are present, in the order of drawing, each with its mask.

    The kinds are ``"trial"``, ``"infeasible"`` and ``"beyond"``, which exclude each other, and ``"best"``.
    """
    beyond = axis.is_beyond(observed.values)
    masks = {"trial": observed.feasible & ~beyond, "infeasible": ~observed.feasible & ~beyond, "beyond": beyond}
    masks["best"] = observed.is_best
    return [(kind, mask) for kind, mask in masks.items() if mask.any()]


class Stopped(NamedTuple):
    """Trials that were stopped early and have the same mark: ``values`` are the places of those in ``mask``.

    The kinds are ``"stopped"``, and ``"stopped above"`` and ``"stopped below"`` for last reports beyond the ends of the
    axis, which are drawn there.
    """

    kind: str
    label: str
    mask: Mask
    values: Vector


def stopped_groups(last: Vector, axis: ValueAxis) -> list[Stopped]:
    """Return the kinds of stopped trials that are present, by their last reports.

    A last report is of an early step, so it may lie beyond either end of the axis, which fits the complete trials.
    """
    import numpy as np

    above, below = last > axis.high, last < axis.low
    placed = last.clip(axis.low, axis.high)
    masks = {"stopped": ~above & ~below & ~np.isnan(last), "stopped above": above, "stopped below": below}
    return [
        Stopped(kind, kind if kind == "stopped" else f"{mask.sum()} {kind} the axis", mask, placed[mask])
        for kind, mask in masks.items()
        if mask.any()
    ]
