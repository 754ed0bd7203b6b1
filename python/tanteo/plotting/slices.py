"""The data of slices: the value against each parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

from tanteo.plotting.bands import Band, bands
from tanteo.plotting.data import Observations, Search, observations, require_any, require_observations, stopped_beside
from tanteo.plotting.parameter_axes import ParameterAxis, axes_of, names_by_default, names_note
from tanteo.plotting.targets import Target
from tanteo.plotting.value_axis import ValueAxis, reaching, value_axis
from tanteo.run.history import history
from tanteo.run.result import optimizer_of

if TYPE_CHECKING:
    from tanteo.plotting.data import Vector

#: The label of the prediction: a line with its band, or for choices a mark with its interval.
EXPECTED = "expected, 95 %"


@dataclass(frozen=True, slots=True)
class Slice:
    """The value against one parameter, with the predicted band unless the value is a function of the trial.

    The axis of values has room for predictions that are better than every trial, up to twice the length that the
    trials need. ``failed`` has the positions of the failed trials, which have no values. ``stopped`` has the positions
    and the last values of trials that were stopped early, shape (2, k), and ``infinite`` those of complete trials with
    infinite values. ``has_infeasible`` says whether a trial of any state broke a black-box constraint, of which the
    band knows nothing.
    """

    parameter_axis: ParameterAxis
    observations: Observations
    band: Band | None
    axis: ValueAxis
    failed: Vector
    stopped: Vector
    infinite: Vector
    has_infeasible: bool


def title(panels: Sequence[Slice], search: Search, params: Sequence[str] | None) -> list[str]:
    """Return the lines of the title, which explain what is drawn."""
    note = names_note(search, params, len(panels))
    explained = [f"Slices{note and f' of {note}'} (light points: early trials, dark: late ones)"]
    return [*explained, "dotted line: the prediction is uncertain"] if any(map(is_dotted, panels)) else explained


def is_dotted(panel: Slice) -> bool:
    """Return whether a part of the line of a panel is uncertain; the prediction of choices has no line."""
    import numpy as np

    band = None if panel.parameter_axis.labels is not None else panel.band
    return band is not None and bool(np.isnan(band.certain(panel.axis)).any())


def slices(
    search: Search,
    params: Sequence[str] | None = None,
    target: Target | None = None,
    target_name: str | None = None,
) -> list[Slice]:
    """Return one record for each parameter that was active at least once, or for each of ``params``.

    Of many parameters, these are by default the most important ones.

    Raises
    ------
    ArgumentError
        If no trial is complete with a finite value, or there is no parameter to draw.
    """
    import numpy as np

    observed = require_observations(search, target, target_name)
    drawn = axes_of(search, names_by_default(search, params, observed.objective), observed.ids)
    drawn = [each for each in drawn if params is not None or not np.isnan(each.positions).all()]
    require_any(drawn, "no parameter of the space varies" if params is None else "params names no parameter")
    expected = [None] * len(drawn) if observed.objective is None else bands(observed, drawn)
    medians = [band.median for band in expected if band is not None]
    axis = value_axis(observed.values, maximize=observed.maximize)
    axis = reaching(axis, np.concatenate([np.empty(0), *medians]), maximize=observed.maximize)
    trials = history(optimizer_of(search))
    failed, has_infeasible = np.flatnonzero(trials.failed), bool(trials.infeasible.any())
    if axis.log:
        # The prediction of a positive value may reach below zero, which a logarithmic axis has not.
        expected = [band and band.above(axis.low) for band in expected]
    names, infinite = [each.name for each in drawn], observations(search, target, target_name, infinite=True)
    at = [each.positions for each in axes_of(search, names, failed)]
    hollow, endless = (
        [np.stack([each.positions, beside.values]) for each in axes_of(search, names, beside.ids)]
        for beside in (stopped_beside(observed), infinite)
    )
    columns = (drawn, repeat(observed), expected, repeat(axis), at, hollow, endless, repeat(has_infeasible))
    return [Slice(*panel) for panel in zip(*columns, strict=False)]
