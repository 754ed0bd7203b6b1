"""The matplotlib backend, for publications and scripts.

Each function draws on ``ax``, or on a new figure of ``matplotlib.pyplot``, and returns the axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from tanteo._internal.text import printable
from tanteo.importance.shares import Method, for_objective, method_text, n_results
from tanteo.plotting import data, parallel, parameter_axes, slices, style
from tanteo.plotting._axes import (
    SLANT,
    colour_map,
    count_in_whole_numbers,
    draw_axis,
    given_panels,
    legend_above,
    legend_below,
    own_axes,
    own_panels,
    set_label,
    set_value_axis,
    tidy,
)
from tanteo.plotting._coordinates import draw_coordinates
from tanteo.plotting._fronts import draw_front, draw_matrix, draw_surfaces
from tanteo.plotting._trials import (
    EDGE,
    OUTLINE,
    draw_band,
    draw_bars,
    draw_failures,
    draw_infinite,
    draw_pair,
    draw_stopped,
    draw_trials,
)
from tanteo.plotting.attainment import Searches, attainment_surfaces
from tanteo.plotting.data import NamedSearches, Search
from tanteo.plotting.front import SPATIAL, pareto_front
from tanteo.plotting.hypervolume import hypervolume_history
from tanteo.plotting.surface import surface_over
from tanteo.plotting.targets import Function, shared_name, target_of
from tanteo.plotting.timeline import timeline

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
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from tanteo.options import Thresholds

    # The axes of several panels; a single panel takes one.
    AnyAxes: TypeAlias = Axes | Sequence[Axes] | npt.NDArray[Any]


def plot_optimization_history(
    search: Search,
    *,
    objective: int | str | None = None,
    target: Function | None = None,
    target_name: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot the values in the order of the trials, the best value so far, and a tick at the bottom for each failure.

    Infeasible trials are crosses, the best trial is a star, and trials that were stopped early are hollow. Values far
    worse than most are triangles at the edge, so that they do not squash all others. So are the last reports of stopped
    trials that lie beyond the axis. Infinite values have a mark at the edge.

    Parameters
    ----------
    search : Optimizer or Result
        The search.
    objective : int or str, optional
        The index (from 0) or name of the objective to show. With several objectives, it or ``target`` is required.
    target : callable, optional
        A function of the trial, whose value is shown in place of an objective.
    target_name : str, optional
        The label of the value axis; by default the name of the objective.
    ax : matplotlib.axes.Axes, optional
        The axes to draw on.
    """
    history = data.optimization_history(search, target_of(objective, target), target_name)
    axes = own_axes("plot_optimization_history", ax)
    observed = history.complete
    draw_stopped(axes, history.pruned.ids, history.pruned.values, history.axis)
    if len(observed.ids):
        draw_trials(axes, observed.ids, observed, history.axis, opacity=style.fading(len(observed.ids)))
    set_value_axis(axes, history.axis)
    if len(history.best_ids):
        axes.step(*history.best_line, where="post", color=style.BEST, linewidth=2.0, label="best so far")
    draw_failures(axes, history.failed_ids)
    draw_infinite(axes, history.infinite.ids, history.infinite.values, history.axis)
    count_in_whole_numbers(axes.xaxis)
    return legend_above(tidy(axes, "Trial", observed.name))


def plot_slice(
    search: Search,
    params: Sequence[str] | None = None,
    *,
    objective: int | str | None = None,
    target: Function | None = None,
    target_name: str | None = None,
    ax: AnyAxes | None = None,
) -> list[Axes]:
    """Plot the value against each parameter, four panels per row; later trials are darker.

    Behind the trials, a line and a 95 % band show the prediction of a Gaussian process along the parameter, with the
    other parameters as in the recommended trial; with several objectives, as in the trial with the best value of the
    one that is shown. The line is dotted where the band is wider than half of the axis. There is no prediction of a
    function ``target``. The best trial is a star, infeasible trials are crosses, failed trials are ticks at the bottom,
    and trials that were stopped early are hollow. Values beyond the axis are triangles at its edge, and infinite
    ones have a mark there.

    Parameters
    ----------
    params : sequence of str, optional
        Flat names; by default the parameters that were active, of many the ten most important ones.
    ax : sequence or array of Axes, optional
        The axes to draw on, one per parameter, such as ``pyplot.subplots(1, 3)[1]`` for three.
    search, objective, target, target_name
        As for :func:`plot_optimization_history`.
    """
    panels = slices.slices(search, params, target_of(objective, target), target_name)
    n = len(panels)
    if ax is None:
        title = "\n".join(slices.title(panels, search, params))
        axes_list, in_a_row = own_panels("plot_slice", n, title), style.PANELS_IN_A_ROW
    else:
        axes_list, in_a_row = given_panels("plot_slice", ax, n), n
    for number, (axes, panel) in enumerate(zip(axes_list, panels, strict=True)):
        order = panel.observations.ids / max(panel.observations.ids.max(initial=0), 1)
        draw_band(axes, panel)
        at, last = panel.stopped
        draw_stopped(axes, at, last, panel.axis)
        draw_trials(axes, panel.parameter_axis.positions, panel.observations, panel.axis, order=order)
        draw_failures(axes, panel.failed)
        at, values = panel.infinite
        draw_infinite(axes, at, values, panel.axis)
        set_value_axis(axes, panel.axis)
        draw_axis(axes, panel.parameter_axis)
        tidy(axes, panel.parameter_axis.name, "" if number % in_a_row else panel.observations.name)
    if ax is None:
        legend_below(axes_list)
    return axes_list


