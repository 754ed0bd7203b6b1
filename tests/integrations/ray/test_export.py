"""The export of a search as an optimizer, and the conversion of its parameters to a configuration."""

import math

import numpy as np
import pytest
from ray import tune

import tanteo as tt
from tanteo.integrations.ray import TanteoSearch
from tanteo.integrations.ray.space import Plan

SPACE = {
    "batch": tune.qrandint(16, 128, 16),
    "net": {"drop": tune.quniform(0, 0.5, 0.1), "layers": tune.choice([[32], [64, 64]])},
    "opt": tune.choice(
        [
            {"kind": "sgd", "lr": tune.qloguniform(1e-3, 1e-1, 1e-3)},
            {"kind": "adam", "lr": tune.loguniform(1e-4, 1e-2), "warm": tune.qlograndint(10, 1000, 10)},
        ]
    ),
    "noise": tune.qrandn(0, 1, 0.25),
    "act": tune.choice([math.tanh, math.sin]),
    "a/b": tune.randint(0, 9),
    "a": {"b": tune.qrandint(0, 9, 3)},
    "constant": {"k": [1, 2]},
    "double": tune.sample_from(lambda config: 2 * config["batch"]),
}


def flat(config, prefix=""):
    for key, value in config.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}/")
        else:
            yield f"{prefix}{key}", value


def run_search(loop, n=40):
    search = TanteoSearch(SPACE, metric="loss", mode="min", sampler="random", seed=0)
    tuning = loop(search)
    return search, tuning.run(lambda config: config["batch"], n)


def test_parameters_have_the_names_and_the_numbers_of_the_configuration(loop):
    search, configs = run_search(loop)
    optimizer = search.to_optimizer()
    assert set(optimizer.space) == {
        *("batch", "net/drop", "net/layers", "opt", "opt/lr", "opt/lr #2", "opt/warm"),
        *("noise", "act", "a/b", "a/b #2"),
    }
    for trial, config in zip(optimizer.trials, configs, strict=True):
        values = dict(flat(config))
        for name in trial.params.keys() & values.keys() - {"net/layers", "opt", "act", "a/b"}:
            assert math.isclose(trial.params[name], values[name], rel_tol=1e-12, abs_tol=1e-12), name
    assert {trial.params["net/drop"] for trial in optimizer.trials} == {0.0, 0.1, 0.2, 0.3, 0.4, 0.5}


def test_the_seed_is_that_of_the_search_unless_another_is_given(loop):
    search, _ = run_search(loop, n=3)
    assert [search.to_optimizer().seed, search.to_optimizer(seed=7).seed] == [0, 7]
    unseeded = TanteoSearch(SPACE, metric="loss", mode="min")
    assert unseeded.to_optimizer().seed == unseeded.to_optimizer().seed


def test_a_configuration_is_built_from_the_parameters_of_a_trial(loop):
    search, configs = run_search(loop)
    assert [search.to_config(trial.params) for trial in search.to_optimizer().trials] == configs


def test_suggestions_of_the_exported_optimizer_are_configurations_of_tune(loop):
    search, _ = run_search(loop, 5)
    optimizer = search.to_optimizer(sampler="random", seed=1)
    plan = Plan(SPACE)
    for trial in optimizer.ask(50):
        config = search.to_config(trial.params)
        plan.read_whole(config)
        assert config["double"] == 2 * config["batch"]
        warm = config["opt"].get("warm", 10)
        assert (type(warm), warm % 10) == (int, 0), "the exported logarithmic scale has no steps"


@pytest.mark.parametrize(
    "domain",
    [
        tune.qrandn(10, 2, 0.2),
        tune.qloguniform(1e-4, 1e-1, 5e-5),
        tune.qlograndint(2, 2000, 3),
        tune.quniform(-2.1, 3, 0.3),
    ],
)
def test_priors_of_quantized_numbers_match_the_samples_of_tune(domain):
    """The priors over multiples and over values agree: quartiles of 2,000 samples are within four deviations."""
    plan = Plan({"x": domain})
    configured = [plan.build(params, {})["x"] for params in plan.space.sample(2000, seed=1)]
    exported = [params["x"] for params in plan.translation.space.sample(2000, seed=2)]
    for quartile in (0.25, 0.5, 0.75):
        threshold = np.quantile(configured, quartile) + 1e-9
        assert abs(np.mean(np.array(exported) <= threshold) - np.mean(np.array(configured) <= threshold)) < 0.06


def test_another_search_starts_from_the_optimizer(loop):
    search, configs = run_search(loop)
    other = TanteoSearch(SPACE, metric="loss", mode="min", seed=1)
    assert other.warm_start(search.to_optimizer()) == 40
    assert other.to_optimizer().to_dict()["value"].tolist() == [config["batch"] for config in configs]
    assert [t.params for t in other.to_optimizer().trials] == [t.params for t in search.to_optimizer().trials]


def test_a_search_starts_from_an_optimizer_with_a_space_of_its_own():
    optimizer = tt.Optimizer({"batch": tt.Int(16, 128, step=16), "drop": tt.Float(0, 0.5)}, seed=0)
    optimizer.observe({"batch": 48, "drop": 0.3}, 1.0)
    search = TanteoSearch({"batch": tune.qrandint(16, 128, 16), "drop": tune.quniform(0, 0.5, 0.1)}, mode="min")
    assert search.warm_start(optimizer) == 1
    search.suggest("1")
    first = search.to_optimizer().trials[0]
    assert (first.params, first.value) == ({"batch": 48, "drop": 0.3}, 1.0)


def test_parameters_outside_the_space_are_an_error_that_names_them(loop):
    search, _ = run_search(loop, 1)
    params = search.to_optimizer().trials[0].params
    with pytest.raises(tt.ParameterError, match="'batch'"):
        search.to_config({**params, "batch": 17})
    with pytest.raises(tt.ParameterError, match="'batch'"):
        search.to_config({name: value for name, value in params.items() if name != "batch"})
    with pytest.raises(tt.ArgumentError, match="params must be those of a trial, a dict, got 7"):
        search.to_config(7)


def test_a_configuration_needs_objects_that_tune_does_not_pass(loop):
    search = TanteoSearch(seed=0)
    loop(search, {"x": tune.uniform(0, 1), "o": ("__ref_ph", "abc")}).run(lambda config: config["x"], 2)
    with pytest.raises(tt.ArgumentError, match=r"config\['o'\] is an object .* that Tune does not pass to searchers"):
        search.to_config(search.to_optimizer().best.params)


def test_a_space_of_tanteo_needs_no_translation(loop):
    search = TanteoSearch(tt.SearchSpace({"g": {"n": tt.Int(0, 9)}}), metric="loss", mode="min", seed=0)
    configs = loop(search).run(lambda config: config["g"]["n"], 3)
    assert [search.to_config(trial.params) for trial in search.to_optimizer().trials] == configs
