"""Why a trial was suggested."""

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


def searched(n: int, **options: object) -> tt.Optimizer:
    opt = tt.Optimizer(SPACE, seed=1, **options)
    sign = -1.0 if opt.directions == ("maximize",) else 1.0
    for _ in range(n):
        trial = opt.ask()
        opt.tell(trial, sign * loss(trial.params))
    return opt


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_the_gaussian_process_says_what_it_expects_in_the_unit_of_the_objective(direction):
    opt = searched(30, sampler="gp", direction=direction)
    trial = opt.ask()
    why = opt.explain(trial)
    expected = loss(trial.params) if direction == "minimize" else -loss(trial.params)
    assert (why.trial, why.origin, why.incumbent) == (30, "gp", opt.best.id)
    assert why.mean == pytest.approx(expected, abs=1.0)
    assert 0.0 <= why.std < 2.0
    assert why.acquisition[0] == "lcb"
    assert "comes from gp" in str(why)


def test_the_explanation_of_a_told_trial_is_the_one_it_had_when_it_was_asked():
    opt = searched(20, sampler="gp")
    trial = opt.ask()
    before = opt.explain(trial)
    opt.tell(trial, 1e6)
    opt.tell(opt.ask(), 0.0)
    assert opt.explain(trial.id) == before == tt.Optimizer.from_bytes(opt.to_bytes()).explain(trial)


@pytest.mark.parametrize("sampler", ["gp", "tpe"])
def test_drivers_name_the_parameters_that_matter(sampler):
    opt = searched(30, sampler=sampler)
    found = [opt.explain(trial) for trial in range(20, 30)]
    for why in found:
        assert set(why.drivers) <= {"x", "kind", "idle", "inner/depth"}
        assert list(why.drivers.values()) == sorted(why.drivers.values(), reverse=True)
        assert all(map(math.isfinite, why.drivers.values()))
    # A parameter that has the incumbent's value drives nothing.
    different = [opt.trials[why.trial].params["kind"] != opt.trials[why.incumbent].params["kind"] for why in found]
    assert different == ["kind" in why.drivers for why in found]
    assert any(why.drivers for why in found)


def test_tpe_gives_its_density_ratio_and_expects_nothing():
    opt = searched(25, sampler="tpe")
    why = opt.explain(opt.ask())
    assert why.origin == "tpe"
    assert why.acquisition[0] == "log_density_ratio"
    assert why.mean is why.std is None


def test_what_no_model_chose_has_an_origin_and_no_more():
    opt = tt.Optimizer(SPACE, seed=0)
    opt.enqueue({"x": 0.5})
    trials = [opt.ask(), opt.ask()]
    assert [opt.explain(t).origin for t in trials] == ["enqueued", "design"]
    for why in map(opt.explain, trials):
        assert why.acquisition is why.mean is why.incumbent is None
        assert why.drivers == {}


def test_several_objectives_have_no_common_unit():
    opt = tt.Optimizer(SPACE, seed=0, directions=["minimize", "minimize"], sampler="gp")
    for _ in range(12):
        trial = opt.ask()
        opt.tell(trial, (trial.params["x"], 1.0 - trial.params["x"]))
    why = opt.explain(11)
    assert why.acquisition[0] == "logehvi"
    assert why.mean is why.std is why.incumbent is None


def test_failures_and_equal_values_do_not_stand_in_the_way():
    failed = tt.Optimizer(SPACE, seed=0, sampler="gp")
    for _ in range(12):
        failed.tell(failed.ask(), state="failed")
    assert failed.explain(11).mean is None
    equal = tt.Optimizer(SPACE, seed=0, sampler="gp")
    for _ in range(12):
        equal.tell(equal.ask(), 5.0)
    why = equal.explain(11)
    assert (why.mean, why.std) == (5.0, None)


def test_an_unknown_trial_is_refused():
    with pytest.raises(tt.UnknownTrialError):
        searched(2).explain(9)


def test_explanations_are_values():
    why = searched(15, sampler="gp").explain(14)
    assert pickle.loads(pickle.dumps(why)) == why == copy.deepcopy(why)
    with pytest.raises(AttributeError):
        why.mean = 0.0
    assert repr(why).startswith("Explanation(trial=14, origin='gp', mean=")


@pytest.mark.parametrize("params", [3, {"x": 0.5}, "x"])
def test_predict_wants_a_list_of_configurations(params):
    optimizer = tt.Optimizer(tt.SearchSpace({"x": tt.Float(0, 1)}), seed=0)
    with pytest.raises(tt.ArgumentError, match=r"params must be a list of configurations, such as \[opt.best.params\]"):
        optimizer.predict(params)
