"""Nothing that trials report raises in Tune's loop: an exception there would end the experiment."""

import math

import numpy as np
import pytest
from ray import tune

import tanteo as tt
from tanteo.integrations.ray import TanteoSearch

SPACE = {"x": tune.uniform(0, 1), "n": tune.randint(0, 100)}


class Broken:
    def __float__(self):
        raise RuntimeError("no number")


LOW = -math.inf
ODD = [math.nan, math.inf, LOW, None, "0.5", b"1", [1.0], {"a": 1}, np.array([1.0, 2.0]), Broken(), 10**400]


def states(search):
    return [trial.state for trial in search.to_optimizer().trials]


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("mode", ["min", "max"])
def test_invalid_metrics_are_failures_and_never_raise(loop, value, mode):
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE, mode=mode)
    first, second, third = (tuning.suggest() for _ in range(3))
    tuning.report(first, value, 1)
    tuning.stop(first, value, 2)
    tuning.end(second, value)
    tuning.end(third, 0.5)
    expected = "complete" if value is (math.inf if mode == "min" else LOW) else "failed"
    assert states(search) == [expected, expected, "complete"]


def test_an_infinitely_good_value_never_becomes_the_best(loop):
    for mode, infinity in (("min", -math.inf), ("max", math.inf)):
        search = TanteoSearch(seed=0)
        tuning = loop(search, SPACE, mode=mode)
        tuning.run(lambda config, infinity=infinity: infinity if config["x"] < 0.5 else config["x"], 30)
        assert search.to_optimizer().best.params["x"] >= 0.5


@pytest.mark.parametrize("value", [np.float32(0.5), np.int64(3), np.array(2.0), True])
def test_numbers_of_other_kinds_are_numbers(loop, value):
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    tuning.end(tuning.suggest(), value)
    assert search.to_optimizer().best.value == float(value)


def test_a_trial_without_a_final_metric_has_the_last_value_of_its_curve(loop):
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    without_curve, with_curve = tuning.suggest(), tuning.suggest()
    search.on_trial_result(without_curve, {"training_iteration": 1})
    search.on_trial_complete(without_curve, {"training_iteration": 1, "done": True})
    tuning.report(with_curve, 0.5, 1)
    search.on_trial_complete(with_curve, {"training_iteration": 1, "done": True})
    trials = search.to_optimizer().trials
    assert (trials[0].state, trials[0].reason) == ("failed", "'loss' is missing")
    assert trials[1].value == 0.5


@pytest.mark.parametrize("result", [{"los": 0.4, "training_iteration": 3}, {"trial_id": "1", "pid": 17, "done": True}])
def test_a_trial_that_ends_without_its_metric_fails(loop, result):
    """Such is the last result of a function that returns without a report."""
    search = TanteoSearch(seed=0)
    trial = loop(search, SPACE).suggest()
    search.on_trial_complete(trial, result)
    (frozen,) = search.to_optimizer().trials
    assert (frozen.state, frozen.reason) == ("failed", "'loss' is missing")
    search.suggest("next")
    assert search._session.ledger().optimizer.trials[0].state == "failed"


@pytest.mark.parametrize("result", [None, {}, {"trial_id": "1", "pid": 17}, {"los": 0.4, "done": False}])
def test_a_trial_that_is_stopped_before_its_first_report_is_pruned(loop, result):
    """Tune passes no result of a trial that waits or is paused, and only what it adds itself of one that runs."""
    search = TanteoSearch(seed=0)
    trial = loop(search, SPACE).suggest()
    search.on_trial_complete(trial, result)
    (frozen,) = search.to_optimizer().trials
    assert (frozen.state, frozen.reason) == ("pruned", None)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.nan, "'loss' is NaN"),
        (-math.inf, "'loss' is infinitely good: -inf"),
        ("high", "'loss' is not a number: 'high' (str)"),
        (Broken(), "'loss' is not a number: <"),
    ],
)
def test_a_failed_trial_has_a_reason_which_a_restored_search_keeps(loop, tmp_path, value, reason):
    search = TanteoSearch(SPACE, metric="loss", mode="min", seed=0)
    tuning = loop(search)
    for end in (tuning.end, tuning.stop):
        end(tuning.suggest(), value)
    search.save(str(tmp_path / "state"))
    restored = TanteoSearch(SPACE, metric="loss", mode="min", seed=0)
    restored.restore(str(tmp_path / "state"))
    for each in (search, restored):
        found = each.to_optimizer().trials
        assert all(trial.state == "failed" and trial.reason.startswith(reason) for trial in found)


