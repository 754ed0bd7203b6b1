"""Timelines, hypervolume histories, error bars and logarithmic axes of values."""

import random

import numpy as np
import pytest

import tanteo as tt
from tanteo import plotting
from tanteo.plotting import data
from tanteo.plotting import matplotlib as mpl
from tanteo.plotting.front import pareto_front
from tanteo.plotting.hypervolume import hypervolume_history
from tanteo.plotting.timeline import timeline
from tanteo.plotting.value_axis import value_axis

pytest.importorskip("plotly")
pytest.importorskip("matplotlib").use("Agg")

BACKENDS = (plotting, mpl)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


def test_a_timeline_has_every_evaluation_in_both_backends(search):
    drawn = timeline(search)
    assert sorted(drawn.ids.tolist()) == list(range(50))
    assert 0.0 <= drawn.idle < 1.0
    assert sum(int(mask.sum()) for _, mask in drawn.groups) == 50
    assert sum(len(trace.x) for trace in plotting.plot_timeline(search).data) == 50
    assert len(mpl.plot_timeline(search).patches) == 50


def test_a_timeline_of_asks_and_tells_by_hand_names_no_workers(search, tmp_path):
    assert "idle" in mpl.plot_timeline(search).get_xlabel()
    assert mpl.plot_timeline(search).get_ylabel() == "Worker"
    with tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1)}, seed=0) as study:
        for trial in study.ask(4):
            study.tell(trial, 1.0)
        axes, layout = mpl.plot_timeline(study), plotting.plot_timeline(study).layout
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Seconds", "Lane")
    assert (layout.title.text, layout.yaxis.title.text) == ("Timeline", "Lane")


def test_very_short_trials_are_wide_enough_to_be_seen():
    search = tt.Optimizer({"x": tt.Float(0, 1)}, seed=0)
    for number, trial in enumerate(search.ask(4)):
        search.tell(trial, 1.0)
        search._core.set_evaluation(number, 10.0 * number, 10.0 * number + 1e-5, None)
    assert timeline(search).spans[1].max() < 1e-4
    axes = mpl.plot_timeline(search)
    axes.figure.canvas.draw()
    assert min(bar.get_window_extent().width for bar in axes.patches) > 1.0
    (bars,) = plotting.plot_timeline(search).data
    assert min(bars.x) > 30.0 / 500
    assert bars.hovertext[1] == "trial 1: 1e-05 s"


def test_an_ablation_path_is_that_of_importance(search, several):
    steps = tt.importance.ablation(search)
    (trace,) = plotting.plot_ablation(search).data
    assert list(trace.y) == [step.value for step in steps]
    (line,) = mpl.plot_ablation(search).lines
    assert list(line.get_ydata()) == list(trace.y)
    labels = [text.get_text() for text in mpl.plot_ablation(search).get_xticklabels()]
    assert labels == ["start", *(", ".join(step.changed) for step in steps[1:])]
    first, second = several.trials[0], several.trials[1]
    assert mpl.plot_ablation(several, first, second, objective=1).get_ylabel() == "Predicted objective 1"


def test_an_ablation_path_has_the_errors_of_its_changes_as_bars():
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}, seed=0, sampler="random")
    for trial in search.ask(20):
        search.tell(trial, trial.params["x"] + trial.params["y"] ** 2)
    ends = search.trials[0], search.best
    (trace,) = plotting.plot_ablation(search, *ends).data
    assert list(trace.error_y.array) == [step.sem or 0.0 for step in tt.importance.ablation(search, *ends)]
    axes = mpl.plot_ablation(search, *ends)
    assert len(axes.collections) == 1
    assert axes.get_xlabel() == "Changed (bars: standard error of the change)"


def test_a_hypervolume_history_only_grows_and_ends_with_the_last_trial(several):
    drawn = hypervolume_history(several)
    assert (np.diff(drawn.shares) > 0.0).all()
    assert 0.0 < drawn.shares[0] <= drawn.shares[-1] <= 1.0
    assert set(drawn.ids.tolist()) >= {trial.id for trial in several.pareto_front[1:-1]} - {0}
    (trace,) = plotting.plot_hypervolume_history(several).data
    assert list(trace.x) == drawn.line[0]
    (line,) = mpl.plot_hypervolume_history(several).lines
    assert list(line.get_ydata()) == drawn.line[1]


def test_a_hypervolume_history_is_0_until_a_trial_is_better_than_the_reference_point():
    search = tt.Optimizer({"x": tt.Int(0, 9)}, directions=["minimize"] * 2, seed=0)
    for x, values in enumerate([(3.0, 3.0), (3.0, 1.0), (1.0, 1.0), (2.0, 2.0)]):
        search.observe({"x": x}, values)
    search.observe({"x": 4}, (0.0, 1.5))
    drawn = hypervolume_history(search, [2.0, 2.0])
    assert drawn.line == ([0, 2, 4, 4], [0.0, *drawn.shares, drawn.shares[-1]])
    search.observe({"x": 5}, (0.0, 0.0))
    assert hypervolume_history(search, [9.0, 9.0]).line[0][:2] == [0, 1], "which the first trial is at once"


