"""Trials, predictions and shares with matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tanteo._internal.text import printable
from tanteo.importance.shares import share_text
from tanteo.plotting import data, parameter_axes, slices, style
from tanteo.plotting._axes import colour_map, draw_axis, legend_above, tidy
from tanteo.plotting.data import groups, stopped_groups
from tanteo.plotting.value_axis import ValueAxis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EDGE: dict[str, Any] = {"edgecolors": "white", "linewidths": 0.4, "zorder": 3}
# For points coloured by value, so that the lightest ones stay visible.
OUTLINE: dict[str, Any] = {"edgecolors": style.SOFT_INK, "linewidths": 0.4, "zorder": 3}
# Of the star of the best trial, which is whole at an edge of the axes too.
_BEST: dict[str, Any] = {"s": 130, "color": style.BEST, **EDGE, "zorder": 5, "clip_on": False}
# Of those of infeasible and failed trials over colours.
_MARK: dict[str, Any] = {"s": 36, "color": style.OVER_SCALE, "zorder": 5, "clip_on": False}


def draw_trials(
    axes: Any, x: Any, observed: data.Observations, axis: ValueAxis, *, opacity: float = 1.0, order: Any = None
) -> None:
    """Draw trials: infeasible ones as crosses, the best as a star, those beyond the axis as triangles at its edge.

    With ``order``, a number from 0 to 1 for each trial, feasible trials are light to dark; else they have one colour.
    """
    import numpy as np

    for kind, mask in groups(observed, axis):
        values: Any = observed.values[mask]
        marks: dict[str, Any]
        if kind == "trial" and order is None:
            marks = {"s": 24, "alpha": opacity, "color": style.POINT, **EDGE}
        elif kind == "trial":
            marks = {"s": 24, "alpha": opacity, "c": order[mask], "cmap": colour_map(), "vmin": 0, "vmax": 1, **OUTLINE}
        elif kind == "beyond":
            values = [axis.edge] * int(mask.sum())
            marker = style.BEYOND[observed.maximize][0]
            marks = {"s": 30, "marker": marker, "color": style.SOFT_INK, "clip_on": False, "zorder": 4}
        elif kind == "best":
            marks = {"marker": style.SYMBOLS[kind][0], **_BEST}
        else:
            marker = style.SYMBOLS[kind][0]
            marks = {"s": 20, "marker": marker, "color": style.SOFT_INK, "linewidths": 1.0, "zorder": 3}
        if kind != "beyond" and observed.has_sems:
            bars = {"fmt": "none", "ecolor": style.MUTED, "elinewidth": 1.0, "zorder": 2}
            is_new = "standard error" not in axes.get_legend_handles_labels()[1]
            bars["label"] = "standard error" if is_new else None
            axes.errorbar(x[mask], values, yerr=np.nan_to_num(observed.sems[mask]), **bars)
        axes.scatter(x[mask], values, label=axis.note if kind == "beyond" else kind, **marks)


def draw_failures(axes: Any, ids: Any) -> None:
    """Draw a tick at the bottom of the axes for each failed trial."""
    if len(ids):
        bottom = axes.get_xaxis_transform()
        axes.plot(
            ids, [0.02] * len(ids), "|", color=style.ENDED["failed"], markersize=9, transform=bottom, label="failed"
        )


def draw_stopped(axes: Any, x: Any, last: Any, axis: ValueAxis) -> None:
    """Draw a hollow mark for each trial that was stopped early, by its last report."""
    for group in stopped_groups(last, axis):
        _draw_hollow(axes, x[group.mask], group.values, group.kind, group.label)


def draw_infinite(axes: Any, x: Any, values: Any, axis: ValueAxis) -> None:
    """Draw a mark at an end of the axis for each infinite value."""
    if len(x):
        marks = {"s": 60, "marker": style.SYMBOLS["infinite"][0], "color": style.SOFT_INK, "linewidths": 0.4}
        axes.scatter(x, values.clip(axis.low, axis.high), label="infinite", clip_on=False, **marks)


def _draw_hollow(axes: Any, x: Any, y: Any, kind: str, label: str, colour: str = style.SOFT_INK) -> None:
    hollow: dict[str, Any] = {"facecolors": "none", "edgecolors": colour, "clip_on": False}
    axes.scatter(x, y, s=22, marker=style.SYMBOLS[kind][0], label=label, **hollow)


def draw_band(axes: Any, panel: slices.Slice) -> None:
    """Draw the predicted value along a parameter with its band, or with error bars for choices."""
    band = panel.band
    if band is None:
        return
    if panel.parameter_axis.labels is not None:
        bars = [band.median - band.low, band.high - band.median]
        look: dict[str, Any] = {"fmt": "none", "color": style.BEST, "elinewidth": 6, "alpha": 0.35}
        axes.errorbar(band.positions, band.median, yerr=bars, label=slices.EXPECTED, **look)
        # Over the trials, which lie at the same position, and wider than they are.
        dash: dict[str, Any] = {"markersize": 18, "markeredgewidth": 2, "zorder": 4}
        axes.plot(band.positions, band.median, "_", color=style.BEST, **dash)
        return
    line: dict[str, Any] = {"color": style.BEST}
    axes.fill_between(band.positions, band.low, band.high, alpha=0.15, linewidth=0, **line)
    axes.plot(band.positions, band.median, linewidth=1.0, linestyle=":", **line)
    axes.plot(band.positions, band.certain(panel.axis), linewidth=1.5, label=slices.EXPECTED, **line)


def draw_pair(axes: Axes, points: parameter_axes.Pair) -> Axes:
    """Draw infeasible, failed, stopped and best trials over two parameters, the axes of both, and a legend."""
    for kind, x, y in points.marked:
        if kind == "stopped":
            _draw_hollow(axes, x, y, kind, kind, style.OVER_SCALE)
            continue
        marks: dict[str, Any] = _BEST if kind == "best" else _MARK
        axes.scatter(x, y, marker=style.SYMBOLS[kind][0], label=kind, **marks)
    draw_axis(axes, points.x)
    draw_axis(axes, points.y, vertical=True)
    return legend_above(tidy(axes, points.x.name, points.y.name))


def draw_bars(axes: Any, shares: dict[str, float], errors: Sequence[float] = ()) -> None:
    """Draw horizontal bars from top to bottom, each with its number, and with errors if they are known."""
    look: dict[str, Any] = {"color": style.POINT, "height": 0.65, "ecolor": style.SOFT_INK}
    bars = axes.barh(list(map(printable, shares)), list(shares.values()), xerr=errors or None, **look)
    labels = list(map(share_text, shares.values()))
    axes.bar_label(bars, labels=labels, padding=3, color=style.SOFT_INK, fontsize=9)
    axes.invert_yaxis()
    axes.margins(x=0.12)
