"""Parameters as axes of a figure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tanteo._internal.coercion import members
from tanteo._internal.text import safe_repr
from tanteo.exceptions import ArgumentError
from tanteo.importance import param_importances
from tanteo.plotting.data import Observations, Search, optimizer_of, require_observations
from tanteo.plotting.targets import Target
from tanteo.space.parameters import Categorical, Constant, Float, Int, Ordinal, Parameter

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vector = npt.NDArray[np.float64]

# Points along each side of a contour's grid.
_GRID = 50
# Width of the kernel that fills the grid, as a share of an axis.
_WIDTH = 0.1
# Labels that a narrow axis has room for.
_LABELS = 5


@dataclass(frozen=True, slots=True)
class Column:
    """One parameter over a list of trials.

    Attributes
    ----------
    name : str
        Its flat name.
    positions : array, shape (n,)
        Where each trial stands on the axis: the number itself, or the position of the choice; NaN where the parameter
        is inactive.
    low, high : float
        The ends of the domain on this axis.
    log : bool
        Whether the axis is logarithmic.
    whole : bool
        Whether only whole numbers stand on it.
    labels : list of str or None
        The choices, if it has some: ``labels[k]`` stands at position ``k``.
    """

    name: str
    positions: Vector
    low: float
    high: float
    log: bool
    whole: bool
    labels: list[str] | None

    @property
    def unit(self) -> Vector:
        """The positions on a scale from 0 to 1 over the domain, logarithmic where the axis is."""
        return self.to_unit(self.positions)

    def to_unit(self, positions: Vector) -> Vector:
        """Positions on a scale from 0 to 1."""
        import numpy as np

        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        scaled = np.log(positions) if self.log else positions
        return (scaled - low) / (high - low) if high > low else np.where(np.isnan(scaled), np.nan, 0.5)

    def ticks(self, n: int) -> Vector:
        """``n`` positions from low to high, evenly spaced on the axis as it is drawn."""
        import numpy as np

        return np.geomspace(self.low, self.high, n) if self.log else np.linspace(self.low, self.high, n)

    def few_ticks(self, max_labels: int) -> list[float]:
        """Positions to label: of choices at most ``most``, of numbers about five.

        Where only whole numbers stand they are whole.
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
        """What to write at these positions."""
        if self.labels is not None:
            return [self.labels[int(tick)] for tick in ticks]
        return [f"{tick:.0f}" if self.whole and abs(tick) < 1e6 else f"{tick:.4g}" for tick in ticks]

    def round_ticks(self) -> list[float]:
        """Round numbers along a logarithmic axis, few enough for labels beside each other; else its two ends."""
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for steps in ((1, 2, 5), (1,)):
            # Spelled in decimals: 5 * 10**-3 is no round number in binary.
            ticks = [float(f"{step}e{decade}") for decade in decades for step in steps]
            ticks = [tick for tick in ticks if self.low <= tick <= self.high]
            if len(ticks) <= _LABELS:
                break
        return ticks[:: -(-len(ticks) // _LABELS)] if len(ticks) > 1 else [self.low, self.high]


def names_to_draw(search: Search, params: Sequence[str] | None) -> list[str]:
    """The named parameters, or all that can vary.

    Raises
    ------
    ArgumentError
        For a name that the space does not have.
    """
    parameters = optimizer_of(search).space.parameters
    if params is None:
        return [name for name, parameter in parameters.items() if not isinstance(parameter, Constant)]
    params = members(params, "params must be a list of names")
    for name in params:
        if not isinstance(name, str) or name not in parameters or isinstance(parameters[name], Constant):
            known = ", ".join(names_to_draw(search, None))
            raise ArgumentError(f"there is no parameter {name!r} to draw; the space has {known}")
    return params


def columns(search: Search, names: Sequence[str], ids: npt.NDArray[np.int64]) -> list[Column]:
    """Parameters over the trials of these ids."""
    optimizer = optimizer_of(search)
    values, view = optimizer.to_dict(), optimizer.view()
    axis_index = {axis.name: number for number, axis in enumerate(view.axes)}
    return [
        _column(name, optimizer.space[name], values[f"params/{name}"][ids], view.unit[ids, axis_index[name]])
        for name in names
    ]


def _column(name: str, parameter: Parameter, values: npt.NDArray[Any], unit: Vector) -> Column:
    """One parameter from the values as they were told (missing: None or NaN) and the unit coordinates."""
    import numpy as np

    if isinstance(parameter, Float | Int):
        numbers = np.array([math.nan if value is None else float(value) for value in values])
        whole = isinstance(parameter, Int)
        return Column(name, numbers, float(parameter.low), float(parameter.high), parameter.log, whole, None)
    labels = choice_labels(parameter.choices) if isinstance(parameter, Categorical | Ordinal) else []
    # Level k of L choices stands at (k + 1/2) / L; NaN stays NaN.
    return Column(name, np.floor(unit * len(labels)), 0.0, float(len(labels) - 1), log=False, whole=True, labels=labels)


def choice_labels(choices: Sequence[object]) -> list[str]:
    """Short labels of choices: what is still alike when it is cut gets its position."""
    shortened = [_shorten(_text(choice)) for choice in choices]
    counts = Counter(shortened)
    return [label if counts[label] == 1 else f"{label} #{position}" for position, label in enumerate(shortened)]


def _text(choice: object) -> str:
    return choice if isinstance(choice, str) else str(getattr(choice, "__name__", None) or safe_repr(choice))


def _shorten(text: str) -> str:
    """Text without its middle where it is long: names that belong together differ at their ends."""
    return text if len(text) <= 24 else f"{text[:11]}...{text[-10:]}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parameters and the value, over the trials in which both are active.

    Attributes
    ----------
    x, y : Column
        The parameters.
    ids : array of int, shape (n,)
        The trials.
    values : array, shape (n,)
        Their values.
    ranks : array, shape (n,)
        From 0 for the best to 1 for the worst, equal values sharing the mean of their ranks.
    maximize : bool
        Whether larger is better.
    name : str
        What the value is.
    """

    x: Column
    y: Column
    ids: npt.NDArray[np.int64]
    values: Vector
    ranks: Vector
    maximize: bool
    name: str


def pair(
    search: Search,
    params: Sequence[str] | None = None,
    target: Target | None = None,
    target_name: str | None = None,
) -> Pair:
    """Two parameters; by default the two that mattered most.

    Raises
    ------
    ArgumentError
        If ``params`` are not two, or the space has no two; if no trial is complete with a finite value.
    """
    import numpy as np

    free = names_to_draw(search, None)
    if len(free) < 2:
        description = f"only {free[0]!r}" if free else "none"
        raise ArgumentError(
            f"two parameters are drawn against each other, and of those of this space {description} varies"
        )

    observed = require_observations(search, target, target_name)
    names = names_to_draw(search, params) if params is not None else _most_important_pair(search, observed)
    if len(names) != 2 or names[0] == names[1]:
        raise ArgumentError(f"two parameters are drawn against each other, got {names!r}; name two with params=")
    both = ~np.isnan(sum(c.positions for c in columns(search, names, observed.ids)))
    x, y = columns(search, names, observed.ids[both])
    return Pair(
        x,
        y,
        observed.ids[both],
        observed.values[both],
        _ranks(observed.badness[both]),
        observed.maximize,
        observed.name,
    )


def _most_important_pair(search: Search, observed: Observations) -> list[str]:
    """The first two by importance that vary together: a parameter and its parent are never both free."""
    import numpy as np

    objective = observed.objective
    names = names_to_draw(search, None) if objective is None else list(param_importances(search, objective=objective))
    positions = {c.name: c.positions for c in columns(search, names, observed.ids)}
    for second, y in enumerate(names):
        for x in names[:second]:
            both = ~np.isnan(positions[x] + positions[y])
            if min(len(set(positions[name][both])) for name in (x, y)) > 1:
                return [x, y]
    return names[:2]


def _ranks(badness: Vector) -> Vector:
    """Ranks from 0 to 1, ties sharing their mean."""
    import numpy as np

    _, inverse, counts = np.unique(badness, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean: Vector = (last - (counts + 1) / 2)[inverse]
    return mean / max(len(badness) - 1, 1)


@dataclass(frozen=True, slots=True)
class Surface:
    """A smooth surface through the values of a :class:`Pair`; choices are not smoothed over, each has its own cells.

    Attributes
    ----------
    x, y : arrays, shape (k,) and (l,)
        The grid, as positions on the axes.
    z : array, shape (l, k)
        Mean of the values around each point of the grid, weighted by a Gaussian kernel in the unit square
        (Nadaraya-Watson); NaN where no trial is near. Along choices only trials with the same one count.
    has_cells : bool
        Whether an axis has choices, between which there is nothing to interpolate.
    """

    x: Vector
    y: Vector
    z: Vector
    has_cells: bool


def surface(points: Pair) -> Surface:
    """See :class:`Surface`."""
    import numpy as np

    x, y = (_grid(c) for c in (points.x, points.y))
    across, along = _kernel(points.x, x), _kernel(points.y, y)
    weights = along @ across.T
    with np.errstate(invalid="ignore", divide="ignore", under="ignore"):
        z = (along * points.values) @ across.T / weights
    # A kernel's height at two widths: beyond it there is nothing to average.
    has_cells = points.x.labels is not None or points.y.labels is not None
    return Surface(x, y, np.where(weights < math.exp(-2.0), np.nan, z), has_cells)


def _grid(axis: Column) -> Vector:
    return axis.ticks(_GRID if axis.labels is None else len(axis.labels))


def _kernel(axis: Column, grid: Vector) -> Vector:
    """How much each trial counts at each place of the grid, shape (places, trials)."""
    import numpy as np

    if axis.labels is not None:
        is_same: Vector = (grid[:, None] == axis.positions[None, :]).astype(np.float64)
        return is_same
    with np.errstate(under="ignore"):
        kernel: Vector = np.exp(-0.5 * ((axis.to_unit(grid)[:, None] - axis.unit[None, :]) / _WIDTH) ** 2)
    return kernel