def test_two_parameters_that_are_never_active_together_are_refused():
    space = {
        "kind": tt.Categorical(["a", "b"]),
        "u": tt.Float(0, 1, when={"kind": "a"}),
        "v": tt.Float(0, 1, when={"kind": "b"}),
    }
    search = tt.Optimizer(space, seed=0, sampler="random")
    for trial in search.ask(20):
        search.tell(trial, trial.params.get("u", 0.5))
    for backend in (plotting, mpl):
        for plot in (backend.plot_contour, backend.plot_rank):
            with pytest.raises(tt.ArgumentError, match="'u' and 'v' are active together in no complete trial"):
                plot(search, ["u", "v"])


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_cannot_be_drawn_is_refused(backend, search, empty):
    with pytest.raises(tt.ArgumentError, match="this search has one; draw plot_optimization_history"):
        backend.plot_hypervolume_history(search)
    with pytest.raises(tt.ArgumentError, match="no trial has a start and an end"):
        backend.plot_timeline(empty)
    equal = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, directions=["minimize", "minimize"], seed=0)
    for trial in equal.ask(3):
        equal.tell(trial, (1.0, trial.params["x"]))
    assert hypervolume_history(equal).reference["objective 0"] == 1.1, "without a range, a tenth of 1 beyond"
    with pytest.raises(tt.ArgumentError, match=r"better than the reference point \(objective 0 1, "):
        backend.plot_hypervolume_history(equal, reference_point=[1.0, None])


def measured(sem):
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0, sampler="random")
    for trial in search.ask(10):
        search.tell(trial, trial.params["x"], sem=sem)
    return search


def test_known_standard_errors_are_bars_in_both_backends():
    with_errors, without = measured(0.25), measured(None)
    assert data.observations(with_errors).sems.tolist() == [0.25] * 10
    bars = [trace.error_y.array for trace in plotting.plot_optimization_history(with_errors).data]
    assert sum(len(array) for array in bars if array is not None) == 10 + 1, "of the trials, and of the best once more"
    assert all(trace.error_y.array is None for trace in plotting.plot_optimization_history(without).data)
    assert mpl.plot_optimization_history(with_errors).containers
    assert not mpl.plot_optimization_history(without).containers


def test_positive_values_over_decades_get_a_logarithmic_axis_and_others_do_not():
    draw = random.Random(0)
    decades = np.array([10.0 ** draw.uniform(-6.0, 0.0) for _ in range(50)])
    axis = value_axis(decades, maximize=False)
    assert axis.log
    assert axis.n_beyond == 0
    assert 0.0 < axis.low < decades.min() < decades.max() < axis.high
    for values, maximize in ((decades, True), (decades - 0.5, False), (1.0 + decades, False)):
        assert not value_axis(values, maximize=maximize).log


def test_both_backends_draw_the_logarithmic_axis():
    search = tt.Optimizer({"x": tt.Float(-6.0, 0.0)}, seed=0, sampler="random")
    for trial in search.ask(40):
        search.tell(trial, 10.0 ** trial.params["x"])
    assert plotting.plot_optimization_history(search).layout.yaxis.type == "log"
    assert plotting.plot_slice(search).layout.yaxis.type == "log"
    assert mpl.plot_optimization_history(search).get_yscale() == "log"
    assert mpl.plot_slice(search)[0].get_yscale() == "log"


