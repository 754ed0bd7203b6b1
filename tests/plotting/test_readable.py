"""Figures are readable and do not mislead: integer ticks, no values between choices, few labels."""

from collections import Counter

import matplotlib
import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.text import Text

import tanteo as tt
from tanteo import plotting
from tanteo.plotting import matplotlib as mpl
from tanteo.plotting import parameter_axes, slices
from tanteo.plotting.parallel import INACTIVE, parallel_coordinates
from tanteo.plotting.surface import surface_over

matplotlib.use("Agg")
BACKENDS = [plotting, mpl]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


@pytest.fixture(scope="module")
def large():
    """A search over a thousand choices."""
    space = {"kind": tt.Categorical([f"variant {k}" for k in range(1000)]), "x": tt.Float(-1, 1)}
    return tt.minimize(lambda params: params["x"] ** 2, space, n_trials=30, seed=0, sampler="random")


@pytest.fixture(scope="module")
def short():
    """Three trials of two small integers, each reported at steps 0 and 1."""

    def objective(params, trial):
        trial.report(0, 1.0)
        trial.report(1, 0.5)
        return float(params["n"])

    space = {"n": tt.Int(0, 2), "m": tt.Int(0, 3)}
    return tt.minimize(objective, space, n_trials=3, seed=0, sampler="random")


LONG = "mean absolute percentage error on the held-out validation set of the second year"
SHOWING_VALUES = ("contour", "edf", "optimization_history", "parallel_coordinate", "param_importances", "rank", "slice")


def texts_outside(figure):
    """Return the labels of axes that leave the picture in part."""
    figure.draw_without_rendering()
    texts = [axis.label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts if text.get_text()]
    low, high = figure.bbox.min - 1, figure.bbox.max + 1
    return [text for text, box in boxes if (box.min < low).any() or (box.max > high).any()]


