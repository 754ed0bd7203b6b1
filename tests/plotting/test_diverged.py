"""A few values far from all others: they do not set the range of a figure, and their marks say that they are beyond."""

import matplotlib
import numpy as np
import pytest

import tanteo as tt
from tanteo import plotting
from tanteo.plotting import data, parameter_axes
from tanteo.plotting import matplotlib as mpl
from tanteo.plotting.parallel import parallel_coordinates
from tanteo.plotting.surface import surface_over
from tanteo.report.sections.mattered import mattered
from tanteo.report.sections.progress import progress
from tanteo.report.subject import Subject

matplotlib.use("Agg")
SPACE = {"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}
# Of these the best is 0 and the upper quartile near 1, so an axis ends below 10.
FAR = 1e6


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


def diverging(*, maximize=False):
    """Return a search in which 3 of 40 trials reported and told values far worse than all others."""
    search = tt.Optimizer(SPACE, direction="maximize" if maximize else "minimize", sampler="random", seed=0)
    sign = -1.0 if maximize else 1.0
    for trial in search.ask(40):
        value = FAR if trial.id in (5, 20, 30) else trial.params["x"] + trial.params["y"] - 1.0
        for step in range(3):
            search.report(trial, step, sign * (value + 0.1 * (2 - step)))
        search.tell(trial, sign * value)
    return search


@pytest.fixture(scope="module", params=[False, True], ids=["minimize", "maximize"])
def diverged(request):
    return diverging(maximize=request.param)


def ends(axes):
    """Return the ends of the axis of a figure of plotly."""
    return tuple(axes.range)


def test_a_distribution_shows_the_range_of_most_values(diverged):
    axes, figure = mpl.plot_edf(diverged), plotting.plot_edf(diverged)
    assert axes.get_xlim() == ends(figure.layout.xaxis)
    assert np.ptp(axes.get_xlim()) < 10.0
    assert axes.get_xlabel() == figure.layout.xaxis.title.text == "Objective value (3 beyond the axis)"
    (distribution,) = data.edf(diverged)
    assert abs(distribution.values).max() == FAR, "the shares count all of them"


def test_curves_show_the_range_of_most_reports(diverged):
    axes, figure = mpl.plot_intermediate_values(diverged), plotting.plot_intermediate_values(diverged)
    assert axes.get_ylim() == ends(figure.layout.yaxis)
    assert np.ptp(axes.get_ylim()) < 10.0
    assert axes.get_ylabel() == figure.layout.yaxis.title.text == "Reported value (9 beyond the axis)"


def test_a_surface_shows_the_range_of_most_values(diverged):
    points = parameter_axes.pair(diverged, ["x", "y"])
    surface = surface_over(points)
    assert np.nanmax(abs(surface.z)) < 10.0
    assert np.nanstd(surface.z) > 0.1
    bar = mpl.plot_contour(diverged, ["x", "y"]).figure.axes[1]
    title = plotting.plot_contour(diverged, ["x", "y"]).data[0].colorbar.title.text
    assert bar.get_ylabel() == title == "Objective value (3 beyond the axis)"


def test_the_colours_of_values_over_decades_are_logarithmic():
    search = tt.Optimizer(SPACE, sampler="random", seed=0)
    for trial in search.ask(40):
        search.tell(trial, 10.0 ** (6.0 * trial.params["x"]))
    surface = surface_over(parameter_axes.pair(search, ["x", "y"]))
    assert np.nanmin(surface.z) < np.log(1e1) < np.log(1e5) < np.nanmax(surface.z)
    assert len(surface.ticks) > 2
    bar = plotting.plot_contour(search, ["x", "y"]).data[0].colorbar
    np.testing.assert_allclose(np.exp(bar.tickvals), list(map(float, bar.ticktext)))
    shown = [text.get_text() for text in mpl.plot_contour(search, ["x", "y"]).figure.axes[1].get_yticklabels()]
    assert shown == list(bar.ticktext)


def test_parallel_coordinates_say_which_values_are_beyond_the_axis(diverged):
    lines = parallel_coordinates(diverged)
    value = lines.dimensions[0]
    assert (value.name, lines.note) == ("Objective value", "3 beyond the axis")
    labels = dict(zip(value.ticks, value.labels, strict=True))
    worst, sign = (0.0, "\u2264 ") if diverged.directions[0] == "maximize" else (1.0, "\u2265 ")
    assert labels[worst].startswith(sign)
    assert not labels[1.0 - worst].startswith(("\u2264", "\u2265"))
    assert {value.positions[k] for k in (5, 20, 30)} == {worst}
    (triangles,) = [
        each for each in mpl.plot_parallel_coordinate(diverged).collections if each.get_label() == lines.note
    ]
    assert triangles.get_offsets().tolist() == [[0.0, worst]]
    assert "3 beyond the axis" in plotting.plot_parallel_coordinate(diverged).layout.title.text


def test_parallel_coordinates_label_both_ends_of_every_number():
    space = {"depth": tt.Int(1, 8), "width": tt.Int(7, 300, log=True), "lr": tt.Float(3e-5, 0.4, log=True)}
    search = tt.Optimizer(space, sampler="random", seed=0)
    for trial in search.ask(9):
        search.tell(trial, trial.params["lr"])
    ends = [(dimension.labels[0], dimension.labels[-1]) for dimension in parallel_coordinates(search).dimensions[1:]]
    assert ends == [("1", "8"), ("7", "300"), ("3e-05", "0.4")]
    for dimension in parallel_coordinates(search).dimensions:
        assert (dimension.ticks[0], dimension.ticks[-1]) == (0.0, 1.0)
        assert min(np.diff(dimension.ticks)) > 0.05


@pytest.fixture(scope="module")
def stopping():
    """A search with stopped trials whose last reports are beyond both ends of the axis of complete trials."""
    search = tt.Optimizer(SPACE, sampler="random", seed=0)
    for trial in search.ask(20):
        search.tell(trial, trial.params["x"])
    for last, n in ((0.5, 2), (7.0, 4), (-7.0, 1)):
        for trial in search.ask(n):
            search.report(trial, 0, last)
            search.tell(trial, state="pruned")
    return search


MARKS = {"stopped": 2, "4 stopped above the axis": 4, "1 stopped below the axis": 1}


def test_stopped_trials_beyond_the_axis_are_triangles_and_counted(stopping):
    for figure in (plotting.plot_optimization_history(stopping), plotting.plot_slice(stopping, ["x"])):
        drawn = {trace.name: trace for trace in figure.data if "stopped" in (trace.name or "")}
        assert {name: len(trace.x) for name, trace in drawn.items()} == MARKS
        assert drawn["4 stopped above the axis"].marker.symbol == "triangle-up-open"
        low, high = figure.layout.yaxis.range
        assert set(drawn["4 stopped above the axis"].y) == {high}
        assert set(drawn["1 stopped below the axis"].y) == {low}
    for axes in (mpl.plot_optimization_history(stopping), mpl.plot_slice(stopping, ["x"])[0]):
        drawn = {each.get_label(): each for each in axes.collections if "stopped" in str(each.get_label())}
        assert {name: len(each.get_offsets()) for name, each in drawn.items()} == MARKS
        paths = [len(each.get_paths()[0].vertices) for each in drawn.values()]
        assert paths[0] > paths[1] == paths[2], "a circle, and two triangles"


def test_the_page_counts_stopped_trials_beyond_the_axis(stopping):
    subject = Subject(stopping)
    (history,) = [part for part in progress(subject).parts if hasattr(part, "marks")]
    assert "or are triangles at the edge if that lies beyond the axis (5)" in history.how
    slices = [part for part in mattered(subject).parts if getattr(part, "title", "").startswith("value along")]
    assert len(slices) == 2
    for chart in (history, *slices):
        marks = {mark.label: mark for mark in chart.marks if "stopped" in mark.label}
        assert {label: len(mark.x) for label, mark in marks.items()} == MARKS
        assert [mark.role for mark in marks.values()] == ["stopped", "stopped-beyond", "stopped-beyond"]


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_infinite_values_have_a_mark_at_the_edge(direction):
    search = tt.Optimizer(SPACE, direction=direction, sampler="random", seed=0)
    edge, worst = (1, np.inf) if direction == "minimize" else (0, -np.inf)
    for trial in search.ask(20):
        search.tell(trial, worst if trial.id in (5, 15) else trial.params["x"])
    for figure in (plotting.plot_optimization_history(search), plotting.plot_slice(search, ["x"])):
        (drawn,) = [trace for trace in figure.data if trace.name == "infinite"]
        assert list(drawn.y) == [figure.layout.yaxis.range[edge]] * 2
    for axes in (mpl.plot_optimization_history(search), mpl.plot_slice(search, ["x"])[0]):
        (drawn,) = [each for each in axes.collections if each.get_label() == "infinite"]
        assert drawn.get_offsets()[:, 1].tolist() == [axes.get_ylim()[edge]] * 2
    subject = Subject(search)
    charts = [part for part in (*progress(subject).parts, *mattered(subject).parts) if hasattr(part, "marks")]
    drawn = {chart.title: mark for chart in charts for mark in chart.marks if mark.label == "infinite"}
    assert list(drawn) == ["Best value so far", "value along x", "value along y"]
    assert (drawn["Best value so far"].x, drawn["Best value so far"].ids) == ([5, 15], [5, 15])
    assert drawn["value along x"].x == pytest.approx([search.trials[number].params["x"] for number in (5, 15)])
    assert "Infinite values are at an edge (2)." in charts[0].how


def test_parallel_coordinates_count_stopped_trials_beyond_the_axis(stopping):
    lines = parallel_coordinates(stopping)
    value = lines.dimensions[0]
    assert (lines.n_below, lines.n_above, lines.note) == (1, 4, "5 beyond the axis")
    assert value.labels[0].startswith("\u2264 ")
    assert value.labels[-1].startswith("\u2265 ")


NAMES = ("backbone_architecture", "optimizer/learning_rate", "optimizer/weight_decay", "data_augmentation_strength")


@pytest.mark.parametrize(("names", "slanted"), [(NAMES, True), (("lr", "depth", "width"), False)])
def test_long_names_of_parallel_coordinates_are_slanted(names, slanted):
    search = tt.Optimizer({name: tt.Float(0.0, 1.0) for name in names}, sampler="random", seed=0)
    for trial in search.ask(9):
        search.tell(trial, trial.id)
    labels = mpl.plot_parallel_coordinate(search).get_xticklabels()
    assert {label.get_rotation() for label in labels} == ({35.0} if slanted else {0.0})
    (drawn,) = plotting.plot_parallel_coordinate(search).data
    assert drawn.labelangle == (-20 if slanted else None)


def test_the_legend_of_slices_is_no_wider_than_the_figure(stopping):
    figure = mpl.plot_slice(stopping)[0].figure
    figure.canvas.draw()
    (legend,) = figure.legends
    assert legend.get_window_extent().width <= figure.bbox.width


def test_the_prediction_of_a_choice_is_over_the_trials_and_wider():
    search = tt.Optimizer({"kind": tt.Categorical(["a", "b"]), "x": tt.Float(0.0, 1.0)}, sampler="random", seed=0)
    for trial in search.ask(30):
        search.tell(trial, trial.params["x"] + (trial.params["kind"] == "a"))
    axes = mpl.plot_slice(search, ["kind"])[0]
    (dashes,) = [line for line in axes.lines if line.get_marker() == "_"]
    trials = [each for each in axes.collections if each.get_label() == "trial"]
    assert dashes.get_zorder() > max(each.get_zorder() for each in trials)
    assert dashes.get_markersize() > 2 * np.sqrt(trials[0].get_sizes()[0])
    traces = plotting.plot_slice(search, ["kind"]).data
    (expected,) = [trace for trace in traces if trace.name == "expected, 95 %"]
    assert expected.marker.size > 2 * 6, "the size of trials"
    assert expected.error_y.symmetric is False
