"""The data that figures show."""

import math

import numpy as np
import pytest

import tanteo as tt
from tanteo.importance import ablation, param_importances
from tanteo.plotting import data, front, parallel, parameter_axes, slices, targets
from tanteo.plotting.surface import surface_over
from tanteo.plotting.value_axis import ValueAxis, reaching, value_axis


def test_the_history_has_every_complete_trial_and_the_best_feasible_value_so_far(search):
    history = data.optimization_history(search)
    complete = [t for t in search.trials if t.state == "complete"]
    assert history.complete.ids.tolist() == [t.id for t in complete]
    assert history.complete.values.tolist() == [t.value for t in complete]
    assert history.failed_ids.tolist() == [t.id for t in search.trials if t.state == "failed"]
    best = math.inf
    changes = []
    for trial in complete:
        if trial.feasible and trial.value < best:
            best = trial.value
            changes.append((trial.id, best))
    assert list(zip(history.best_ids.tolist(), history.best_values.tolist(), strict=True)) == changes
    assert history.best_values[-1] == search.best.value
    assert history.last_id == len(search.trials) - 1
    assert not history.complete.feasible.all()


def test_the_history_has_the_last_report_of_pruned_trials(search):
    pruned = data.optimization_history(search).pruned
    expected = [list(t.steps.values())[-1] for t in search.trials if t.state == "pruned"]
    assert pruned.values.tolist() == expected != []


def test_of_trials_that_tie_in_an_objective_figures_and_ablations_name_one_on_the_front():
    search = tt.Optimizer({"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, directions=["minimize", "maximize"], seed=0)
    for values in ([0.0, 1.0], [2.0, 4.0], [0.0, 3.0], [0.0, 3.0], [0.0, 2.0], [1.0, 4.0], [-1.0, -math.inf]):
        search.tell(search.ask(), values)
    assert [member.id for member in search.front()] == [2, 3, 5]
    for objective, best in ((0, 2), (1, 5)):
        (panel,) = slices.slices(search, ["x"], objective)
        lines = parallel.parallel_coordinates(search, ["x"], objective)
        (star,) = panel.observations.ids[dict(data.groups(panel.observations, panel.axis))["best"]]
        assert [star, *lines.ids[dict(lines.groups)["best"]]] == [best, best]
        assert ablation(search, search.trials[0], objective=objective)[-1].trial == best


@pytest.fixture
def set_aside(tmp_path):
    """A study with two objectives, whose best trial in both is excluded."""
    study = tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, directions=["minimize"] * 2, seed=0)
    for value in (0.5, 0.4, 0.01, 0.3, 0.2):
        study.tell(study.ask(), [value, value])
    study.exclude(2)
    return study


def test_excluded_trials_are_in_no_figure(set_aside):
    assert data.optimization_history(set_aside, 0).best_ids.tolist() == [0, 1, 3, 4]
    assert data.edf(set_aside, 0)[0].values.tolist() == [0.2, 0.3, 0.4, 0.5]
    assert parallel.parallel_coordinates(set_aside, target=0).ids.tolist() == [0, 1, 3, 4]
    assert parameter_axes.pair(set_aside, ["x", "y"], 0).observed.ids.tolist() == [0, 1, 3, 4]
    assert front.pareto_front(set_aside).ids.tolist() == [0, 1, 3, 4]
    set_aside.include(2)
    assert data.optimization_history(set_aside, 0).best_ids.tolist() == [0, 1, 2]


def test_trials_that_do_not_fit_a_changed_space_are_in_no_figure(tmp_path):
    study = tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, seed=0)
    result = tt.minimize(lambda p: p["x"], study=study, n_trials=10)
    study.change_space({"x": tt.Float(0.5, 1), "y": tt.Float(0, 1)})
    assert result.best.params["x"] >= 0.5
    assert data.optimization_history(study).best_values[-1] == result.best.value
    assert parameter_axes.pair(study, ["x", "y"]).observed.values.min() == result.best.value


def test_the_best_value_so_far_rises_when_maximizing():
    result = tt.maximize(lambda p: p["x"], {"x": tt.Float(0, 1)}, n_trials=20, seed=0, sampler="random")
    history = data.optimization_history(result)
    assert np.all(np.diff(history.best_values) > 0)
    assert history.best_values[-1] == result.best.value


