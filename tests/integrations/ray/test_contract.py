"""What Tune and its wrappers expect of a searcher beyond suggestions and results."""

import inspect
import math
import random

import numpy as np
import pytest
from ray import cloudpickle, tune
from ray.tune.search import ConcurrencyLimiter, Repeater, Searcher
from ray.tune.search.search_generator import SearchGenerator

import tanteo as tt
from tanteo.integrations.ray import TanteoSearch
from tanteo.testing import adapters, check_sampler

SPACE = {"x": tune.uniform(0, 1), "n": tune.randint(0, 1000)}


def distances(configs):
    points = np.array([[config["x"], config["n"] / 1000] for config in configs])
    return np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1)) + np.eye(len(points))


def test_tanteo_search_is_a_searcher_and_is_not_mistaken_for_a_wrapper():
    search = TanteoSearch(SPACE, metric="loss", mode="min")
    assert isinstance(search, Searcher)
    assert not hasattr(search, "searcher")
    assert SearchGenerator(search).searcher is search
    assert (search.metric, search.mode) == ("loss", "min")


def test_arguments_have_the_names_by_which_tune_passes_them():
    """Any other name raises a TypeError in the loop, which ends the experiment."""
    names = list(inspect.signature(TanteoSearch.on_trial_complete).parameters)
    assert names == ["self", "trial_id", "result", "error"]
    evaluated = list(inspect.signature(TanteoSearch.add_evaluated_point).parameters)
    assert evaluated == ["self", "parameters", "value", "error", "pruned", "intermediate_values"]


def test_no_attribute_is_generated_on_access():
    """Tune and its wrappers check for the attribute `searcher` and for optional hooks."""
    search = TanteoSearch(SPACE, metric="loss", mode="min")
    assert not any("__getattr__" in vars(kind) for kind in TanteoSearch.__mro__)
    assert callable(search.on_pause)
    assert callable(search.on_unpause)


def test_a_nested_metric_is_named_with_a_slash(loop):
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE, metric="valid/loss")
    tuning.end(tuning.suggest(), 0.25, metric="valid/loss")
    assert search.to_optimizer().best.value == 0.25


def test_changing_a_suggestion_does_not_change_later_ones(loop):
    space = {"x": tune.uniform(0, 1), "n": {"k": [1, 2]}}
    tuning = loop(TanteoSearch(seed=0), space)
    first = tuning.configs[tuning.suggest()]
    first["n"]["k"].clear()
    assert tuning.configs[tuning.suggest()]["n"] == {"k": [1, 2]}


def test_a_metric_may_come_after_the_space():
    search = TanteoSearch(SPACE, seed=0)
    assert search.set_search_properties("loss", "max", {"constant": 1})
    search.on_trial_complete("x", None)
    assert (search.metric, search.mode) == ("loss", "max")
    assert isinstance(search.suggest("a"), dict)


@pytest.mark.parametrize("options", [{"mode": "min"}, {"metric": "loss"}, {}])
def test_tuneconfig_may_add_metric_and_mode_to_a_searcher_with_a_space(loop, options):
    search = TanteoSearch(SPACE, **options, seed=0)
    search = cloudpickle.loads(cloudpickle.dumps(search))  # as `Tuner.__init__` does
    assert search.set_search_properties("loss", "min", {"constant": 1})
    tuning = loop(search)
    tuning.end(tuning.suggest(), 0.5)
    assert search.to_optimizer().best.value == 0.5


def test_a_tuneconfig_that_contradicts_the_searcher_causes_a_warning(caplog):
    search = TanteoSearch(metric="accuracy", mode="max", seed=0)
    assert search.set_search_properties("accuracy", "max", SPACE)
    assert not caplog.records
    assert search.set_search_properties("loss", "min", SPACE)
    assert "the metric of TanteoSearch, 'accuracy', overrides that of TuneConfig, 'loss'" in caplog.text
    assert "the mode of TanteoSearch, 'max', overrides" in caplog.text
    assert (search.metric, search.mode) == ("accuracy", "max")


def test_results_without_the_metric_cause_one_warning(loop, caplog):
    tuning = loop(TanteoSearch(seed=0), SPACE, metric="accuracy", mode="max")
    for _ in range(3):
        tuning.end(tuning.suggest(), 0.5, metric="loss")
    assert caplog.text.count("a trial ended without accuracy in its result") == 1


def test_invalid_properties_change_nothing():
    """In a notebook a user may correct the point and use the same searcher again, so it must keep its points."""
    points = [{"x": 0.5}, {"x": 7.0}]
    search = TanteoSearch(points_to_evaluate=points, seed=0)
    search.add_evaluated_point({"x": 0.25, "n": 1}, 2.5)
    with pytest.raises(tt.ParameterError, match="x"):
        search.set_search_properties("loss", "min", SPACE)
    assert (search.metric, search.mode) == (None, None)
    points[1]["x"] = 0.75
    assert search.set_search_properties("loss", "max", SPACE)
    assert [search.suggest(str(k))["x"] for k in range(2)] == [0.5, 0.75]
    assert search.to_optimizer().best.value == 2.5


