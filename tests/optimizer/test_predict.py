"""``predict``: predictions of the model for configurations."""

from __future__ import annotations

import math
import random
import sys

import pytest

import tanteo as tt

SPACE = tt.SearchSpace(
    {"x": tt.Float(0, 1), "kind": tt.Categorical(["a", "b"]), "y": tt.Float(0, 1, when={"kind": "b"})}
)


def loss(params: dict) -> float:
    return (params["x"] - 0.3) ** 2 + (0.1 if params["kind"] == "a" else (params["y"] - 0.5) ** 2)


@pytest.mark.parametrize("sampler", ["random", "auto"])
@pytest.mark.parametrize("sign", [1, -1])
def test_predictions_match_the_loss_for_every_sampler_and_direction(sampler, sign):
    direction = "minimize" if sign == 1 else "maximize"
    opt = tt.Optimizer(SPACE, sampler=sampler, seed=0, direction=direction)
    for _ in range(40):
        trial = opt.ask()
        opt.tell(trial, sign * loss(trial.params))
    configurations = [{"x": 0.35, "kind": "b", "y": 0.45}, {"x": 0.35, "kind": "a"}]
    for (median, low, high), params in zip(opt.predict(configurations), configurations, strict=True):
        assert low < median < high
        assert low - 1e-3 < sign * loss(params) < high + 1e-3
    good, bad = opt.predict([{"x": 0.3, "kind": "b", "y": 0.5}, {"x": 1.0, "kind": "b", "y": 1.0}])
    assert sign * good[0] < sign * bad[0]
    assert opt.predict([]) == []
    for invalid in ({"x": 2.0, "kind": "a"}, {"kind": "a"}):
        with pytest.raises(tt.exceptions.ParameterError, match="'x'"):
            opt.predict([invalid])


def test_without_results_there_is_no_prediction():
    opt = tt.Optimizer(SPACE, seed=0)
    assert opt.predict([{"x": 0.5, "kind": "a"}]) is None
    opt.tell(opt.ask(), state="failed")
    assert opt.predict([{"x": 0.5, "kind": "a"}]) is None


def test_each_of_several_objectives_is_predicted_in_its_own_unit():
    opt = tt.Optimizer(SPACE, sampler="random", seed=0, directions={"loss": "minimize", "score": "maximize"})
    for _ in range(40):
        trial = opt.ask()
        opt.tell(trial, [loss(trial.params), 100 - 10 * trial.params["x"]])
    params = {"x": 0.35, "kind": "b", "y": 0.45}
    for objective, truth, near in (("loss", loss(params), 1e-2), ("score", 96.5, 0.1)):
        [(median, low, high)] = opt.predict([params], objective=objective)
        assert low <= median <= high
        assert median == pytest.approx(truth, abs=near)
    assert opt.predict([params], objective=1) == opt.predict([params], objective="score")


def test_an_objective_that_is_not_chosen_or_does_not_exist_is_refused():
    opt = tt.Optimizer(SPACE, seed=0, directions={"loss": "minimize", "score": "maximize"})
    with pytest.raises(tt.ArgumentError, match="objective= selects one of them: 'loss', 'score'"):
        opt.predict([])
    with pytest.raises(tt.ArgumentError, match="there is no objective 'time'; the search has 'loss', 'score'"):
        opt.predict([], objective="time")
    with pytest.raises(tt.ArgumentError, match="objective must be from 0 to 0, got 1"):
        tt.Optimizer(SPACE, seed=0).predict([], objective=1)


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_infinitely_bad_values_alone_give_no_prediction(direction):
    """Such values show only which region to avoid. `best` and `recommend` are None too."""
    opt = tt.Optimizer(SPACE, sampler="gp", seed=0, direction=direction)
    worst = math.inf if direction == "minimize" else -math.inf
    for _ in range(20):
        opt.tell(opt.ask(), worst)
    configurations = [opt.trials[0].params]
    assert opt.predict(configurations) is opt.best is opt.recommend() is None
    with pytest.warns(RuntimeWarning, match="no trial is complete and feasible with a finite value"):
        assert set(tt.importance.param_importances(opt).values()) == {0.0}
    explanation = opt.explain(19)
    assert (explanation.origin, explanation.mean, explanation.incumbent, explanation.drivers) == ("gp", None, None, {})
    opt.tell(opt.ask(), 0.5)
    assert opt.predict(configurations) is None  # one value has no scale
    assert opt.best.id == opt.recommend().id == 20


