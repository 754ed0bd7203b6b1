"""Constraints on reported metrics, thresholds and names of objectives in searches of Tune."""

from __future__ import annotations

import math
import pickle
from statistics import median
from types import SimpleNamespace

import numpy as np
import pytest

import tanteo as tt

pytest.importorskip("ray")

from ray import tune

from tanteo.integrations.ray import TanteoSearch

SPACE = {"x": tune.uniform(0.0, 1.0)}
TWO = {"metric": ["loss", "speed"], "mode": ["min", "max"], "seed": 0}


def limited(**options):
    return TanteoSearch(SPACE, **{"metric": "loss", "mode": "min", "seed": 0, **options})


def run(search, n, **more):
    """Run trials whose memory is their ``x``; without memory for the third."""
    for k in range(n):
        name = f"trial {len(search.to_optimizer())}"
        x = search.suggest(name)["x"]
        result = {"loss": 1.0 - x, "memory": math.nan if k == 2 else x, "training_iteration": 1, **more}
        search.on_trial_complete(name, result)


def test_metrics_with_a_limit_are_constraints():
    search = limited(constraints={"memory": 0.5}, max_violation_probability=0.3)
    run(search, 25)
    trials = list(search.to_optimizer().trials)
    for k, trial in enumerate(trials):
        expected = {} if k == 2 else {"memory": trial.params["x"] - 0.5}
        assert dict(trial.constraints or {}) == expected
    # Without the limit, 1 would be the best. With the seeds 0 to 19, the median is 0.42 to 0.5, and without the limit
    # it is 0.8 or more.
    assert 0.3 < median(trial.params["x"] for trial in trials[10:]) < 0.6


def test_the_last_report_of_a_metric_counts():
    search = limited(constraints={"memory": 0.5, "latency": 2.0})
    search.suggest("a")
    search.on_trial_result("a", {"loss": 1.0, "memory": 0.25, "latency": 3.0, "training_iteration": 1})
    search.on_trial_result("a", {"loss": 0.5, "memory": 0.75, "training_iteration": 2})
    search.on_trial_complete("a", {"loss": 0.5, "memory": 0.75, "training_iteration": 2})
    assert dict(search.to_optimizer().trials[0].constraints) == {"memory": 0.25, "latency": 1.0}


@pytest.mark.parametrize(
    ("memory", "expected"),
    [(math.inf, {"memory": math.inf}), (-math.inf, {}), (-1e308, {}), (1e308, {"memory": 0.0})],
)
def test_an_infinite_metric_breaks_its_limit_or_tells_nothing(memory, expected):
    """The difference of the largest numbers is infinite too."""
    search = limited(constraints={"memory": 1e308})
    search.suggest("a")
    search.on_trial_complete("a", {"loss": 1.0, "memory": memory, "training_iteration": 1})
    (trial,) = search.to_optimizer().trials
    assert (trial.state, trial.value, dict(trial.constraints or {})) == ("complete", 1.0, expected)
    assert trial.feasible == (memory < math.inf)


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        (2.0, math.nan, "'m' of constraints= is NaN"),
        (tt.at_least(2.0), "much", "'m' of constraints= is not a number"),
        (True, 0.7, "'m' has to be True by constraints=, and is a number other than 0 and 1"),
    ],
)
def test_a_trial_whose_limited_metric_cannot_be_judged_fails_with_one_warning(limit, value, reason, caplog):
    search = limited(constraints={"m": limit})
    for name in "abc":
        search.suggest(name)
        search.on_trial_result(name, {"loss": 1.0, "m": 1, "training_iteration": 1})
        search.on_trial_complete(name, {"loss": 1.0, "m": value, "training_iteration": 2})
    assert [(trial.state, trial.reason) for trial in search.to_optimizer().trials] == [("failed", reason)] * 3
    expected = f"a trial whose last report cannot be judged counts as failed: {reason}"
    assert [each.getMessage() for each in caplog.records] == [expected]


