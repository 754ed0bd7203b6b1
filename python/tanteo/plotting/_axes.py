"""Axes, their scales and legends, and colours with matplotlib."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from tanteo._internal.optional import require
from tanteo._internal.text import printable
from tanteo.exceptions import ArgumentError
from tanteo.plotting import style
from tanteo.plotting.parameter_axes import ParameterAxis
from tanteo.plotting.value_axis import ValueAxis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Largest numbers of labels of choices on a horizontal and a vertical axis.
_LABELS_ACROSS, _LABELS_UP = 10, 20
#: The look of slanted labels, which end at their tick.
SLANT: dict[str, Any] = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}
# Projections of matplotlib, and what is said of axes that have them.
_FLAT = "rectilinear"
_ON_AXES = {_FLAT: "one flat Axes", "3d": "one Axes in space"}


def own_axes(
    needed_by: str, ax: Axes | None, projection: str | None = None, figsize: tuple[float, float] | None = None
) -> Axes:
    """Return the given axes, or those of a new figure.

    Raises
    ------
    ArgumentError
        If anything but axes is given, or axes with another projection.
    """
    if ax is not None:
        _check_axes(needed_by, ax, projection)
        return ax
    pyplot = require("matplotlib.pyplot", extra="plot", needed_by=needed_by)
    axes: Axes = pyplot.figure(figsize=figsize, layout="constrained").add_subplot(projection=projection)
    return axes


def _check_axes(needed_by: str, ax: Any, projection: str | None) -> None:
    wanted, given = _ON_AXES[projection or _FLAT], _described(needed_by, ax)
    if given != wanted:
        made = "pyplot.figure().add_subplot({})".format("" if projection is None else f"projection={projection!r}")
        raise ArgumentError(f"{needed_by} draws on {wanted} here, such as ax={made}, got {given}")


def _described(needed_by: str, ax: Any) -> str:
    """Return what was given for axes: with which projection, or of which type."""
    if not isinstance(ax, require("matplotlib.axes", extra="plot", needed_by=needed_by).Axes):
        return type(ax).__name__
    return _ON_AXES.get(ax.name, f"one Axes with projection={ax.name!r}")


def given_panels(needed_by: str, ax: Any, n: int) -> list[Any]:
    """Return the ``n`` given axes of a figure of panels: a list, an array as of ``pyplot.subplots``, or a single one.

    Raises
    ------
    ArgumentError
        For another number of axes, for axes that are not flat or given twice, and for anything else.
    """
    import numpy as np

    is_one = not isinstance(ax, Iterable) or getattr(ax, "ndim", 1) == 0
    found = list(np.array(ax if is_one else [*ax], dtype=object).flat)
    others = [what for what in (_described(needed_by, each) for each in found) if what != _ON_AXES[_FLAT]]
    problem = str(len(found)) if len(found) != n else others[0] if others else "one Axes twice"
    if others or not len(set(found)) == len(found) == n:
        panels = "1 panel" if n == 1 else f"{n} panels"
        raise ArgumentError(
            f"{needed_by} draws {panels} here and needs {_ON_AXES[_FLAT]} for each, such as "
            f"ax=pyplot.subplots(1, {n})[1], got {problem}"
        )
    return found


def own_panels(needed_by: str, n: int, title: str) -> list[Any]:
    """Return the axes of ``n`` panels of a new figure, row by row."""
    pyplot = require("matplotlib.pyplot", extra="plot", needed_by=needed_by)
    rows, columns = style.rows(n), min(n, style.PANELS_IN_A_ROW)
    # At least as wide as the title.
    figure = pyplot.figure(figsize=(max(2.8 * columns, 4.5), 3.0 * rows + 0.4), layout="constrained")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    axes = list(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
    for unused in axes[n:]:
        unused.remove()
    return axes[:n]


def triangle(n: int) -> list[Any]:
    """Return the axes of the lower triangle of a square of panels, column by column."""
    pyplot = require("matplotlib.pyplot", extra="plot", needed_by="plot_pareto_front")
    figure = pyplot.figure(figsize=(2.4 * n + 0.6, 2.2 * n + 0.8), layout="constrained")
    square = figure.subplots(n, n, sharex="col", sharey="row", squeeze=False)
    for row in range(n):
        for unused in square[row, row + 1 :]:
            unused.remove()
    return [square[row, column] for column in range(n) for row in range(column, n)]


def set_value_axis(axes: Any, axis: ValueAxis, *, vertical: bool = True) -> None:
    """Set the range and the scale of an axis of values."""
    if axis.log:
        (axes.set_yscale if vertical else axes.set_xscale)("log")
    formatter = (axes.yaxis if vertical else axes.xaxis).get_major_formatter()
    if hasattr(formatter, "set_useOffset"):  # an offset or a factor would stand in the legend
        formatter.set_useOffset(False)
        formatter.set_powerlimits((-6, 10))
    (axes.set_ylim if vertical else axes.set_xlim)(axis.low, axis.high)


def count_in_whole_numbers(axis: Any) -> None:
    """Put ticks at whole numbers only."""
    ticker = require("matplotlib.ticker", extra="plot", needed_by="tanteo.plotting.matplotlib")
    axis.set_major_locator(ticker.MaxNLocator(nbins=6, integer=True, min_n_ticks=1))


def draw_axis(axes: Any, axis: ParameterAxis, *, vertical: bool = False) -> None:
    """Set the scale and the labels of an axis for a parameter."""
    target_axis = axes.yaxis if vertical else axes.xaxis
    ticker = require("matplotlib.ticker", extra="plot", needed_by="tanteo.plotting.matplotlib")
    if axis.whole and not axis.log:
        count_in_whole_numbers(target_axis)
    if axis.log:
        (axes.set_yscale if vertical else axes.set_xscale)("log")
        # The default labels of matplotlib overlap on an axis of less than two decades.
        target_axis.set_major_locator(ticker.FixedLocator(axis.round_ticks()))
        target_axis.set_major_formatter(ticker.FuncFormatter(lambda tick, _: f"{tick:g}"))
        target_axis.set_minor_formatter(ticker.NullFormatter())
    if axis.labels is not None:
        ticks = axis.few_ticks(_LABELS_UP if vertical else _LABELS_ACROSS)
        labels = axis.tick_labels(ticks)
        fits = vertical or max(map(len, labels)) * len(labels) <= 24
        target_axis.set_ticks(ticks, labels=labels, **({} if fits else SLANT))
        margin = 0.5
        (axes.set_ylim if vertical else axes.set_xlim)(axis.low - margin, axis.high + margin)


def set_label(axis: Any, text: str) -> None:
    """Set the label of an axis; one that is longer than the axis has several lines if it can be broken.

    No font has control characters, and the warning of matplotlib would write them to the terminal.
    """
    shown = printable(text)
    axis.set_label_text(shown)
    label, room = axis.label.get_window_extent(), axis.axes.get_window_extent()
    longest = room.width if axis.axis_name == "x" else room.height
    # A label in one line is as long as its longer side, whichever way it is turned.
    length = max(label.width, label.height)
    if length > longest:
        axis.set_label_text("\n".join(style.lines_of(shown, max(1, int(len(shown) * longest / length)))))


def tidy(axes: Axes, x: str, y: str, *, legend: bool = False, title: str = "") -> Axes:
    """Set the labels, draw a light grid behind the data, and remove the top and right frame."""
    set_label(axes.xaxis, x)
    set_label(axes.yaxis, y)
    axes.set_title(title, loc="left", fontsize=11)
    axes.grid(visible=True, **style.GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if legend and (handles := labelled([axes])):
        axes.legend(handles.values(), handles.keys(), frameon=False, fontsize=9)
    return axes


def legend_above(axes: Axes) -> Axes:
    """Draw a legend above the axes, where it covers no points, with at most four entries in a row.

    A row has fewer where it would be wider than the axes and might run out of the picture.
    """
    _, labels = axes.get_legend_handles_labels()
    near: dict[str, Any] = {"handletextpad": 0.4, "borderaxespad": 0.0, "bbox_to_anchor": (0.0, 1.01)}
    for n in range(min(len(labels), 4), 0, -1):
        legend = axes.legend(loc="lower left", frameon=False, fontsize=9, columnspacing=1.0, ncols=n, **near)
        if legend.get_window_extent().width <= axes.get_window_extent().width:
            break
    return axes


def legend_below(axes_list: Sequence[Any]) -> None:
    """Draw one legend for all panels of a figure, below them, with as many entries in a row as have room."""
    labels, figure = labelled(axes_list), axes_list[0].figure
    for n in range(min(len(labels), 8), 0, -1):
        row: dict[str, Any] = {"ncols": n, "frameon": False, "fontsize": 9, "columnspacing": 1.0}
        legend = figure.legend(labels.values(), labels.keys(), loc="outside lower left", **row)
        if n == 1 or legend.get_window_extent().width <= figure.bbox.width:
            break
        legend.remove()


def labelled(axes_list: Sequence[Any]) -> dict[str, Any]:
    """Return what is drawn in several panels by its label, each label once as it is drawn first."""
    found: dict[str, Any] = {}
    for axes in axes_list:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    return found


def colour_map(*, reverse: bool = False) -> Any:
    colors = require("matplotlib.colors", extra="plot", needed_by="tanteo.plotting.matplotlib")
    names = list(reversed(style.SCALE)) if reverse else list(style.SCALE)
    return colors.LinearSegmentedColormap.from_list("tanteo", names)