def test_a_trial_that_is_stopped_after_nan_has_a_reason(loop):
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    trial = tuning.suggest()
    tuning.report(trial, math.nan, 1)
    search.on_trial_complete(trial, None)
    (frozen,) = search.to_optimizer().trials
    assert (frozen.state, frozen.reason) == ("failed", "its last report is not a number")


def test_unknown_late_and_repeated_results_are_ignored(loop):
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    search.on_trial_result("nobody", {"loss": 1.0, "training_iteration": 1})
    search.on_trial_complete("nobody", {"loss": 1.0})
    search.on_trial_complete("nobody", None, True)
    trial = tuning.suggest()
    tuning.report(trial, 3.0, 1)
    tuning.report(trial, 99.0, 1)
    tuning.stop(trial, 2.0, 2)
    tuning.report(trial, 98.0, 3)
    tuning.stop(trial, 97.0, 4)
    search.on_trial_complete(trial, None, True)
    (frozen,) = search.to_optimizer().trials
    assert (frozen.value, dict(frozen.steps)) == (2.0, {1: 3.0, 2: 2.0})


def test_a_retry_under_the_same_id_continues_the_curve(loop):
    """A trial that is retried after a crash reports from iteration 1 again. Nothing else shows that it was retried."""
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    trial = tuning.suggest()
    for step, value in [(1, 3.0), (2, 2.0), (1, 3.5), (2, 2.5), (3, 1.5)]:
        tuning.report(trial, value, step)
    tuning.stop(trial, 1.5, 3)
    assert dict(search.to_optimizer().trials[0].steps) == {1: 3.0, 2: 2.0, 3: 1.5}


def test_a_resumed_trial_reports_again_after_its_failure(loop):
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    trial = tuning.suggest()
    tuning.report(trial, 3.0, 1)
    tuning.fail(trial)
    tuning.suggest()
    assert states(search)[0] == "failed"
    tuning.report(trial, 2.0, 2)
    tuning.stop(trial, 2.0, 2)
    tuning.suggest()
    assert search.to_optimizer().trials[0].value == 2.0
    assert search._session.ledger().optimizer.trials[0].value == 2.0


def test_a_resumed_trial_does_not_count_as_failed_while_it_repeats_earlier_steps(loop):
    """Its first reports repeat earlier steps and show only that the trial is running."""
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    trial = tuning.suggest()
    tuning.report(trial, 3.0, 2)
    tuning.fail(trial)
    tuning.suggest()
    assert search._session.ledger().optimizer.trials[0].state == "failed"
    tuning.report(trial, 3.0, 1)
    tuning.suggest()
    assert search._session.ledger().optimizer.trials[0].state != "failed"


def test_a_restarted_trial_under_a_new_id_is_adopted_by_its_configuration(loop):
    """`Tuner.restore(restart_errored=True)` creates trial ids that are new to the searcher."""
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    trial = tuning.suggest()
    tuning.fail(trial)
    result = {"loss": 0.25, "training_iteration": 1, "config/x": 0.125, "config/n": 7}
    search.on_trial_result("feedbeef", result)
    search.on_trial_complete("feedbeef", {**result, "done": True})
    adopted = search.to_optimizer().trials[1]
    assert (adopted.params, adopted.value) == ({"x": 0.125, "n": 7}, 0.25)


def test_a_nested_configuration_is_read_back_from_flat_results(loop):
    space = {
        "m": tune.choice([{"kind": "a"}, {"kind": "b", "r": [tune.uniform(0, 1), 3]}]),
        "g": {"q/s": tune.quniform(0, 1, 0.1)},
    }
    search = TanteoSearch(seed=0)
    loop(search, space)
    result = {"loss": 1.0, "config/m/kind": "b", "config/m/r": [0.5, 3], "config/g/q/s": 0.30000000000000004}
    search.on_trial_complete("feedbeef", result)
    (adopted,) = search.to_optimizer().trials
    assert adopted.params == {"m": "#1 kind=b", "m/r/0": 0.5, "g/q/s": 0.3}


def test_a_configuration_outside_the_space_is_not_adopted(loop):
    search = TanteoSearch(seed=0)
    loop(search, SPACE)
    search.on_trial_complete("feedbeef", {"loss": 1.0, "config/x": 7.0, "config/n": 7})
    search.on_trial_complete("feedbeee", {"loss": 1.0, "config/x": 0.5})
    assert len(search.to_optimizer().trials) == 0


