"""Parameters as axes of a figure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tanteo import inside
from tanteo._internal.coercion import members
from tanteo._internal.states import STOPPED
from tanteo._internal.text import printable, safe_repr
from tanteo.exceptions import ArgumentError
from tanteo.importance.shares import shares_of
from tanteo.plotting.data import Observations, Search, require_any, require_observations, stopped_beside
from tanteo.plotting.targets import UNNAMED, Target
from tanteo.plotting.value_axis import ValueAxis, value_axis
from tanteo.run.history import history
from tanteo.run.result import optimizer_of
from tanteo.space.parameters import Parameter
from tanteo.trials.front import mean_ranks

if TYPE_CHECKING:
    import numpy.typing as npt

    from tanteo.plotting.data import Numbers, Vector


#: How errors say to choose the parameters; the shell has an option.
WITH_PARAMS = "with params="
# Largest number of labels on a narrow axis.
_LABELS = 5
# The most parameters that are drawn side by side unless they are named.
_MOST = 10


@dataclass(frozen=True, slots=True)
class ParameterAxis:
    """One parameter over a list of trials.

    Attributes
    ----------
    name : str
        The flat name.
    positions : array, shape (n,)
        The position of each trial on the axis: the number itself, or the index of the choice; NaN if the parameter is
        inactive.
    low, high : float
        The ends of the domain on this axis.
    log : bool
        Whether the axis is logarithmic.
    whole : bool
        Whether all positions are whole numbers.
    labels : list of str or None
        The labels of the choices, if there are any: ``labels[k]`` is at position ``k``.
    step : float or None
        The distance between two levels of a number that has levels.
    """

    name: str
    positions: Vector
    low: float
    high: float
    log: bool
    whole: bool
    labels: list[str] | None
    step: float | None = None

    @property
    def unit(self) -> Vector:
        """The positions scaled to [0, 1] over the domain; on a logarithmic axis, their logarithms."""
        return self.to_unit(self.positions)

    @property
    def gaps(self) -> Vector:
        """The larger distance from each position to the level above and the one below, in [0, 1]; 0 without levels."""
        import numpy as np

        step, unit = self.step or 0.0, self.unit
        above = self.to_unit(np.minimum(self.positions + step, self.high))
        below = self.to_unit(np.maximum(self.positions - step, self.low))
        return np.maximum(above - unit, unit - below)

    def to_unit(self, positions: Vector) -> Vector:
        """Scale positions to [0, 1]."""
        import numpy as np

        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        scaled = np.log(positions) if self.log else positions
        return (scaled - low) / (high - low) if high > low else np.where(np.isnan(scaled), np.nan, 0.5)

    def ticks(self, n: int) -> Vector:
        """Return ``n`` positions from low to high, evenly spaced on the scale of the axis."""
        import numpy as np

        return np.geomspace(self.low, self.high, n) if self.log else np.linspace(self.low, self.high, n)

    def few_ticks(self, max_labels: int) -> list[float]:
        """Return positions to label: at most ``max_labels`` for choices, about five for numbers.

        They are whole numbers if all positions are.
        """
        if self.labels is not None:
            return [float(k) for k in range(0, len(self.labels), -(-len(self.labels) // max_labels))]
        if self.log:
            return self.round_ticks()
        if self.whole:
            step = max(1, round((self.high - self.low) / (_LABELS - 1)))
            return [self.low + k * step for k in range(int((self.high - self.low) // step) + 1)]
        return [float(tick) for tick in self.ticks(_LABELS)]

    def tick_labels(self, ticks: Sequence[float]) -> list[str]:
        """Return the labels of these positions."""
        if self.labels is not None:
            return [self.labels[int(tick)] for tick in ticks]
        return [f"{tick:.0f}" if self.whole and abs(tick) < 1e6 else f"{tick:.4g}" for tick in ticks]

    def round_ticks(self) -> list[float]:
        """Return a few round numbers on a logarithmic axis; see :func:`round_ticks`."""
        return round_ticks(self.low, self.high)


def round_ticks(low: float, high: float) -> list[float]:
    """Return a few round numbers for a logarithmic axis, or its two ends if there are too few of them."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1,)):
        # Parsed from decimals: 5 * 10**-3 is not the float nearest to 0.005.
        ticks = [float(f"{step}e{decade}") for decade in decades for step in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) <= _LABELS:
            break
    return ticks[:: -(-len(ticks) // _LABELS)] if len(ticks) > 1 else [low, high]


def names_to_draw(search: Search, params: Sequence[str] | None) -> list[str]:
    """Return the given parameters, or all that are not constant.

    Raises
    ------
    ArgumentError
        If a name is not a parameter that varies.
    """
    names = inside.names(optimizer_of(search).space)
    if params is None:
        return names
    params = members(params, "params must be a list of names")
    for name in params:
        if name not in names:
            raise ArgumentError(f"there is no parameter {name!r} to draw; the space has {', '.join(names)}")
    return params


def names_by_default(search: Search, params: Sequence[str] | None, objective: int | None) -> list[str]:
    """Return the given parameters, or those that are not constant; of many, the most important for an objective.

    They stay in the order of the space, of which a function of trials, with None as its objective, has the first ones.
    """
    names = names_to_draw(search, params)
    if params is not None or len(names) <= _MOST:
        return names
    chosen = names if objective is None else list(shares_of(search, objective=objective))
    return [name for name in names if name in chosen[:_MOST]]


def names_note(search: Search, params: Sequence[str] | None, n: int) -> str:
    """Return how many parameters are drawn, if they are not all of them and nobody has chosen them; else nothing."""
    n_all = len(names_to_draw(search, None))
    return f"{n} of {n_all} parameters" if params is None and n_all > _MOST else ""


def axes_of(search: Search, names: Sequence[str], ids: Numbers) -> list[ParameterAxis]:
    """Return parameters over the trials with these ids."""
    optimizer = optimizer_of(search)
    values, view = optimizer.to_dict(), optimizer.view()
    axis_index = {axis.name: number for number, axis in enumerate(view.axes)}
    return [
        _parameter_axis(name, optimizer.space[name], values[f"params/{name}"][ids], view.unit[ids, axis_index[name]])
        for name in names
    ]


def _parameter_axis(name: str, parameter: Parameter, values: npt.NDArray[Any], unit: Vector) -> ParameterAxis:
    """Return an axis from the values of a parameter (None or NaN if missing) and their unit coordinates."""
    import numpy as np

    number = parameter._number()
    if number is not None:
        numbers = np.array([math.nan if value is None else float(value) for value in values])
        low, high, step = float(number.low), float(number.high), number.step and float(number.step)
        return ParameterAxis(name, numbers, low, high, number.log, number._type is int, None, step)
    labels = choice_labels(parameter._labels() or ())
    # Choice k of L has the unit coordinate (k + 1/2) / L; NaN stays NaN.
    return ParameterAxis(
        name, np.floor(unit * len(labels)), 0.0, float(len(labels) - 1), log=False, whole=True, labels=labels
    )


def value_at(parameter: Parameter, axis: ParameterAxis, position: float) -> Any:
    """Return the value of a parameter that is nearest to a position on its axis."""
    labels, number = parameter._labels(), parameter._number()
    if labels is not None:
        return labels[round(position)]
    value = min(max(float(position), axis.low), axis.high)
    if number is not None and number.step is not None:
        # A step need not divide the range. Rounded to decimals.
        n_levels = math.floor((axis.high - axis.low) / number.step + 1e-9)
        value = round(axis.low + min(round((value - axis.low) / number.step), n_levels) * number.step, 12)
    return round(value) if axis.whole else value


def choice_labels(choices: Sequence[object]) -> list[str]:
    """Return short labels of choices; labels that are equal after shortening get the index of the choice."""
    shortened = [_shorten(_text(choice)) for choice in choices]
    counts = Counter(shortened)
    return [label if counts[label] == 1 else f"{label} #{position}" for position, label in enumerate(shortened)]


def _text(choice: object) -> str:
    return printable(choice if isinstance(choice, str) else str(getattr(choice, "__name__", None) or safe_repr(choice)))


def _shorten(text: str) -> str:
    """Remove the middle of a long text, since related names mostly differ at their ends."""
    return text if len(text) <= 24 else f"{text[:11]}...{text[-10:]}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parameters and the value, over the trials in which both are active.

    Attributes
    ----------
    x, y : ParameterAxis
        The parameters.
    observed : Observations
        The trials and their values.
    axis : ValueAxis
        The range of the values that colours show.
    failed : array, shape (2, k)
        The positions of the failed trials in which both parameters are active.
    stopped : array, shape (3, k)
        Those of the trials that were stopped early, with their last values; NaN for one that is not finite.
    """

    x: ParameterAxis
    y: ParameterAxis
    observed: Observations
    axis: ValueAxis
    failed: Vector
    stopped: Vector

    @property
    def ranks(self) -> Vector:
        """Ranks from 0 for the best to 1 for the worst; equal values have the mean of their ranks."""
        return mean_ranks(self.observed.badness) / max(len(self.observed.ids) - 1, 1)

    @property
    def rank_name(self) -> str:
        """What the ranks are of."""
        return "rank" if self.observed.name == UNNAMED else f"rank by {self.observed.name}"

    @property
    def marked(self) -> list[tuple[str, Vector, Vector]]:
        """The kinds of trials that are marked, with their positions: infeasible, failed, stopped, and the best."""
        crosses, best = ~self.observed.feasible, self.observed.is_best
        found = [
            ("infeasible", self.x.positions[crosses], self.y.positions[crosses]),
            ("failed", *self.failed),
            ("stopped", *self.stopped[:2]),
            ("best", self.x.positions[best], self.y.positions[best]),
        ]
        return [(kind, x, y) for kind, x, y in found if len(x)]


def pair(
    search: Search,
    params: Sequence[str] | None = None,
    target: Target | None = None,
    target_name: str | None = None,
) -> Pair:
    """Return two parameters; by default the two most important ones.

    Raises
    ------
    ArgumentError
        If ``params`` are not two, fewer than two parameters of the space vary, no trial is complete with a finite
        value, or the two are active in none of these trials together.
    """
    import numpy as np

    free = names_to_draw(search, None)
    if len(free) < 2:
        description = f"only {free[0]!r}" if free else "none"
        raise ArgumentError(f"this plot needs two parameters, and in this space {description} varies")

    observed = require_observations(search, target, target_name)
    names = names_to_draw(search, params) if params is not None else _most_important_pair(search, observed)
    if len(names) != 2 or names[0] == names[1]:
        raise ArgumentError(f"this plot needs two parameters that differ, got {names!r}; name two {WITH_PARAMS}")
    found = axes_of(search, names, observed.ids)
    both = ~np.isnan([axis.positions for axis in found]).any(axis=0)
    require_any(
        np.flatnonzero(both),
        f"{names[0]!r} and {names[1]!r} are active together in no complete trial; name two others {WITH_PARAMS}",
    )
    x, y = (replace(axis, positions=axis.positions[both]) for axis in found)
    trials = history(observed.search)
    beside, last = stopped_beside(observed), np.full(len(trials), np.nan)
    last[beside.ids] = beside.values
    ids = np.flatnonzero(trials.counted_as(*STOPPED))
    failed, stopped = _places(search, names, np.flatnonzero(trials.failed)), _places(search, names, ids, last[ids])
    axis = value_axis(observed.values[both], maximize=observed.maximize)
    return Pair(x, y, observed.only(both), axis, failed, stopped)


def _places(search: Search, names: Sequence[str], ids: Numbers, *more: Vector) -> Vector:
    """Return the positions of the trials in which both parameters are active, and more rows beside these two."""
    import numpy as np

    places = np.array([*(axis.positions for axis in axes_of(search, names, ids)), *more])
    return places[:, ~np.isnan(places[:2]).any(axis=0)]


def _most_important_pair(search: Search, observed: Observations) -> list[str]:
    """Return the first two by importance that vary together.

    A parent is fixed while its child is active, so the two of them are no such pair.
    """
    import numpy as np

    objective = observed.objective
    names = names_to_draw(search, None) if objective is None else list(shares_of(search, objective=objective))
    positions = {axis.name: axis.positions for axis in axes_of(search, names, observed.ids)}
    for second, y in enumerate(names):
        for x in names[:second]:
            both = ~np.isnan(positions[x] + positions[y])
            if min(len(set(positions[name][both])) for name in (x, y)) > 1:
                return [x, y]
    return names[:2]
