"""Parallel coordinates with matplotlib, which has no function for them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from tanteo._internal.optional import require
from tanteo._internal.text import printable
from tanteo.plotting import style
from tanteo.plotting._axes import SLANT
from tanteo.plotting.parallel import Dimension, Lines

# The number of characters in a line of the name of a dimension; longer lines would leave the lines no room.
_NAME_WIDTH = 24


def draw_coordinates(axes: Any, lines: Lines, colours: Any) -> None:
    """Draw a polyline for each trial, the best one last, and a labelled vertical axis for each dimension.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        The axes to draw on.
    lines : Lines
        The trials and the dimensions.
    colours : matplotlib.colors.Colormap
        Colours from worst to best.
    """
    dimensions, corners = lines.dimensions, _corners(lines.dimensions)
    opacity = style.fading(len(corners))
    for kind, chosen in lines.groups:
        if kind == "complete":
            _draw_shaded(axes, corners[chosen], lines.shades[chosen], cmap=colours, linewidths=1.2, alpha=opacity)
        else:
            colour, dashes = style.LINES[kind]
            look: dict[str, Any] = {"linewidths": 2.5, "zorder": 2.5} if kind == "best" else {"alpha": opacity}
            axes.add_collection(_polylines(corners[chosen], color=colour, linestyle=dashes, label=kind, **look))
    _draw_beyond(axes, lines)
    axes.set_xlim(-0.15, len(dimensions) - 0.4)
    axes.set_ylim(min(dimension.low for dimension in dimensions) - 0.03, 1.03)
    for position, dimension in enumerate(dimensions):
        _draw_dimension(axes, position, dimension)
    names = ["\n".join(style.lines_of(printable(dimension.name), _NAME_WIDTH)) for dimension in dimensions]
    _name_dimensions(axes, names)
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _draw_beyond(axes: Any, lines: Lines) -> None:
    """Draw a triangle at each end of the axis of values beyond which values lie."""
    look: dict[str, Any] = {"s": 30, "color": style.SOFT_INK, "clip_on": False, "zorder": 4}
    for n, height, marker in ((lines.n_below, 0.0, "v"), (lines.n_above, 1.0, "^")):
        if n:
            label = {} if marker == "^" and lines.n_below else {"label": lines.note}
            axes.scatter([0.0], [height], marker=marker, **label, **look)


def _name_dimensions(axes: Any, names: Sequence[str]) -> None:
    """Write the names below the dimensions, slanted if two neighbours would overlap."""
    axes.set_xticks(range(len(names)), labels=names)
    low, high = axes.get_xlim()
    room = axes.get_window_extent().width / (high - low)
    widths = [label.get_window_extent().width for label in axes.get_xticklabels()]
    if max(map(sum, pairwise(widths)), default=0.0) > 2.0 * room:
        axes.set_xticks(range(len(names)), labels=names, **SLANT)


def _draw_shaded(axes: Any, corners: Any, shades: Any, **look: Any) -> None:
    """Draw the polylines of complete trials, the best one last."""
    order = shades.argsort(kind="stable")
    drawn = _polylines(corners[order], label="complete", **look)
    drawn.set_array(shades[order])
    drawn.set_clim(0.0, 1.0)
    axes.add_collection(drawn)


def _polylines(corners: Any, **look: Any) -> Any:
    collections = require("matplotlib.collections", extra="plot", needed_by="plot_parallel_coordinate")
    return collections.LineCollection(list(corners), **look)


def _corners(dimensions: Sequence[Dimension]) -> Any:
    """Return the corners of each trial's polyline, shape (trials, dimensions, 2)."""
    import numpy as np

    heights = np.stack([dimension.positions for dimension in dimensions], axis=1)
    positions = np.broadcast_to(np.arange(len(dimensions)), heights.shape)
    return np.stack([positions, heights], axis=2)


def _draw_dimension(axes: Any, position: int, dimension: Dimension) -> None:
    axes.plot([position, position], [dimension.low, 1.0], color=style.SOFT_INK, linewidth=1.0, zorder=3)
    box = {"facecolor": "white", "alpha": 0.9, "edgecolor": "none", "pad": 1.0}
    for height, label in zip(dimension.ticks, dimension.labels, strict=True):
        axes.plot([position, position + 0.02], [height, height], color=style.SOFT_INK, linewidth=1.0, zorder=3)
        axes.text(position + 0.04, height, label, va="center", fontsize=8, color=style.INK, bbox=box, zorder=4)