def few_results(name):
    """Return a search with too few results, two of which are far worse than the others."""
    optimizer = tt.Optimizer({"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, directions={name: "minimize"}, seed=0)
    for number, trial in enumerate(optimizer.ask(14)):
        optimizer.tell(trial, 1e9 if number in (3, 4) else trial.params["x"])
    return optimizer


def test_bars_of_errors_are_in_the_legend_and_failures_have_a_colour_of_their_own():
    search = tt.Optimizer({"x": tt.Float(0, 1)}, seed=0)
    for trial in search.ask(6):
        if trial.id < 4:
            search.tell(trial, 1234567.0 + trial.params["x"], sem=0.1)
        else:
            search.tell(trial, state="failed")
    axes = mpl.plot_optimization_history(search)
    handles = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    bars = handles["standard error"].get_children()[0]
    assert matplotlib.colors.to_hex(bars.get_color()[0]) != matplotlib.colors.to_hex(handles["failed"].get_color())
    axes.figure.draw_without_rendering()
    assert axes.yaxis.get_offset_text().get_text() == ""
    assert len([text for text in axes.get_legend().get_texts() if text.get_text() == "standard error"]) == 1


def test_choices_that_look_like_markup_are_shown_as_they_are():
    space = {"c": tt.Categorical(["<b>bold</b>", 'x&amp;"y"']), "y": tt.Float(0, 1)}
    search = tt.minimize(lambda params: params["y"], space, n_trials=6, seed=0, sampler="random")
    shown = plotting.plot_slice(search, ["c"]).layout.xaxis.ticktext
    assert list(shown) == ["&lt;b&gt;bold&lt;/b&gt;", 'x&amp;amp;"y"']


def test_a_long_name_of_a_parameter_leaves_room_for_the_label_of_importances():
    space = {"a_very_long_parameter_name_of_the_optimizer": tt.Float(0, 1), "y": tt.Float(0, 1)}
    search = tt.minimize(lambda params: params["y"], space, n_trials=14, seed=0).optimizer
    assert texts_outside(mpl.plot_param_importances(search).figure) == []


@pytest.mark.parametrize("separator", [" ", "_", "/", "."])
@pytest.mark.parametrize("function", SHOWING_VALUES)
def test_a_long_name_of_an_objective_is_not_cut_off(function, separator):
    name = LONG.replace(" ", separator)
    axes = getattr(mpl, f"plot_{function}")(few_results(name))
    figure = (axes[0] if isinstance(axes, list) else axes).figure
    assert texts_outside(figure) == []
    texts = [text.get_text() for text in figure.findobj(Text)]
    assert any(name in text.replace("\n", " " if separator == " " else "") for text in texts)
    for each in figure.axes:
        assert each.get_window_extent().width > 0.02 * figure.bbox.width
        assert each.get_window_extent().height > 0.4 * figure.bbox.height


def test_the_note_that_results_are_few_is_not_cut_off():
    search = few_results("loss")
    axes = mpl.plot_param_importances(search)
    assert texts_outside(axes.figure) == []
    assert axes.get_xlabel().replace("\n", " ").endswith("; 14 results are too few to tell)")
    title = plotting.plot_param_importances(search).layout.title.text
    assert max(map(len, title.split("<br>"))) <= 72


def ticks(axis):
    low, high = sorted(axis.get_view_interval())
    return [tick for tick in axis.get_majorticklocs() if low <= tick <= high]


def test_the_star_differs_in_colour_from_the_crosses_and_is_whole_at_an_edge(search):
    for draw in (mpl.plot_contour, mpl.plot_rank):
        drawn = {each.get_label(): each for each in draw(search, ["lr", "depth"]).collections}
        assert not np.array_equal(drawn["best"].get_facecolor()[:, :3], drawn["infeasible"].get_edgecolor()[:, :3])
        assert not drawn["best"].get_clip_on()
    (best,) = [each for each in mpl.plot_optimization_history(search).collections if each.get_label() == "best"]
    assert not best.get_clip_on()
    for draw in (plotting.plot_contour, plotting.plot_rank):
        traces = {trace.name: trace for trace in draw(search, ["lr", "depth"]).data}
        assert traces["best"].marker.line.color != traces["infeasible"].marker.line.color
        assert traces["best"].cliponaxis is False


def darkest(axes, box):
    """Return the brightness of the darkest pixel of a rendered figure in a box, from 0 to 255."""
    pixels = np.asarray(axes.figure.canvas.buffer_rgba())[::-1, :, :3]
    (left, bottom), (right, top) = np.ceil(box.min).astype(int), np.floor(box.max).astype(int)
    return pixels[bottom:top, left:right].mean(axis=2).min()


def test_lines_do_not_show_through_the_labels_of_parallel_coordinates(search):
    axes = mpl.plot_parallel_coordinate(search)
    for text in axes.texts:
        text.set_color("none")
    axes.figure.canvas.draw()
    boxes = [text.get_bbox_patch().get_window_extent() for text in axes.texts]
    assert min(darkest(axes, box) for box in boxes) > 225
    for text in axes.texts:
        text.set_visible(False)
    axes.figure.canvas.draw()
    assert min(darkest(axes, box) for box in boxes) < 125, "no line crosses a label"


def test_axes_of_integers_have_integer_ticks(short):
    axes = [mpl.plot_optimization_history(short).xaxis, mpl.plot_intermediate_values(short).xaxis]
    for pair in (mpl.plot_contour(short, ["n", "m"]), mpl.plot_rank(short, ["n", "m"])):
        axes += [pair.xaxis, pair.yaxis]
    axes += [panel.xaxis for panel in mpl.plot_slice(short)]
    for axis in axes:
        assert ticks(axis)
        assert all(tick == round(tick) for tick in ticks(axis))
    figures = [plotting.plot_rank(short, ["n", "m"]), plotting.plot_contour(short, ["n", "m"])]
    assert [list(figure.layout.xaxis.tickvals) for figure in figures] == [[0.0, 1.0, 2.0]] * 2
    assert plotting.plot_optimization_history(short).layout.xaxis.tickformat == "d"
    assert plotting.plot_intermediate_values(short).layout.xaxis.tickformat == "d"
    for dimension in plotting.plot_parallel_coordinate(short).data[0].dimensions[1:]:
        assert all(text == str(int(text)) for text in dimension.ticktext)


def test_contours_do_not_interpolate_between_choices(search):
    points = parameter_axes.pair(search, ["optimizer", "depth"])
    surface = surface_over(points)
    for k in range(len(points.x.labels)):
        told = points.observed.values[points.x.positions == k]
        last = points.axis.clip(points.stopped[2][points.stopped[0] == k])
        low, high = min(*told, *last), max(*told, *last)
        heights = surface.z[:, k][~np.isnan(surface.z[:, k])]
        assert len(heights) > 0
        assert low - 1e-9 <= heights.min() <= heights.max() <= high + 1e-9
    (trace, *_) = plotting.plot_contour(search, ["optimizer", "depth"]).data
    assert (trace.type, trace.zsmooth) == ("heatmap", False)
    assert plotting.plot_contour(search, ["lr", "momentum"]).data[0].type == "contour"
    from matplotlib.collections import QuadMesh

    assert any(isinstance(artist, QuadMesh) for artist in mpl.plot_contour(search, ["optimizer", "depth"]).collections)
    assert not any(isinstance(artist, QuadMesh) for artist in mpl.plot_contour(search, ["lr", "momentum"]).collections)


def test_a_thousand_choices_have_a_few_labels(large):
    axes = mpl.plot_slice(large)
    assert 2 <= len(axes[0].get_xticks()) <= 10
    assert 2 <= len(mpl.plot_rank(large, ["kind", "x"]).get_xticks()) <= 10
    assert 2 <= len(mpl.plot_contour(large, ["x", "kind"]).get_yticks()) <= 20
    assert 2 <= len(plotting.plot_slice(large).layout.xaxis.ticktext) <= 20
    kind = plotting.plot_parallel_coordinate(large).data[0].dimensions[1]
    assert list(kind.ticktext)[:2] == ["variant 0", "variant 50"]
    assert len(kind.tickvals) == len(kind.ticktext) == 20
    assert slices.slices(large, ["kind"])[0].band is None, "a thousand bars would hide the trials"


def test_parallel_coordinates_draw_each_trial_through_all_axes(search):
    lines = parallel_coordinates(search)
    axes = mpl.plot_parallel_coordinate(search)
    polylines = [collection for collection in axes.collections if isinstance(collection, LineCollection)]
    drawn = {collection.get_label(): collection.get_segments() for collection in polylines}
    assert {kind: len(segments) for kind, segments in drawn.items()} == Counter(lines.kinds)
    assert sum(map(len, drawn.values())) == len(search.trials)
    assert [label.get_text() for label in axes.get_xticklabels()] == [dimension.name for dimension in lines.dimensions]
    (best,) = np.flatnonzero(lines.ids == search.best.id)
    np.testing.assert_allclose(drawn["best"][0][:, 1], [dimension.positions[best] for dimension in lines.dimensions])
    momentum = next(dimension for dimension in lines.dimensions if dimension.name == "momentum")
    assert momentum.positions.min() == momentum.low == INACTIVE
    assert "(absent)" in {text.get_text() for text in axes.texts}


def test_parallel_coordinates_tell_how_trials_ended(search):
    lines = parallel_coordinates(search)
    kinds = dict(zip(lines.ids, lines.kinds, strict=True))
    for trial in search.trials:
        ended = {"pruned": "stopped", "failed": "failed", "complete": "complete" if trial.feasible else "infeasible"}
        assert kinds[trial.id] == ("best" if trial.id == search.best.id else ended[trial.state])
    value, *_, outcome = lines.dimensions
    at = dict(zip(outcome.ticks, outcome.labels, strict=True))
    assert [at[place] for place in outcome.positions] == list(lines.kinds)
    assert set(value.positions[lines.kinds == "failed"]) == {INACTIVE}
    assert np.isnan(lines.shades[lines.kinds == "failed"]).all()
    assert lines.shades[lines.kinds == "best"] == 1.0


def test_parallel_coordinates_of_complete_trials_have_no_axis_of_outcomes(short):
    assert "outcome" not in [dimension.name for dimension in parallel_coordinates(short).dimensions]


def test_an_outlier_does_not_squash_the_values_of_parallel_coordinates():
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, sampler="random", seed=0)
    for trial in optimizer.ask(30):
        optimizer.tell(trial, 1e6 if trial.id == 3 else trial.params["x"] - 2.0)
    (value, _) = parallel_coordinates(optimizer).dimensions
    assert value.positions[3] == 1.0
    assert np.delete(value.positions, 3).max() > 0.5
    assert np.delete(value.positions, 3).std() > 0.1


def test_ranks_are_coloured_from_best_to_worst(search):
    points = parameter_axes.pair(search, ["lr", "depth"])
    axes = mpl.plot_rank(search, ["lr", "depth"])
    np.testing.assert_array_equal(axes.collections[0].get_array(), points.ranks)
    assert axes.get_xscale() == "log"
    bar = axes.figure.axes[1]
    assert [label.get_text() for label in bar.get_yticklabels()] == ["best", "median", "worst"]


@pytest.mark.parametrize("name", plotting.__all__)
def test_both_backends_have_every_figure(name):
    assert all(callable(getattr(backend, name)) for backend in BACKENDS)
    assert mpl.__all__ == plotting.__all__


def test_an_inactive_choice_of_the_recommended_trial_removes_no_other_band():
    kind = tt.Categorical(["a", "b"], when={"on": True})
    space = {"on": tt.Categorical([False, True]), "kind": kind, "x": tt.Float(0, 1)}
    result = tt.minimize(lambda params: params["x"] + params["on"], space, n_trials=20, seed=0, sampler="random")
    assert "kind" not in result.best.params
    bands = {part.parameter_axis.name: part.band for part in slices.slices(result)}
    assert bands["x"] is not None
    assert bands["kind"] is None