def test_several_objectives_need_a_target(several):
    with pytest.raises(tt.ArgumentError, match="objective="):
        data.observations(several)
    second = data.observations(several, lambda trial: trial.values[1], "second")
    assert second.values.tolist() == [t.values[1] for t in several.trials]
    assert second.name == "second"


def test_an_objective_is_chosen_by_its_position_or_its_name(several, named):
    for search, target, name in ((several, 1, "objective 1"), (named, 1, "accuracy"), (named, "accuracy", "accuracy")):
        second = data.observations(search, target)
        assert second.values.tolist() == [t.values[1] for t in search.trials]
        assert (second.name, second.maximize, second.objective) == (name, True, 1)
    assert data.observations(named, "accuracy", "share").name == "share"
    improved = data.optimization_history(named, "accuracy").best_values
    assert np.all(np.diff(improved) > 0)
    assert improved[-1] == max(t.values[1] for t in named.trials)
    assert targets.shared_name(["loss", "loss"]) == "loss"
    assert targets.shared_name(["loss", "accuracy"]) == "Objective value"


def test_a_pair_is_the_two_most_important_parameters_of_the_objective(named):
    for index, objective in enumerate(("loss", "accuracy")):
        shares = list(param_importances(named, objective=index))
        pair = parameter_axes.pair(named, target=objective)
        assert {pair.x.name, pair.y.name} == set(shares[:2])
    assert list(param_importances(named, objective="loss")) != list(param_importances(named, objective="accuracy"))


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("los", "there is no objective 'los'; the search has 'loss', 'accuracy'"),
        (2, "objective must be from 0 to 1, got 2"),
        (True, "objective must be an integer, got True"),
        (0.5, "objective must be an integer, got 0.5"),
    ],
)
def test_an_unknown_objective_is_refused(named, several, target, message):
    with pytest.raises(tt.ArgumentError, match=message):
        data.observations(named, target)
    with pytest.raises(tt.ArgumentError, match="the objectives have no names here"):
        data.observations(several, "loss")
    with pytest.raises(tt.ArgumentError, match="objective= selects one of them: 'loss', 'accuracy'"):
        data.observations(named)


def test_values_that_are_not_finite_are_not_drawn():
    result = tt.minimize(lambda p, trial: [math.inf, 1.0][trial.id % 2], {"x": tt.Float(0, 1)}, n_trials=6, seed=0)
    assert data.observations(result).values.tolist() == [1.0, 1.0, 1.0]


def test_a_band_contains_the_loss():
    """After 40 trials on a bowl the model predicts it well, best near its minimum."""
    space = {"x": tt.Float(0, 1), "n": tt.Int(0, 9), "step": tt.Float(0, 1, step=0.05)}

    def bowl(p):
        return 3 * (p["x"] - 0.3) ** 2 + 0.05 * (p["n"] - 4) ** 2 + (p["step"] - 0.5) ** 2

    result = tt.minimize(bowl, space, n_trials=40, seed=0)
    best = result.optimizer.recommend().params
    for part in slices.slices(result):
        band, name = part.band, part.parameter_axis.name
        truth = np.array([bowl({**best, name: x}) for x in band.positions])
        assert band.positions[np.argmin(band.median)] == pytest.approx(best[name], abs=0.11 if name != "n" else 1)
        assert np.mean((band.low <= truth + 1e-3) & (truth <= band.high + 1e-3)) > 0.8
        assert np.all(band.low <= band.median)
        assert np.all(band.median <= band.high)
        width = (band.high - band.low)[np.argmin(band.median)]
        assert width < 0.1