def test_a_limited_metric_that_is_nan_before_the_last_report_is_no_failure(caplog):
    search = limited(constraints={"m": 2.0})
    search.suggest("a")
    search.on_trial_result("a", {"loss": 1.0, "m": math.nan, "training_iteration": 1})
    search.on_trial_result("a", {"loss": 0.5, "m": 1.0, "training_iteration": 2})
    search.on_trial_complete("a", {"loss": 0.5, "m": 1.0, "training_iteration": 2})
    (trial,) = search.to_optimizer().trials
    assert (trial.state, trial.feasible, dict(trial.steps)) == ("complete", True, {1: 1.0, 2: 0.5})
    assert not caplog.records


@pytest.mark.parametrize("how", ["without the objective", "sent twice", "stopped in a pause"])
def test_a_limited_metric_that_is_nan_in_the_last_report_is_a_failure(how):
    search = limited(constraints={"m": 2.0})
    search.suggest("a")
    search.on_trial_result("a", {"loss": 1.0, "m": 1.0, "training_iteration": 1})
    last = {"loss": 0.5, "m": math.nan, "training_iteration": 2}
    if how == "without the objective":
        del last["loss"]
    search.on_trial_result("a", last)
    if how == "stopped in a pause":
        search.on_pause("a")
    search.on_trial_complete("a", None if how == "stopped in a pause" else last)
    (trial,) = search.to_optimizer().trials
    assert (trial.state, trial.constraints or {}) == ("failed", {})


def test_a_limited_metric_that_no_trial_reports_is_named_once(caplog):
    search = limited(constraints={"memory": 2000, "latency": 1.0})
    for name in "ab":
        search.suggest(name)
        search.on_trial_result(name, {"loss": 1.0, "latency": 0.5, "training_iteration": 1})
        search.on_trial_complete(name, {"loss": 1.0, "mem": 1, "training_iteration": 2})
    (warning,) = caplog.records
    assert warning.getMessage().startswith("no trial has reported 'memory' of constraints= so far")
    search.suggest("c")
    search.on_trial_complete("c", {"loss": 1.0, "memory": 1, "training_iteration": 2})
    assert len(caplog.records) == 1
    assert [trial.state for trial in search.to_optimizer().trials] == ["complete"] * 3


@pytest.mark.parametrize("limit", [2.0, tt.between(0.0, 2.0)])
@pytest.mark.parametrize("way", ["file", "pickle", "warm start"])
def test_a_limited_metric_of_earlier_trials_counts_as_reported(way, limit, tmp_path, caplog):
    search = limited(constraints={"m": limit})
    search.suggest("a")
    search.on_trial_complete("a", {"loss": 1.0, "m": 1.0, "training_iteration": 1})
    later = pickle.loads(pickle.dumps(search)) if way == "pickle" else limited(constraints={"m": limit})
    if way == "file":
        search.save(str(tmp_path / "state"))
        later.restore(str(tmp_path / "state"))
    if way == "warm start":
        later.warm_start(search.to_optimizer())
    later.suggest("b")
    later.on_trial_complete("b", {"loss": 1.0, "training_iteration": 1})
    assert not caplog.records


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (tt.at_most(2.0), {1.5: {"m": -0.5}, 2.5: {"m": 0.5}}),
        (tt.at_least(2.0), {1.5: {"m": 0.5}, 2.5: {"m": -0.5}, math.inf: {}, -math.inf: {"m": math.inf}}),
        (
            tt.between(1.0, 2.0),
            {
                0.5: {"m/low": 0.5, "m/high": -1.5},
                1.5: {"m/low": -0.5, "m/high": -0.5},
                2.5: {"m/low": -1.5, "m/high": 0.5},
                math.inf: {"m/high": math.inf},
                None: {},
            },
        ),
        (True, {True: {"m": -1.0}, False: {"m": 1.0}}),
        (False, {np.bool_(True): {"m": 1.0}, np.bool_(False): {"m": -1.0}}),
    ],
)
def test_limits_of_every_form(limit, told):
    search = limited(constraints={"m": limit})
    for k, value in enumerate(told):
        search.suggest(str(k))
        search.on_trial_complete(str(k), {"loss": 1.0, "m": value, "training_iteration": 1})
    trials = search.to_optimizer().trials
    assert [dict(trial.constraints or {}) for trial in trials] == list(told.values())


