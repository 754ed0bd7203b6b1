"""The plotly backend; names and main arguments are those of ``optuna.visualization``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from tanteo._internal.optional import require
from tanteo._internal.text import safe_repr, show_value
from tanteo.importance.shares import Method, for_objective, method_text, n_results, share_text
from tanteo.plotting import data, parallel, parameter_axes, slices, style
from tanteo.plotting.data import NamedSearches, Search, groups, stopped_groups
from tanteo.plotting.parallel import Dimension
from tanteo.plotting.parameter_axes import ParameterAxis
from tanteo.plotting.surface import surface_over
from tanteo.plotting.targets import Function, shared_name, target_of
from tanteo.plotting.timeline import timeline
from tanteo.plotting.value_axis import ValueAxis

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Largest number of labels of choices on an axis.
_LABELS = 20
# The letters of names for which the axes of parallel coordinates have room in a figure of the default width.
_NAMES = 70


def plot_optimization_history(
    search: Search,
    *,
    objective: int | str | None = None,
    target: Function | None = None,
    target_name: str | None = None,
) -> go.Figure:
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

    Returns
    -------
    plotly.graph_objects.Figure
    """
    graph = _graph_objects("plot_optimization_history")
    history = data.optimization_history(search, target_of(objective, target), target_name)
    observed = history.complete
    figure = _figure(graph, "Optimization history", "Trial", observed.name).update_xaxes(tickformat="d")
    _add_stopped(figure, history.pruned.ids, history.pruned.values, history.axis, {})
    if len(observed.ids):
        fading = {"color": style.POINT, "opacity": style.fading(len(observed.ids))}
        _add_trials(figure, observed.ids, observed, history.axis, {}, fading)
    _add_failures(figure, history.failed_ids, history.axis, {})
    _add_infinite(figure, history.infinite.ids, history.infinite.values, history.axis, {})
    if len(history.best_ids):
        line = {"shape": "hv", "color": style.BEST, "width": 2}
        _line(figure, *history.best_line, line, name="best so far")
    return figure.update_yaxes(_value_axis(history.axis))


def _points(figure: Any, x: Any, y: Any, marker: dict[str, Any], **options: Any) -> Any:
    return figure.add_scatter(x=x, y=y, mode="markers", marker=marker, **options)


def _line(figure: Any, x: Any, y: Any, line: dict[str, Any], **options: Any) -> Any:
    return figure.add_scatter(x=x, y=y, line=line, **{"mode": "lines", **options})


def _add_trials(
    figure: Any, x: Any, observed: data.Observations, axis: ValueAxis, cell: dict[str, int], marker: dict[str, Any]
) -> None:
    """Draw trials: infeasible ones as crosses, the best as a star, those beyond the axis as triangles at its edge.

    ``marker`` has the settings of feasible trials; its colour is one for all, or an array with one for each trial.
    """
    for kind, mask in groups(observed, axis):
        values: Any = observed.values[mask]
        name = {"trial": "trials", "beyond": axis.note}.get(kind, kind)
        marks: dict[str, Any]
        if kind == "trial":
            colour = marker["color"]
            marks = {**marker, "color": colour if isinstance(colour, str) else colour[mask]}
        elif kind == "beyond":
            values = [axis.edge] * int(mask.sum())
            marks = {"color": style.SOFT_INK, "symbol": style.BEYOND[observed.maximize][1], "size": 9}
        else:
            colour = style.BEST if kind == "best" else style.SOFT_INK
            marks = {"color": colour, "symbol": style.SYMBOLS[kind][1], "size": 14 if kind == "best" else 7}
        selected = (observed.search.trials[int(number)] for number in observed.ids[mask])
        text = [f"trial {trial.id}: {safe_repr(trial.params)}" for trial in selected]
        bars = {"array": observed.sems[mask], "color": style.MUTED, "thickness": 1, "width": 0}
        errors = {"error_y": bars} if kind != "beyond" and observed.has_sems else {}
        edge = {"cliponaxis": kind not in ("beyond", "best")}
        _points(figure, x[mask], values, marks, name=name, text=text, **errors, **edge, **_once(figure, kind), **cell)


def _add_stopped(figure: Any, x: Any, last: Any, axis: ValueAxis, cell: dict[str, int]) -> None:
    """Draw a hollow mark for each trial that was stopped early, by its last report."""
    for group in stopped_groups(last, axis):
        hollow = {"color": style.MUTED, "symbol": style.SYMBOLS[group.kind][1]}
        options = {"name": group.label, "cliponaxis": False, **_once(figure, group.kind), **cell}
        _points(figure, x[group.mask], group.values, hollow, **options)


