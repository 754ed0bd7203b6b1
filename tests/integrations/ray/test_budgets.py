"""Results at different budgets do not mislead the model."""

import copy
import math

import pytest
from ray import tune

from tanteo.integrations.ray import TanteoSearch
from tanteo.integrations.ray.search.budget import LeadingBudget
from tanteo.integrations.ray.search.record import End, TrialRecord

SPACE = {"x": tune.uniform(0, 1), "y": tune.uniform(0, 1)}


def make_record(curve, end=End.STOPPED):
    record = TrialRecord(0)
    for step, value in curve:
        record.add(step, (value,))
    record.end = end
    return record


def observed(search):
    """The state and value of each trial in the model, after all commands are executed."""
    search._session.ledger().synchronize()
    return [(trial.state, trial.value) for trial in search._session.ledger().optimizer.trials]


def test_the_leading_budget_is_the_highest_with_enough_trials():
    budget = LeadingBudget(n_parameters=3)
    for step, count in ((1, 40), (4, 12), (16, 3)):
        for _ in range(count):
            budget.move(-1, step)
    assert budget.update()
    assert budget.step == 4, "15 trials reached 4, and only 3 reached 16"
    for _ in range(7):
        budget.move(4, 16)
    assert budget.update()
    assert budget.step == 16
    assert not budget.update()


def test_a_value_at_a_low_budget_is_never_compared_with_a_value_at_a_high_budget(loop):
    """The loss grows with training. Without budgets, the trials that were stopped first would look best."""
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    trials = [tuning.suggest() for _ in range(24)]
    for k, trial in enumerate(trials[:12]):
        for step in (1, 2, 3):
            tuning.report(trial, 10.0 * step + k, step)
        tuning.stop(trial, 40.0 + k, 4)
    for k, trial in enumerate(trials[12:]):
        tuning.stop(trial, 22.5 + k, 1)
    tuning.suggest()
    model = observed(search)
    assert [value for _, value in model[:12]] == [40.0 + k for k in range(12)]
    assert model[12:24] == [("pruned", 22.5 + k) for k in range(12)]
    trials = search._session.ledger().optimizer.trials
    assert dict(trials[3].steps) == {1: 13.0, 2: 23.0, 3: 33.0, 4: 43.0}
    assert dict(trials[20].steps) == {1: 30.5}


def test_the_optimizer_has_the_curves_up_to_the_leading_budget_once_trials_are_stopped(loop):
    """This includes trials that ended before the first stop, are still running at the budget, or ran elsewhere."""
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    first_trial = tuning.suggest()
    tuning.report(first_trial, 3.0, 1)
    tuning.report(first_trial, 2.0, 2)
    tuning.end(first_trial, 2.0, 2)
    tuning.suggest()
    assert not any(trial.steps for trial in search._session.ledger().optimizer.trials), "curves are not needed yet"
    search.add_evaluated_point({"x": 0.5, "y": 0.5}, 4.0, intermediate_values=[9.0, 5.0, 4.0])
    for _ in range(3):
        running = tuning.suggest()
        tuning.report(running, 7.0, 1)
        tuning.report(running, 6.0, 2)
    stopped = tuning.suggest()
    tuning.stop(stopped, 8.0, 1)
    tuning.suggest()
    observed(search)
    ledger = search._session.ledger()
    assert ledger.budget.step == 2
    trials = ledger.optimizer.trials
    by_ticket = [dict(trials[record.row].steps) for record in ledger.records if record.steps]
    assert by_ticket == [{1: 3.0, 2: 2.0}, {1: 9.0, 2: 5.0}, *[{1: 7.0, 2: 6.0}] * 3, {1: 8.0}]
    copied_ledger = copy.deepcopy(search)._session.ledger()
    before = copied_ledger.optimizer.to_bytes()
    copied_ledger.outdated.update(range(len(copied_ledger.records)))
    copied_ledger.synchronize()
    assert copied_ledger.optimizer.to_bytes() == before == ledger.optimizer.to_bytes(), "nothing is told twice"


def test_curves_of_several_objectives_are_passed_on_but_for_reports_that_are_not_finite():
    search = TanteoSearch(SPACE, metric=["loss", "size"], mode=["min", "max"], seed=0)
    for trial_id in ("complete", "stopped"):
        search.suggest(trial_id)
        for step, loss in ((1, 9.0), (2, math.inf), (3, 5.0)):
            search.on_trial_result(trial_id, {"loss": loss, "size": 2.0 * step, "training_iteration": step})
    search.on_trial_complete("complete", {"loss": 4.0, "size": 8.0, "training_iteration": 4})
    search.on_trial_complete("stopped", {"loss": 6.0, "size": 8.0, "training_iteration": 4, "done": True})
    search.suggest("next")
    observed(search)
    trials = search._session.ledger().optimizer.trials
    assert [dict(trial.steps) for trial in trials[:2]] == [
        {1: (9.0, 2.0), 3: (5.0, 6.0), 4: (loss, 8.0)} for loss in (4.0, 6.0)
    ]