def test_each_objective_has_its_own_band():
    """It goes through the best trial of the objective, and follows its direction."""

    def both(p):
        return {"error": 3 * (p["x"] - 0.3) ** 2 + p["y"], "share": 1 - (p["x"] - 0.8) ** 2 - 0.1 * p["y"]}

    goals = {"error": "minimize", "share": "maximize"}
    result = tt.minimize(
        both, {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, n_trials=40, seed=0, directions=goals, sampler="random"
    )
    for name, best in (("error", 0.3), ("share", 0.8)):
        (along_x, _) = slices.slices(result, ["x", "y"], name)
        ends, pick = (min, np.argmin) if name == "error" else (max, np.argmax)
        centre = ends(result.trials, key=lambda trial: trial.values[list(goals).index(name)]).params
        truth = np.array([both({**centre, "x": x})[name] for x in along_x.band.positions])
        assert along_x.band.positions[pick(along_x.band.median)] == pytest.approx(best, abs=0.06)
        assert np.mean((along_x.band.low <= truth + 5e-3) & (truth <= along_x.band.high + 5e-3)) > 0.8


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_the_axis_of_a_slice_reaches_predictions_that_are_better_than_every_trial(direction):
    """No trial is near the optimum at 0.5."""
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, direction=direction, seed=0)
    sign = -1.0 if direction == "maximize" else 1.0
    for x in [*np.linspace(0.0, 0.25, 12), *np.linspace(0.75, 1.0, 12)]:
        optimizer.observe({"x": x}, sign * (x - 0.5) ** 2)
    (part,) = slices.slices(optimizer)
    predicted = part.band.median[(sign * part.band.median).argmin()]
    of_trials = value_axis(part.observations.values, maximize=direction == "maximize")
    assert not of_trials.low <= predicted <= of_trials.high
    assert part.axis.low < predicted < part.axis.high


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize(
    ("values", "predictions", "length"),
    [
        ([1.0, 2.0], [1.5, 3.0], 1.0),
        ([1.0, 2.0], [], 1.0),
        ([1.0, 2.0], [0.5, 3.0], 1.5),
        ([1.0, 2.0], [-100.0], 2.0),
        ([1.0, 1.0], [0.9], 1.4),
        ([-1.7e308, 1.7e308], [-1.75e308], 1.0),
    ],
)
def test_an_axis_has_room_for_better_predictions_up_to_twice_its_length(values, predictions, length, maximize):
    sign = -1.0 if maximize else 1.0
    axis = value_axis(sign * np.array(values), maximize=maximize)
    reached = reaching(axis, sign * np.array(predictions), maximize=maximize)
    assert (reached.high / 2 - reached.low / 2) / (axis.high / 2 - axis.low / 2) == pytest.approx(length, abs=0.13)
    worse = (axis.low, reached.low) if maximize else (axis.high, reached.high)
    assert worse[0] == worse[1]


@pytest.mark.parametrize(
    ("maximize", "prediction", "ends"),
    [(False, 0.1, (0.07, 100.0)), (False, 1e-9, (0.01, 100.0)), (True, 1e3, (1.0, 1.4e3)), (True, 1e9, (1.0, 1e4))],
)
def test_a_logarithmic_axis_has_room_for_better_predictions(maximize, prediction, ends):
    """It is at most twice as long as before: from 1 to 100 there are two decades."""
    axis = ValueAxis(low=1.0, high=100.0, best=90.0, worst=1.1, n_beyond=0, log=True)
    reached = reaching(axis, np.array([prediction, -5.0]), maximize=maximize)
    assert (reached.low, reached.high) == pytest.approx(ends, rel=0.5)
    assert reached.high / reached.low <= 1e4
    assert reached.high == axis.high or maximize
    assert reached.low == axis.low or not maximize


def test_a_logarithmic_axis_ignores_predictions_that_are_not_positive():
    axis = value_axis(np.array([1.0, 1000.0, 2000.0]), maximize=False)
    assert axis.log
    assert reaching(axis, np.array([-1.0, 0.0]), maximize=False) == axis
    assert reaching(axis, np.array([-1.0, 0.1]), maximize=False).low < 0.1
    furthest = reaching(axis, np.array([1e-30]), maximize=False)
    assert math.log(furthest.high / furthest.low) == pytest.approx(2 * math.log(axis.high / axis.low), rel=0.1)


def test_bands_cover_every_kind_of_parameter_and_follow_the_direction(search):
    """A value that the recommended configuration cannot have is left out."""
    bands = {part.parameter_axis.name: part.band for part in slices.slices(search)}
    assert set(bands["depth"].positions) == set(range(1, 9))
    assert len(bands["lr"].positions) == 60 + 1, "a grid, and the recommended trial"
    assert (bands["momentum"] is None) == ("momentum" not in search.optimizer.recommend().params)
    assert len(bands["optimizer"].positions) in (1, 2, 3)
    larger = tt.maximize(lambda p: p["x"], {"x": tt.Float(0, 1)}, n_trials=20, seed=0)
    (part,) = slices.slices(larger)
    assert part.band.median[-1] > part.band.median[0]
    assert slices.slices(larger, target=lambda trial: -trial.value)[0].band is None


