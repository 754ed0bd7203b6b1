"""The warning when the first failures of a search suggest a mistake in the objective."""

import math
import time
import warnings

import pytest

import tanteo as tt
from tanteo.run.watching import FIRST_TRIALS

SPACE = {"x": tt.Float(0.0, 1.0)}


def record_warnings(objective, n_trials, **options):
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
def test_a_mistake_in_the_objective_gives_one_warning_with_the_reason_and_a_remedy(objective, reason, n_trials):
    (warning,) = record_warnings(objective, n_trials)
    assert warning.category is RuntimeWarning
    assert reason in str(warning.message)
    assert "catch=()" in str(warning.message)


def cancel(params):
    raise tt.Cancelled


def prune_with_three_values(params):
    raise tt.Pruned((1.0, 2.0, 3.0))


GOALS = {"loss": "minimize", "seconds": "minimize"}
WRONG_RESULTS = [
    (lambda params: 1.0, r"value must have one number for each objective (loss, seconds), got one number, 1.0"),
    (lambda params: (1.0, 2.0, 3.0), r"value must have one number for each objective (loss, seconds), got 3"),
    (lambda params: {"loss": 1.0, "time": 2.0}, "it lacks 'seconds'"),
    (
        lambda params: {"lass": 1.0, "time": 2.0},
        "a mapping without the objectives 'loss', 'seconds', with the keys 'lass', 'time'",
    ),
    (lambda params: {"loss": 1.0, "seconds": "long"}, "value of seconds must be a number, got 'long'"),
    (prune_with_three_values, r"value must have one number for each objective (loss, seconds), got 3"),
]


@pytest.mark.parametrize("n_workers", [1, 2])
@pytest.mark.parametrize(("objective", "message"), WRONG_RESULTS)
def test_a_result_of_the_wrong_shape_gives_a_warning_at_once(objective, message, n_workers):
    """The warning is an error here, which ends the search after the first trial."""
    told = []
    with pytest.raises(RuntimeWarning, match=r"What the objective returned or raised for trial [01] is") as caught:
        tt.minimize(
            objective,
            SPACE,
            n_trials=9,
            directions=GOALS,
            n_workers=n_workers,
            callbacks=[lambda run, trial: told.append(trial)],
        )
    assert told == []
    assert message in str(caught.value)


def test_a_wrong_result_of_a_later_trial_is_told_once():
    def objective(params, trial):
        return params["x"] if trial.id in (2, 4) else (params["x"], 1.0)

    (warning,) = record_warnings(objective, 6, directions=GOALS)
    assert str(warning.message).startswith(
        "What the objective returned or raised for trial 2 is no result of this search: Arg"
    )


def test_a_wrong_result_is_told_of_after_another_warning():
    def objective(params, trial):
        return params["y"] if trial.id == 0 else 1.0 if trial.id in (3, 5) else (params["x"], 1.0)

    found = [str(warning.message) for warning in record_warnings(objective, 7, directions=GOALS)]
    assert len(found) == 2
    assert found[0].startswith("The first trial of this run failed in ")
    assert found[1].startswith("What the objective returned or raised for trial 3 is no result")


@pytest.mark.parametrize(("objective", "message"), WRONG_RESULTS[:4])
def test_without_catch_a_result_of_the_wrong_shape_is_raised(objective, message):
    with pytest.raises(tt.ArgumentError) as caught:
        tt.minimize(objective, SPACE, n_trials=9, directions=GOALS, catch=())
    assert message in str(caught.value)


