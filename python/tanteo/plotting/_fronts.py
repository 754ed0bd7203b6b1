"""Fronts, their thresholds and attainment surfaces with matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tanteo._internal.text import printable
from tanteo.plotting import style
from tanteo.plotting._axes import given_panels, labelled, set_value_axis, tidy, triangle
from tanteo.plotting.attainment import Surfaces
from tanteo.plotting.front import FLAT, SPATIAL, DrawnGroup, Front

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_front(axes: Any, front: Front) -> None:
    """Draw a front over two or three objectives, with known errors, and the thresholds; two axes get scales."""
    import numpy as np

    if len(front.names) == SPATIAL:
        axes.computed_zorder = False  # by which nearer trials would cover the knee
    for group in front.groups:
        places, errors = front.drawn[group.mask].T, front.errors[group.mask].T
        if group.has_errors and errors.any():
            bars = dict(zip(("xerr", "yerr", "zerr"), np.nan_to_num(errors), strict=False))
            look: dict[str, Any] = {"fmt": "none", "ecolor": group.colour, "elinewidth": 0.8, "alpha": 0.6, "zorder": 2}
            axes.errorbar(*places, **bars, **look)
        axes.scatter(*places, label=front.label(group), clip_on=False, **_look(group))
    _draw_limits(axes, front)
    if len(front.names) == FLAT:
        set_value_axis(axes, front.axes[0], vertical=False)
        set_value_axis(axes, front.axes[1])


def _look(group: DrawnGroup) -> dict[str, Any]:
    (symbol, in_plotly), stands_out = style.SYMBOLS[group.name], group.name in style.STANDING_OUT
    look: dict[str, Any] = {"marker": symbol, "s": style.STANDING_OUT.get(group.name, style.USUAL)[0]}
    look |= {"zorder": 5 if stands_out else 3}
    if in_plotly == "circle-open":
        return {**look, "facecolors": "none", "edgecolors": group.colour, "linewidths": 1.8}
    edge: dict[str, Any] = {} if symbol in "x+" else {"edgecolors": "white", "linewidths": 0.4}  # those have only lines
    return {**look, "color": group.colour, **edge}


def _draw_limits(axes: Any, front: Front) -> None:
    line: dict[str, Any] = {"color": style.LIMIT, "linestyle": "--", "linewidth": 1.2, "zorder": 1}
    if len(front.names) == SPATIAL:
        for k, edge in enumerate(front.corner):
            axes.plot(*edge, label=None if k else "thresholds", **line)
        return
    for limit in front.limits:
        (axes.axhline if limit.objective else axes.axvline)(limit.value, label=printable(limit.text), **line)


def draw_surfaces(axes: Any, surfaces: Surfaces, colour: str, dash: Any) -> None:
    """Draw the attainment surfaces of a method: the middle one strong, and a band between the first and the last."""
    look: dict[str, Any] = {"where": "post", "color": colour, "linestyle": dash}
    step: dict[str, Any] = {"step": "post", "color": colour, "alpha": 0.15, "linewidth": 0}
    axes.fill_between(surfaces.x, *surfaces.band, **step)
    for k, (label, y) in enumerate(zip(surfaces.labels, surfaces.y, strict=True)):
        width = 2.2 if k == surfaces.middle else 1.0
        axes.step(surfaces.x, y, label=printable(label), linewidth=width, **look)


def draw_matrix(front: Front, given: Any) -> list[Axes]:
    """Draw a panel for each pair of objectives, below the diagonal of a square."""
    places = front.places
    panels = triangle(len(front.names) - 1) if given is None else given_panels("plot_pareto_front", given, len(places))
    for axes, (first, second) in zip(panels, places, strict=True):
        draw_front(axes, front.of(first, second))
        is_labelled = given is not None
        x = front.names[first] if is_labelled or second == len(front.names) - 1 else ""
        tidy(axes, x, front.names[second] if is_labelled or first == 0 else "")
    if given is None:
        labels = labelled(panels)
        panels[0].figure.legend(labels.values(), labels.keys(), loc="upper right", frameon=False, fontsize=9)
    return panels
