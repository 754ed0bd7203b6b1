"""Parallel coordinates with matplotlib, which has no such figure of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tanteo._internal.optional import require
from tanteo.plotting import style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tanteo.plotting.data import Told
    from tanteo.plotting.parallel import Dimension


def draw_coordinates(axes: Any, found: Told, dimensions: Sequence[Dimension], colours: Any) -> None:
    """A polyline for each trial, the best drawn last, and a labelled vertical axis for each dimension.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    found, dimensions
        As :func:`tanteo.plotting.parallel.parallel_coordinates` returns them.
    colours : matplotlib.colors.Colormap
        From worst to best.
    """
    import numpy as np

    collections = require("matplotlib.collections", extra="plot", needed_by="plot_parallel_coordinate")
    order = np.argsort(-found.badness, kind="stable")
    lines = _lines(dimensions)
    drawn = collections.LineCollection(list(lines[order]), cmap=colours, linewidths=1.2, alpha=style.fading(len(order)))
    drawn.set_array(-found.badness[order])
    axes.add_collection(drawn)
    axes.set_xlim(-0.15, len(dimensions) - 0.4)
    axes.set_ylim(min(dimension.low for dimension in dimensions) - 0.03, 1.03)
    for place, dimension in enumerate(dimensions):
        _draw_dimension(axes, place, dimension)
    axes.set_xticks(range(len(dimensions)), labels=[dimension.name for dimension in dimensions])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _lines(dimensions: Sequence[Dimension]) -> Any:
    """The corners of each trial's polyline, shape (trials, dimensions, 2)."""
    import numpy as np

    heights = np.stack([dimension.places for dimension in dimensions], axis=1)
    places = np.broadcast_to(np.arange(len(dimensions)), heights.shape)
    return np.stack([places, heights], axis=2)


def _draw_dimension(axes: Any, place: int, dimension: Dimension) -> None:
    axes.plot([place, place], [dimension.low, 1.0], color=style.SOFT_INK, linewidth=1.0, zorder=3)
    behind = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.5}
    labelled = [*zip(dimension.ticks, dimension.labels, strict=True)]
    if dimension.low < 0.0:
        labelled.append((dimension.low, "(absent)"))
    for height, label in labelled:
        axes.plot([place, place + 0.02], [height, height], color=style.SOFT_INK, linewidth=1.0, zorder=3)
        axes.text(place + 0.04, height, label, va="center", fontsize=8, color=style.INK, bbox=behind, zorder=4)
