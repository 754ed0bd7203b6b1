"""Both backends draw the data; no figure is displayed."""

import itertools
import sys

import numpy as np
import pytest

import tanteo as tt
from tanteo import plotting
from tanteo.importance import param_importances, standard_errors
from tanteo.plotting import data, slices, style
from tanteo.plotting import matplotlib as mpl
from tanteo.plotting.parallel import parallel_coordinates

plotly = pytest.importorskip("plotly")
matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

COMMON = (
    "plot_ablation",
    "plot_contour",
    "plot_edf",
    "plot_intermediate_values",
    "plot_optimization_history",
    "plot_parallel_coordinate",
    "plot_param_importances",
    "plot_rank",
    "plot_slice",
    "plot_timeline",
)
# Other tests cover what these do with a search without results.
OF_SEVERAL = ("plot_empirical_attainment_surface", "plot_hypervolume_history", "plot_pareto_front")
TESTED_ELSEWHERE = (*OF_SEVERAL, "plot_ablation", "plot_param_importances", "plot_timeline")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


@pytest.mark.parametrize("name", plotting.__all__)
def test_plotly_draws_a_figure_that_can_be_written(search, several, name):
    figure = getattr(plotting, name)(several if name in OF_SEVERAL else search)
    assert len(figure.data) > 0
    assert figure.to_json()


def test_slices_show_the_prediction_of_the_model(search):
    """Every active parameter of the recommended trial has a band, in both backends."""
    best = search.optimizer.recommend()
    with_band = [part.parameter_axis.name for part in slices.slices(search) if part.band is not None]
    assert with_band == [name for name in ("lr", "depth", "optimizer", "momentum", "augment") if name in best.params]
    shown = [trace.xaxis for trace in plotting.plot_slice(search).data if trace.legendgroup == "expected"]
    assert len(set(shown)) == len(with_band)
    drawn = [axes.get_xlabel() for axes in mpl.plot_slice(search) if axes.containers or len(axes.lines) > 1]
    assert drawn == with_band


@pytest.mark.parametrize("name", COMMON)
def test_matplotlib_draws_into_new_axes(search, name, tmp_path):
    axes = getattr(mpl, name)(search)
    first = axes[0] if isinstance(axes, list) else axes
    assert first.has_data()
    first.figure.savefig(tmp_path / "figure.png")


@pytest.mark.parametrize("fixture", ["empty", "infinite"])
@pytest.mark.parametrize(
    ("backend", "name"),
    [
        (backend, name)
        for backend in (plotting, mpl)
        for name in plotting.__all__
        if name not in TESTED_ELSEWHERE and hasattr(backend, name)
    ],
)
def test_a_search_without_a_finite_value_is_refused(request, fixture, name, backend):
    requirement = "reported intermediate values" if name == "plot_intermediate_values" else "with a finite value"
    with pytest.raises(tt.ArgumentError, match=f"nothing to draw: no trial.*{requirement}"):
        getattr(backend, name)(request.getfixturevalue(fixture))


@pytest.mark.parametrize("backend", [plotting, mpl])
def test_a_front_without_trials_is_refused(backend):
    several = tt.Optimizer({"x": tt.Float(0, 1)}, directions=["minimize", "maximize"], seed=0)
    with pytest.raises(tt.ArgumentError, match="nothing to draw: no trial is complete with finite values"):
        backend.plot_pareto_front(several)


def of_one(n, constraint=-1.0, n_failed=0, **space):
    """Return a search of ``n`` trials with equal values, and of failed trials."""
    optimizer = tt.Optimizer(space or {"x": tt.Float(0, 1)}, sampler="random", seed=0)
    for trial in optimizer.ask(n):
        optimizer.tell(trial, 1.0, constraints={"c": constraint})
    for trial in optimizer.ask(n_failed):
        optimizer.tell(trial, state="failed")
    return optimizer