def test_survivors_of_a_rung_count_while_they_run(loop):
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    trials = [tuning.suggest() for _ in range(24)]
    for k, trial in enumerate(trials):
        if k % 2:
            tuning.stop(trial, 5.0 + k, 1)
        else:
            tuning.report(trial, 0.1 * k, 1)
    tuning.suggest()
    model = observed(search)
    assert model[2] == ("complete", 0.2), (
        "the survivors are the good trials, and their values must not be missing until they end"
    )
    tuning.fail(trials[2])
    assert observed(search)[2][0] == "failed"


def test_a_trial_that_ends_with_result_none_has_the_last_value_of_its_curve(loop):
    """HyperBand stops paused trials this way."""
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    with_curve, without_curve = tuning.suggest(), tuning.suggest()
    tuning.report(with_curve, 0.5, 3)
    for trial in (with_curve, without_curve):
        search.on_pause(trial)
        search.on_unpause(trial)
        search.on_trial_complete(trial, result=None, error=False)
    assert observed(search)[:2] == [("complete", 0.5), ("pruned", None)]


def test_a_trial_that_ends_by_itself_has_its_last_value(loop):
    """The number of epochs is a parameter here. No trial is stopped, so each counts with its final value."""
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    for epochs in range(1, 25):
        trial = tuning.suggest()
        for step in range(1, epochs):
            tuning.report(trial, 100.0 - step, step)
        tuning.end(trial, 100.0 - epochs, epochs)
    assert [value for _, value in observed(search)[:24]] == [100.0 - epochs for epochs in range(1, 25)]


def test_steps_may_be_fractions(loop):
    """Steps may be seconds, hours or parts of epochs. No report is lost, and the last one is the result."""
    search = TanteoSearch(seed=0, time_attr="hours")
    trial = loop(search, SPACE).suggest()
    for k in range(1, 6):
        search.on_trial_result(trial, {"loss": 1.0 - k / 10, "hours": k / 10})
    search.on_trial_complete(trial, {"loss": 0.25, "hours": 0.55, "done": True})
    record = search._session.ledger().records[0]
    assert list(record.steps) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.55]
    assert record.at(0.35) == (0.7,)
    assert observed(search)[0] == ("complete", 0.25)
    copied_search = copy.deepcopy(search)
    assert copied_search._session.ledger().records[0].steps == record.steps
    assert dict(copied_search.to_optimizer().trials[0].steps) == {0: 0.25}, "an optimizer has whole steps"


def test_without_time_attr_the_last_value_counts(loop):
    search = TanteoSearch(seed=0, time_attr=None)
    tuning = loop(search, SPACE)
    for step in (1, 5, 9):
        tuning.stop(tuning.suggest(), float(step), step)
    assert [value for _, value in observed(search)[:3]] == [1.0, 5.0, 9.0]


@pytest.mark.parametrize("mode", ["min", "max"])
def test_the_search_follows_the_final_values_under_successive_halving(loop, mode):
    """At step 1 large values of x look good, at step 9 small values are good. The search must follow step 9."""
    sign = 1 if mode == "min" else -1
    search = TanteoSearch(sampler="tpe", seed=0)
    tuning = loop(search, SPACE, mode=mode)

    def value(x, step):
        return sign * ((1 - x) * (9 - step) + x * step)

    for number in range(60):
        trial = tuning.suggest()
        x = tuning.configs[trial]["x"]
        if number % 3 == 2:
            tuning.stop(trial, value(x, 1), 1)
            continue
        for step in (1, 3):
            tuning.report(trial, value(x, step), step)
        tuning.stop(trial, value(x, 9), 9)
    late = [tuning.configs[trial]["x"] for trial in list(tuning.configs)[-20:]]
    assert sorted(late)[10] < 0.3


def test_long_curves_are_thinned_and_keep_their_last_point():
    record = make_record([(step, float(step)) for step in range(1, 2001)])
    assert len(record.steps) <= 256
    assert record.last() == (2000.0,)
    assert [record.at(step)[0] for step in (1, 3, 27)] == [1.0, 3.0, 27.0]
    assert record.at(1000)[0] == pytest.approx(1000, abs=32)


def test_curves_with_fractional_steps_are_thinned_too():
    for unit in (0.001, 0.1, 1 / 3):
        record = make_record([(step * unit, float(step)) for step in range(1, 2001)])
        assert 128 <= len(record.steps) <= 256
        assert record.last() == (2000.0,)
        assert record.at(1000.5 * unit)[0] == pytest.approx(1000, abs=32)


def test_the_exported_optimizer_has_curves_and_outcomes(loop):
    search = TanteoSearch(seed=0)
    tuning = loop(search, SPACE)
    full, short, failed, running = (tuning.suggest() for _ in range(4))
    for step in (1, 2):
        tuning.report(full, 3.0 - step, step)
    tuning.stop(full, 0.5, 3)
    tuning.stop(short, 9.0, 1)
    tuning.fail(failed)
    tuning.report(running, 4.0, 1)
    trials = search.to_optimizer().trials
    assert [trial.state for trial in trials] == ["complete", "pruned", "failed", "pending"]
    assert dict(trials[0].steps) == {1: 2.0, 2: 1.0, 3: 0.5}
    assert dict(trials[3].steps) == {1: 4.0}