def test_equal_values_give_no_prediction():
    opt = tt.Optimizer(SPACE, seed=0)
    configurations = [{"x": 0.5, "kind": "a"}]
    for _ in range(3):
        opt.tell(opt.ask(), 0.25)
        assert opt.predict(configurations) is None
    opt.tell(opt.ask(), 0.75)
    [(median, low, high)] = opt.predict(configurations)
    assert low < high
    assert low <= median <= high


def test_intervals_cover_the_loss_of_random_trials_without_its_noise():
    """The noise has half the standard deviation of the loss. The intervals cover the noise-free loss of most trials."""
    names = [f"x{i}" for i in range(10)]
    opt = tt.Optimizer(tt.SearchSpace({name: tt.Float(0, 1) for name in names}), sampler="random", seed=0)
    noise, rows = random.Random(0), []
    for _ in range(200):
        trial = opt.ask()
        truth = sum(math.sin(2 * trial.params[name]) for name in names)
        rows.append((trial.params, truth))
        opt.tell(trial, truth + noise.gauss(0, 0.4))
    covered = [
        low <= truth <= high for (_, low, high), (_, truth) in zip(opt.predict([p for p, _ in rows]), rows, strict=True)
    ]
    assert sum(covered) > 160


def test_a_stopped_trial_counts_with_the_estimate_of_its_final_value():
    """The trials with large x all stop after the first of four steps, so no final value is known there."""
    opt = tt.Optimizer({"x": tt.Float(0, 1)}, sampler="random", seed=0)
    for _ in range(30):
        trial = opt.ask()
        loss = 0.1 + trial.params["x"] ** 2
        for step in range(1, 5 if trial.params["x"] < 0.6 else 2):
            trial.report(step, loss * (1.0 + 1.0 / step))
        if trial.params["x"] < 0.6:
            opt.tell(trial, loss * 1.25)
        else:
            opt.tell(trial, state="pruned")
    [(median, low, _)] = opt.predict([{"x": 0.95}])
    # No complete trial is worse than 0.58. Lines of three quarters of the slope overestimate the ends by a tenth.
    assert 0.8 < low <= median
    assert abs(median - 1.25 * (0.1 + 0.95**2)) < 0.15


def test_quantiles_are_in_order_beside_infeasible_values():
    """The values of feasible trials differ little, and none of an infeasible one is better."""
    opt = tt.Optimizer({"x": tt.Float(0, 1)}, sampler="random", seed=0)
    for x, value, constraint in ((0.6, -0.957, -1.0), (0.487, 0.058, -1.0), (0.552, 1.374, None), (0.827, 885.0, 1.0)):
        opt.observe({"x": x}, value, constraints={} if constraint is None else {"c": constraint})
    for median, low, high in opt.predict([{"x": k / 20} for k in range(21)]):
        assert low <= median <= high


@pytest.mark.parametrize("n_objectives", [1, 2])
def test_predictions_after_the_largest_floats_are_finite(n_objectives):
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, directions=["minimize"] * n_objectives, seed=0, sampler="random")
    for _ in range(20):
        trial = optimizer.ask()
        value = math.copysign(sys.float_info.max, trial.params["x"] - 0.5)
        optimizer.tell(trial, value if n_objectives == 1 else (value, trial.params["x"]))
    options = {"objective": 0} if n_objectives == 2 else {}
    for prediction in optimizer.predict([{"x": x} for x in (0.1, 0.5, 0.9)], **options):
        assert all(math.isfinite(number) for number in prediction), prediction