def test_a_range_tells_what_equal_does():
    target = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
    target.tell(target.ask(), 1.0, constraints={"m": tt.Equal(1.75, 1.0, tolerance=0.5)})
    search = limited(constraints={"m": tt.between(0.5, 1.5)})
    search.suggest("a")
    search.on_trial_complete("a", {"loss": 1.0, "m": 1.75, "training_iteration": 1})
    assert dict(search.to_optimizer().trials[0].constraints) == dict(target.trials[0].constraints)


def test_a_search_finds_what_lies_within_a_range():
    """Without the range, 1 would be the best, and 0.25 to 0.35 is a tenth of the space."""
    search = limited(constraints={"memory": tt.between(0.25, 0.35)})
    for k in range(25):
        x = search.suggest(str(k))["x"]
        search.on_trial_complete(str(k), {"loss": 1.0 - x, "memory": x, "training_iteration": 1})
    assert 0.3 < search.to_optimizer().best.params["x"] <= 0.35


EVERY_FORM = {"a": 1.0, "b": tt.at_least(2), "c": tt.between(-1.0, 1.0), "d": True, "e": tt.at_most(3.0)}


@pytest.mark.parametrize(
    ("stored", "given", "message"),
    [
        (EVERY_FORM, dict(EVERY_FORM, e=3), None),
        ({"a": True}, {"a": 1.0}, r"constraints \{'a': 1.0\} were given, and \{'a': True\} are stored"),
        ({"a": tt.at_least(1.0)}, {"a": tt.at_least(2.0)}, r"at_least\(2.0\)\} were given, and \{'a': at_least\(1.0\)"),
        (
            {"memory": 0.5},
            {"memory": 0.25},
            r"constraints \{'memory': 0.25\} were given, and \{'memory': 0.5\} are stored",
        ),
        (None, {"memory": 0.5}, r"constraints \{'memory': 0.5\} were given, and \{\} are stored"),
        ({"memory": 0.5}, {"memory": 0.5}, None),
        ({"memory": 0.5}, None, None),
    ],
)
def test_the_state_of_a_search_with_other_limits_is_refused(stored, given, message, tmp_path):
    search = limited(constraints=stored)
    run(search, 2)
    search.save(str(tmp_path / "state"))
    restored = limited(constraints=given)
    restored.restore(str(tmp_path / "state"))
    if message is None:
        assert restored.suggest("next")
    else:
        with pytest.raises(tt.SnapshotError, match=message):
            restored.suggest("next")


@pytest.mark.parametrize("way", ["file", "pickle"])
def test_limits_and_what_was_told_survive_a_restart(way, tmp_path):
    search = limited(constraints={"memory": 0.5})
    run(search, 6)
    if way == "file":
        search.save(str(tmp_path / "state"))
        restored = TanteoSearch(SPACE, metric="loss", mode="min", seed=0)
        restored.restore(str(tmp_path / "state"))
    else:
        restored = pickle.loads(pickle.dumps(search))
    for each in (search, restored):
        run(each, 3)
    assert [t.constraints for t in restored.to_optimizer().trials] == [
        t.constraints for t in search.to_optimizer().trials
    ]
    assert [t.params for t in restored.to_optimizer().trials] == [t.params for t in search.to_optimizer().trials]