def _once(figure: Any, kind: str) -> dict[str, Any]:
    """Return the options by which only the first trace of a kind is in the legend, which switches all of them."""
    return {"legendgroup": kind, "showlegend": all(trace.legendgroup != kind for trace in figure.data)}


def _value_axis(axis: ValueAxis) -> dict[str, Any]:
    """Return the range of the axis of values, in logarithms if it is logarithmic."""
    ends = [axis.low, axis.high]
    return {"type": "log", "range": [math.log10(end) for end in ends]} if axis.log else {"range": ends}


def _add_failures(figure: Any, x: Any, axis: ValueAxis, cell: dict[str, int]) -> None:
    """Draw a tick at the bottom of the axis for each failed trial."""
    if len(x):
        marks = {"color": style.SOFT_INK, "symbol": "line-ns-open", "size": 9}
        options = {"name": "failed", "cliponaxis": False, **_once(figure, "failed"), **cell}
        _points(figure, x, [axis.low] * len(x), marks, **options)


def _add_infinite(figure: Any, x: Any, values: Any, axis: ValueAxis, cell: dict[str, int]) -> None:
    """Draw a mark at an end of the axis for each infinite value."""
    if len(x):
        marks = {"color": style.SOFT_INK, "symbol": style.SYMBOLS["infinite"][1], "size": 9}
        options = {"name": "infinite", "cliponaxis": False, **_once(figure, "infinite"), **cell}
        _points(figure, x, values.clip(axis.low, axis.high), marks, **options)


