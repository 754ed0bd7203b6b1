"""What a run records about its trials: attributes, times and a line in the log."""

import logging
import os
import time
from pathlib import Path

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0), "g": {"n": tt.Int(1, 9)}}
WORKERS = pytest.mark.parametrize("n_workers", [1, 2])


def measured(params):
    return {"value": params["x"], "accuracy": 0.5, "epochs": 3, "cost": 2.0}


@WORKERS
def test_other_keys_of_a_returned_mapping_become_attributes(n_workers):
    result = tt.minimize(measured, SPACE, n_trials=3, seed=0, n_workers=n_workers)
    for trial in result.trials:
        assert (trial.state, trial.cost) == ("complete", 2.0)
        assert trial.attrs == {"accuracy": 0.5, "epochs": 3}


def attaching(params, trial):
    trial.set_attr("pid", os.getpid())
    trial.set_attr("seen", [trial.id])
    return params["x"]


@WORKERS
def test_an_objective_attaches_values_while_it_runs(n_workers):
    result = tt.minimize(attaching, SPACE, n_trials=3, seed=0, n_workers=n_workers)
    assert [trial.attrs["seen"] for trial in result.trials] == [[0], [1], [2]]
    assert all((trial.attrs["pid"] == os.getpid()) == (n_workers == 1) for trial in result.trials)


def saving(params, trial):
    trial.set_attr("last", Path("/x/last"))
    return {"value": params["x"], "best": Path("/x/best")}


def test_a_path_becomes_the_text_of_its_name():
    (trial,) = tt.minimize(saving, SPACE, n_trials=1, seed=0).trials
    assert trial.attrs == {"last": "/x/last", "best": "/x/best"}


def test_an_attribute_that_json_cannot_hold_becomes_text_and_the_trial_counts():
    result = tt.minimize(lambda p: {"value": 1.0, "model": len, 3: 4, "a\n": 5}, SPACE, n_trials=1, seed=0)
    assert result.best.value == 1.0
    assert result.best.attrs == {"model": f"{len!r} (builtin_function_or_method)", "3": 4, "'a\\n'": 5}


@WORKERS
def test_an_invalid_attribute_raises_in_the_objective(n_workers):
    def objective(params, trial):
        with pytest.raises(tt.ArgumentError, match="attribute 'a' must be a JSON value"):
            trial.set_attr("a", object())
        with pytest.raises(tt.ArgumentError, match="must be printable text"):
            trial.set_attr("", 1)
        return 1.0

    result = tt.minimize(objective, SPACE, n_trials=1, seed=0, n_workers=n_workers)
    assert (result.best.value, result.best.attrs) == (1.0, {})


def test_failed_and_pruned_trials_have_attributes_too():
    def objective(params, trial):
        trial.set_attr("a", 1)
        if trial.id == 0:
            raise tt.Pruned(0.5)
        return {"state": "failed", "reason": "diverged", "step": 7}

    result = tt.minimize(objective, SPACE, n_trials=2, seed=0)
    assert [(trial.state, trial.attrs) for trial in result.trials] == [
        ("pruned", {"a": 1}),
        ("failed", {"a": 1, "step": 7}),
    ]
    assert result.trials[1].reason == "diverged"


@pytest.mark.filterwarnings("ignore:.* is no result of this search")
@pytest.mark.parametrize("returned", [{"loss": 1.0}, {}, {"Value": 1.0}, {"cost": 1.0}])
def test_a_mapping_without_a_value_is_a_failure_that_names_its_keys(returned):
    (trial,) = tt.minimize(lambda params: returned, SPACE, n_trials=1, seed=0).trials
    assert trial.state == "failed"
    keys = f"the keys {', '.join(map(repr, returned))}" if returned else "no keys"
    assert f"a mapping without 'value', with {keys}" in trial.reason


