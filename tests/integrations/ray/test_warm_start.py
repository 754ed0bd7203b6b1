"""Learning from earlier experiments, without running one."""

import math
from types import SimpleNamespace

import pytest
from ray import tune
from ray.tune.experiment import Trial

import tanteo as tt
from tanteo.integrations.ray import TanteoSearch

SPACE = {"x": tune.uniform(0, 1), "g": {"n": tune.randint(0, 9)}, "c": "constant"}


def trial(x, value, status="TERMINATED", step=3):
    return SimpleNamespace(
        config={"x": x, "g": {"n": 2}, "c": "constant"},
        last_result={"loss": value, "training_iteration": step, "done": True},
        status=status,
    )


def make_search():
    search = TanteoSearch(seed=0)
    assert search.set_search_properties("loss", "min", SPACE)
    return search


def test_trials_with_every_outcome_are_observed():
    trials = [trial(0.1, 3.0), trial(0.2, 2.0), trial(0.3, 1.0, status="ERROR"), trial(0.4, 9.0, step=1)]
    trials += [
        trial(0.7, 8.0, status="PAUSED", step=2),
        trial(0.5, None),
        trial(0.6, 1.0, status="RUNNING"),
        trial(7.0, 1.0),
    ]
    search = make_search()
    assert search.warm_start(trials) == 6
    observed = search.to_optimizer().trials
    assert [past_trial.state for past_trial in observed] == ["complete", "complete", "failed", "pruned", "pruned"]
    assert [past_trial.value for past_trial in observed] == [3.0, 2.0, None, 9.0, 8.0]


@pytest.mark.parametrize("metric", ["eval/loss", ["eval/loss"]])
def test_nested_metrics_are_read_from_the_results_of_an_experiment(metric):
    """Results of an experiment are nested, while searchers get flat results."""
    trials = [trial(x, None) for x in (0.1, 0.2)]
    for k, past_trial in enumerate(trials):
        past_trial.last_result = {"eval": {"loss": 2.5 - k}, "time": {"epoch": 3 - k}}
    mode = "min" if isinstance(metric, str) else ["min"]
    search = TanteoSearch(SPACE, metric=metric, mode=mode, seed=0, time_attr="time/epoch")
    assert search.warm_start(trials) == 2
    assert [(past_trial.value, dict(past_trial.steps)) for past_trial in search.to_optimizer().trials] == [
        (2.5, {3: 2.5}),
        (1.5, {2: 1.5}),
    ]


def test_trials_without_the_metric_cause_a_warning(caplog):
    assert make_search().warm_start([trial(0.1, 1.0)], metric="accuracy") == 0
    assert "none of 1 earlier trials ended with a value of 'accuracy'" in caplog.text


CONSTRAINED = tt.SearchSpace({"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, [tt.Order("x", "<=", "y")])


@pytest.mark.parametrize("begin", ["before", "after"])
def test_only_trials_that_violate_a_constraint_are_left_out(caplog, begin):
    trials = [trial(0.1, 3.0), trial(0.9, 2.0), trial(0.2, 1.0)]
    for past_trial in trials:
        past_trial.config = {"x": past_trial.config["x"], "y": 0.5}
    search = TanteoSearch(CONSTRAINED, mode="min", seed=0)
    if begin == "before":
        assert search.set_search_properties("loss", None, {})
    assert search.warm_start(trials, metric="loss") == 3
    assert [past_trial.params["x"] for past_trial in search.to_optimizer().trials] == [0.1, 0.2]
    assert "1 of 3 earlier trials are outside the space" in caplog.text


def test_a_configuration_that_violates_a_constraint_is_not_adopted(caplog):
    search = TanteoSearch(CONSTRAINED, metric="loss", mode="min", seed=0)
    search.on_trial_result("feed", {"loss": 1.0, "training_iteration": 1, "config/x": 0.75, "config/y": 0.5})
    assert len(search.to_optimizer().trials) == 0
    assert not caplog.text


def test_a_warm_start_may_come_before_the_space():
    search = TanteoSearch(seed=0)
    search.warm_start([trial(0.1, 3.0)], metric="loss")
    assert search.set_search_properties("loss", "min", SPACE)
    assert search.to_optimizer().best.value == 3.0


def test_add_evaluated_trials_is_a_warm_start():
    search = make_search()
    search.add_evaluated_trials(trial(0.1, 3.0), "loss")
    search.add_evaluated_trials([trial(0.2, math.nan)], "loss")
    assert [past_trial.state for past_trial in search.to_optimizer().trials] == ["complete", "failed"]


def test_a_warm_start_from_an_optimizer_includes_curves():
    first = make_search()
    for k in range(12):
        config = first.suggest(str(k))
        for step in (1, 2):
            first.on_trial_result(str(k), {"loss": config["x"] + 1 / step, "training_iteration": step})
        first.on_trial_complete(str(k), {"loss": config["x"], "training_iteration": 3})
    optimizer = first.to_optimizer(seed=0)
    second = make_search()
    assert second.warm_start(optimizer) == 12
    copied_optimizer = second.to_optimizer(seed=0)
    assert [past_trial.params for past_trial in copied_optimizer.trials] == [
        past_trial.params for past_trial in optimizer.trials if past_trial.state == "complete"
    ]
    assert dict(copied_optimizer.trials[0].steps) == dict(optimizer.trials[0].steps)


def test_an_unknown_metric_or_source_is_an_error():
    with pytest.raises(tt.ArgumentError, match="the metric of the earlier trials is unknown"):
        TanteoSearch(SPACE).warm_start([trial(0.1, 1.0)])
    with pytest.raises(tt.ArgumentError, match="got int"):
        make_search().warm_start(3)


def test_trials_outside_the_space_are_counted(caplog):
    make_search().warm_start([trial(0.1, 1.0), trial(7.0, 1.0)])
    assert "1 of 2 earlier trials are outside the space" in caplog.text


def test_trials_of_tune_have_the_attributes_that_are_read():
    assert {"config", "last_result", "status"} <= set(dir(Trial)) | set(vars(Trial("x", stub=True)))
