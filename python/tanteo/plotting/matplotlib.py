"""The matplotlib backend, for publications and scripts.

Each function draws on ``ax``, or on a new figure of ``matplotlib.pyplot``, and returns the axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

from tanteo._internal.optional import require
from tanteo._internal.text import printable
from tanteo.importance import param_importances
from tanteo.importance.shares import Method
from tanteo.importance.shown import method_text, share_text
from tanteo.plotting import columns, data, parallel, slices, style
from tanteo.plotting._coordinates import draw_coordinates
from tanteo.plotting._fronts import draw_front, draw_surfaces
from tanteo.plotting.attainment import Searches, attainment_surfaces
from tanteo.plotting.columns import Column
from tanteo.plotting.data import Search
from tanteo.plotting.front import FLAT, SPATIAL, Front, pareto_front
from tanteo.plotting.hypervolume import hypervolume_history
from tanteo.plotting.marks import groups
from tanteo.plotting.targets import Target, shared_name
from tanteo.plotting.timeline import timeline
from tanteo.plotting.value_axis import ValueAxis
from tanteo.run.result import n_ended

__all__ = [
    "plot_ablation",
    "plot_contour",
    "plot_edf",
    "plot_empirical_attainment_surface",
    "plot_hypervolume_history",
    "plot_intermediate_values",
    "plot_optimization_history",
    "plot_parallel_coordinate",
    "plot_param_importances",
    "plot_pareto_front",
    "plot_rank",
    "plot_slice",
    "plot_timeline",
]

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tanteo.options import Thresholds


def plot_optimization_history(
    search: Search, *, target: Target | None = None, target_name: str | None = None, ax: Axes | None = None
) -> Axes:
    """Plot the values in the order of the trials, the best value so far, and a tick at the bottom for each failure.

    Infeasible trials are crosses, the best trial is a star, and trials that were stopped early are hollow. Values far
    worse than most are triangles at the edge, so that they do not squash all others.

    Parameters
    ----------
    search : Optimizer or Result
        The search.
    target : str, int or callable, optional
        The value to show: the name or index of an objective, or a function of the trial. Required with several
        objectives.
    target_name : str, optional
        The label of the value axis; by default the name of the objective.
    ax : matplotlib.axes.Axes, optional
        The axes to draw on.
    """
    axes = _axes("plot_optimization_history", ax)
    history = data.optimization_history(search, target, target_name)
    observed = history.complete
    draw_stopped(axes, history.pruned.ids, history.pruned.values.clip(history.axis.low, history.axis.high))
    if len(observed.ids):
        draw_trials(axes, observed.ids, observed, history.axis, opacity=style.fading(len(observed.ids)))
    set_value_axis(axes, history.axis)
    if len(history.best_ids):
        axes.step(*history.best_line, where="post", color=style.BEST, linewidth=2.0, label="best so far")
    draw_failures(axes, history.failed_ids)
    count_in_whole_numbers(axes.xaxis)
    return legend_above(tidy(axes, "Trial", observed.name))


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
            marks = {"s": 24, "alpha": opacity, "color": style.POINT, **_EDGE}
        elif kind == "trial":
            marks = {"s": 24, "alpha": opacity, "c": order[mask], "cmap": _map(), "vmin": 0, "vmax": 1, **_OUTLINE}
        elif kind == "beyond":
            values = [axis.edge] * int(mask.sum())
            marker = style.BEYOND[observed.maximize][0]
            marks = {"s": 30, "marker": marker, "color": style.SOFT_INK, "clip_on": False, "zorder": 4}
        elif kind == "best":
            marks = {"s": 130, "marker": style.SYMBOLS[kind][0], "color": style.BEST, **_EDGE, "zorder": 5}
        else:
            marker = style.SYMBOLS[kind][0]
            marks = {"s": 20, "marker": marker, "color": style.SOFT_INK, "linewidths": 1.0, "zorder": 3}
        if kind != "beyond" and observed.has_sems:
            bars = {"fmt": "none", "ecolor": style.MUTED, "elinewidth": 1.0, "zorder": 2}
            axes.errorbar(x[mask], values, yerr=np.nan_to_num(observed.sems[mask]), **bars)
        axes.scatter(x[mask], values, label=axis.note if kind == "beyond" else kind, **marks)


def set_value_axis(axes: Any, axis: ValueAxis, *, vertical: bool = True) -> None:
    """Set the range and the scale of an axis of values."""
    if axis.log:
        (axes.set_yscale if vertical else axes.set_xscale)("log")
    (axes.set_ylim if vertical else axes.set_xlim)(axis.low, axis.high)


def draw_failures(axes: Any, ids: Any) -> None:
    """Draw a tick at the bottom of the axes for each failed trial."""
    if len(ids):
        bottom = axes.get_xaxis_transform()
        axes.plot(ids, [0.02] * len(ids), "|", color=style.SOFT_INK, markersize=9, transform=bottom, label="failed")


def draw_stopped(axes: Any, x: Any, y: Any) -> None:
    """Draw a hollow point for each trial that was stopped early."""
    if len(x):
        hollow: dict[str, Any] = {"facecolors": "none", "edgecolors": style.SOFT_INK, "clip_on": False}
        axes.scatter(x, y, s=22, label="stopped", **hollow)


def plot_slice(
    search: Search,
    params: Sequence[str] | None = None,
    *,
    target: Target | None = None,
    target_name: str | None = None,
    ax: Sequence[Axes] | None = None,
) -> list[Axes]:
    """Plot the value against each parameter, four panels per row; later trials are darker.

    Behind the trials, a line and a 95 % band show the prediction of a Gaussian process along the parameter, with the
    other parameters as in the recommended trial. The line is dotted where the band is wider than half of the axis. The
    best trial is a star, infeasible trials are crosses, failed trials are ticks at the bottom, and trials that were
    stopped early are hollow. Values far worse than most are triangles at the edge.

    Parameters
    ----------
    params : sequence of str, optional
        Flat names; by default all parameters that were active.
    ax : sequence of Axes, optional
        The axes to draw on, one per parameter.
    search, target, target_name
        As for :func:`plot_optimization_history`.
    """
    panels = slices.slices(search, params, target, target_name)
    axes_list = _panels("plot_slice", len(panels), "\n".join(style.SLICES)) if ax is None else list(ax)
    in_a_row = style.PANELS_IN_A_ROW if ax is None else len(axes_list)
    for number, (axes, panel) in enumerate(zip(axes_list, panels, strict=True)):
        order = panel.observations.ids / max(panel.observations.ids.max(initial=0), 1)
        draw_band(axes, panel)
        draw_stopped(axes, *panel.stopped)
        draw_trials(axes, panel.column.positions, panel.observations, panel.axis, order=order)
        draw_failures(axes, panel.failed)
        set_value_axis(axes, panel.axis)
        draw_axis(axes, panel.column)
        tidy(axes, panel.column.name, "" if number % in_a_row else panel.observations.name)
    if ax is None:
        legend_below(axes_list)
    return axes_list


def legend_below(axes_list: Sequence[Any]) -> None:
    """Draw one legend for all panels of a figure, below them."""
    labels = _labelled(axes_list)
    row: dict[str, Any] = {"ncols": min(len(labels), max(2 * len(axes_list), 2), 8), "frameon": False, "fontsize": 9}
    axes_list[0].figure.legend(labels.values(), labels.keys(), loc="outside lower left", **row)


def _labelled(axes_list: Sequence[Any]) -> dict[str, Any]:
    """Return what is drawn in several panels by its label, each label once."""
    named = [dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True)) for axes in axes_list]
    return {label: handle for handles in named for label, handle in handles.items()}


def draw_band(axes: Any, panel: slices.Slice) -> None:
    """Draw the predicted value along a parameter with its band, or with error bars for choices."""
    band = panel.band
    if band is None:
        return
    if panel.column.labels is not None:
        bars = [band.median - band.low, band.high - band.median]
        look: dict[str, Any] = {"fmt": "_", "color": style.BEST, "elinewidth": 6, "alpha": 0.35}
        axes.errorbar(band.positions, band.median, yerr=bars, label="expected, 95 %", **look)
        return
    line: dict[str, Any] = {"color": style.BEST}
    axes.fill_between(band.positions, band.low, band.high, alpha=0.15, linewidth=0, label="95 %", **line)
    axes.plot(band.positions, band.median, linewidth=1.0, linestyle=":", label="expected, uncertain", **line)
    axes.plot(band.positions, band.certain(panel.axis), linewidth=1.5, label="expected", **line)


def plot_contour(
    search: Search,
    params: Sequence[str] | None = None,
    *,
    target: Target | None = None,
    target_name: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot a smooth surface of the value over two parameters, and the trials; each choice has its own cells.

    Parameters
    ----------
    params : sequence of two str, optional
        Flat names; by default the two most important parameters.
    search, target, target_name, ax
        As for :func:`plot_optimization_history`.
    """
    axes = _axes("plot_contour", ax)
    points = columns.pair(search, params, target, target_name)
    surface = columns.surface(points)
    colours = _map(reverse=not points.maximize)
    filled: Any
    if surface.has_cells:
        filled = axes.pcolormesh(surface.x, surface.y, surface.z, shading="nearest", cmap=colours)
    else:
        filled = axes.contourf(surface.x, surface.y, surface.z, levels=12, cmap=colours)
    axes.figure.colorbar(filled, ax=axes, label=printable(points.name))
    axes.scatter(points.x.positions, points.y.positions, color=style.INK, s=20, label="trial", **_EDGE)
    return draw_pair(axes, points)