@pytest.fixture(scope="module")
def broken():
    """A search with infeasible and failed trials in two parameters."""
    space = {"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}
    search = tt.Optimizer(space, seed=0, sampler="random")
    for number, trial in enumerate(search.ask(40)):
        value = None if number % 5 == 0 else trial.params["x"] + 2 * trial.params["y"]
        search.tell(trial, value, constraints=None if value is None else {"c": 0.2 - trial.params["x"]})
    return search


@pytest.mark.parametrize("name", ["plot_rank", "plot_contour"])
def test_what_is_infeasible_failed_and_best_is_marked_with_a_legend(broken, name):
    counts = {
        "infeasible": sum(t.state == "complete" and not t.feasible for t in broken.trials),
        "failed": sum(t.state == "failed" for t in broken.trials),
        "best": 1,
    }
    assert min(counts.values()) > 0
    figure = getattr(plotting, name)(broken)
    assert {trace.name: len(trace.x) for trace in figure.data if trace.name in counts} == counts
    axes = getattr(plotting.matplotlib, name)(broken)
    drawn = {each.get_label(): len(each.get_offsets()) for each in axes.collections if each.get_label() in counts}
    assert drawn == counts
    assert set(counts) <= {text.get_text() for text in axes.get_legend().get_texts()}


def test_slices_have_one_legend_for_all_panels(broken):
    figure = plotting.plot_slice(broken)
    names = ["best", "expected, 95 %", "failed", "infeasible"]
    assert sorted(trace.name for trace in figure.data if trace.showlegend) == [*names, "trials"]
    (legend,) = plotting.matplotlib.plot_slice(broken)[0].figure.legends
    assert sorted(text.get_text() for text in legend.get_texts()) == [*names, "trial"]


@pytest.mark.parametrize("n_objectives", [2, 3])
def test_infeasible_trials_do_not_set_the_axes_of_a_front_and_are_labelled(n_objectives):
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, directions=["minimize"] * n_objectives, seed=0)
    for k in range(11):
        search.observe({"x": k / 10}, [k / 10, 1.0 - k / 10, 0.5][:n_objectives])
    axes = pareto_front(search).axes
    search.observe({"x": 0.99}, [-7.0, 900.0, 900.0][:n_objectives], constraints={"c": 1.0})
    search.observe({"x": 0.98}, [0.6, 0.6, 0.5][:n_objectives], constraints={"c": 1.0})
    front = pareto_front(search)
    assert front.axes == axes
    assert [front.drawn.min(), front.drawn.max()] == pytest.approx([0.0, 1.0], abs=0.07)
    groups = {group.name: front.ids[group.mask].tolist() for group in front.groups}
    assert groups["infeasible, beyond an axis"] == [11]
    assert groups["infeasible"] == [12]
    notes = {trace.name: list(trace.text) for trace in plotting.plot_pareto_front(search).data}
    (far,) = notes["infeasible, beyond an axis"]
    assert far.startswith("trial 11, infeasible: objective 0 -7, objective 1 900")
    assert notes["infeasible"] == ["trial 12, infeasible"]
    assert "infeasible, beyond an axis" in {each.get_label() for each in mpl.plot_pareto_front(search).collections}
    symbols = {trace.name: trace.marker.symbol for trace in plotting.plot_pareto_front(search).data}
    assert symbols["infeasible"] != symbols["infeasible, beyond an axis"]
    shapes = {
        each.get_label(): each.get_paths()[0].vertices.tolist() for each in mpl.plot_pareto_front(search).collections
    }
    assert shapes["infeasible"] != shapes["infeasible, beyond an axis"]


def test_a_front_without_a_feasible_trial_shows_all_values():
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, directions=["minimize"] * 3, seed=0)
    for k in range(3):
        search.observe({"x": k / 3}, [k, -k, 900.0 * k], constraints={"c": 1.0})
    front = pareto_front(search)
    assert [group.name for group in front.groups] == ["infeasible"]
    assert (front.drawn == front.values).all()


def test_the_axes_hold_the_whole_front_however_far_most_trials_are_from_its_end():
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, directions=["minimize", "minimize"], seed=0)
    rows = [(0.2, 8.0), (0.25, 6.0), (0.28, 4.0), *((0.29 + 0.01 * k, 1.0 - 0.04 * k) for k in range(20))]
    for k, values in enumerate(rows):
        search.observe({"x": k / 30}, values)
    front = pareto_front(search)
    assert (front.drawn == front.values).all()
    assert {group.name for group in front.groups} <= {"front", "knee"}
    assert 8.0 < front.axes[1].high < 9.0
    assert mpl.plot_pareto_front(search).get_ylim() == (front.axes[1].low, front.axes[1].high)
    (marks,) = (trace for trace in plotting.plot_pareto_front(search).data if trace.name == "front")
    assert max(marks.y) == 8.0


def test_outliers_of_a_front_are_at_the_edge_of_both_backends():
    search = tt.Optimizer({"x": tt.Int(0, 99)}, directions=["minimize", "maximize"], seed=0)
    for k in range(20):
        search.observe({"x": 4 * k}, (k / 20, k / 20 - (k % 3) / 10), sem=(0.0, 0.0))
    search.observe({"x": 99}, (500.0, 0.1), sem=(0.0, 0.0))
    front = pareto_front(search)
    beyond = {name: front.ids[mask].tolist() for name, mask, _ in front.groups}["beyond an axis"]
    assert beyond == [20]
    assert front.drawn.max() < 10.0
    (marks,) = (trace for trace in plotting.plot_pareto_front(search).data if trace.name == "beyond an axis")
    assert list(marks.x) == [front.axes[0].high]
    axes = mpl.plot_pareto_front(search)
    assert axes.get_xlim() == (front.axes[0].low, front.axes[0].high)
