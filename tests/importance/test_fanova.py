"""fANOVA from Python; the mathematics is tested in the core, ``rust/core/src/importance/tests.rs``."""

import math

import numpy as np
import pytest

import tanteo as tt
from tanteo.importance import param_importances

SPACE = {"x": tt.Float(0, 1), "kind": tt.Categorical(["a", "b", "c"]), "n": tt.Int(1, 9), "idle": tt.Float(0, 1)}


def value(params):
    """Main effects: x 4/45, kind 2/9, n 1/60."""
    return params["x"] ** 2 + (params["kind"] == "b") + 0.05 * params["n"]


def told(function=value, space=SPACE, n=200, seed=0, **options):
    optimizer = tt.Optimizer(space, sampler="random", seed=seed, **options)
    for trial in optimizer.ask(n):
        optimizer.tell(trial, function(trial.params))
    return optimizer


def fanova(search, **options):
    return param_importances(search, method="fanova", **options)


def test_shares_are_those_of_the_main_effects():
    shares = fanova(told(n=600))
    effects = {"kind": 2 / 9, "x": 4 / 45, "n": 1 / 60, "idle": 0.0}
    assert list(shares) == ["kind", "x", "n", "idle"]
    for name, effect in effects.items():
        assert shares[name] == pytest.approx(effect / sum(effects.values()), abs=0.03)
    assert math.isclose(sum(shares.values()), 1.0)


@pytest.mark.parametrize("method", ["ped-anova", "fanova"])
def test_the_same_search_gives_the_same_bits(method):
    assert param_importances(told(), method=method) == param_importances(told(), method=method)


@pytest.mark.parametrize("method", ["ped-anova", "fanova"])
def test_names_do_not_count(method):
    renamed = {f"{name}_2": parameter for name, parameter in SPACE.items()}
    search = told(lambda p: value({name.removesuffix("_2"): each for name, each in p.items()}), renamed)
    assert list(param_importances(search, method=method).values()) == list(
        param_importances(told(), method=method).values()
    )


@pytest.mark.parametrize(("factor", "shift"), [(1e-200, 0.0), (1e300, 0.0), (3.0, 10.0)])
def test_the_scale_of_the_values_does_not_count(factor, shift):
    changed = told(lambda p: factor * value(p) + shift)
    assert fanova(changed) == pytest.approx(fanova(told()), abs=1e-9)


def test_maximizing_is_minimizing_the_negative():
    assert fanova(told(lambda p: -value(p), direction="maximize")) == fanova(told())


def test_failures_and_infinite_values_are_left_out():
    """The ids of a search decide its configurations, so both hold the same trials with finite values."""
    told_some, failing = tt.Optimizer(SPACE, sampler="random", seed=0), tt.Optimizer(SPACE, sampler="random", seed=0)
    for i, (some, trial) in enumerate(zip(told_some.ask(90), failing.ask(90), strict=True)):
        if i % 3:
            told_some.tell(some, value(some.params))
            failing.tell(trial, value(trial.params))
        elif i % 2:
            failing.tell(trial, state="failed")
        else:
            failing.tell(trial, math.inf)
    assert fanova(failing) == fanova(told_some)


@pytest.mark.parametrize("method", ["ped-anova", "fanova"])
def test_constants_and_single_values_have_no_importance(method):
    search = told(lambda p: p["x"], {"x": tt.Float(0, 1), "point": tt.Float(2, 2), "fixed": 3}, n=30)
    assert param_importances(search, method=method) == {"x": 1.0, "point": 0.0}


@pytest.mark.parametrize("n", [0, 3])
def test_too_few_trials_say_nothing(n):
    assert set(fanova(told(n=n)).values()) == {0.0}


def test_values_that_do_not_differ_say_nothing():
    assert set(fanova(told(lambda p: 7.0)).values()) == {0.0}


def branches(params):
    return params["tuned"] if params["branch"] == "deep" else 0.5


BRANCHES = {
    "branch": tt.Categorical(["deep", "flat"]),
    "tuned": tt.Float(0, 1, when={"branch": "deep"}),
    "ignored": tt.Float(0, 1, when={"branch": "flat"}),
}


@pytest.mark.parametrize("method", ["ped-anova", "fanova"])
def test_a_child_counts_where_it_exists_and_its_parent_only_for_itself(method):
    """The branches have the same mean and median: half of the trials vary with `tuned`, and nothing else does."""
    shares = param_importances(told(branches, BRANCHES, n=500), method=method)
    assert shares["tuned"] > 0.7
    assert shares["ignored"] < 0.02


def test_a_quantile_is_not_for_fanova_and_a_method_must_be_known():
    search = told(n=10)
    with pytest.raises(tt.ArgumentError, match=r"quantile=0.1 applies to method='ped-anova'"):
        fanova(search, quantile=0.1)
    with pytest.raises(tt.ArgumentError, match="method must be 'ped-anova' or 'fanova', got 'shap'"):
        param_importances(search, method="shap")


def test_many_choices_and_conditions_on_numbers_are_fine():
    space = {
        "many": tt.Categorical(list(range(2000))),
        "depth": tt.Int(1, 8),
        "late": tt.Float(1e-4, 1.0, log=True, when={"depth": tt.at_least(4)}),
    }
    shares = fanova(told(lambda p: p["depth"] + p.get("late", 0.0), space, n=150))
    assert shares["depth"] > 0.7
    assert math.isclose(sum(shares.values()), 1.0)


def test_numbers_that_numpy_would_warn_about_pass_quietly():
    with np.errstate(all="raise"):
        assert math.isclose(sum(fanova(told(lambda p: 1.7e308 * (value(p) - 0.7) / 2)).values()), 1.0)