def test_a_warm_start_has_the_constraints():
    search, later = limited(constraints={"memory": 0.5}), limited(constraints={"memory": 0.5})
    run(search, 4)
    later.warm_start(search.to_optimizer())
    later.suggest("first")
    told = [dict(trial.constraints or {}) for trial in later.to_optimizer().trials]
    assert told[:4] == [dict(trial.constraints) for trial in search.to_optimizer().trials]


def test_a_warm_start_takes_a_limited_metric_that_is_nan_for_a_failure():
    search = limited(constraints={"memory": 0.5})
    results = [
        SimpleNamespace(config={"x": x}, metrics={"loss": x, "memory": m, "training_iteration": 1}, error=None)
        for x, m in ((0.25, 0.25), (0.75, math.nan))
    ]
    search.warm_start(results)
    assert [trial.state for trial in search.to_optimizer().trials] == ["complete", "failed"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"thresholds": {"loss": 0.5}}, None),
        ({}, None),
        ({"thresholds": {"loss": 0.25}}, r"thresholds \(0.25, None\) were given, and \(0.5, None\) are stored"),
        ({"max_violation_probability": 0.5}, "max_violation_probability 0.5 was given, and None is stored"),
    ],
)
def test_the_state_of_a_search_with_other_thresholds_is_refused(given, message, tmp_path):
    search = TanteoSearch(SPACE, **TWO, thresholds={"loss": 0.5})
    search.suggest("first")
    search.save(str(tmp_path / "state"))
    restored = TanteoSearch(SPACE, **TWO, **given)
    restored.restore(str(tmp_path / "state"))
    if message is None:
        restored.suggest("next")
        assert restored.to_optimizer().thresholds == (0.5, None)
    else:
        with pytest.raises(tt.SnapshotError, match=message):
            restored.suggest("next")


def test_thresholds_are_given_by_the_names_of_metrics():
    search = TanteoSearch(SPACE, **TWO, thresholds={"speed": 0.5})
    optimizer = search.to_optimizer()
    assert (optimizer.objective_names, optimizer.thresholds) == (("loss", "speed"), (None, 0.5))
    later = TanteoSearch(**TWO, thresholds=[0.5, None])
    assert later.set_search_properties(None, None, SPACE)
    assert later.to_optimizer().thresholds == (0.5, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"constraints": ["memory"]}, "constraints must map metrics to their limits"),
        ({"constraints": {"memory": "8 GB"}}, r"constraints\['memory'\] must be a number, got '8 GB'"),
        ({"constraints": {"memory": math.nan}}, r"constraints\['memory'\] must be finite, got nan"),
        ({"constraints": {"m": tt.at_least("2")}}, r"constraints\['m'\] must be a number, got '2'"),
        ({"constraints": {"m": tt.between(0, math.inf)}}, r"constraints\['m'\] must be finite, got inf"),
        ({"constraints": {"m": tt.between(1, 1)}}, r"constraints\['m'\] must reach from a number to a larger one"),
        ({"constraints": {"m": tt.at_most(None)}}, r"constraints\['m'\] must have an end"),
        ({"constraints": {"m": tt.Equal(1, 1, tolerance=1)}}, r"constraints\['m'\] .* tt.between\(0.0, 2.0\)"),
        ({"constraints": {"m": tt.Equal(1, 1234567.5, tolerance=0.25)}}, r"tt.between\(1234567.25, 1234567.75\)"),
        ({"constraints": {"m": tt.between(0, 1), "m/low": 1}}, "the metric 'm/low' is named twice"),
        ({"constraints": {"": 1.0}}, "a metric is given by its name"),
        ({"thresholds": [1.0]}, "thresholds are for several objectives"),
        ({**TWO, "thresholds": {"spead": 1.0}}, "there is no objective 'spead'"),
    ],
)
def test_bad_limits_are_refused_at_once(options, message):
    with pytest.raises(tt.ArgumentError, match=message):
        limited(**options)
