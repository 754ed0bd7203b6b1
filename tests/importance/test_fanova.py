"""fANOVA from Python. ``rust/core/src/importance/tests.rs`` tests the mathematics."""

import math

import numpy as np
import pytest

import tanteo as tt
from tanteo.importance import param_importances

SPACE = {"x": tt.Float(0, 1), "kind": tt.Categorical(["a", "b", "c"]), "n": tt.Int(1, 9), "idle": tt.Float(0, 1)}


def value(params):
    """Return a value whose main effects have the variances 4/45 (`x`), 2/9 (`kind`) and 1/60 (`n`)."""
    return params["x"] ** 2 + (params["kind"] == "b") + 0.05 * params["n"]


def random_search(function=value, space=SPACE, n=200, seed=0, **options):
    optimizer = tt.Optimizer(space, sampler="random", seed=seed, **options)
    for trial in optimizer.ask(n):
        optimizer.tell(trial, function(trial.params))
    return optimizer


def fanova(search, **options):
    return param_importances(search, method="fanova", **options)


def test_shares_are_those_of_the_main_effects():
    shares = fanova(random_search(n=600))
    effects = {"kind": 2 / 9, "x": 4 / 45, "n": 1 / 60, "idle": 0.0}
    assert list(shares) == ["kind", "x", "n", "idle"]
    for name, effect in effects.items():
        assert shares[name] == pytest.approx(effect / sum(effects.values()), abs=0.03)
    assert math.isclose(sum(shares.values()), 1.0)


@pytest.mark.parametrize("method", ["ped-anova", "fanova"])
def test_the_same_search_gives_the_same_bits(method):
    assert param_importances(random_search(), method=method) == param_importances(random_search(), method=method)


@pytest.mark.parametrize("method", ["ped-anova", "fanova"])
def test_names_do_not_matter(method):
    renamed = {f"{name}_2": parameter for name, parameter in SPACE.items()}
    search = random_search(lambda p: value({name.removesuffix("_2"): x for name, x in p.items()}), renamed)
    assert list(param_importances(search, method=method).values()) == list(
        param_importances(random_search(), method=method).values()
    )


@pytest.mark.parametrize(("factor", "shift"), [(1e-200, 0.0), (1e300, 0.0), (3.0, 10.0)])
def test_the_scale_of_the_values_does_not_matter(factor, shift):
    scaled = random_search(lambda p: factor * value(p) + shift)
    assert fanova(scaled) == pytest.approx(fanova(random_search()), abs=1e-9)


def test_maximizing_is_minimizing_the_negative():
    assert fanova(random_search(lambda p: -value(p), direction="maximize")) == fanova(random_search())


def test_failures_and_infinite_values_are_left_out():
    """A trial id and the seed fix a configuration, so both searches have the same trials with finite values."""
    finite, failing = tt.Optimizer(SPACE, sampler="random", seed=0), tt.Optimizer(SPACE, sampler="random", seed=0)
    for i, (trial, same_trial) in enumerate(zip(finite.ask(90), failing.ask(90), strict=True)):
        if i % 3:
            finite.tell(trial, value(trial.params))
            failing.tell(same_trial, value(same_trial.params))
        elif i % 2:
            failing.tell(same_trial, state="failed")
        else:
            failing.tell(same_trial, math.inf)
    assert fanova(failing) == fanova(finite)


@pytest.mark.parametrize("method", ["ped-anova", "fanova"])
def test_constants_and_single_values_have_no_importance(method):
    search = random_search(lambda p: p["x"], {"x": tt.Float(0, 1), "point": tt.Float(2, 2), "fixed": 3}, n=30)
    assert param_importances(search, method=method) == {"x": 1.0, "point": 0.0}


@pytest.mark.parametrize("n", [0, 3])
def test_importances_of_too_few_trials_are_zero(n):
    with pytest.warns(RuntimeWarning, match=f"all importances are zero: fanova needs 4 trials .*, and there are {n}"):
        assert set(fanova(random_search(n=n)).values()) == {0.0}


def test_importances_of_equal_values_are_zero():
    with pytest.warns(RuntimeWarning, match="zero: the parameters make no difference to the values"):
        assert set(fanova(random_search(lambda p: 7.0)).values()) == {0.0}


def branches(params):
    return params["tuned"] if params["branch"] == "deep" else 0.5


BRANCHES = {
    "branch": tt.Categorical(["deep", "flat"]),
    "tuned": tt.Float(0, 1, when={"branch": "deep"}),
    "ignored": tt.Float(0, 1, when={"branch": "flat"}),
}


@pytest.mark.parametrize("method", ["ped-anova", "fanova"])
def test_a_child_counts_only_where_it_is_active_and_its_parent_only_by_its_own_effect(method):
    """Only `tuned` changes the value, in half of the trials; the branches have the same mean and median."""
    shares = param_importances(random_search(branches, BRANCHES, n=500), method=method)
    assert shares["tuned"] > 0.7
    assert shares["ignored"] < 0.02


def test_a_quantile_with_fanova_and_an_unknown_method_are_refused():
    search = random_search(n=10)
    with pytest.raises(tt.ArgumentError, match=r"quantile=0.1 applies to method='ped-anova'"):
        fanova(search, quantile=0.1)
    with pytest.raises(tt.ArgumentError, match="method must be 'ped-anova' or 'fanova', got 'shap'"):
        param_importances(search, method="shap")


def test_many_choices_and_conditions_on_numbers_are_supported():
    space = {
        "many": tt.Categorical(list(range(2000))),
        "depth": tt.Int(1, 8),
        "late": tt.Float(1e-4, 1.0, log=True, when={"depth": tt.at_least(4)}),
    }
    shares = fanova(random_search(lambda p: p["depth"] + p.get("late", 0.0), space, n=150))
    assert shares["depth"] > 0.7
    assert math.isclose(sum(shares.values()), 1.0)


def test_large_values_raise_no_numpy_error():
    with np.errstate(all="raise"):
        assert math.isclose(sum(fanova(random_search(lambda p: 1.7e308 * (value(p) - 0.7) / 2)).values()), 1.0)