@pytest.mark.parametrize("backend", [plotting, mpl])
@pytest.mark.parametrize(
    ("search", "method", "missing"),
    [
        (of_one(0), "ped-anova", "no trial is complete and feasible with a finite value"),
        (of_one(20, constraint=1.0), "ped-anova", "no trial is complete and feasible with a finite value"),
        (of_one(3), "ped-anova", "ped-anova needs 4 trials that have ended, and there are 3"),
        (of_one(1, n_failed=9), "fanova", "fanova needs 4 trials that are complete with a finite value, .* is 1"),
        (of_one(3, n_failed=9), "fanova", "fanova needs 4 trials that are complete with a finite value, .* are 3"),
        (of_one(3, n_failed=9, constraint=1.0), "fanova", "fanova needs 4 trials that are complete with .* are 3"),
        (of_one(20), "ped-anova", "the parameters make no difference"),
        (of_one(20, constraint=1.0), "fanova", "the parameters make no difference"),
        (of_one(1, x=tt.Constant(1)), "fanova", "no parameter of the space varies"),
    ],
)
def test_importances_that_are_all_zero_are_refused(backend, search, method, missing):
    with pytest.raises(tt.ArgumentError, match=f"nothing to draw: {missing}"):
        backend.plot_param_importances(search, method=method)


@pytest.mark.parametrize("backend", [plotting, mpl])
def test_slices_without_a_parameter_are_refused(search, backend):
    with pytest.raises(tt.ArgumentError, match="nothing to draw: params names no parameter"):
        backend.plot_slice(search, [])
    constant = tt.minimize(lambda params: 1.0, {"x": tt.Constant(1)}, n_trials=1, seed=0)
    with pytest.raises(tt.ArgumentError, match="nothing to draw: no parameter of the space varies"):
        backend.plot_slice(constant)


def test_a_search_without_results_beside_another_is_drawn(search, empty):
    assert len(plotting.plot_edf([search, empty]).data) == 2


def test_the_history_shows_the_trials_and_the_best_value(search):
    history = data.optimization_history(search)
    traces = {trace.name: trace for trace in plotting.plot_optimization_history(search).data}
    kinds = {"trials", "infeasible", "stopped", "1 stopped above the axis", "best so far", "best", "failed"}
    assert set(traces) == kinds
    assert len(traces["trials"].x) + len(traces["infeasible"].x) == len(history.complete.ids)
    assert list(traces["best"].x) == [search.best.id]
    assert list(traces["failed"].x) == history.failed_ids.tolist()
    assert list(traces["best so far"].y)[:-1] == history.best_values.tolist()
    axes = mpl.plot_optimization_history(search)
    assert {text.get_text() for text in axes.get_legend().get_texts()} >= {"trial", "best so far", "failed", "stopped"}


@pytest.mark.parametrize("maximize", [False, True])
def test_a_few_bad_values_do_not_squash_the_others(maximize):
    """They are drawn as triangles at the edge of the axis, with their number."""
    sign = -1.0 if maximize else 1.0
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, direction="maximize" if maximize else "minimize", seed=0)
    for value in (5e4, 1e6, *range(1, 21)):
        optimizer.tell(optimizer.ask(), sign * value)
    for axes, figure in (
        (mpl.plot_optimization_history(optimizer), plotting.plot_optimization_history(optimizer)),
        (mpl.plot_slice(optimizer)[0], plotting.plot_slice(optimizer)),
    ):
        low, high = axes.get_ylim()
        assert list(figure.layout.yaxis.range) == [low, high]
        assert 19 < high - low < 25
        beyond = next(trace for trace in figure.data if trace.name == "2 beyond the axis")
        assert list(beyond.y) == [low if maximize else high] * 2
        assert "2 beyond the axis" in axes.get_legend_handles_labels()[1]


def test_a_line_is_dotted_where_the_prediction_is_uncertain():
    optimizer = tt.Optimizer({"x": tt.Float(0, 10)}, seed=0)
    for x in (0.0, 0.4, 0.8, 1.2, 1.6, 2.0, 2.4, 2.8, 3.0):
        optimizer.observe({"x": x}, (x - 1.5) ** 2)
    (part,) = slices.slices(optimizer)
    certain = part.band.certain(part.axis)
    assert np.isfinite(certain[part.band.positions < 2.5]).all()
    assert np.isnan(certain[part.band.positions > 9.0]).all()
    (axes,) = mpl.plot_slice(optimizer)
    assert [line.get_linestyle() for line in axes.lines] == [":", "-"]
    figure = plotting.plot_slice(optimizer)
    lines = [trace for trace in figure.data if trace.name == slices.EXPECTED and trace.line.width]
    assert [trace.line.dash for trace in lines] == ["dot", None]
    assert "dotted" in axes.figure.get_suptitle()
    assert "dotted" in figure.layout.title.text
    for x in (4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0):
        optimizer.observe({"x": x}, (x - 1.5) ** 2)
    assert "dotted" not in plotting.plot_slice(optimizer).layout.title.text