def plot_slice(
    search: Search,
    params: Sequence[str] | None = None,
    *,
    objective: int | str | None = None,
    target: Function | None = None,
    target_name: str | None = None,
) -> go.Figure:
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
    search, objective, target, target_name
        As for :func:`plot_optimization_history`.
    """
    _graph_objects("plot_slice")
    panels = slices.slices(search, params, target_of(objective, target), target_name)
    figure = _panels("plot_slice", len(panels))
    for number, panel in enumerate(panels):
        row, column = divmod(number, style.PANELS_IN_A_ROW)
        cell = {"row": row + 1, "col": column + 1}
        _add_band(figure, panel, cell)
        at, last = panel.stopped
        _add_stopped(figure, at, last, panel.axis, cell)
        ids = panel.observations.ids
        shades = {"color": ids, "cmin": 0, "cmax": max(ids.max(), 1), "colorscale": _scale(), "showscale": False}
        _add_trials(figure, panel.parameter_axis.positions, panel.observations, panel.axis, cell, shades)
        _add_failures(figure, panel.failed, panel.axis, cell)
        at, values = panel.infinite
        _add_infinite(figure, at, values, panel.axis, cell)
        figure.update_yaxes(_value_axis(panel.axis), **cell)
        figure.update_xaxes(_axis(panel.parameter_axis), **cell)
    figure.update_yaxes(title_text=panels[0].observations.name, col=1)
    return figure.update_layout(title="<br>".join(slices.title(panels, search, params)), **_layout())


def _add_band(figure: Any, panel: slices.Slice, cell: dict[str, int]) -> None:
    """Draw the predicted value along a parameter with its band, or with error bars for choices."""
    band = panel.band
    if band is None:
        return
    named = {"name": slices.EXPECTED, **_once(figure, "expected"), **cell}
    if panel.parameter_axis.labels is not None:
        ends = {"array": band.high - band.median, "arrayminus": band.median - band.low}
        bars = {**ends, "symmetric": False, "color": style.BEST, "thickness": 4}
        # Wider than the trials, which lie over it.
        mark = {"color": style.BEST, "symbol": "line-ew-open", "size": 22, "line": {"width": 3}}
        _points(figure, band.positions, band.median, mark, error_y=bars, opacity=0.5, **named)
        return
    unnamed, area = named | {"showlegend": False}, {"fill": "tonexty", "fillcolor": style.BAND}
    _line(figure, band.positions, band.low, {"width": 0}, hoverinfo="skip", **unnamed)
    _line(figure, band.positions, band.high, {"width": 0}, hoverinfo="skip", **area, **unnamed)
    uncertain, certain = {"color": style.BEST, "width": 1.0, "dash": "dot"}, {"color": style.BEST, "width": 1.5}
    _line(figure, band.positions, band.median, uncertain, **unnamed)
    _line(figure, band.positions, band.certain(panel.axis), certain, **named)


def plot_parallel_coordinate(
    search: Search,
    params: Sequence[str] | None = None,
    *,
    objective: int | str | None = None,
    target: Function | None = None,
    target_name: str | None = None,
) -> go.Figure:
    """Plot a line for each trial through its value and its parameters; dark is good, and the best trial is red.

    Infeasible, failed and stopped trials have colours of their own, and an axis says how each trial ended. An inactive
    parameter, or a missing value, is drawn below the start of its axis. Values beyond their axis are at its end, whose
    label says so, and the title counts them. The arguments are those of :func:`plot_slice`.
    """
    graph = _graph_objects("plot_parallel_coordinate")
    lines = parallel.parallel_coordinates(search, params, target_of(objective, target), target_name)
    line = {"color": _line_colours(lines), "colorscale": _line_scale(), "cmin": 0.0, "cmax": 1.0, "showscale": False}
    names = [dimension.name for dimension in lines.dimensions]
    fits = max(map(len, names)) * (len(names) - 1) <= _NAMES
    slant: dict[str, Any] = {} if fits else {"labelangle": -20}
    figure = graph.Figure(graph.Parcoords(dimensions=[*map(_dimension, lines.dimensions)], line=line, **slant))
    note = "".join(f"; {text}" for text in (lines.note, lines.left_out) if text)
    title = f"Parallel coordinates (dark lines: good values, red: the best{note})"
    return figure.update_layout(title=title, margin={} if fits else {"t": 150, "l": 140}, **_layout())


# Complete trials have the colours up to this number, and each other kind of trial has one above it.
_SHADES = 0.5


def _place_of(kind: str) -> float:
    return _SHADES + (1.0 - _SHADES) * (1 + [*style.LINES].index(kind)) / len(style.LINES)


def _line_colours(lines: parallel.Lines) -> Any:
    colours = _SHADES * lines.shades
    for kind, chosen in lines.groups:
        if kind in style.LINES:
            colours[chosen] = _place_of(kind)
    return colours


def _line_scale() -> list[list[Any]]:
    """Return a scale of colours from worst to best values, followed by those of the other kinds of trials."""
    shades = [[_SHADES * position, colour] for position, colour in _scale()]
    return [*shades, *([_place_of(kind), colour] for kind, (colour, _) in style.LINES.items())]


def plot_contour(
    search: Search,
    params: Sequence[str] | None = None,
    *,
    objective: int | str | None = None,
    target: Function | None = None,
    target_name: str | None = None,
) -> go.Figure:
    """Plot a smooth surface of the value over two parameters, and the trials; each choice has its own cells.

    What known constraints forbid is blank, and so is what is far from all trials. Values far worse than most have the
    last colour; the title of the colours says how many there are. Trials that were stopped early count with their last
    values.

    Parameters
    ----------
    params : sequence of two str, optional
        Flat names; by default the two most important parameters.
    search, objective, target, target_name
        As for :func:`plot_optimization_history`.
    """
    graph = _graph_objects("plot_contour")
    points = parameter_axes.pair(search, params, target_of(objective, target), target_name)
    surface = surface_over(points)
    figure = _pair_figure(graph, points, "Contour")
    bar: dict[str, Any] = {"title": points.axis.label(points.observed.name)}
    if surface.ticks is not None:
        heights, labels = zip(*surface.ticks, strict=True)
        bar |= {"tickvals": heights, "ticktext": labels}
    shared = {
        **{"x": surface.x, "y": surface.y, "z": surface.z, "connectgaps": False},
        **{"colorscale": _scale(reverse=not points.observed.maximize), "colorbar": bar},
    }
    if surface.has_cells:
        figure.add_heatmap(zsmooth=False, **shared)
    else:
        figure.add_contour(line={"width": 0.5}, **shared)
    text = [f"trial {number}" for number in points.observed.ids]
    marker = {"color": style.INK, "size": 5}
    _points(figure, points.x.positions, points.y.positions, marker, text=text, name="trials")
    return _add_marked(figure, points)


def _add_marked(figure: Any, points: parameter_axes.Pair) -> Any:
    """Draw infeasible, failed, stopped and best trials, with a legend that is clear of the colours."""
    for kind, x, y in points.marked:
        is_best = kind == "best"
        colour = style.BEST if is_best else style.OVER_SCALE
        marks: dict[str, Any] = {"symbol": style.SYMBOLS[kind][1], "size": 14 if is_best else 9}
        marks |= {"color": colour, "line": {"width": 1.5, "color": colour}}
        _points(figure, x, y, marks, name=kind, cliponaxis=False)
    return figure.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})


def plot_rank(
    search: Search,
    params: Sequence[str] | None = None,
    *,
    objective: int | str | None = None,
    target: Function | None = None,
    target_name: str | None = None,
) -> go.Figure:
    """Plot two parameters of each trial, coloured by rank; dark is best.

    The arguments are those of :func:`plot_contour`.
    """
    graph = _graph_objects("plot_rank")
    points = parameter_axes.pair(search, params, target_of(objective, target), target_name)
    marker = {
        "color": points.ranks,
        "cmin": 0.0,
        "cmax": 1.0,
        "colorscale": _scale(reverse=True),
        "size": 9,
        "line": {"width": 0.5, "color": style.SOFT_INK},
        "colorbar": {"title": points.rank_name, "tickvals": [0, 0.5, 1], "ticktext": ["best", "median", "worst"]},
    }
    valued = zip(points.observed.ids, points.observed.values, strict=True)
    text = [f"trial {number}: {show_value(value)}" for number, value in valued]
    figure = _pair_figure(graph, points, "Rank")
    _points(figure, points.x.positions, points.y.positions, marker, text=text, name="trials")
    return _add_marked(figure, points)


def plot_param_importances(
    search: Search, *, method: Method = "ped-anova", objective: int | str | None = None, quantile: float | None = None
) -> go.Figure:
    """Plot the importance of each parameter; see :func:`tanteo.importance.param_importances`."""
    graph = _graph_objects("plot_param_importances")
    shares, errors = data.importances(search, method, objective, quantile)
    how = method_text(n_results(search), method, quantile)
    title = f"Importance of parameters{for_objective(search, objective)} ({how})"
    figure = _figure(graph, "<br>".join(style.lines_of(title)), "Share", "")
    # Plotly draws bars from bottom to top.
    shares = dict(reversed(shares.items()))
    text = [share_text(share) for share in shares.values()]
    look: dict[str, Any] = {"orientation": "h", "marker_color": style.POINT, "textangle": 0}
    look |= {"error_x": {"array": errors[::-1], "color": style.SOFT_INK, "thickness": 1, "width": 0}} if errors else {}
    return figure.add_bar(x=[*shares.values()], y=[*shares], text=text, **look)


def plot_ablation(
    search: Search, start: Any = None, end: Any = None, *, objective: int | str | None = None
) -> go.Figure:
    """Plot the predicted values along an ablation path: one configuration is changed into another, step by step.

    The path and the arguments are those of :func:`tanteo.importance.ablation`: by default from the defaults of the
    space to the recommended trial. A change within twice its standard error, which is a bar, may be none.
    """
    graph = _graph_objects("plot_ablation")
    path = data.ablation_path(search, start, end, objective)
    figure = _figure(graph, "Ablation path", path.changed, path.predicted)
    steps = list(range(len(path.values)))
    bars = {"error_y": {"array": path.errors}} if any(path.errors) else {}
    _line(figure, steps, path.values, {"color": style.BEST, "width": 2}, mode="lines+markers", name="predicted", **bars)
    return figure.update_xaxes(tickvals=steps, ticktext=_literal(path.labels))


def plot_timeline(search: Search) -> go.Figure:
    """Plot when each trial ran, in the lane of its worker, in seconds since the first start.

    A study and ``minimize`` record the times. A process that runs several trials at once has several lanes. The pauses
    between the runs of a study are left out. Trials that were asked for and told without ``minimize`` have no workers,
    and are drawn from ask to tell. Very short trials are drawn wide enough to be seen.
    """
    graph = _graph_objects("plot_timeline")
    drawn = timeline(search)
    starts, lengths = drawn.bars
    title = drawn.with_idle_time("Timeline")
    figure = _figure(graph, title, "Seconds", drawn.lane_name).update_layout(barmode="overlay")
    for kind, mask in drawn.groups:
        told = zip(drawn.ids[mask], drawn.spans[1][mask], strict=True)
        text = [f"trial {number}: {seconds:.3g} s" for number, seconds in told]
        rows = [lane for lane, is_own in zip(drawn.lanes, mask, strict=True) if is_own]
        bars = {"x": lengths[mask], "y": rows, "base": starts[mask], "orientation": "h", "textposition": "none"}
        figure.add_bar(**bars, name=kind, hovertext=text, hoverinfo="text", marker_color=style.ENDED[kind])
    return figure.update_yaxes(tickformat="d", range=[-0.6, drawn.n_lanes - 0.4])


def plot_edf(
    search: NamedSearches,
    *,
    objective: int | str | None = None,
    target: Function | None = None,
    target_name: str | None = None,
) -> go.Figure:
    """Plot the share of trials up to each value, for one search, a list of searches, or a mapping from their names.

    The trials are the complete ones. An infeasible one counts as worse than every value: the curve of an objective that
    is minimized ends at the share of feasible trials, and that of one that is maximized begins above the share of
    infeasible trials. Values far worse than most are beyond the axis, and its title says how many there are.
    """
    graph = _graph_objects("plot_edf")
    distributions = data.edf(search, target_of(objective, target), target_name)
    axis = data.distribution_axis(distributions)
    name = axis.label(shared_name([distribution.of for distribution in distributions]))
    figure = _figure(graph, "Empirical distribution", name, "Share of trials").update_xaxes(_value_axis(axis))
    for distribution, (colour, (_, dash)) in zip(distributions, style.lines(), strict=False):
        line = {"shape": "hv", "color": colour, "dash": dash}
        _line(figure, distribution.values, distribution.shares, line, name=distribution.name)
    return figure


def plot_intermediate_values(search: Search) -> go.Figure:
    """Plot the reported values of trials by step: pruned and failed trials are grey, and the best one is strong.

    The axis ends where curves that are far worse than most leave it; its title says how many values are beyond.
    """
    graph = _graph_objects("plot_intermediate_values")
    curves, best = data.intermediate_values(search), data.best_id(search)
    axis, (x, y) = data.curve_values(search, curves), data.curve_axes(curves)
    figure = _figure(graph, "Intermediate values", x, axis.label(y)).update_xaxes(tickformat="d")
    figure.update_yaxes(_value_axis(axis))
    marked = {"mode": "lines+markers", "marker": {"size": 4}}
    for curve in curves:
        line: dict[str, Any] = {"color": style.POINT if curve.state == "complete" else style.MUTED}
        if curve.id == best:
            line = {"color": style.BEST, "width": 3}
        kind = "best" if curve.id == best else curve.state
        text = [f"trial {curve.id}, {curve.state}"] * len(curve.steps)
        _line(figure, curve.steps, curve.values, line, name=kind, text=text, **_once(figure, kind), **marked)
    return figure


def _graph_objects(needed_by: str) -> Any:
    return require("plotly.graph_objects", extra="plot", needed_by=needed_by)


def _panels(needed_by: str, n: int) -> Any:
    """Return a figure with ``n`` panels, row by row."""
    subplots = require("plotly.subplots", extra="plot", needed_by=needed_by)
    rows, columns = style.rows(n), min(n, style.PANELS_IN_A_ROW)
    specs: list[list[dict[str, Any] | None]] = [
        [{} if row * columns + column < n else None for column in range(columns)] for row in range(rows)
    ]
    figure = subplots.make_subplots(rows=rows, cols=columns, shared_yaxes="all", specs=specs)
    # The default height of plotly fits one row.
    return figure.update_layout(height=340 * rows) if rows > 1 else figure


def _layout() -> dict[str, Any]:
    return {"template": "plotly_white"}


def _figure(graph: Any, title: str, x: str, y: str) -> Any:
    return graph.Figure().update_layout(title=title, xaxis_title=x, yaxis_title=y, **_layout())


def _pair_figure(graph: Any, points: parameter_axes.Pair, title: str) -> Any:
    return graph.Figure().update_layout(title=title, xaxis=_axis(points.x), yaxis=_axis(points.y), **_layout())


def _axis(axis: ParameterAxis) -> dict[str, Any]:
    """Return the settings of an axis for a parameter."""
    settings: dict[str, Any] = {"title": {"text": axis.name}}
    if axis.log:
        ticks = axis.round_ticks()
        settings |= {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    if axis.whole:
        ticks = axis.few_ticks(_LABELS)
        settings |= {"tickvals": ticks, "ticktext": _literal(axis.tick_labels(ticks))}
    return settings


def _literal(texts: Sequence[str]) -> list[str]:
    """Return texts of which plotly shows every character: it reads the tags of HTML in them."""
    return [escape(text, quote=False) for text in texts]


def _dimension(axis: Dimension) -> dict[str, Any]:
    ticks = {"tickvals": axis.ticks, "ticktext": axis.labels}
    return {"label": axis.name, "values": axis.positions, "range": [axis.low, 1.0], **ticks}


def _scale(*, reverse: bool = False) -> list[list[Any]]:
    colours = tuple(reversed(style.SCALE)) if reverse else style.SCALE
    return [[position / (len(colours) - 1), colour] for position, colour in enumerate(colours)]