@WORKERS
@pytest.mark.parametrize(
    "returned", [{"constraints": {"memory": -1.0}}, {"cost": 2.0}, {"note": 1}, {"state": "complete"}]
)
def test_after_folds_a_mapping_without_a_value_completes_the_trial_with_their_mean(n_workers, returned):
    def validate(params, trial):
        for fold, value in enumerate([1.0, 3.0]):
            trial.report_fold(fold, value)
        return returned

    (trial,) = tt.minimize(validate, SPACE, n_trials=1, seed=0, n_workers=n_workers).trials
    assert (trial.state, trial.value) == ("complete", 2.0)
    assert trial.constraints == returned.get("constraints", {})
    assert (trial.cost, trial.attrs.get("note")) == (returned.get("cost"), returned.get("note"))


@pytest.mark.filterwarnings("ignore:.* is no result of this search")
@pytest.mark.parametrize(("told", "state"), [({"a": 1.0, "b": 2.0}, "complete"), ({"a": 1.0}, "failed")])
def test_a_mapping_may_lack_a_value_once_all_objectives_are_told(told, state):
    def measure(params, trial):
        trial.tell_objectives(told)
        return {"cost": 2.0}

    directions = {"a": "minimize", "b": "minimize"}
    (trial,) = tt.minimize(measure, SPACE, directions=directions, n_trials=1, seed=0).trials
    assert trial.state == state


@WORKERS
@pytest.mark.filterwarnings("ignore:.* of this run failed")
@pytest.mark.parametrize("fails", [False, True])
def test_times_are_those_of_the_evaluation(n_workers, fails):
    def objective(params):
        time.sleep(0.02)
        return 1 / 0 if fails else 1.0

    start = time.time()
    result = tt.minimize(objective, SPACE, n_trials=2, seed=0, n_workers=n_workers)
    for trial in result.trials:
        assert start - 1.0 <= trial.started <= trial.finished <= time.time() + 1.0
        assert trial.duration >= 0.019
    assert result.trials[0].started is not None
    assert len(result.optimizer.to_dict()["duration"]) == 2


@pytest.mark.filterwarnings("ignore:.* of this run failed")
@pytest.mark.parametrize(("ends", "reason"), [(lambda: os._exit(3), "exit code 3"), (lambda: time.sleep(60), "timed")])
def test_a_trial_whose_worker_was_lost_has_times(ends, reason):
    (trial,) = tt.minimize(lambda params: ends(), SPACE, n_trials=1, seed=0, trial_timeout=0.5).trials
    assert reason in trial.reason
    assert trial.finished >= trial.started
    assert trial.traceback is None


def test_a_repeated_search_has_equal_trials():
    first, second = (tt.minimize(measured, SPACE, n_trials=3, seed=0).trials for _ in range(2))
    assert list(first) == list(second)
    assert first[0].started != second[0].started


def failing_once(params, trial):
    if trial.id == 0:
        raise ValueError("no\nlines")
    return params["x"]


def test_the_log_has_one_line_a_trial(caplog):
    with caplog.at_level(logging.INFO, "tanteo"):
        result = tt.minimize(failing_once, SPACE, n_trials=3, seed=0)
    lines = [record.getMessage() for record in caplog.records if record.name == "tanteo"]
    assert len(lines) == 3
    assert lines[0].startswith("trial 0 failed in ")
    assert " | ValueError: no lines | params {'x': " in lines[0]
    best = result.best
    assert lines[2].endswith(f"| best {best.value:.6g} (trial {best.id})")
    assert "'g/n': " in lines[2]
    assert all("\n" not in line for line in lines)


def test_a_search_prints_nothing_by_default(capfd):
    tt.minimize(failing_once, SPACE, n_trials=3, seed=0)
    assert capfd.readouterr() == ("", "")


def test_several_objectives_are_logged(caplog):
    with caplog.at_level(logging.INFO, "tanteo"):
        tt.minimize(lambda p: (p["x"], 1.0), SPACE, n_trials=1, seed=0, directions=["minimize"] * 2)
    assert ", 1 | params" in caplog.text