def test_an_argument_that_is_not_a_search_is_refused():
    with pytest.raises(tt.ArgumentError, match="Optimizer or a Result"):
        data.observations([1, 2, 3])


def test_columns_hold_positions_and_describe_their_axis(search):
    trials = [t for t in search.trials if t.state == "complete"]
    ids = np.array([t.id for t in trials])
    lr, depth, optimizer, momentum, augment = parameter_axes.axes_of(
        search, parameter_axes.names_to_draw(search, None), ids
    )
    assert lr.positions.tolist() == [t.params["lr"] for t in trials]
    assert (lr.low, lr.high, lr.log, lr.whole, lr.labels) == (1e-5, 1e-1, True, False, None)
    assert depth.whole
    assert optimizer.labels == ["adam", "sgd", "None"]
    choices = ["adam", "sgd", None]
    assert optimizer.positions.tolist() == [choices.index(t.params["optimizer"]) for t in trials]
    assert augment.labels == ["none", "light", "heavy"]
    absent = [math.isnan(position) for position in momentum.positions]
    assert absent == ["momentum" not in t.params for t in trials]
    assert 0.0 <= lr.unit.min() <= lr.unit.max() <= 1.0
    assert np.allclose(lr.to_unit(lr.ticks(5)), np.linspace(0, 1, 5))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (20, 40, [20, 40]),
        (16, 512, [20, 50, 100, 200, 500]),
        (1, 1000, [1, 10, 100, 1000]),
        (1, 2**40, [1, 1000, 10**6, 10**9, 10**12]),
        (0.003, 0.02, [0.005, 0.01, 0.02]),
        (3, 3, [3, 3]),
    ],
)
def test_ticks_of_a_log_axis_are_few_and_round(low, high, expected):
    axis = parameter_axes.ParameterAxis("n", np.array([]), float(low), float(high), log=True, whole=True, labels=None)
    assert axis.round_ticks() == expected


LONG = "stochastic gradient descent"


@pytest.mark.parametrize(
    ("choices", "labels"),
    [
        (["adam", None, math.sqrt], ["adam", "None", "sqrt"]),
        ([LONG, f"{LONG} with momentum"], ["stochastic ...nt descent", "stochastic ...h momentum"]),
        ([LONG, f"{LONG} or gradient descent"], ["stochastic ...nt descent #0", "stochastic ...nt descent #1"]),
        ([1, "1"], ["1 #0", "1 #1"]),
    ],
)
def test_shortened_labels_of_different_choices_differ(choices, labels):
    assert parameter_axes.choice_labels(choices) == labels


def test_an_unknown_parameter_is_refused_and_constants_are_not_drawn(search):
    assert "fixed" not in parameter_axes.names_to_draw(search, None)
    for name in ("width", "fixed"):
        with pytest.raises(tt.ArgumentError, match=f"'{name}'.*lr, depth"):
            slices.slices(search, [name])


def test_slices_leave_out_parameters_that_were_never_active():
    space = {"a": tt.Categorical(["x", "y"]), "b": tt.Float(0, 1, when={"a": "y"})}
    result = tt.minimize(lambda p: 1.0, space, n_trials=2, points=[{"a": "x"}] * 2, seed=0, deduplicate=False)
    assert [part.parameter_axis.name for part in slices.slices(result)] == ["a"]


def test_a_pair_is_two_parameters_that_vary_together(search):
    points = parameter_axes.pair(search)
    assert points.x.name != points.y.name
    assert len(set(points.x.positions)) > 1
    assert len(set(points.y.positions)) > 1
    assert {points.x.name, points.y.name} != {"optimizer", "momentum"}


@pytest.mark.parametrize("names", [["lr"], ["lr", "lr"], ["lr", "depth", "augment"], []])
def test_a_pair_needs_two_names(search, names):
    with pytest.raises(tt.ArgumentError, match="two parameters"):
        parameter_axes.pair(search, names)


@pytest.mark.parametrize("params", [None, ["x", "y"]])
def test_a_pair_needs_a_space_with_two_parameters(params):
    space = {"x": tt.Float(0, 1), "fixed": tt.Constant(1)}
    result = tt.minimize(lambda params: params["x"], space, n_trials=3, seed=0)
    with pytest.raises(tt.ArgumentError, match=r"two parameters.*in this space only 'x' varies"):
        parameter_axes.pair(result, params)