def test_matplotlib_draws_into_given_axes(search):
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    assert mpl.plot_optimization_history(search, ax=axes) is axes
    row = list(Figure().subplots(1, 2))
    assert mpl.plot_slice(search, ["lr", "optimizer"], ax=row) == row
    assert row[0].get_xscale() == "log"
    assert [label.get_text() for label in row[1].get_xticklabels()] == ["adam", "sgd", "None"]


def test_slices_have_one_panel_for_each_parameter(search):
    figure = plotting.plot_slice(search, ["lr", "augment"])
    assert [trace.xaxis for trace in figure.data if trace.name == "best"] == ["x", "x2"]
    assert figure.layout.xaxis.type == "log"
    assert list(figure.layout.xaxis2.ticktext) == ["none", "light", "heavy"]


@pytest.mark.parametrize(("panels", "n_columns", "n_rows"), [(1, 1, 1), (4, 4, 1), (5, 4, 2), (9, 4, 3)])
def test_panels_form_rows_of_four(panels, n_columns, n_rows):
    space = {f"x{k}": tt.Float(0, 1) for k in range(panels)}
    result = tt.minimize(lambda params: sum(params.values()), space, n_trials=4, seed=0, sampler="random")
    cells = [axes.get_subplotspec() for axes in mpl.plot_slice(result)]
    assert [(cell.rowspan.start, cell.colspan.start) for cell in cells] == [divmod(k, 4) for k in range(panels)]
    assert cells[0].get_gridspec().get_geometry() == (n_rows, n_columns)
    figure = plotting.plot_slice(result)
    assert len(list(figure.select_xaxes())) == len(list(figure.select_yaxes())) == panels
    assert len({axis.domain for axis in figure.select_xaxes()}) == n_columns
    assert len({axis.domain for axis in figure.select_yaxes()}) == n_rows


def test_slices_explain_light_and_dark_points_and_name_the_value_in_every_row(search):
    figure = plotting.plot_slice(search)
    axes = mpl.plot_slice(search)
    for title in (figure.layout.title.text, axes[0].figure.get_suptitle()):
        assert "light points: early trials" in title
    assert [panel.get_ylabel() for panel in axes] == ["Objective value", "", "", "", "Objective value"]
    assert [axis.title.text for axis in figure.select_yaxes(col=1)] == ["Objective value"] * 2


@pytest.mark.parametrize(
    "parameter", [tt.Int(20, 40, log=True), tt.Int(1, 10**6, log=True), tt.Float(0.1, 0.5, log=True)]
)
def test_labels_of_a_log_axis_are_plain_and_do_not_overlap(parameter):
    result = tt.minimize(lambda params: params["x"], {"x": parameter}, n_trials=8, seed=0, sampler="random")
    (axes,) = mpl.plot_slice(result)
    axes.figure.canvas.draw()
    boxes = [label.get_window_extent() for label in axes.get_xticklabels(which="both") if label.get_text()]
    texts = [label.get_text() for label in axes.get_xticklabels(which="both") if label.get_text()]
    assert len(texts) > 1
    assert all("$" not in text and float(text) > 0 for text in texts)
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


def test_slanted_labels_end_at_their_tick():
    choices = [f"a choice with a long name, number {k}" for k in range(3)]
    space = {"kind": tt.Categorical(choices), "x": tt.Float(0, 1)}
    result = tt.minimize(lambda params: params["x"], space, n_trials=8, seed=0, sampler="random")
    axes = mpl.plot_contour(result, ["kind", "x"])
    axes.figure.canvas.draw()
    labels = axes.get_xticklabels()
    assert len({label.get_text() for label in labels}) == 3
    for label in labels:
        tick = axes.transData.transform((label.get_position()[0], 0.0))[0]
        box = label.get_window_extent()
        # The label ends at its tick, except for the height of a slanted letter.
        assert abs(box.x1 - tick) < 15 < tick - box.x0