def draw_pair(axes: Axes, points: columns.Pair) -> Axes:
    """Draw infeasible, failed, stopped and best trials over two parameters, the axes of both, and a legend."""
    for kind, x, y in points.marked:
        marks: dict[str, Any] = (
            {"s": 130, "color": style.BEST, **_EDGE} if kind == "best" else {"s": 36, "color": style.BEST}
        )
        if kind == "stopped":
            draw_stopped(axes, x, y)
        else:
            axes.scatter(x, y, marker=style.SYMBOLS[kind][0], label=kind, **{**marks, "zorder": 5})
    draw_axis(axes, points.x)
    draw_axis(axes, points.y, vertical=True)
    return legend_above(tidy(axes, points.x.name, points.y.name))


def plot_rank(
    search: Search,
    params: Sequence[str] | None = None,
    *,
    target: Target | None = None,
    target_name: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot two parameters of each trial, coloured by rank; dark is best.

    The arguments are those of :func:`plot_contour`.
    """
    axes = _axes("plot_rank", ax)
    points = columns.pair(search, params, target, target_name)
    x, y = points.x.positions, points.y.positions
    colours: dict[str, Any] = {"c": points.ranks, "vmin": 0.0, "vmax": 1.0, "cmap": _map(reverse=True)}
    drawn = axes.scatter(x, y, s=36, label="trial", **colours, **_OUTLINE)
    bar = axes.figure.colorbar(drawn, ax=axes, label="rank")
    bar.set_ticks([0.0, 0.5, 1.0], labels=["best", "median", "worst"])
    return draw_pair(axes, points)


def plot_parallel_coordinate(
    search: Search,
    params: Sequence[str] | None = None,
    *,
    target: Target | None = None,
    target_name: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot a line for each trial through its value and its parameters; dark is good, and the best trial is red.

    Infeasible, failed and stopped trials are dashed or dotted, and an axis says how each trial ended. An inactive
    parameter, or a missing value, is drawn below the start of its axis. The arguments are those of :func:`plot_slice`,
    with a single ``ax``.
    """
    lines = parallel.parallel_coordinates(search, params, target, target_name)
    width = max(6.4, 1.5 * len(lines.dimensions))
    axes = _axes("plot_parallel_coordinate", ax, figsize=(width, 4.8))
    draw_coordinates(axes, lines, _map())
    return legend_above(axes)


def plot_param_importances(
    search: Search,
    *,
    method: Method = "ped-anova",
    objective: int | str = 0,
    quantile: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot the importance of each parameter; see :func:`tanteo.importance.param_importances`."""
    axes = _axes("plot_param_importances", ax)
    shares = param_importances(search, method=method, objective=objective, quantile=quantile)
    n = n_ended(search)
    draw_bars(axes, shares, n)
    return tidy(axes, f"Share of importance ({method_text(n, method, quantile)})", "")


def draw_bars(axes: Any, shares: dict[str, float], n_trials: int) -> None:
    """Draw horizontal bars from top to bottom, each with its number."""
    bars = axes.barh(list(map(printable, shares)), list(shares.values()), color=style.POINT, height=0.65)
    labels = [share_text(share, n_trials) for share in shares.values()]
    axes.bar_label(bars, labels=labels, padding=3, color=style.SOFT_INK, fontsize=9)
    axes.invert_yaxis()
    axes.margins(x=0.12)


def plot_ablation(
    search: Search, start: Any = None, end: Any = None, *, objective: int | str = 0, ax: Axes | None = None
) -> Axes:
    """Plot the predicted values along an ablation path: one configuration is changed into another, step by step.

    The path and the arguments are those of :func:`tanteo.importance.ablation`: by default from the defaults of the
    space to the best trial.
    """
    axes = _axes("plot_ablation", ax)
    path = data.ablation_path(search, start, end, objective)
    steps = list(range(len(path.values)))
    axes.plot(steps, path.values, "o-", color=style.BEST, linewidth=2.0)
    slant: dict[str, Any] = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}
    axes.set_xticks(steps, labels=[printable(label) for label in path.labels], **slant)
    return tidy(axes, "Changed", f"Predicted {path.name}")


def plot_timeline(search: Search, *, ax: Axes | None = None) -> Axes:
    """Plot when each trial ran, in the lane of its worker, in seconds since the first start.

    A study and ``minimize`` record the times. A process that runs several trials at once has several lanes.
    """
    axes = _axes("plot_timeline", ax)
    drawn = timeline(search)
    starts, lengths = drawn.spans
    for kind, mask in drawn.groups:
        rows = [lane for lane, is_own in zip(drawn.lanes, mask, strict=True) if is_own]
        axes.barh(rows, lengths[mask], left=starts[mask], height=0.7, color=style.ENDED[kind], label=kind)
    count_in_whole_numbers(axes.yaxis)
    x = f"Seconds (workers idle {100 * drawn.idle:.0f} % of the time)"
    return legend_above(tidy(axes, x, "Worker"))


def plot_hypervolume_history(
    search: Search, *, reference_point: Thresholds | None = None, ax: Axes | None = None
) -> Axes:
    """Plot how much the front of two or three objectives dominates, by trial.

    The hypervolume is measured from a reference point, which the title tells. It is drawn as a share of the box between
    this point and the best values.

    Parameters
    ----------
    reference_point : sequence or mapping, optional
        A value for each objective. By default it is the thresholds of the search; where there is none, it lies a tenth
        of the front's range beyond the worst value on the front.
    search, ax
        As for :func:`plot_optimization_history`.
    """
    axes = _axes("plot_hypervolume_history", ax)
    history = hypervolume_history(search, reference_point)
    axes.step(*history.line, where="post", color=style.BEST, linewidth=2.0)
    count_in_whole_numbers(axes.xaxis)
    return tidy(axes, "Trial", "Dominated share", title=f"Reference point: {history.reference_text}")


def plot_empirical_attainment_surface(
    searches: Searches,
    attainment_ratios: Sequence[float] = (0.25, 0.5, 0.75),
    *,
    target_names: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot what shares of several searches attain, such as the same search with other seeds; for two objectives.

    A search attains a point if one of its feasible trials is at least as good in both objectives. The name is that of
    a package of OptunaHub.

    Parameters
    ----------
    searches : sequence or mapping
        The searches, or a list of searches for each of several methods by their names.
    attainment_ratios : sequence of float
        The shares; the middle one is drawn strong.
    target_names : sequence of str, optional
        Labels of the axes.
    ax
        As for :func:`plot_optimization_history`.
    """
    axes = _axes("plot_empirical_attainment_surface", ax)
    found = attainment_surfaces(searches, attainment_ratios, target_names)
    for surfaces, colour in zip(found, cycle(style.CYCLE), strict=False):
        draw_surfaces(axes, surfaces, colour)
    return tidy(axes, *found[0].names, legend=True)


def plot_edf(
    search: Search | Sequence[Search],
    *,
    target: Target | None = None,
    target_name: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot the share of trials up to each value, for one or several searches."""
    axes = _axes("plot_edf", ax)
    distributions = data.edf(search, target, target_name)
    for distribution, colour in zip(distributions, cycle(style.CYCLE), strict=False):
        axes.step(distribution.values, distribution.shares, where="post", color=colour, label=distribution.name)
    name = shared_name([distribution.of for distribution in distributions])
    return tidy(axes, name, "Share of trials", legend=len(distributions) > 1)


def plot_pareto_front(
    search: Search, *, target_names: Sequence[str] | None = None, ax: Axes | Sequence[Axes] | None = None
) -> Axes | Any:
    """Plot the values of a search with several objectives, the Pareto front, its knee, and the thresholds.

    Three objectives are drawn in space, and more as a panel for each pair. A star marks the knee, if there is one (see
    :attr:`tanteo.trials.front.ParetoFront.knee`). Dashed lines are the thresholds of the search, unless they lie far
    from all values. If an objective is noisy, the front has its estimates (:meth:`tanteo.Optimizer.front`). Bars are
    standard errors: of the estimates, and of the values that were told with them.

    Parameters
    ----------
    target_names : sequence of str, optional
        Labels of the axes.
    ax : Axes, or a sequence of them, optional
        The axes to draw on, with ``projection="3d"`` for three objectives; for more, one for each pair: the first and
        second objective, the first and third, and so on.
    search
        As for :func:`plot_optimization_history`.

    Returns
    -------
    matplotlib.axes.Axes or list of them
        A list beyond three objectives.
    """
    front = pareto_front(search, target_names)
    if len(front.names) > SPATIAL:
        return _matrix(front, ax)
    given: Any = ax  # a single one for up to three objectives
    axes: Any = _axes("plot_pareto_front", given, projection="3d" if len(front.names) == SPATIAL else None)
    _draw_pair_of_objectives(axes, front)
    if len(front.names) == SPATIAL:
        axes.set_zlabel(printable(front.names[2]))
    return legend_above(tidy(axes, front.names[0], front.names[1]))


def _draw_pair_of_objectives(axes: Any, front: Front) -> None:
    draw_front(axes, front)
    if len(front.names) == FLAT:
        set_value_axis(axes, front.axes[0], vertical=False)
        set_value_axis(axes, front.axes[1])


def _matrix(front: Front, given: Any) -> list[Axes]:
    """Draw a panel for each pair of objectives, below the diagonal of a square."""
    panels: list[Any] = _triangle(len(front.names) - 1) if given is None else list(given)
    for axes, (first, second) in zip(panels, front.places, strict=True):
        _draw_pair_of_objectives(axes, front.of(first, second))
        is_labelled = given is not None
        x = front.names[first] if is_labelled or second == len(front.names) - 1 else ""
        tidy(axes, x, front.names[second] if is_labelled or first == 0 else "")
    if given is None:
        labels = _labelled(panels)
        panels[0].figure.legend(labels.values(), labels.keys(), loc="upper right", frameon=False, fontsize=9)
    return panels


def _triangle(n: int) -> list[Any]:
    """Return the axes of the lower triangle of a square of panels, column by column."""
    pyplot = require("matplotlib.pyplot", extra="plot", needed_by="plot_pareto_front")
    figure = pyplot.figure(figsize=(2.4 * n + 0.6, 2.2 * n + 0.8), layout="constrained")
    square = figure.subplots(n, n, sharex="col", sharey="row", squeeze=False)
    for row in range(n):
        for unused in square[row, row + 1 :]:
            unused.remove()
    return [square[row, column] for column in range(n) for row in range(column, n)]


def plot_intermediate_values(search: Search, *, ax: Axes | None = None) -> Axes:
    """Plot the reported values of trials by step: pruned and failed trials are grey, and the best one is strong."""
    axes = _axes("plot_intermediate_values", ax)
    curves, best = data.intermediate_values(search), data.best_id(search)
    strong: dict[str, Any] = {"color": style.BEST, "linewidth": 2.5, "zorder": 4, "label": "best"}
    looks: dict[bool, dict[str, Any]] = {
        True: {"color": style.POINT, "linewidth": 1.5, "zorder": 3, "label": "complete"},
        False: {"color": style.MUTED, "linewidth": 1.0, "zorder": 2, "label": "ended early"},
    }
    for curve in curves:
        look = strong if curve.id == best else looks[curve.state == "complete"]
        axes.plot(curve.steps, curve.values, marker="o", markersize=3, **look)
    count_in_whole_numbers(axes.xaxis)
    return tidy(axes, *data.curve_axes(curves), legend=True)


# Largest numbers of labels of choices on a horizontal and a vertical axis.
_LABELS_ACROSS, _LABELS_UP = 10, 20
_EDGE: dict[str, Any] = {"edgecolors": "white", "linewidths": 0.4, "zorder": 3}
# For points coloured by value, so that the lightest ones stay visible.
_OUTLINE: dict[str, Any] = {"edgecolors": style.SOFT_INK, "linewidths": 0.4, "zorder": 3}


def _axes(
    needed_by: str, ax: Axes | None, projection: str | None = None, figsize: tuple[float, float] | None = None
) -> Axes:
    """Return the given axes, or those of a new figure."""
    if ax is not None:
        return ax
    pyplot = require("matplotlib.pyplot", extra="plot", needed_by=needed_by)
    axes: Axes = pyplot.figure(figsize=figsize, layout="constrained").add_subplot(projection=projection)
    return axes


def _panels(needed_by: str, n: int, title: str) -> list[Any]:
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


def count_in_whole_numbers(axis: Any) -> None:
    """Put ticks at whole numbers only."""
    ticker = require("matplotlib.ticker", extra="plot", needed_by="tanteo.plotting.matplotlib")
    axis.set_major_locator(ticker.MaxNLocator(nbins=6, integer=True, min_n_ticks=1))


def draw_axis(axes: Any, axis: Column, *, vertical: bool = False) -> None:
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
        # Slanted labels end at their tick.
        slant: dict[str, Any] = {} if fits else {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}
        target_axis.set_ticks(ticks, labels=labels, **slant)
        margin = 0.5
        (axes.set_ylim if vertical else axes.set_xlim)(axis.low - margin, axis.high + margin)


def tidy(axes: Axes, x: str, y: str, *, legend: bool = False, title: str = "") -> Axes:
    """Set the labels, draw a light grid behind the data, and remove the top and right frame.

    No font has control characters, and the warning of matplotlib would write them to the terminal.
    """
    axes.set_xlabel(printable(x))
    axes.set_ylabel(printable(y))
    axes.set_title(title, loc="left", fontsize=11)
    axes.grid(visible=True, **style.GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if legend:
        handles = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
        axes.legend(handles.values(), handles.keys(), frameon=False, fontsize=9)
    return axes


def legend_above(axes: Axes) -> Axes:
    """Draw a legend above the axes, where it covers no points, with at most four entries in a row."""
    _, labels = axes.get_legend_handles_labels()
    row: dict[str, Any] = {"ncols": min(len(labels), 4), "columnspacing": 1.0}
    near: dict[str, Any] = {"handletextpad": 0.4, "borderaxespad": 0.0, "bbox_to_anchor": (0.0, 1.01)}
    axes.legend(loc="lower left", frameon=False, fontsize=9, **near, **row)
    return axes


def _map(*, reverse: bool = False) -> Any:
    colors = require("matplotlib.colors", extra="plot", needed_by="tanteo.plotting.matplotlib")
    names = list(reversed(style.SCALE)) if reverse else list(style.SCALE)
    return colors.LinearSegmentedColormap.from_list("tanteo", names)
