"""The warning where the first trials of a search look like a mistake in the objective."""

import time
import warnings

import pytest

import tanteo as tt
from tanteo.run.early_failures import FIRST_TRIALS

SPACE = {"x": tt.Float(0.0, 1.0)}


def warnings_of(objective, n_trials, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tt.minimize(objective, SPACE, n_trials=n_trials, seed=0, **options)
    return caught


def fails_in(trials, error=ValueError):
    def objective(params, trial):
        if trial.id in trials:
            raise error(f"no, says {trial.id}")
        return params["x"]

    return objective


@pytest.mark.parametrize("n_trials", [1, 2, FIRST_TRIALS, FIRST_TRIALS + 3])
@pytest.mark.parametrize(
    ("objective", "reason"),
    [
        (lambda params: params["y"], "KeyError: 'y'"),
        (lambda params: "text", "got 'text'"),
        (lambda params: {"loss": 1.0}, "'loss'"),
        (lambda params: None, "no value was told"),
    ],
)
def test_a_mistake_in_the_objective_is_warned_of_once_with_the_reason_and_what_to_do(objective, reason, n_trials):
    (warning,) = warnings_of(objective, n_trials)
    assert warning.category is RuntimeWarning
    assert reason in str(warning.message)
    assert "catch=()" in str(warning.message)


def test_a_timeout_is_not_said_to_be_an_exception():
    (warning,) = warnings_of(lambda params: time.sleep(30), 1, trial_timeout=0.2)
    assert str(warning.message) == "The first trial of this run failed: timed out after 0.2 s. " + (
        "Failures do not stop the search"
    )


@pytest.mark.parametrize("n_trials", [2, FIRST_TRIALS])
def test_the_warning_names_the_line_that_called(n_trials):
    (warning,) = warnings_of(lambda params: None, n_trials)
    assert warning.filename == __file__


def test_it_comes_while_the_search_runs():
    told = []
    # Warnings are errors here, and end the search.
    with pytest.raises(RuntimeWarning):
        tt.minimize(lambda p: None, SPACE, n_trials=50, seed=0, callbacks=[lambda run, trial: told.append(trial)])
    assert len(told) == FIRST_TRIALS - 1


def test_the_first_trials_of_worker_processes_count_as_well():
    assert len(warnings_of(lambda params: params["y"], 2, n_workers=2)) == 1


@pytest.mark.parametrize("survivor", range(FIRST_TRIALS))
def test_one_success_among_the_first_is_enough(survivor):
    assert warnings_of(fails_in(set(range(20)) - {survivor}), 12) == []


def test_different_reasons_are_no_mistake_of_one_kind():
    def objective(params, trial):
        raise (ValueError if trial.id % 2 else ArithmeticError)("no")

    assert warnings_of(objective, FIRST_TRIALS) == []


def test_messages_of_one_exception_may_differ():
    assert len(warnings_of(fails_in(range(20)), FIRST_TRIALS)) == 1


def test_what_stopped_on_purpose_and_what_told_nothing_needs_no_warning():
    assert warnings_of(fails_in(range(20), tt.StopSearch), 3) == []
    assert warnings_of(fails_in(range(20)), 0) == []


def test_a_run_that_is_interrupted_needs_no_warning():
    def objective(params, trial):
        raise KeyboardInterrupt if trial.id == 2 else ValueError("no")

    assert warnings_of(objective, 10) == []


@pytest.mark.parametrize(("name", "meant"), [("constraint", "constraints"), ("costs", "cost"), ("values", "value")])
def test_an_attribute_that_is_nearly_something_told_is_asked_about_once(name, meant):
    (warning,) = warnings_of(lambda params: {"value": 1.0, name: {"memory": 1.0}}, 3)
    assert f"has the attribute {name!r}: if {meant!r} is meant" in str(warning.message)
    assert warning.filename == __file__


@pytest.mark.parametrize("name", ["accuracy", "stats", "std", "epochs", "reasoning", "val"])
def test_other_attributes_are_not(name):
    assert warnings_of(lambda params: {"value": 1.0, name: 1}, 2) == []