def test_parallel_coordinates_draw_inactive_values_below_the_axis(search):
    figure = plotting.plot_parallel_coordinate(search)
    dimensions = {dimension.label: dimension for dimension in figure.data[0].dimensions}
    assert list(dimensions) == ["Objective value", "lr", "depth", "optimizer", "momentum", "augment", "outcome"]
    assert np.min(dimensions["momentum"]["values"]) < 0.0
    assert tuple(dimensions["momentum"].range) == (-0.1, 1.0)
    assert dimensions["momentum"].ticktext[0] == "(absent)"
    assert tuple(dimensions["lr"].range) == (0.0, 1.0)


def test_parallel_coordinates_may_have_one_outcome_that_is_not_complete():
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
    for trial in search.ask(3):
        search.tell(trial, 1.0, constraints={"c": 1.0})
    assert parallel_coordinates(search).dimensions[-1].labels == ["infeasible"]


def test_parallel_coordinates_of_plotly_colour_each_kind_of_trial(search):
    line = plotting.plot_parallel_coordinate(search).data[0].line
    kinds = parallel_coordinates(search).kinds
    colours = dict(line.colorscale)
    assert (line.cmin, line.cmax) == (0.0, 1.0)
    for kind in ("stopped", "failed", "infeasible", "best"):
        assert {colours[place] for place in line.color[kinds == kind]} == {style.LINES[kind][0]}
    assert line.color[kinds == "complete"].max() <= 0.5


def test_of_many_parameters_the_most_important_ones_are_drawn_unless_they_are_named():
    optimizer = tt.Optimizer({f"p{k}": tt.Float(0, 1) for k in range(12)}, sampler="random", seed=0)
    for trial in optimizer.ask(60):
        optimizer.tell(trial, sum((10.0 + k) * trial.params[f"p{k}"] for k in (3, 11)))
    drawn = [name for name in optimizer.space if name in list(param_importances(optimizer))[:10]]
    assert {"p3", "p11"} < set(drawn)
    assert [axes.get_xlabel() for axes in mpl.plot_slice(optimizer)] == drawn
    assert "10 of 12 parameters" in plotting.plot_slice(optimizer).layout.title.text
    figure, axes = plotting.plot_parallel_coordinate(optimizer), mpl.plot_parallel_coordinate(optimizer)
    assert [dimension.label for dimension in figure.data[0].dimensions] == ["Objective value", *drawn]
    assert "10 of 12 parameters" in figure.layout.title.text
    assert axes.get_xlabel() == "10 of 12 parameters"
    of_function = mpl.plot_slice(optimizer, target=lambda trial: trial.value)
    assert [axes.get_xlabel() for axes in of_function] == list(optimizer.space)[:10]
    named = plotting.plot_parallel_coordinate(optimizer, list(optimizer.space))
    assert len(named.data[0].dimensions) == 13
    assert "parameters" not in named.layout.title.text