def test_ranks_share_ties():
    study = tt.Optimizer({"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, seed=0, direction="maximize")
    for value in (3.0, 1.0, 3.0, 2.0):
        study.tell(study.ask(), value)
    assert parameter_axes.pair(study, ["x", "y"]).ranks.tolist() == [0.5 / 3, 1.0, 0.5 / 3, 2.0 / 3]


def test_the_surface_averages_trials_nearby_and_is_empty_elsewhere(search):
    points = parameter_axes.pair(search, ["lr", "depth"])
    surface = surface_over(points)
    assert surface.z.shape == (len(surface.y), len(surface.x))
    heights = surface.z[~np.isnan(surface.z)]
    assert points.observed.values.min() <= heights.min() <= heights.max() <= points.observed.values.max()
    study = tt.Optimizer({"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, seed=0)
    study.observe({"x": 0.0, "y": 0.0}, 2.0)
    single = surface_over(parameter_axes.pair(study, ["x", "y"]))
    assert single.z[0, 0] == 2.0
    assert np.isnan(single.z[-1, -1])


def test_distributions_rise_to_the_share_of_feasible_trials(search):
    (distribution,) = data.edf(search)
    assert np.all(np.diff(distribution.values) >= 0)
    assert np.all(np.diff(distribution.shares) > 0)
    complete = [trial for trial in search.trials if trial.state == "complete"]
    assert distribution.shares[-1] == np.mean([trial.feasible for trial in complete]) < 1.0
    assert len(data.edf([search, search.optimizer])) == 2


@pytest.mark.parametrize(
    ("direction", "shares"), [("minimize", [0.25, 0.5, 0.75]), ("maximize", [0.5, 0.75, 1.0])], ids=str
)
def test_an_infeasible_trial_counts_as_worse_than_every_value(direction, shares):
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, direction=direction, seed=0)
    best = 0.0 if direction == "minimize" else 9.0
    for value, room in ((3.0, -1.0), (best, 1.0), (1.0, 0.0), (2.0, -1.0)):
        optimizer.tell(optimizer.ask(), value, constraints={"room": room})
    (distribution,) = data.edf(optimizer)
    assert distribution.values.tolist() == [1.0, 2.0, 3.0]
    assert distribution.shares.tolist() == shares


def test_a_distribution_needs_a_feasible_trial():
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, seed=0)
    optimizer.tell(optimizer.ask(), 1.0, constraints={"room": 1.0})
    with pytest.raises(tt.ArgumentError, match="no trial is complete and feasible with a finite value"):
        data.edf(optimizer)


def test_the_front_is_that_of_the_optimizer(several):
    drawn = front.pareto_front(several)
    assert drawn.ids[drawn.on_front].tolist() == [t.id for t in several.pareto_front]
    assert not drawn.feasible.all()
    assert not (drawn.on_front & ~drawn.feasible).any()


def test_a_front_needs_several_objectives_and_a_name_for_each(search, several):
    with pytest.raises(tt.ArgumentError, match="two or more"):
        front.pareto_front(search)
    with pytest.raises(tt.ArgumentError, match="2 names"):
        front.pareto_front(several, ["only one"])


def test_curves_are_the_reports(search):
    curves = {curve.id: curve for curve in data.intermediate_values(search)}
    for trial in search.trials:
        assert dict(trial.steps) == (
            dict(zip(curves[trial.id].steps.tolist(), curves[trial.id].values.tolist(), strict=True))
            if trial.id in curves
            else {}
        )


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("plot_slice", {"params": 7}, "params must be a list of names, got 7"),
        ("plot_slice", {"params": "lr"}, "params must be a list of names, got 'lr'"),
        ("plot_slice", {"params": [["lr"]]}, r"no parameter \['lr'\]"),
        ("plot_edf", {"objective": "cost"}, "objective: the objectives have no names here, got 'cost'"),
        ("plot_edf", {"target": lambda trial: "low"}, "target must be a number, got 'low'"),
        ("plot_edf", {"target_name": 7}, "target_name must be text, got 7"),
        ("plot_pareto_front", {"target_names": 7}, "target_names must be a list of names, got 7"),
    ],
)
def test_wrong_arguments_are_refused_by_name(search, several, name, arguments, message):
    from tanteo import plotting

    with pytest.raises(tt.ArgumentError, match=message):
        getattr(plotting, name)(several if name == "plot_pareto_front" else search, **arguments)