def plot_contour(
    search: Search,
    params: Sequence[str] | None = None,
    *,
    objective: int | str | None = None,
    target: Function | None = None,
    target_name: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot a smooth surface of the value over two parameters, and the trials; each choice has its own cells.

    What known constraints forbid is blank, and so is what is far from all trials. Values far worse than most have the
    last colour; the title of the colours says how many there are. Trials that were stopped early count with their last
    values.

    Parameters
    ----------
    params : sequence of two str, optional
        Flat names; by default the two most important parameters.
    search, objective, target, target_name, ax
        As for :func:`plot_optimization_history`.
    """
    points = parameter_axes.pair(search, params, target_of(objective, target), target_name)
    surface = surface_over(points)
    axes = own_axes("plot_contour", ax)
    colours = colour_map(reverse=not points.observed.maximize)
    filled: Any
    if surface.has_cells:
        filled = axes.pcolormesh(surface.x, surface.y, surface.z, shading="nearest", cmap=colours)
    else:
        filled = axes.contourf(surface.x, surface.y, surface.z, levels=12, cmap=colours)
    bar = axes.figure.colorbar(filled, ax=axes)
    set_label(bar.ax.yaxis, points.axis.label(points.observed.name))
    if surface.ticks is not None:
        heights, labels = zip(*surface.ticks, strict=True)
        bar.set_ticks(heights, labels=labels)
    axes.scatter(points.x.positions, points.y.positions, color=style.INK, s=20, label="trial", **EDGE)
    return draw_pair(axes, points)


def plot_rank(
    search: Search,
    params: Sequence[str] | None = None,
    *,
    objective: int | str | None = None,
    target: Function | None = None,
    target_name: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot two parameters of each trial, coloured by rank; dark is best.

    The arguments are those of :func:`plot_contour`.
    """
    points = parameter_axes.pair(search, params, target_of(objective, target), target_name)
    axes = own_axes("plot_rank", ax)
    x, y = points.x.positions, points.y.positions
    colours: dict[str, Any] = {"c": points.ranks, "vmin": 0.0, "vmax": 1.0, "cmap": colour_map(reverse=True)}
    drawn = axes.scatter(x, y, s=36, label="trial", **colours, **OUTLINE)
    bar = axes.figure.colorbar(drawn, ax=axes)
    set_label(bar.ax.yaxis, points.rank_name)
    bar.set_ticks([0.0, 0.5, 1.0], labels=["best", "median", "worst"])
    return draw_pair(axes, points)


def plot_parallel_coordinate(
    search: Search,
    params: Sequence[str] | None = None,
    *,
    objective: int | str | None = None,
    target: Function | None = None,
    target_name: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot a line for each trial through its value and its parameters; dark is good, and the best trial is red.

    Infeasible, failed and stopped trials are dashed or dotted, and an axis says how each trial ended. An inactive
    parameter, or a missing value, is drawn below the start of its axis. Values beyond their axis are at its end, whose
    label and a triangle say so. The arguments are those of :func:`plot_slice`, with a single ``ax``.
    """
    lines = parallel.parallel_coordinates(search, params, target_of(objective, target), target_name)
    width = max(6.4, 1.5 * len(lines.dimensions))
    axes = own_axes("plot_parallel_coordinate", ax, figsize=(width, 4.8))
    draw_coordinates(axes, lines, colour_map())
    set_label(axes.xaxis, lines.left_out)
    return legend_above(axes)


def plot_param_importances(
    search: Search,
    *,
    method: Method = "ped-anova",
    objective: int | str | None = None,
    quantile: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot the importance of each parameter; see :func:`tanteo.importance.param_importances`."""
    shares, errors = data.importances(search, method, objective, quantile)
    axes = own_axes("plot_param_importances", ax)
    draw_bars(axes, shares, errors)
    figure: Any = axes.figure
    if ax is None:  # long names narrow the axes, which say where their label is broken
        figure.draw_without_rendering()
    name = f"Share of importance{for_objective(search, objective)}"
    return tidy(axes, f"{name} ({method_text(n_results(search), method, quantile)})", "")


def plot_ablation(
    search: Search, start: Any = None, end: Any = None, *, objective: int | str | None = None, ax: Axes | None = None
) -> Axes:
    """Plot the predicted values along an ablation path: one configuration is changed into another, step by step.

    The path and the arguments are those of :func:`tanteo.importance.ablation`: by default from the defaults of the
    space to the recommended trial. A change within twice its standard error, which is a bar, may be none.
    """
    path = data.ablation_path(search, start, end, objective)
    axes = own_axes("plot_ablation", ax)
    steps = list(range(len(path.values)))
    axes.plot(steps, path.values, "o-", color=style.BEST, linewidth=2.0)
    if any(path.errors):
        axes.errorbar(steps, path.values, yerr=path.errors, fmt="none", ecolor=style.BEST, alpha=0.5)
    axes.set_xticks(steps, labels=[printable(label) for label in path.labels], **SLANT)
    return tidy(axes, path.changed, path.predicted)


def plot_timeline(search: Search, *, ax: Axes | None = None) -> Axes:
    """Plot when each trial ran, in the lane of its worker, in seconds since the first start.

    A study and ``minimize`` record the times. A process that runs several trials at once has several lanes. The pauses
    between the runs of a study are left out. Trials that were asked for and told without ``minimize`` have no workers,
    and are drawn from ask to tell. Very short trials are drawn wide enough to be seen.
    """
    drawn = timeline(search)
    axes = own_axes("plot_timeline", ax)
    starts, lengths = drawn.bars
    for kind, mask in drawn.groups:
        rows = [lane for lane, is_own in zip(drawn.lanes, mask, strict=True) if is_own]
        axes.barh(rows, lengths[mask], left=starts[mask], height=0.7, color=style.ENDED[kind], label=kind)
    count_in_whole_numbers(axes.yaxis)
    return legend_above(tidy(axes, drawn.with_idle_time("Seconds"), drawn.lane_name))


def plot_hypervolume_history(
    search: Search, reference_point: Thresholds | None = None, *, ax: Axes | None = None
) -> Axes:
    """Plot how much the front of several objectives dominates, by trial.

    The hypervolume is measured from a reference point, which the title shows. It is drawn as a share of the box between
    this point and the best values. It is exact. If results are noisy, the values are the estimates of
    ``search.front()``. The gallery of the documentation says, under "Hypervolume", how long a front may be.

    Parameters
    ----------
    reference_point : sequence or mapping, optional
        A value for each objective. By default it is the thresholds of the search; where there is none, or as long as
        no trial is better than all of them, it lies a tenth of the front's range beyond the worst value on the front.
    search, ax
        As for :func:`plot_optimization_history`.
    """
    history = hypervolume_history(search, reference_point)
    axes = own_axes("plot_hypervolume_history", ax)
    axes.step(*history.line, where="post", color=style.BEST, linewidth=2.0)
    count_in_whole_numbers(axes.xaxis)
    return tidy(axes, "Trial", "Dominated share", title="\n".join(history.title("Reference point: {}")))


def plot_empirical_attainment_surface(
    searches: Searches,
    attainment_ratios: Sequence[float] = (0.25, 0.5, 0.75),
    *,
    target_names: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot the attainment surfaces of several searches, such as one search with several seeds; for two objectives.

    A search attains a point if one of its feasible trials is at least as good in both objectives. The name is that of
    a package of OptunaHub.

    Parameters
    ----------
    searches : sequence or mapping
        The searches, or a list of searches for each of several methods by their names. Each method has a colour and a
        dash of its own.
    attainment_ratios : sequence of float
        The shares; the middle one is drawn strong.
    target_names : sequence of str, optional
        Labels of the axes.
    ax
        As for :func:`plot_optimization_history`.
    """
    found = attainment_surfaces(searches, attainment_ratios, target_names)
    axes = own_axes("plot_empirical_attainment_surface", ax)
    for surfaces, (colour, (dash, _)) in zip(found, style.lines(), strict=False):
        draw_surfaces(axes, surfaces, colour, dash)
    return tidy(axes, *found[0].names, legend=True)


def plot_edf(
    search: NamedSearches,
    *,
    objective: int | str | None = None,
    target: Function | None = None,
    target_name: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot the share of trials up to each value, for one or several searches.

    The trials are the complete ones. An infeasible one counts as worse than every value: the curve of an objective that
    is minimized ends at the share of feasible trials, and that of one that is maximized begins above the share of
    infeasible trials. Values far worse than most are beyond the axis, and its title says how many there are.

    Parameters
    ----------
    search : Optimizer or Result, or a sequence or mapping of them
        The searches; the legend has the names of a mapping, else their numbers.
    objective, target, target_name, ax
        As for :func:`plot_optimization_history`.
    """
    distributions = data.edf(search, target_of(objective, target), target_name)
    axes = own_axes("plot_edf", ax)
    for distribution, (colour, (dash, _)) in zip(distributions, style.lines(), strict=False):
        look: dict[str, Any] = {"where": "post", "color": colour, "linestyle": dash}
        axes.step(distribution.values, distribution.shares, label=printable(distribution.name), **look)
    axis = data.distribution_axis(distributions)
    set_value_axis(axes, axis, vertical=False)
    name = axis.label(shared_name([distribution.of for distribution in distributions]))
    return tidy(axes, name, "Share of trials", legend=len(distributions) > 1)


def plot_pareto_front(
    search: Search, *, target_names: Sequence[str] | None = None, ax: AnyAxes | None = None
) -> Axes | Any:
    """Plot the values of a search with several objectives, the Pareto front, its knee, and the thresholds.

    Three objectives are drawn in space, and more as a panel for each pair. A star marks the knee, if there is one (see
    :attr:`tanteo.trials.front.ParetoFront.knee`). Dashed lines are the thresholds of the search, unless they lie far
    from all values, and a ring marks the trial that they choose (:meth:`tanteo.Optimizer.recommend`).

    If an objective is noisy, the front has its estimates (:meth:`tanteo.Optimizer.front`). Bars are standard errors, of
    estimates and of values that were told with one. The axes hold the whole front, and reach about two of its
    ranges beyond it. Infeasible trials are crosses. Trials beyond an axis lie at its edge, feasible ones as triangles,
    infeasible ones as upright crosses.

    Parameters
    ----------
    target_names : sequence of str, optional
        Labels of the axes.
    ax : Axes, or a sequence or array of them, optional
        The axes to draw on, with ``projection="3d"`` for three objectives; for more, one for each pair: the first and
        second objective, the first and third, and so on (``pyplot.subplots(1, 6)[1]`` for four objectives).
    search
        As for :func:`plot_optimization_history`.

    Returns
    -------
    matplotlib.axes.Axes or list of them
        A list beyond three objectives.
    """
    front = pareto_front(search, target_names)
    if len(front.names) > SPATIAL:
        return draw_matrix(front, ax)
    given: Any = ax  # a single one for up to three objectives
    axes: Any = own_axes("plot_pareto_front", given, projection="3d" if len(front.names) == SPATIAL else None)
    draw_front(axes, front)
    if len(front.names) == SPATIAL:
        axes.set_zlabel(printable(front.names[2]))
    return legend_above(tidy(axes, front.names[0], front.names[1]))


def plot_intermediate_values(search: Search, *, ax: Axes | None = None) -> Axes:
    """Plot the reported values of trials by step: pruned and failed trials are grey, and the best one is strong.

    The axis ends where curves that are far worse than most leave it; its title says how many values are beyond.
    """
    curves, best = data.intermediate_values(search), data.best_id(search)
    axes = own_axes("plot_intermediate_values", ax)
    strong: dict[str, Any] = {"color": style.BEST, "linewidth": 2.5, "zorder": 4, "label": "best"}
    looks: dict[bool, dict[str, Any]] = {
        True: {"color": style.POINT, "linewidth": 1.5, "zorder": 3, "label": "complete"},
        False: {"color": style.MUTED, "linewidth": 1.0, "zorder": 2, "label": "ended early"},
    }
    for curve in curves:
        look = strong if curve.id == best else looks[curve.state == "complete"]
        axes.plot(curve.steps, curve.values, marker="o", markersize=3, **look)
    count_in_whole_numbers(axes.xaxis)
    axis, (x, y) = data.curve_values(search, curves), data.curve_axes(curves)
    set_value_axis(axes, axis)
    return tidy(axes, x, axis.label(y), legend=True)