@pytest.mark.parametrize(("n", "note"), [(9, True), (40, False), (100, False)])
def test_importances_have_two_digits_and_name_their_method(n, note):
    """With one digit, a small share would look like none. A note says that trials are few."""
    optimizer = tt.Optimizer({"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, sampler="random", seed=0)
    for trial in optimizer.ask(n):
        optimizer.tell(trial, trial.params["x"])
    for trial in optimizer.ask(20):
        optimizer.tell(trial, state="pruned")
    (bars,) = (figure := plotting.plot_param_importances(optimizer)).data
    axes = mpl.plot_param_importances(optimizer)
    for labels in (bars.text[::-1], [text.get_text() for text in axes.texts]):
        assert list(labels) == [f"{share:.2f}" for share in param_importances(optimizer).values()]
    (errors,) = axes.containers[0].lines[2]
    lengths = [right - left for (left, _), (right, _) in errors.get_segments()]
    assert lengths == pytest.approx([2.0 * error for error in standard_errors(optimizer).values()])
    assert bars.error_x.array[::-1] == pytest.approx(list(standard_errors(optimizer).values()))
    assert plotting.plot_param_importances(optimizer, quantile=0.1).data[0].error_x.array is None
    for title in (figure.layout.title.text.replace("<br>", " "), axes.get_xlabel().replace("\n", " ")):
        assert "PED-ANOVA of the best 5 to 95 %" in title
        assert ("9 results are too few to tell" in title) == note
    assert "fANOVA" in mpl.plot_param_importances(optimizer, method="fanova").get_xlabel()
    assert "of the best 10 %" in mpl.plot_param_importances(optimizer, quantile=0.1).get_xlabel()


def test_importances_are_bars(search):
    from tanteo.importance import param_importances

    shares = param_importances(search, method="fanova")
    (bars,) = plotting.plot_param_importances(search, method="fanova").data
    assert dict(zip(bars.y, bars.x, strict=True)) == shares
    widths = [patch.get_width() for patch in mpl.plot_param_importances(search, method="fanova").patches]
    assert widths == list(shares.values())


def test_fronts_of_two_and_three_objectives_are_drawn(several, three):
    figure = plotting.plot_pareto_front(several, target_names=["cost", "speed"])
    assert figure.layout.xaxis.title.text == "cost"
    front = next(trace for trace in figure.data if trace.name == "front")
    assert len(front.x) == len(several.pareto_front)
    assert plotting.plot_pareto_front(three).data[0].type == "scatter3d"
    assert mpl.plot_pareto_front(several).get_ylabel() == "objective 1"
    assert mpl.plot_pareto_front(three).name == "3d"


def test_several_searches_share_one_distribution_plot(search):
    assert len(plotting.plot_edf([search, search.optimizer]).data) == 2
    names = {"first": search, "second": search.optimizer}
    for searches, expected in [([search, search.optimizer], ["search 0", "search 1"]), (names, list(names))]:
        legend = mpl.plot_edf(searches).get_legend()
        assert [curve.name for curve in plotting.plot_edf(searches).data] == expected
        assert [text.get_text() for text in legend.get_texts()] == expected


@pytest.mark.parametrize(
    ("package", "function"),
    [("plotly.graph_objects", plotting.plot_edf), ("matplotlib.pyplot", mpl.plot_edf)],
)
def test_a_missing_package_names_the_extra(search, monkeypatch, package, function):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=r"tanteo\[plot\]"):
        function(search)


def test_the_axis_shows_the_name_of_the_objective(named):
    figure = plotting.plot_slice(named, objective="accuracy")
    assert figure.layout.yaxis.title.text == "accuracy"
    assert plotting.plot_edf([named, named], objective="loss").layout.xaxis.title.text == "loss"
    assert mpl.plot_edf([named], objective=1).get_xlabel() == "accuracy"
    assert mpl.plot_slice(named, objective="loss")[0].get_ylabel() == "loss"
    bars = plotting.plot_param_importances(named, objective="loss")
    assert bars.data[0].y[-1] == "x", "the largest bar is on top"
    assert bars.layout.title.text.startswith("Importance of parameters for loss (PED-ANOVA")
    assert mpl.plot_param_importances(named, objective=1).get_xlabel().startswith("Share of importance for accuracy (")
    (rank,) = [trace.marker.colorbar for trace in plotting.plot_rank(named, objective=1).data if trace.name == "trials"]
    assert rank.title.text == "rank by accuracy"
    assert mpl.plot_rank(named, objective="loss").figure.axes[-1].get_ylabel() == "rank by loss"


@pytest.mark.parametrize("backend", [plotting, mpl])
@pytest.mark.parametrize("function", ["plot_param_importances", "plot_ablation"])
def test_figures_of_one_objective_do_not_choose_it(named, backend, function):
    with pytest.raises(tt.ArgumentError, match="objective= selects one of them: 'loss', 'accuracy'"):
        getattr(backend, function)(named)


def test_a_single_objective_without_a_name_is_not_named(search, named):
    assert plotting.plot_param_importances(search).layout.title.text.startswith("Importance of parameters (")
    start = named.trials[0]
    assert mpl.plot_ablation(search).get_ylabel() == "Predicted objective value"
    assert plotting.plot_ablation(named, start, objective=0).layout.yaxis.title.text == "Predicted loss"


def test_a_target_may_be_a_function(several):
    figure = plotting.plot_optimization_history(several, target=lambda trial: trial.values[1], target_name="speed")
    assert figure.layout.yaxis.title.text == "speed"
    with pytest.raises(tt.ArgumentError, match="objective= selects one of them: 0, 1"):
        plotting.plot_slice(several)
    with pytest.raises(tt.ArgumentError, match=r"target must be a function of a trial, .* use objective="):
        plotting.plot_slice(several, target=1)
    with pytest.raises(tt.ArgumentError, match="give objective or target, not both"):
        plotting.plot_slice(several, objective=1, target=lambda trial: trial.values[1])
    with pytest.raises(tt.ArgumentError, match="target= takes a function"):
        plotting.plot_slice(several, objective=lambda trial: trial.values[1])


def test_slices_of_a_function_have_no_prediction(several):
    for options, is_predicted in (({"objective": 1}, True), ({"target": lambda trial: trial.values[1]}, False)):
        names = [trace.name for trace in plotting.plot_slice(several, **options).data]
        assert (slices.EXPECTED in names) is is_predicted
        legend = mpl.plot_slice(several, **options)[0].figure.legends[0]
        assert (slices.EXPECTED in [text.get_text() for text in legend.get_texts()]) is is_predicted


def test_the_legend_of_the_history_covers_no_point(search):
    axes = mpl.plot_optimization_history(search)
    axes.figure.canvas.draw()
    assert axes.get_legend().get_window_extent().y0 >= axes.get_window_extent().y1


def n_stopped(figure):
    """Return the number of points of stopped trials, also of those beyond the axis."""
    return sum(len(trace.x) for trace in figure.data if "stopped" in (trace.name or ""))


def test_stopped_trials_are_hollow_in_slices_and_over_two_parameters(search):
    stopped = [trial for trial in search.trials if trial.state == "pruned"]
    assert len(stopped) > 1
    assert n_stopped(plotting.plot_slice(search, ["lr"])) == len(stopped)
    for name in ("plot_contour", "plot_rank"):
        assert n_stopped(getattr(plotting, name)(search, ["lr", "depth"])) == len(stopped)
    drawn = [
        mpl.plot_slice(search, ["lr"])[0],
        mpl.plot_contour(search, ["lr", "depth"]),
        mpl.plot_rank(search, ["lr", "depth"]),
    ]
    for axes in drawn:
        points = [points for points in axes.collections if "stopped" in points.get_label()]
        assert sum(len(each.get_offsets()) for each in points) == len(stopped)
        assert not any(len(each.get_facecolors()) for each in points)


def test_stopped_trials_have_no_value_of_a_function(search):
    """It may need what only a complete trial has."""
    figure = plotting.plot_slice(search, ["lr"], target=lambda trial: trial.values[0])
    assert n_stopped(figure) == 0


def test_the_axes_of_curves_over_folds_name_the_folds(search):
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, seed=0)
    trial = optimizer.ask()
    for fold in (2, 0, 1):
        optimizer.report_fold(trial, fold, float(fold))
    optimizer.tell(trial)

    def labels(study):
        axes, layout = mpl.plot_intermediate_values(study), plotting.plot_intermediate_values(study).layout
        assert (layout.xaxis.title.text, layout.yaxis.title.text) == (axes.get_xlabel(), axes.get_ylabel())
        return axes.get_xlabel(), axes.get_ylabel()

    assert labels(search) == ("Step", "Reported value")
    assert labels(optimizer) == ("Folds measured", "Mean of the folds so far")
    other = optimizer.ask()
    optimizer.report(other, 1, 0.5)
    assert labels(optimizer)[0] == "Step, or folds measured"


# Only these show names of parameters; other names are printable.
WITH_NAMES = ("plot_contour", "plot_parallel_coordinate", "plot_param_importances", "plot_rank", "plot_slice")


@pytest.mark.parametrize("name", WITH_NAMES)
def test_names_and_choices_without_glyphs_cause_no_warning(name, recwarn):
    """The warning of matplotlib would write them to the terminal as they are."""
    odd = "\x1b]0;title\x07\x9b2J"
    space = {odd: tt.Float(0.0, 1.0), f"{odd}log": tt.Float(0.1, 1.0, log=True), f"{odd}c": tt.Categorical([odd, "b"])}
    search = tt.Optimizer(space, seed=0)
    for k, trial in enumerate(search.ask(12)):
        search.tell(trial, k)
    axes = getattr(mpl, name)(search)
    (axes[0] if isinstance(axes, list) else axes).figure.canvas.draw()
    assert [str(warning.message) for warning in recwarn if not str(warning.message).isprintable()] == []
    assert not any("Glyph" in str(warning.message) for warning in recwarn)
