"""The data of a Pareto front: for figures of it, and for those of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from tanteo._internal.coercion import members
from tanteo._internal.text import show_value
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.plotting import style
from tanteo.plotting.data import Search, require_any
from tanteo.plotting.value_axis import ValueAxis, value_axis, widened
from tanteo.run.answer_text import choice_text
from tanteo.run.history import History, history
from tanteo.run.report import limit_text
from tanteo.run.result import optimizer_of
from tanteo.trials.front import ParetoFront
from tanteo.trials.objectives import labels

if TYPE_CHECKING:
    from tanteo.plotting.data import Mask, Numbers, Vector

# The axes of a flat figure, and of one in space.
FLAT, SPATIAL = 2, 3
# The groups of trials that are drawn at the edge of an axis, as they lie beyond it: feasible and infeasible ones.
_MOVED = ("beyond an axis", "infeasible, beyond an axis")


class DrawnGroup(NamedTuple):
    """Trials that are drawn alike: what they are, which, and their colour."""

    name: str
    mask: Mask
    colour: str

    @property
    def has_errors(self) -> bool:
        """Whether errors are drawn: not where a trial is drawn twice, or at another place."""
        return self.name not in style.STANDING_OUT and self.name not in _MOVED


class Limit(NamedTuple):
    """The threshold of an objective, as text such as ``loss <= 0.5``, and its value."""

    objective: int
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Front:
    """Values of several objectives.

    Attributes
    ----------
    ids : array of int, shape (n,)
        Ids of the complete trials that are not excluded.
    values : array, shape (n, m)
        The values, in the directions of the user: as told, and of the trials on a noisy front their estimates.
    errors : array, shape (n, m)
        The standard errors of the values, 0 if unknown: as told, and of the trials on a noisy front those of the
        estimates.
    on_front, feasible : arrays of bool, shape (n,)
        Whether the trial is on the Pareto front, and whether all constraints are satisfied.
    names : list of str
        The names of the objectives.
    axes : list of ValueAxis
        The range of the axis of each objective, for the values of feasible trials if there are any. It holds the front.
    maximize : tuple of bool
        Whether larger is better, for each objective.
    thresholds : tuple of (float or None)
        The worst acceptable value of each objective.
    knee : int or None
        The id of the trial at which the front bends most.
    by_thresholds : int or None
        The id of the trial that the thresholds choose; None without thresholds.
    choice : str
        What that trial is: within the thresholds, or the nearest to them.
    """

    ids: Numbers
    values: Vector
    errors: Vector
    on_front: Mask
    feasible: Mask
    names: list[str]
    axes: list[ValueAxis]
    maximize: tuple[bool, ...]
    thresholds: tuple[float | None, ...]
    knee: int | None
    by_thresholds: int | None
    choice: str

    @property
    def drawn(self) -> Vector:
        """The values, those beyond an axis at its edge. In space, the axes reach over all feasible trials."""
        import numpy as np

        if len(self.axes) <= FLAT:
            return np.clip(self.values, [axis.low for axis in self.axes], [axis.high for axis in self.axes])
        shown = rows_for_axes(self.values, self.feasible)
        return np.clip(self.values, shown.min(axis=0), shown.max(axis=0))

    @property
    def moved(self) -> Mask:
        """The trials that are drawn at the edge of an axis; none of the front, which the axes hold."""
        mask: Mask = (self.drawn != self.values).any(axis=1)
        return mask

    @property
    def groups(self) -> list[DrawnGroup]:
        """The groups that are present, in the order of drawing; the last two are also part of the front."""
        moved, (beyond, infeasible_beyond) = self.moved, _MOVED
        found = [
            DrawnGroup("infeasible", ~self.feasible & ~moved, style.MUTED),
            DrawnGroup(infeasible_beyond, ~self.feasible & moved, style.MUTED),
            DrawnGroup("dominated", self.feasible & ~self.on_front & ~moved, style.POINT),
            DrawnGroup(beyond, self.feasible & moved, style.SOFT_INK),
            DrawnGroup("front", self.on_front, style.BEST),
            DrawnGroup("knee", self._is(self.knee), style.KNEE),
            DrawnGroup("by thresholds", self._is(self.by_thresholds), style.CHOSEN),
        ]
        return [group for group in found if group.mask.any()]

    def _is(self, trial: int | None) -> Mask:
        mask: Mask = self.ids == (-1 if trial is None else trial)
        return mask

    def label(self, group: DrawnGroup) -> str:
        """Return the name of a group, and what its bars are; of the choice by thresholds, what it is."""
        if group.name == "by thresholds":
            return self.choice
        has_bars = group.name == "front" and bool(self.errors[group.mask].any())
        return f"{group.name} ± standard error" if has_bars else group.name

    def notes(self, group: DrawnGroup) -> list[str]:
        """Return what is said of each trial of a group: its id, if it is infeasible, and its values if it was moved."""
        chosen = zip(self.ids[group.mask], self.feasible[group.mask], self.values[group.mask], strict=True)
        return [
            f"trial {number}{'' if is_feasible else ', infeasible'}{self._at(values) if group.name in _MOVED else ''}"
            for number, is_feasible, values in chosen
        ]

    def _at(self, values: Vector) -> str:
        return ": " + ", ".join(f"{name} {show_value(x)}" for name, x in zip(self.names, values.tolist(), strict=True))

    @property
    def limits(self) -> list[Limit]:
        """The thresholds that lie on their axes."""
        found = []
        for k, (name, axis, value) in enumerate(zip(self.names, self.axes, self.thresholds, strict=True)):
            if value is not None and axis.low <= value <= axis.high:
                found.append(Limit(k, value, limit_text(name, value, maximize=self.maximize[k])))
        return found

    @property
    def corner(self) -> list[tuple[Any, ...]]:
        """The edges that leave the corner of what is acceptable, each as one pair of ends per objective.

        The corner is that of the thresholds; an objective without one ends at its worst value.
        """
        limits = {limit.objective: limit.value for limit in self.limits}
        if not limits:
            return []
        goals = zip(self.axes, self.maximize, strict=True)
        ends = [(axis.low, axis.high) if larger else (axis.high, axis.low) for axis, larger in goals]
        at = [limits.get(k, worst) for k, (worst, _) in enumerate(ends)]
        return [
            tuple((place, best if k == j else place) for k, (place, (_, best)) in enumerate(zip(at, ends, strict=True)))
            for j in range(len(at))
        ]

    @property
    def places(self) -> list[tuple[int, int]]:
        """The pairs of objectives, each with its panel: the first in its column, the second in its row."""
        return list(combinations(range(len(self.names)), 2))

    def of(self, *objectives: int) -> Front:
        """Return the front with some of the objectives."""
        chosen = list(objectives)

        def picked(items: Sequence[Any]) -> list[Any]:
            return [items[k] for k in chosen]

        return replace(
            self,
            values=self.values[:, chosen],
            errors=self.errors[:, chosen],
            names=picked(self.names),
            axes=picked(self.axes),
            maximize=tuple(picked(self.maximize)),
            thresholds=tuple(picked(self.thresholds)),
        )


def pareto_front(
    search: Search,
    target_names: Sequence[str] | None = None,
    *,
    found: ParetoFront | None = None,
    trials: History | None = None,
) -> Front:
    """Return the values of a search with several objectives, and its front.

    ``found`` is its front, and ``trials`` are its trials, if they are known already.

    Raises
    ------
    ArgumentError
        If there is one objective, another number of names, or no trial is complete with finite values.
    """
    import numpy as np

    optimizer = optimizer_of(search)
    names = names_of(optimizer, target_names)
    if len(names) == 1:
        raise ArgumentError(
            "a Pareto front needs two or more objectives, and this search has one; draw plot_optimization_history"
        )
    trials = trials or history(optimizer)
    ids = np.flatnonzero(trials.counted_as("complete") & np.isfinite(trials.values).all(axis=1))
    require_any(ids, "no trial is complete with finite values")
    found = optimizer.front() if found is None else found
    values, errors = trials.values[ids], np.nan_to_num(trials.sems[ids])
    for member in found:
        place = np.searchsorted(ids, member.trial.id)
        values[place] = member.values
        errors[place] = np.where(np.array(member.deviations) > 0.0, member.deviations, errors[place])
    thresholds = optimizer.thresholds or (None,) * len(names)
    on_front = np.isin(ids, [trial.id for trial in found.trials])
    columns = zip(rows_for_axes(values, trials.feasible[ids]).T, values[on_front].T, trials.maximize, strict=True)
    axes = [value_axis(column, maximize=larger, kept=kept) for column, kept, larger in columns]
    knee, chosen = found.knee, found.by_thresholds() if optimizer.thresholds else None
    return Front(
        ids=ids,
        values=values,
        errors=errors,
        on_front=on_front,
        feasible=trials.feasible[ids],
        names=names,
        axes=[widened(axis, limit) for axis, limit in zip(axes, thresholds, strict=True)],
        maximize=trials.maximize,
        thresholds=thresholds,
        knee=knee.trial.id if knee else None,
        by_thresholds=chosen.trial.id if chosen else None,
        choice=choice_text(chosen, names) if chosen else "",
    )


def rows_for_axes(values: Vector, feasible: Mask) -> Vector:
    """Return the rows that determine the ranges of axes: those of feasible trials, or all without any."""
    return values[feasible] if feasible.any() else values


def names_of(optimizer: Optimizer, target_names: Sequence[str] | None) -> list[str]:
    """Return the labels of the objectives: the given ones, or their names.

    Raises
    ------
    ArgumentError
        If another number of names is given.
    """
    n = len(optimizer.directions)
    if target_names is None:
        return labels(n, optimizer.objective_names)
    names = members(target_names, "target_names must be a list of names")
    if len(names) != n:
        raise ArgumentError(f"target_names needs {n} names, got {names!r}")
    return names