def test_a_missing_number_is_a_failure_that_names_its_objective_and_no_mistake():
    returned = [(1.0, math.nan), (None, 1.0), {"loss": math.nan, "seconds": 1.0}, (1.0, 1.0)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = tt.minimize(lambda p, trial: returned[trial.id], SPACE, n_trials=4, directions=GOALS, progress=False)
    assert [trial.reason for trial in result.trials] == [
        "the value of seconds told was NaN",
        "no value was told for 'loss'",
        "the value of loss told was NaN",
        None,
    ]


def test_a_report_of_the_wrong_shape_is_a_mistake_at_its_line():
    def objective(params, trial):
        trial.report(1, 0.5)
        return 1.0, 2.0

    line = objective.__code__.co_firstlineno + 1
    for n_workers in (1, 2):
        (warning,) = record_warnings(objective, 2, directions=GOALS, n_workers=n_workers)
        assert f"line {line}, in objective: ArgumentError: value must have one number for" in str(warning.message)


def test_a_wrong_argument_of_a_decision_is_a_mistake_at_its_line():
    def objective(params):
        return tt.pruners.Decision(stop=True, reason=None)

    line = objective.__code__.co_firstlineno + 1
    (warning,) = record_warnings(objective, 2)
    assert f"{__file__}, line {line}, in objective: ArgumentError: reason must be" in str(warning.message)


def test_the_warning_does_not_call_a_timeout_an_exception():
    (warning,) = record_warnings(lambda params: time.sleep(30), 1, trial_timeout=0.2)
    assert str(warning.message) == "The first trial of this run failed: timed out after 0.2 s. " + (
        "Failures do not stop the search"
    )


@pytest.mark.parametrize(
    ("n_trials", "trials", "they"),
    [(1, "The first trial", "It was"), (3, "The first 3 trials", "All were"), (9, "The first 5 trials", "All were")],
)
def test_the_warning_does_not_promise_that_cancelled_trials_are_raised(n_trials, trials, they):
    (warning,) = record_warnings(cancel, n_trials)
    last = min(n_trials, FIRST_TRIALS) - 1
    assert str(warning.message) == f"{trials} of this run failed: cancelled. {they} cancelled: " + (
        f"result.trials[{last}].traceback shows where, and 100 in a row end the run"
    )


def test_an_error_while_the_result_is_read_keeps_its_traceback_and_is_named():
    class Results(dict):
        def items(self):
            raise KeyError("lost")

    def objective(params):
        return Results(value=1.0)

    with pytest.warns(RuntimeWarning) as caught:
        result = tt.minimize(objective, SPACE, n_trials=1, seed=0, progress=False)
    assert "in items" in result.trials[0].traceback
    assert "The first trial of this run failed in " in str(caught[0].message)
    assert ", in items: KeyError: 'lost'" in str(caught[0].message)


@pytest.mark.parametrize("n_trials", [2, FIRST_TRIALS])
def test_the_warning_points_to_the_calling_line(n_trials):
    (warning,) = record_warnings(lambda params: None, n_trials)
    assert warning.filename == __file__


def test_the_warning_is_given_while_the_search_is_running():
    completed = []
    # Warnings are errors here and end the search.
    with pytest.raises(RuntimeWarning):
        tt.minimize(lambda p: None, SPACE, n_trials=50, seed=0, callbacks=[lambda run, trial: completed.append(trial)])
    assert len(completed) == FIRST_TRIALS - 1


def test_the_first_trials_of_worker_processes_count_as_well():
    assert len(record_warnings(lambda params: params["y"], 2, n_workers=2)) == 1


@pytest.mark.parametrize("survivor", range(FIRST_TRIALS))
def test_one_success_among_the_first_trials_prevents_the_warning(survivor):
    assert record_warnings(fails_in(set(range(20)) - {survivor}), 12) == []


def test_failures_of_different_types_give_no_warning():
    def objective(params, trial):
        raise (ValueError if trial.id % 2 else ArithmeticError)("no")

    assert record_warnings(objective, FIRST_TRIALS) == []


def test_failures_of_one_type_with_different_messages_give_a_warning():
    assert len(record_warnings(fails_in(range(20)), FIRST_TRIALS)) == 1


def test_a_deliberate_stop_and_a_run_without_trials_give_no_warning():
    assert record_warnings(fails_in(range(20), tt.StopSearch), 3) == []
    assert record_warnings(fails_in(range(20)), 0) == []


def test_an_interrupted_run_gives_no_warning():
    def objective(params, trial):
        raise KeyboardInterrupt if trial.id == 2 else ValueError("no")

    assert record_warnings(objective, 10) == []


LOOK_ALIKES = [
    ("constraint", "constraints"),
    ("Constrains", "constraints"),
    ("costs", "cost"),
    ("values", "value"),
    ("stderr", "sem"),
    ("std", "sem"),
    ("feasible", "constraints"),
]


@pytest.mark.parametrize(("name", "argument"), LOOK_ALIKES)
def test_an_attribute_named_almost_like_an_argument_of_tell_gives_one_warning(name, argument):
    (warning,) = record_warnings(lambda params: {"value": 1.0, name: {"memory": 1.0}}, 3)
    assert f"has the attribute {name!r}: if {argument!r} is meant" in str(warning.message)
    assert warning.filename == __file__


@pytest.mark.parametrize("name", ["accuracy", "stats", "spread", "epochs", "reasoning", "val"])
def test_other_attributes_give_no_warning(name):
    assert record_warnings(lambda params: {"value": 1.0, name: 1}, 2) == []


def test_a_look_alike_of_a_later_trial_gives_one_warning_when_it_first_appears():
    def objective(params, trial):
        return {
            "value": 1.0,
            **({} if trial.id < 3 else {"constrains": 1.0}),
            **({"std": 1.0} if trial.id == 5 else {}),
        }

    first, second = record_warnings(objective, 8)
    assert str(first.message).startswith("Trial 3 has the attribute 'constrains'")
    assert str(second.message).startswith("Trial 5 has the attribute 'std'")


def test_the_name_of_an_objective_in_other_letters_is_a_look_alike():
    def objective(params):
        return {"value": [1.0, 2.0], "Accuracy": 0.9}

    goals = {"accuracy": "maximize", "latency": "minimize"}
    with pytest.warns(RuntimeWarning, match="attribute 'Accuracy': if 'accuracy' is meant"):
        tt.minimize(objective, {"x": tt.Float(0, 1)}, n_trials=2, directions=goals, seed=0, progress=False)
