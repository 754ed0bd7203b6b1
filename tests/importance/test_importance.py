"""Importances of objectives for which the answer is known."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

import tanteo as tt
from tanteo.importance import param_importances, standard_errors

SPACE = {
    "strong": tt.Float(-1, 1),
    "weak": tt.Float(-1, 1),
    "nothing": tt.Float(-1, 1),
    "kind": tt.Categorical(list("abcde")),
    "scale": tt.Int(1, 1000, log=True),
}


def objective(params):
    """Return a value with the variances 8.9 (`strong`), 0.64 (`kind`) and 0.33 (`weak`); the others have no effect."""
    return 10.0 * params["strong"] ** 2 + 2.0 * (params["kind"] == "c") + params["weak"]


def random_search(function, space=SPACE, n_trials=300, seed=0, **options):
    return tt.minimize(function, space, n_trials=n_trials, seed=seed, sampler="random", **options)


@pytest.mark.parametrize("seed", range(3))
def test_shares_are_sorted_and_parameters_without_effect_are_near_zero(seed):
    shares = param_importances(random_search(objective, seed=seed))
    assert next(iter(shares)) == "strong"
    assert shares["strong"] > 0.5
    assert shares["kind"] > 0.05
    assert max(shares["nothing"], shares["scale"]) < 0.05
    assert math.isclose(sum(shares.values()), 1.0)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_standard_errors_are_one_to_four_times_the_spread_over_searches():
    results = [random_search(objective, n_trials=60, seed=seed) for seed in range(12)]
    shares, errors = ([f(result) for result in results] for f in (param_importances, standard_errors))
    assert [list(row) for row in errors] == [list(row) for row in shares]
    for name in ("strong", "kind", "weak"):
        spread = np.std([row[name] for row in shares])
        assert 0.5 * spread < np.mean([row[name] for row in errors]) < 4.0 * spread
    several = random_search(
        lambda p: {"a": p["strong"], "b": p["weak"]}, n_trials=20, directions=dict.fromkeys("ab", "minimize")
    )
    assert standard_errors(several, objective="b") == standard_errors(several.optimizer, objective=1)
    with pytest.raises(tt.ArgumentError, match="objective"):
        standard_errors(several)


def test_a_small_quantile_measures_importance_among_the_best_trials():
    """The best trials have nearly the same value of `strong`, so `weak`, whose effect is linear, decides among them."""
    result = random_search(objective, n_trials=1000)
    overall, top = param_importances(result), param_importances(result, quantile=0.03)
    assert top["weak"] > 2.0 * overall["weak"]


def test_maximizing_is_minimizing_the_negative():
    low = random_search(objective, n_trials=80)
    high = tt.maximize(lambda p: -objective(p), SPACE, n_trials=80, seed=0, sampler="random")
    assert param_importances(low) == param_importances(high)


def test_a_monotone_transformation_of_the_values_changes_nothing():
    assert param_importances(random_search(objective, n_trials=80)) == param_importances(
        random_search(lambda p: math.exp(objective(p)), n_trials=80)
    )


def test_a_conditional_parameter_counts_where_it_is_active_among_the_best():
    space = {
        "branch": tt.Categorical(["good", "bad"]),
        "tuned": tt.Float(0, 1, when={"branch": "good"}),
        "hopeless": tt.Float(0, 1, when={"branch": "bad"}),
    }

    def branches(params):
        if params["branch"] == "bad":
            return 10.0 + params["hopeless"]
        return params["tuned"]

    shares = param_importances(random_search(branches, space), quantile=0.2)
    assert shares["hopeless"] == 0.0
    assert shares["tuned"] > 0.3
    assert shares["branch"] > 0.1


def test_a_parameter_that_decides_whether_trials_crash_is_important():
    def fragile(params):
        if params["strong"] > 0.0:
            raise ValueError("crash")
        return params["weak"] * 1e-3

    assert param_importances(random_search(fragile))["strong"] > 0.3


def test_infeasible_trials_are_not_among_the_best():
    def limited(params):
        return {"value": -params["strong"], "constraints": {"c": params["strong"]}}

    def unlimited(params):
        return -params["strong"] if params["strong"] <= 0.0 else math.inf

    assert param_importances(random_search(limited)) == pytest.approx(param_importances(random_search(unlimited)))


@pytest.mark.parametrize("n_trials", [0, 1, 3])
def test_importances_of_too_few_trials_are_zero(n_trials):
    with pytest.warns(RuntimeWarning, match="all importances are zero"):
        assert set(param_importances(random_search(objective, n_trials=n_trials)).values()) == {0.0}


@pytest.mark.filterwarnings("ignore:.* of this run failed")
@pytest.mark.parametrize("function", [lambda p: 1.0, lambda p: None, lambda p: math.inf])
def test_importances_of_equal_values_are_zero(function):
    search = random_search(function, n_trials=30)
    with pytest.warns(RuntimeWarning, match="all importances are zero"):
        assert set(param_importances(search).values()) == {0.0}


def test_each_objective_has_its_own_importances():
    result = tt.minimize(
        lambda p: (p["strong"], p["weak"]),
        SPACE,
        n_trials=200,
        seed=0,
        sampler="random",
        directions=["minimize", "maximize"],
    )
    assert next(iter(param_importances(result, objective=0))) == "strong"
    assert next(iter(param_importances(result.optimizer, objective=1))) == "weak"
    with pytest.raises(tt.ArgumentError, match="objective must be from 0 to 1"):
        param_importances(result, objective=2)
    with pytest.raises(tt.ArgumentError, match="with several objectives, objective= selects one of them: 0, 1"):
        param_importances(result)


@pytest.mark.parametrize("quantile", [0.0, 1.0, -1.0, math.nan])
def test_a_quantile_outside_its_range_is_refused(quantile):
    with pytest.raises(tt.ArgumentError, match="quantile"):
        param_importances(random_search(objective, n_trials=10), quantile=quantile)


#: The classes of Ray that return their search, by the method.
HANDLES = {"optimizer": "RemoteOptimizer", "to_optimizer": "TanteoSearch"}


@pytest.mark.parametrize("method", HANDLES)
def test_what_can_return_its_search_is_refused_with_the_call(method):
    handle = SimpleNamespace(**{method: lambda: None})
    with pytest.raises(tt.ArgumentError, match=rf"; pass what its {method}\(\) returns"):
        tt.importance.param_importances(handle)


@pytest.mark.parametrize(("method", "name"), HANDLES.items())
def test_the_classes_of_ray_can_return_their_search(method, name):
    pytest.importorskip("ray")
    from tanteo.integrations import ray

    assert callable(getattr(getattr(ray, name), method))


def test_an_argument_that_is_not_a_search_is_refused():
    with pytest.raises(tt.ArgumentError, match="Optimizer or a Result, got 3"):
        param_importances(3)


def test_constants_and_pending_trials_are_left_out():
    optimizer = tt.Optimizer({"x": tt.Float(0, 1), "fixed": 3}, seed=0, sampler="random")
    for _ in range(20):
        trial = optimizer.ask()
        optimizer.tell(trial, trial.params["x"])
    optimizer.ask(5)
    assert param_importances(optimizer) == {"x": 1.0}


def test_large_values_raise_no_numpy_error():
    """Promise 24, under `np.seterr(all="raise")`."""
    with np.errstate(all="raise"):
        shares = param_importances(random_search(lambda p: 1e300 * objective(p), n_trials=40))
    assert math.isclose(sum(shares.values()), 1.0)
