"""The data of parallel coordinates: every axis is scaled to the unit interval, including logarithmic ones.

A line cannot have the symbols with which other figures mark trials. It has a colour instead, and a further axis says
how the trials ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tanteo._internal.states import STOPPED
from tanteo.plotting.data import Observations, Search, require_observations, stopped_beside
from tanteo.plotting.parameter_axes import ParameterAxis, axes_of, names_by_default, names_note
from tanteo.plotting.targets import Target
from tanteo.plotting.value_axis import beyond_text, value_axis
from tanteo.run.history import History, history
from tanteo.run.result import optimizer_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tanteo.plotting.data import Mask, Numbers, Vector

# Position of an inactive parameter, or of a missing value, on its axis.
INACTIVE = -0.1
#: The kinds of trials, in the order of drawing.
KINDS = ("stopped", "failed", "infeasible", "complete", "best")
# Largest number of labels on an axis.
_LABELS = 20
# The distance from an end of an axis within which another label would overlap that of the end.
_APART = 0.06


@dataclass(frozen=True, slots=True)
class Dimension:
    """One axis.

    Attributes
    ----------
    name : str
        The name of the parameter or of the value.
    positions : array, shape (n,)
        The position of each trial, from 0 to 1, or :data:`INACTIVE`.
    ticks : list of float
        Positions with a label.
    labels : list of str
        The labels of the ticks.
    """

    name: str
    positions: Vector
    ticks: list[float]
    labels: list[str]

    @property
    def low(self) -> float:
        """The lower end of the axis."""
        return INACTIVE if bool((self.positions < 0.0).any()) else 0.0


@dataclass(frozen=True, slots=True)
class Lines:
    """A line for each trial that is complete, failed or was stopped early, without excluded ones.

    Attributes
    ----------
    ids : array of int, shape (n,)
        The trials.
    kinds : array of str, shape (n,)
        One of :data:`KINDS` for each trial.
    shades : array, shape (n,)
        From 0 for the worst value to 1 for the best; NaN without a value.
    dimensions : list of Dimension
        The axes: the value, the parameters, and, unless all trials are complete and feasible, how they ended.
    n_below, n_above : int
        How many values lie below and above the axis of values, and are drawn at its ends.
    left_out : str
        How many parameters are drawn, if some are left out; else empty.
    """

    ids: Numbers
    kinds: npt.NDArray[np.object_]
    shades: Vector
    dimensions: list[Dimension]
    n_below: int
    n_above: int
    left_out: str

    @property
    def note(self) -> str:
        """How many values lie beyond the axis of values; empty text if none does."""
        n = self.n_below + self.n_above
        return beyond_text(n) if n else ""

    @property
    def groups(self) -> list[tuple[str, Mask]]:
        """The kinds of trials that are present, in the order of drawing, each with its mask."""
        return [(kind, self.kinds == kind) for kind in KINDS if kind in self.kinds]


def parallel_coordinates(
    search: Search,
    params: Sequence[str] | None = None,
    target: Target | None = None,
    target_name: str | None = None,
) -> Lines:
    """Return a line for each trial.

    Raises
    ------
    ArgumentError
        If no trial is complete with a finite value, or ``params`` has a name that is not a parameter.
    """
    import numpy as np

    observed, trials = require_observations(search, target, target_name), history(optimizer_of(search))
    kinds = _kinds(observed, trials)
    ids = np.flatnonzero(kinds != "")
    values = np.full(len(trials), np.nan)
    values[observed.ids] = observed.values
    stopped = stopped_beside(observed)
    values[stopped.ids] = stopped.values
    axis = value_axis(observed.values, maximize=observed.maximize)
    low, high = sorted((axis.best, axis.worst))
    value = _of_values(ParameterAxis(observed.name, values[ids], low, high, log=axis.log, whole=False, labels=None))
    n_below, n_above = int((values[ids] < low).sum()), int((values[ids] > high).sum())
    shades = np.where(value.positions < 0.0, np.nan, value.positions if observed.maximize else 1.0 - value.positions)
    names = names_by_default(search, params, observed.objective)
    parameters = [_of_parameter(axis) for axis in axes_of(search, names, ids)]
    dimensions = [value, *parameters, *_of_outcomes(kinds[ids])]
    return Lines(ids, kinds[ids], shades, dimensions, n_below, n_above, names_note(search, params, len(names)))


def _kinds(observed: Observations, trials: History) -> npt.NDArray[np.object_]:
    """Return the kind of each trial; empty text for those that are not drawn."""
    import numpy as np

    kinds = np.full(len(trials), "", dtype=object)
    kinds[trials.failed] = "failed"
    kinds[trials.counted_as(*STOPPED)] = "stopped"
    kinds[observed.ids] = np.where(observed.feasible, "complete", "infeasible")
    kinds[observed.ids[observed.is_best]] = "best"
    return kinds


def _of_values(axis: ParameterAxis) -> Dimension:
    """Return the axis of values, which ends where most of them do: those beyond are at its ends, which say so."""
    values = axis.positions
    drawn = _of_parameter(replace(axis, positions=values.clip(axis.low, axis.high)))
    signs = {
        0.0: "\u2264 " if bool((values < axis.low).any()) else "",
        1.0: "\u2265 " if bool((values > axis.high).any()) else "",
    }
    labels = [signs.get(tick, "") + label for tick, label in zip(drawn.ticks, drawn.labels, strict=True)]
    return replace(drawn, labels=labels)


def _of_outcomes(kinds: npt.NDArray[np.object_]) -> list[Dimension]:
    import numpy as np

    present = [kind for kind in KINDS if kind in kinds]
    if {*present} <= {"complete", "best"}:
        return []
    places = {kind: place / max(len(present) - 1, 1) for place, kind in enumerate(present)}
    return [Dimension("outcome", np.array([places[kind] for kind in kinds]), list(places.values()), present)]


def _of_parameter(axis: ParameterAxis) -> Dimension:
    import numpy as np

    positions = np.where(np.isnan(axis.unit), INACTIVE, axis.unit)
    ticks = axis.few_ticks(_LABELS) if axis.labels is not None else _with_ends(axis)
    places, labels = axis.to_unit(np.array(ticks)).tolist(), axis.tick_labels(ticks)
    if bool((positions < 0.0).any()):
        places, labels = [INACTIVE, *places], ["(absent)", *labels]
    return Dimension(axis.name, positions, places, labels)


def _with_ends(axis: ParameterAxis) -> list[float]:
    """Return numbers to label: both ends, and those between that are apart from them."""
    import numpy as np

    ticks = axis.few_ticks(_LABELS)
    places = axis.to_unit(np.array(ticks))
    between = [tick for tick, place in zip(ticks, places, strict=True) if _APART < place < 1.0 - _APART]
    return [axis.low, *between, axis.high] if axis.high > axis.low else [axis.low]
