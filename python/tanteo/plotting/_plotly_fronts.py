"""Fronts, hypervolumes and attainment surfaces with plotly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tanteo._internal.optional import require
from tanteo.plotting import style
from tanteo.plotting._plotly import _figure, _graph_objects, _layout, _line, _once, _value_axis
from tanteo.plotting.attainment import Searches, attainment_surfaces
from tanteo.plotting.data import Search
from tanteo.plotting.front import FLAT, SPATIAL, DrawnGroup, Front, pareto_front
from tanteo.plotting.hypervolume import hypervolume_history

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from tanteo.options import Thresholds


def plot_pareto_front(search: Search, *, target_names: Sequence[str] | None = None) -> go.Figure:
    """Plot the values of a search with several objectives, the Pareto front, its knee, and the thresholds.

    Three objectives are drawn in space, and more as a panel for each pair. A star marks the knee, if there is one (see
    :attr:`tanteo.trials.front.ParetoFront.knee`); plotly has no star in space, and draws a large diamond. Dashed lines
    are the thresholds of the search, unless they lie far from all values, and a ring marks the trial that they choose
    (:meth:`tanteo.Optimizer.recommend`).

    If an objective is noisy, the front has its estimates (:meth:`tanteo.Optimizer.front`). Bars are standard errors, of
    estimates and of values that were told with one. The axes hold the whole front, and reach about two of its
    ranges beyond it. Infeasible trials are crosses. Trials beyond an axis lie at its edge, feasible ones as triangles,
    infeasible ones as upright crosses.

    Parameters
    ----------
    target_names : sequence of str, optional
        Labels of the axes.
    search
        As for :func:`plot_optimization_history`.
    """
    graph = _graph_objects("plot_pareto_front")
    front = pareto_front(search, target_names)
    if len(front.names) > SPATIAL:
        return _matrix(front)
    figure = _figure(graph, "Pareto front", front.names[0], front.names[1])
    if len(front.names) == FLAT:
        return _add_front(figure, front, {})
    for group in front.groups:
        figure.add_scatter3d(**_traced(front, group))
    edge = {"mode": "lines", "line": {"color": style.LIMIT, "dash": "dash", "width": 4}, "name": "thresholds"}
    for ends in front.corner:
        figure.add_scatter3d(**dict(zip("xyz", ends, strict=True)), **edge, **_once(figure, "thresholds"))
    titles = zip(("xaxis_title", "yaxis_title", "zaxis_title"), front.names, strict=True)
    return figure.update_scenes(dict(titles))


def _add_front(figure: Any, front: Front, cell: dict[str, int]) -> Any:
    """Draw two objectives."""
    for group in front.groups:
        traced = _traced(front, group)
        figure.add_scatter(**traced, cliponaxis=False, **_once(figure, group.name), **cell)
    for limit in front.limits:
        across = [[limit.value] * 2, [front.axes[1 - limit.objective].low, front.axes[1 - limit.objective].high]]
        line = {"color": style.LIMIT, "dash": "dash", "width": 1.2}
        x, y = reversed(across) if limit.objective else across
        _line(figure, x, y, line, name=limit.text, **_once(figure, limit.text), **cell)
    x_axis, y_axis = map(_value_axis, front.axes)
    return figure.update_xaxes(x_axis, **cell).update_yaxes(y_axis, **cell)


def _traced(front: Front, group: DrawnGroup) -> dict[str, Any]:
    """Return the points of a group with their errors."""
    places, errors = front.drawn[group.mask].T, front.errors[group.mask].T
    symbol, in_space = style.SYMBOLS[group.name][1], len(places) > FLAT
    if in_space:  # where there are no thin symbols, and no stars
        symbol = symbol.removesuffix("-thin-open").replace("star", "diamond")
    _, *sizes = style.STANDING_OUT.get(group.name, style.USUAL)
    traced: dict[str, Any] = dict(zip("xyz", places, strict=False))
    if group.has_errors and errors.any():
        bars = {"thickness": 1, "width": 0, "color": group.colour}
        traced |= {f"error_{axis}": {"array": column, **bars} for axis, column in zip("xyz", errors, strict=False)}
    ring = {"line": {"width": 2}} if symbol == "circle-open" else {}
    marker = {"color": group.colour, "symbol": symbol, "size": sizes[in_space], **ring}
    return {**traced, "marker": marker, "mode": "markers", "name": front.label(group), "text": front.notes(group)}


def _matrix(front: Front) -> Any:
    """Return a figure with a panel for each pair of objectives."""
    n = len(front.names) - 1
    subplots = require("plotly.subplots", extra="plot", needed_by="plot_pareto_front")
    specs: list[list[dict[str, Any] | None]] = [[{} if k <= j else None for k in range(n)] for j in range(n)]
    figure = subplots.make_subplots(rows=n, cols=n, shared_xaxes=True, shared_yaxes=True, specs=specs)
    for first, second in front.places:
        cell = {"row": second, "col": first + 1}
        _add_front(figure, front.of(first, second), cell)
        if second == n:
            figure.update_xaxes(title_text=front.names[first], **cell)
        if first == 0:
            figure.update_yaxes(title_text=front.names[second], **cell)
    return figure.update_layout(title="Pareto front", height=120 + 220 * n, **_layout())


def plot_hypervolume_history(search: Search, reference_point: Thresholds | None = None) -> go.Figure:
    """Plot how much the front of several objectives dominates, by trial.

    The hypervolume is measured from a reference point, which the title shows. It is drawn as a share of the box between
    this point and the best values. It is exact. If results are noisy, the values are the estimates of
    ``search.front()``. The gallery of the documentation says, under "Hypervolume", how long a front may be.

    Parameters
    ----------
    reference_point : sequence or mapping, optional
        A value for each objective. By default it is the thresholds of the search; where there is none, or as long as
        no trial is better than all of them, it lies a tenth of the front's range beyond the worst value on the front.
    search
        As for :func:`plot_optimization_history`.
    """
    graph = _graph_objects("plot_hypervolume_history")
    history = hypervolume_history(search, reference_point)
    line = {"shape": "hv", "color": style.BEST, "width": 2}
    title = "<br>".join(history.title("Hypervolume history (reference point: {})"))
    figure = _figure(graph, title, "Trial", "Dominated share").update_xaxes(tickformat="d")
    return _line(figure, *history.line, line, name="dominated share")


def plot_empirical_attainment_surface(
    searches: Searches,
    attainment_ratios: Sequence[float] = (0.25, 0.5, 0.75),
    *,
    target_names: Sequence[str] | None = None,
) -> go.Figure:
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
    """
    graph = _graph_objects("plot_empirical_attainment_surface")
    found = attainment_surfaces(searches, attainment_ratios, target_names)
    figure = _figure(graph, "Empirical attainment surfaces", *found[0].names)
    figure.update_layout(legend_traceorder="normal")
    for surfaces, (colour, (_, dash)) in zip(found, style.lines(), strict=False):
        area = {"fill": "tonexty", "fillcolor": style.transparent(colour)}
        for y, filled in zip(surfaces.band, ({}, area), strict=True):
            _line(figure, surfaces.x, y, {"shape": "hv", "width": 0}, hoverinfo="skip", showlegend=False, **filled)
        for k, (label, y) in enumerate(zip(surfaces.labels, surfaces.y, strict=True)):
            line = {"shape": "hv", "color": colour, "dash": dash, "width": 2.5 if k == surfaces.middle else 1}
            _line(figure, surfaces.x, y, line, name=label, showlegend=None if label else False)
    return figure
