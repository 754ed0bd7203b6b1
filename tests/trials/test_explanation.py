"""``explain``: why a trial was suggested."""

from __future__ import annotations

import copy
import math
import pickle

import pytest

import tanteo as tt

SPACE = {
    "x": tt.Float(0.0, 1.0),
    "kind": tt.Categorical(["a", "b", "c"]),
    "idle": tt.Float(0.0, 1.0),
    "inner": {"depth": tt.Int(1, 20, when={"kind": "a"})},
}


def loss(params: dict) -> float:
    return 100.0 + 10.0 * (params["x"] - 0.3) ** 2 + {"a": 0.0, "b": 2.0, "c": 4.0}[params["kind"]]


def run_search(n: int, **options: object) -> tt.Optimizer:
    opt = tt.Optimizer(SPACE, seed=1, **options)
    sign = -1.0 if opt.directions == ("maximize",) else 1.0
    for _ in range(n):
        trial = opt.ask()
        opt.tell(trial, sign * loss(trial.params))
    return opt


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_the_gaussian_process_gives_its_prediction_in_the_unit_of_the_objective(direction):
    opt = run_search(30, sampler="gp", direction=direction)
    trial = opt.ask()
    explanation = opt.explain(trial)
    expected = loss(trial.params) if direction == "minimize" else -loss(trial.params)
    assert (explanation.trial, explanation.origin, explanation.incumbent) == (30, "gp", opt.best.id)
    assert explanation.mean == pytest.approx(expected, abs=1.0)
    assert 0.0 <= explanation.std < 2.0
    assert explanation.acquisition[0] == "lcb"
    assert "comes from gp" in str(explanation)


def test_the_explanation_of_a_trial_does_not_change_after_its_ask():
    opt = run_search(20, sampler="gp")
    trial = opt.ask()
    explanation = opt.explain(trial)
    opt.tell(trial, 1e6)
    opt.tell(opt.ask(), 0.0)
    assert opt.explain(trial.id) == explanation == tt.Optimizer.from_bytes(opt.to_bytes()).explain(trial)


@pytest.mark.parametrize("sampler", ["gp", "tpe"])
def test_drivers_name_the_parameters_that_matter(sampler):
    opt = run_search(30, sampler=sampler)
    explanations = [opt.explain(trial) for trial in range(20, 30)]
    for explanation in explanations:
        assert set(explanation.drivers) <= {"x", "kind", "idle", "inner/depth"}
        assert list(explanation.drivers.values()) == sorted(explanation.drivers.values(), reverse=True)
        assert all(map(math.isfinite, explanation.drivers.values()))
    # A parameter that has the incumbent's value drives nothing.
    different = [
        opt.trials[explanation.trial].params["kind"] != opt.trials[explanation.incumbent].params["kind"]
        for explanation in explanations
    ]
    assert different == ["kind" in explanation.drivers for explanation in explanations]
    assert any(explanation.drivers for explanation in explanations)


def test_tpe_gives_its_density_ratio_and_no_prediction():
    opt = run_search(25, sampler="tpe")
    explanation = opt.explain(opt.ask())
    assert explanation.origin == "tpe"
    assert explanation.acquisition[0] == "log_density_ratio"
    assert explanation.mean is explanation.std is None


def test_a_trial_suggested_without_a_model_has_only_an_origin():
    opt = tt.Optimizer(SPACE, seed=0)
    opt.enqueue({"x": 0.5})
    trials = [opt.ask(), opt.ask()]
    assert [opt.explain(t).origin for t in trials] == ["enqueued", "design"]
    for explanation in map(opt.explain, trials):
        assert explanation.acquisition is explanation.mean is explanation.incumbent is None
        assert explanation.drivers == {}


@pytest.mark.parametrize(("sampler", "name"), [("gp", "logehvi"), ("tpe", "log_density_ratio")])
def test_several_objectives_have_drivers_against_the_nearest_trial_of_the_front(sampler, name):
    """There is no prediction, because the objectives have no common unit."""
    opt = tt.Optimizer(SPACE, seed=0, directions=["minimize", "minimize"], sampler=sampler)
    fronts = []
    for _ in range(20):
        fronts.append([trial.id for trial in opt.pareto_front])
        trial = opt.ask()
        opt.tell(trial, (loss(trial.params), (trial.params["x"] - 0.6) ** 2))
    explanations = [each for each in map(opt.explain, range(20)) if each.origin == sampler]
    assert len(explanations) > 5
    for explanation in explanations:
        assert explanation.acquisition[0] == name
        assert explanation.mean is explanation.std is None
        assert explanation.incumbent in fronts[explanation.trial]
        assert all(map(math.isfinite, explanation.drivers.values()))
        assert (f"over trial {explanation.incumbent} by" in str(explanation)) == bool(explanation.drivers)
    assert any(explanation.drivers for explanation in explanations)
    assert opt.explain(0).incumbent is None


def test_failures_and_equal_values_can_be_explained():
    failed = tt.Optimizer(SPACE, seed=0, sampler="gp")
    for _ in range(12):
        failed.tell(failed.ask(), state="failed")
    assert failed.explain(11).mean is None
    equal = tt.Optimizer(SPACE, seed=0, sampler="gp")
    for _ in range(12):
        equal.tell(equal.ask(), 5.0)
    explanation = equal.explain(11)
    assert (explanation.mean, explanation.std) == (5.0, None)


def test_an_unknown_trial_is_refused():
    with pytest.raises(tt.UnknownTrialError):
        run_search(2).explain(9)


def test_explanations_are_immutable_and_can_be_copied():
    explanation = run_search(15, sampler="gp").explain(14)
    assert pickle.loads(pickle.dumps(explanation)) == explanation == copy.deepcopy(explanation)
    with pytest.raises(AttributeError):
        explanation.mean = 0.0
    assert repr(explanation).startswith("Explanation(trial=14, origin='gp', mean=")


@pytest.mark.parametrize("params", [3, {"x": 0.5}, "x"])
def test_predict_requires_a_list_of_configurations(params):
    optimizer = tt.Optimizer(tt.SearchSpace({"x": tt.Float(0, 1)}), seed=0)
    with pytest.raises(tt.ArgumentError, match=r"params must be a list of configurations, such as \[trial.params\]"):
        optimizer.predict(params)
