"""The data of the hypervolume history of several objectives.

The hypervolume is the volume of what the front dominates, up to a reference point. It grows with every trial that the
front gains only if this point stays the same, so it is fixed for the whole history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from tanteo._internal.text import show_value
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.plotting.data import Search, require_any
from tanteo.plotting.front import names_of
from tanteo.plotting.volumes import dominated_volumes
from tanteo.run.history import History, history
from tanteo.run.result import optimizer_of
from tanteo.trials.objectives import Limits, as_limits

if TYPE_CHECKING:
    from tanteo.plotting.data import Numbers, Vector

# The number of characters in a line of a title that fit a figure of the usual width.
_TITLE_WIDTH = 72
_NO_BREAK = "\N{NO-BREAK SPACE}"
# How far the reference point lies beyond the worst values on the front, as a share of the front's range.
_BEYOND = 0.1


@dataclass(frozen=True, slots=True)
class HypervolumeHistory:
    """The share of the box between the best values and the reference point that the front dominates.

    Attributes
    ----------
    ids : array of int, shape (n,)
        The complete, feasible trials that added to it.
    shares : array, shape (n,)
        The share after each.
    last_id : int
        The largest id; the line ends there.
    reference : dict of str to float
        The reference point by the names of the objectives.
    leaves_out_thresholds : bool
        Whether no trial is better than all thresholds, so that the reference point is that of a search without any.
    """

    ids: Numbers
    shares: Vector
    last_id: int
    reference: dict[str, float]
    leaves_out_thresholds: bool

    @property
    def line(self) -> tuple[list[int], list[float]]:
        """Ids and shares of the corners of the line: 0 until a trial is better than the reference point."""
        ids, shares = self.ids.tolist(), self.shares.tolist()
        start: tuple[list[int], list[float]] = ([0], [0.0]) if ids[0] else ([], [])
        return [*start[0], *ids, self.last_id], [*start[1], *shares, shares[-1]]

    @property
    def reference_text(self) -> str:
        """The reference point as text."""
        return point_text(self.reference)

    def title(self, form: str) -> list[str]:
        """Return the lines of a title that has, in place of ``{}``, the reference point.

        The reason follows if the thresholds are not it. No line ends between a name and its value.
        """
        text = point_text(self.reference, _NO_BREAK)
        reason = "; no trial is better than all thresholds yet" if self.leaves_out_thresholds else ""
        lines = wrap(form.format(f"{text}{reason}"), _TITLE_WIDTH, break_long_words=False)
        return [line.replace(_NO_BREAK, " ") for line in lines]


def hypervolume_history(
    search: Search, reference_point: Any = None, *, trials: History | None = None
) -> HypervolumeHistory:
    """Return the history; see :class:`HypervolumeHistory`. ``trials`` are those of the search, if they are known.

    In place of a missing coordinate of ``reference_point`` stands the threshold of the search. Without one it lies a
    tenth of the front's range beyond the worst value on the front. The same holds for all coordinates if none is given
    and no trial is better than all thresholds.

    Raises
    ------
    ArgumentError
        If there is one objective, no trial is better than ``reference_point`` in all of them, or too many trials are on
        the front (see :func:`dominated_volumes`).
    """
    import numpy as np

    optimizer = optimizer_of(search)
    n, names = len(optimizer.directions), optimizer.objective_names
    if n == 1:
        raise ArgumentError("a hypervolume history can be drawn for two or more objectives, and this search has 1")
    given = as_limits(reference_point, n, names, "reference_point")
    trials = trials or history(optimizer)
    ids = np.flatnonzero(trials.usable)
    require_any(ids, "no trial is complete and feasible with finite values")
    signs = np.where(trials.maximize, -1.0, 1.0)
    losses = trials.values[ids] * signs
    reference = _reference(optimizer, losses, signs, _limits(given, optimizer.thresholds, n))
    is_unmet = given is None and not (losses < reference).all(axis=1).any()
    if is_unmet:
        reference = _reference(optimizer, losses, signs, [None] * n)
    named = dict(zip(names_of(optimizer, None), (reference * signs).tolist(), strict=True))
    grew, shares = _growth(losses, reference, named)
    return HypervolumeHistory(ids[grew], shares, len(trials) - 1, named, is_unmet)


def _growth(losses: Vector, reference: Vector, named: dict[str, float]) -> tuple[Numbers, Vector]:
    """Return which trials added to the dominated share, and the share after each."""
    import numpy as np

    within = np.flatnonzero((losses < reference).all(axis=1))
    require_any(
        within,
        f"no complete, feasible trial is better than the reference point ({point_text(named)}); "
        "plot_hypervolume_history(search, reference_point=...) measures from another one",
    )
    losses = losses[within]
    low = losses.min(axis=0)
    volumes = np.array(dominated_volumes((losses - low) / (reference - low)))
    grew = np.flatnonzero(np.diff(volumes, prepend=0.0) > 0.0)
    return within[grew], volumes[grew]


def point_text(point: dict[str, float], space: str = " ") -> str:
    """Return a reference point as text, with ``space`` between names and values."""
    return ", ".join(f"{name}{space}{show_value(value)}" for name, value in point.items())


def _limits(given: Limits, thresholds: Limits, n: int) -> list[float | None]:
    """Return the coordinates of the reference point that are given, else thresholds."""
    none = (None,) * n
    pairs = zip(given or none, thresholds or none, strict=True)
    return [threshold if point is None else point for point, threshold in pairs]


def _reference(optimizer: Optimizer, losses: Vector, signs: Vector, limits: Sequence[float | None]) -> Vector:
    """Return the reference point in losses."""
    import numpy as np

    front = np.array([trial.values for trial in optimizer.pareto_front]) * signs
    numbers = np.array([np.nan if limit is None else limit for limit in limits], dtype=np.float64) * signs
    reference: Vector = np.where(np.isnan(numbers), point_beyond(front, losses), numbers)
    return reference


def point_beyond(front: Vector, losses: Vector) -> Vector:
    """Return a reference point a tenth of the range of a front beyond its worst values, all in losses.

    ``losses`` are those of all trials.
    """
    import numpy as np

    worst, span = front.max(axis=0), np.ptp(front, axis=0)
    # An objective with one value on the front has the quarters of all trials as its scale, or 1.
    quarters = np.diff(np.quantile(losses, [0.25, 0.75], axis=0), axis=0)[0]
    scale = np.where(span > 0.0, span, np.where(quarters > 0.0, quarters, 1.0))
    point: Vector = worst + _BEYOND * scale
    return point