def test_malformed_results_never_raise(loop):
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    trial = tuning.suggest()
    for result in (
        {},
        {"loss": 1.0},
        {"loss": 1.0, "training_iteration": "x"},
        {"loss": 1.0, "training_iteration": -5},
    ):
        search.on_trial_result(trial, result)
    search.on_trial_result(trial, None)
    search.on_trial_complete(trial, 17)
    search.on_trial_complete(trial, {"loss": 1.0, "training_iteration": math.nan})
    assert search.to_optimizer().best.value == 1.0


def test_a_mean_over_repeated_runs_has_no_step_and_is_final(loop):
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    first, second = tuning.suggest(), tuning.suggest()
    search.on_trial_complete(first, {"loss": np.float64(0.5)})
    search.on_trial_complete(second, {"loss": math.nan})
    assert states(search) == ["complete", "failed"]


def test_several_metrics_and_an_additional_metric_that_is_only_observed(loop):
    search = TanteoSearch(SPACE, metric=["loss", "size", "time"], mode=["min", "max", "obs"], seed=0)
    tuning = loop(search)
    for _ in range(15):
        trial = tuning.suggest()
        x = tuning.configs[trial]["x"]
        search.on_trial_complete(trial, {"loss": x, "size": x * x, "time": "long", "training_iteration": 1})
    tuning.end(tuning.suggest(), 1.0)
    optimizer = search.to_optimizer()
    assert optimizer.directions == ("minimize", "maximize")
    assert optimizer.objective_names == ("loss", "size")
    assert len(optimizer.pareto_front) == 15
    assert optimizer.trials[15].state == "failed"


def searching(path=None):
    """Return a searcher with two objectives, restored from a path if one is given."""
    search = TanteoSearch(SPACE, metric=["loss", "size"], mode=["min", "max"], seed=0)
    if path is not None:
        search.restore(path)
    return search


def restarted(search, path):
    """Return the searcher that goes on where this one was saved."""
    search.save(str(path))
    return searching(str(path))


def report(search, trial, step, **values):
    search.on_trial_result(trial, {**values, "training_iteration": step})


def end(search, trial, step, *, error=False, **values):
    search.on_trial_complete(trial, {**values, "training_iteration": step, "done": True}, error)


@pytest.mark.parametrize("is_sent_twice", [True, False])
@pytest.mark.parametrize("is_saved", [True, False])
def test_the_last_value_of_each_objective_counts(tmp_path, is_saved, is_sent_twice):
    search = searching()
    search.suggest("a")
    report(search, "a", 1, loss=0.9, size=1.0)
    report(search, "a", 2, size=2.0)
    if is_saved:
        search = restarted(search, tmp_path / "state")
    search.on_pause("a")
    search.on_unpause("a")
    report(search, "a", 3, loss=0.5)
    if is_sent_twice:
        report(search, "a", 4, loss=0.25)
    end(search, "a", 4, loss=0.25)
    (trial,) = search.to_optimizer().trials
    assert (trial.state, trial.values) == ("complete", (0.25, 2.0))
    assert dict(trial.steps) == {1: (0.9, 1.0), 2: (0.9, 2.0), 3: (0.5, 2.0), 4: (0.25, 2.0)}
    search.suggest("b")
    assert search._session.ledger().optimizer.trials[0].state == "complete"


def test_a_last_value_that_is_no_number_is_not_replaced_by_an_earlier_one():
    search = searching()
    search.suggest("a")
    report(search, "a", 1, loss=0.9, size=1.0)
    report(search, "a", 2, loss=0.5, size=math.nan)
    end(search, "a", 3, loss=0.25)
    search.suggest("b")
    report(search, "b", 1, loss=0.9, size=1.0)
    end(search, "b", 2, loss=0.5, size=None)
    trials = search.to_optimizer().trials
    assert [trial.state for trial in trials] == ["failed"] * 2
    assert trials[1].reason == "'size' is not a number: None (NoneType)"


@pytest.mark.parametrize("is_saved", [True, False])
@pytest.mark.parametrize("is_told", [True, False], ids=["failure", "retry"])
def test_a_trial_that_runs_again_keeps_each_value_until_it_reports_another(tmp_path, is_told, is_saved):
    """Tune tells the searcher of the last failure only; after others, the steps of a trial go back."""
    search = searching()
    for trial in ("a", "b", "c"):
        search.suggest(trial)
        report(search, trial, 1, loss=0.9, size=1.0)
        report(search, trial, 2, loss=0.8, size=2.0)
        if is_told:
            end(search, trial, 2, error=True, loss=0.8)
        report(search, trial, 1, loss=0.7, **({} if trial == "a" else {"size": 3.0}))
    if is_saved:
        search = restarted(search, tmp_path / "state")
    report(search, "c", 2, loss=0.6, size=4.0)
    for trial in ("a", "b", "c"):
        end(search, trial, 3, loss=0.5)
    assert [trial.values for trial in search.to_optimizer().trials] == [(0.5, 2.0), (0.5, 3.0), (0.5, 4.0)]