def test_a_second_space_is_rejected_unless_it_is_the_same():
    search = TanteoSearch(SPACE, metric="loss", mode="min", seed=0)
    assert not search.set_search_properties(None, None, {"y": tune.uniform(0, 1)})
    assert not search.set_search_properties(None, None, {"y": tune.grid_search([0, 1])})
    assert search.set_search_properties(None, None, {"x": tune.uniform(0, 1), "n": tune.randint(0, 1000)})
    assert search.suggest("a").keys() == {"x", "n"}


@pytest.mark.parametrize("batch", [False, True])
def test_the_search_runs_under_a_concurrency_limiter(loop, batch):
    search = TanteoSearch(seed=0)
    assert search.set_max_concurrency(4) is False, "True would turn off the limiter and its batches"
    limited = ConcurrencyLimiter(search, 4, batch=batch)
    tuning = loop(limited, SPACE, n=40)
    limited.on_pause("nobody")
    limited.on_unpause("nobody")
    running = []
    while len(tuning.configs) < 40:
        number = len(tuning.configs)
        config = limited.suggest(f"t{number}")
        if config is not None:
            tuning.configs[f"t{number}"] = config
            running.append(f"t{number}")
        if len(running) == 4:
            trial = running.pop(0 if not batch else -1)
            tuning.end(trial, tuning.configs[trial]["x"])
            if batch:
                for other in running:
                    tuning.end(other, tuning.configs[other]["x"])
                running.clear()
    optimizer = search.to_optimizer()
    assert sum(trial.state == "complete" for trial in optimizer.trials) >= 36


def test_a_repeater_passes_on_the_mean_of_its_trials(loop):
    search = TanteoSearch(metric="loss", mode="min", seed=0)
    repeater = Repeater(search, repeat=3)
    tuning = loop(repeater, SPACE, n=12)
    for _ in range(4):
        trials = [tuning.suggest() for _ in range(3)]
        assert len({tuning.configs[trial]["x"] for trial in trials}) == 1
        for k, trial in enumerate(trials):
            tuning.stop(trial, 1.0 + k, 1)
    trials = search.to_optimizer().trials
    assert [trial.value for trial in trials if trial.state == "complete"] == [2.0] * 4


def test_two_hundred_pending_suggestions_are_diverse(loop):
    for sampler in ("auto", "tpe"):
        search = TanteoSearch(sampler=sampler, seed=0)
        tuning = loop(search, SPACE)
        tuning.run(lambda config: (config["x"] - 0.3) ** 2, 20)
        pending = [tuning.configs[tuning.suggest()] for _ in range(200)]
        assert len({(config["x"], config["n"]) for config in pending}) == 200
        assert np.median(distances(pending).min(1)) > 0.001


def test_every_call_returns_a_suggestion(loop):
    """None would leave a slot idle, and the discarded trial id would leave a record behind."""
    tuning = loop(TanteoSearch(seed=0), SPACE, n=30)
    for _ in range(30):
        tuning.suggest()


def test_global_generators_are_left_alone(loop):
    def states():
        return random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002 - the global generator is meant

    initial = states()
    loop(TanteoSearch(), SPACE).run(lambda config: config["x"], 20)
    assert states() == initial


def test_suggestions_do_not_depend_on_trial_ids(loop):
    first, second = loop(TanteoSearch(seed=5), SPACE), loop(TanteoSearch(seed=5), SPACE)
    second._number = 77_000
    assert first.run(lambda config: config["x"], 20) == second.run(lambda config: config["x"], 20)


def test_maximizing_is_minimizing_the_negative(loop):
    low, high = loop(TanteoSearch(seed=5), SPACE), loop(TanteoSearch(seed=5), SPACE, mode="max")
    assert low.run(lambda config: math.sin(9 * config["x"]), 25) == high.run(
        lambda config: -math.sin(9 * config["x"]), 25
    )


def test_trials_that_never_end_do_no_harm(loop):
    """A time budget, a stopper or Ctrl-C abandons running trials without telling the searcher."""
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    for _ in range(30):
        tuning.suggest()
    tuning.run(lambda config: config["x"], 10)
    assert sum(trial.state == "pending" for trial in search.to_optimizer().trials) == 30


def test_a_searcher_passes_the_checks_of_samplers():
    factory = adapters.from_ray(lambda seed: TanteoSearch(seed=seed, sampler="tpe"))
    report = check_sampler(factory, tags=["history", "state", "check_suggestions_lie_in_their_domain"])
    assert sum(outcome.status == "passed" for outcome in report) >= 15