@pytest.mark.parametrize("is_saved", [True, False])
def test_a_retry_replaces_nan_only_at_its_step(tmp_path, is_saved):
    search = searching()
    for trial in ("again", "from scratch", "shorter", "without"):
        search.suggest(trial)
        report(search, trial, 1, loss=0.9, size=1.0)
        report(search, trial, 2, loss=math.nan, size=2.0)
    if is_saved:
        search = restarted(search, tmp_path / "state")
    for trial, steps in (("again", (2,)), ("from scratch", (1, 2)), ("shorter", (1,)), ("without", ())):
        for step in steps:
            report(search, trial, step, loss=0.5 / step, size=7.0)
        loss = 0.5 / steps[-1] if steps else math.nan
        end(search, trial, steps[-1] if steps else 2, loss=loss, size=7.0)
    trials = search.to_optimizer().trials
    assert [trial.values for trial in trials] == [(0.25, 2.0), (0.25, 2.0), None, None]
    assert [trial.state for trial in trials] == ["complete", "complete", "failed", "failed"]
    assert dict(trials[0].steps) == {1: (0.9, 1.0), 2: (0.25, 2.0)}


ONCE = {"loss": 0.9, "size": 2.0}


@pytest.mark.parametrize(
    "reports",
    [
        [(1, ONCE), (2, {"loss": 0.8}), (2, {"loss": 0.8}), (3, {"loss": 0.5})],
        [(1, ONCE), (2, {"loss": 0.8}), (3, {"loss": 0.7}), (2, {"loss": 0.8}), (4, {"loss": 0.5})],
        [(1, {"loss": 0.9}), (2, ONCE), (3, {"loss": 0.7}), (1, {"loss": 0.9}), (4, {"loss": 0.5})],
        [(1, ONCE), *[(step, {"loss": 1 / step}) for step in (2, 3, 4, 5, 6, 7, 6, 7, 8)], (9, {"loss": 0.5})],
        [(1, {"loss": 0.9}), (2, {"loss": 0.8}), (1, {"loss": 0.9}), (2, {"loss": 0.8}), (3, {"loss": 0.5, "size": 2})],
        [(1, {"loss": 0.9}), (2, {"loss": 0.5}), (3, {"loss": 0.5}), (1, {"loss": 0.9}), (2, ONCE)],
    ],
    ids=["repeated", "late", "late, before the measurement", "from a checkpoint", "from scratch", "shorter"],
)
@pytest.mark.parametrize("is_saved", [True, False])
def test_steps_that_repeat_lose_no_objective(tmp_path, reports, is_saved):
    search = searching()
    search.suggest("a")
    for step, values in reports:
        report(search, "a", step, **values)
        if is_saved:
            search = restarted(search, tmp_path / "state")
    end(search, "a", reports[-1][0], **reports[-1][1])
    (trial,) = search.to_optimizer().trials
    assert (trial.state, trial.values) == ("complete", (0.5, 2.0))
    search.suggest("b")
    assert search._session.ledger().optimizer.trials[0].values == (0.5, 2.0)


@pytest.mark.parametrize("is_asked", [True, False])
def test_reports_of_one_step_complete_each_other(is_asked):
    search = TanteoSearch(
        SPACE, metric=["loss", "size"], mode=["min", "max"], seed=0, time_attr="epoch", constraints={"memory": 4}
    )
    search.suggest("a")
    for epoch in (1, 2):
        search.on_trial_result("a", {"loss": 1 / epoch, "epoch": epoch})
        if is_asked:
            search.suggest(f"b{epoch}")
        last = {"size": 2.0 * epoch, "memory": 2.0 * epoch, "epoch": epoch}
        search.on_trial_result("a", last)
    search.on_trial_result("a", {"loss": 7.0, "size": 7.0, "epoch": 2})
    assert search._session.ledger().records[0].constraints == {"memory": 0.0}
    search.on_trial_complete("a", {**last, "done": True})
    trial = search.to_optimizer().trials[0]
    assert (trial.state, trial.values) == ("complete", (0.5, 4.0)), "a whole report of a known step is a repeated one"
    assert dict(trial.steps) == {1: (1.0, 2.0), 2: (0.5, 4.0)}


def test_a_trial_that_is_stopped_before_an_objective_was_measured_is_pruned(tmp_path):
    """It failed if it ended by itself, or the last value of an objective that it reported is NaN."""
    search = searching()
    for trial in ("stopped", "at the first report", "paused", "ended", "NaN", "NaN before", "NaN, then a number"):
        search.suggest(trial)
    report(search, "stopped", 1, loss=0.9)
    end(search, "stopped", 2, loss=0.5)
    end(search, "at the first report", 1, loss=0.5)
    report(search, "paused", 1, loss=0.5)
    search.on_pause("paused")
    report(search, "ended", 1, loss=0.9)
    report(search, "ended", 2, loss=0.5)
    end(search, "ended", 2, loss=0.5)
    end(search, "NaN", 1, loss=math.nan)
    report(search, "NaN before", 1, loss=math.nan)
    end(search, "NaN before", 2, size=math.nan)
    report(search, "NaN, then a number", 1, loss=math.nan)
    end(search, "NaN, then a number", 2, loss=0.5)
    for current in (search, restarted(search, tmp_path / "state")):
        trials = current.to_optimizer().trials
        assert [(trial.state, trial.reason) for trial in trials] == [
            ("pruned", "'size' is missing"),
            ("pruned", "'size' is missing"),
            ("pruned", None),
            ("failed", "'size' is missing"),
            ("failed", "'loss' is NaN"),
            ("failed", "'loss' is missing"),
            ("pruned", "'size' is missing"),
        ]
        assert all(trial.values is None and not trial.steps for trial in trials)
    search._session.ledger().synchronize()
    told = [trial.state for trial in search._session.ledger().optimizer.trials[:7]]
    assert told == ["pruned", "pruned", "pending", "failed", "failed", "failed", "pruned"]
    search.on_unpause("paused")
    report(search, "paused", 2, size=2.0)
    end(search, "paused", 2, size=2.0)
    assert search.to_optimizer().trials[2].values == (0.5, 2.0), "it goes on from its checkpoint"


def test_a_paused_trial_whose_last_value_is_nan_has_not_failed(tmp_path):
    search = searching()
    search.suggest("a")
    report(search, "a", 1, loss=0.5, size=1.0)
    report(search, "a", 2, loss=math.nan, size=1.0)
    search.on_pause("a")
    for current in (search, restarted(search, tmp_path / "state")):
        (trial,) = current.to_optimizer().trials
        assert (trial.state, dict(trial.steps)) == ("pruned", {1: (0.5, 1.0)})
    end(search, "a", 2)
    assert search.to_optimizer().trials[0].state == "failed", "it was stopped in the pause"


@pytest.mark.parametrize(
    ("metric", "mode"),
    [
        ("a", ["min"]),
        (["a"], "min"),
        (["a", "b"], ["min"]),
        (["a"], ["obs"]),
        ("a", "best"),
        (["a", "b"], ["obs", "obs"]),
    ],
)
def test_metric_and_mode_that_do_not_match_are_an_error(metric, mode):
    with pytest.raises(tt.ArgumentError, match="mode"):
        TanteoSearch(SPACE, metric=metric, mode=mode)


def test_without_metric_or_space_the_first_suggest_says_what_is_missing():
    for options in ({}, {"metric": "loss"}):
        with pytest.raises(tt.ArgumentError, match="has no mode: pass metric= and mode="):
            TanteoSearch(SPACE, **options).suggest("1")
    with pytest.raises(tt.ArgumentError, match="has no search space"):
        TanteoSearch(metric="loss", mode="min").suggest("1")


def test_a_mode_without_a_metric_refers_to_the_bare_return_value(loop):
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE, metric=None, mode="max")
    tuning.end(tuning.suggest(), 0.75, metric="_metric")
    assert search.to_optimizer().best.value == 0.75
    assert search.metric == "_metric", "Tune requires this metric in results"


def test_a_mode_passed_with_a_space_refers_to_the_bare_return_value(tmp_path):
    search = TanteoSearch(SPACE, mode="min", seed=0)
    assert search.metric is None, "TuneConfig may still name one"
    search.suggest("1")
    assert search.metric == "_metric"
    search.save(tmp_path / "state")
    restored = TanteoSearch(seed=0)
    assert restored.set_search_properties(None, "min", SPACE)
    restored.restore(tmp_path / "state")
    assert restored.suggest("2") == search.suggest("2")


def test_the_search_avoids_a_region_of_crashes(loop):
    def objective(config):
        if config["x"] > 0.5:
            raise MemoryError
        return config["x"] - 0.5

    tuning = loop(TanteoSearch(sampler="tpe", seed=0), {"x": tune.uniform(0, 1), "y": tune.uniform(0, 1)})
    later = tuning.run(objective, 100)[30:]
    assert sum(config["x"] > 0.5 for config in later) < 0.25 * len(later)
