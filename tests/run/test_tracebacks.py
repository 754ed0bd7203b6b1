"""Where an evaluation failed: the traceback that its trial keeps and the warning about the first trial."""

import pickle
import warnings
from json import loads

import pytest

import tanteo as tt
from tanteo.run.origin import TRACEBACK_LENGTH

SPACE = {"x": tt.Float(0.0, 1.0)}
WORKERS = pytest.mark.parametrize("n_workers", [1, 2])


def inner(params):
    raise ValueError("a message\nof two lines")


def outer(params):
    return inner(params)


def mistyped(params):
    return params["y"]


def run_failing(objective, n_trials=1, **options):
    """Return the trials of a search and the messages of its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = tt.minimize(objective, None if "study" in options else SPACE, n_trials=n_trials, **options)
    return result.trials, [str(warning.message) for warning in caught]


@WORKERS
def test_a_failed_trial_keeps_its_traceback_and_a_reason_of_one_line(n_workers):
    trials, _ = run_failing(outer, 2, n_workers=n_workers)
    for trial in trials:
        assert trial.reason == "ValueError: a message of two lines"
        lines = trial.traceback.splitlines()
        assert lines[0] == "Traceback (most recent call last):"
        assert __file__ in lines[1]
        assert "in outer" in lines[1], "the first frame is the objective"
        assert any("in inner" in line for line in lines)
        assert trial.traceback.endswith("ValueError: a message\nof two lines\n")


def test_the_traceback_is_saved():
    study = tt.Optimizer(SPACE, seed=0)
    run_failing(outer, study=study)
    (trial,) = tt.Optimizer.from_bytes(study.to_bytes()).trials
    assert "in inner" in trial.traceback
    assert pickle.loads(pickle.dumps(trial)).traceback == trial.traceback


def test_the_traceback_includes_the_cause():
    def objective(params):
        try:
            inner(params)
        except ValueError as error:
            raise RuntimeError("outermost") from error

    ((trial,), _) = run_failing(objective)
    assert "in inner" in trial.traceback
    assert "RuntimeError: outermost" in trial.traceback


@pytest.mark.parametrize("size", [10, TRACEBACK_LENGTH, 10**6])
def test_a_traceback_is_cut_in_the_middle(size):
    def objective(params):
        raise ValueError("x" * size + "the end")

    ((trial,), _) = run_failing(objective)
    assert len(trial.traceback) <= TRACEBACK_LENGTH
    assert trial.traceback.startswith("Traceback (most recent call last):")
    assert "in objective" in trial.traceback
    assert trial.traceback.endswith("the end\n")
    assert ("(cut)" in trial.traceback) == (size >= TRACEBACK_LENGTH)


@pytest.mark.parametrize(
    "objective",
    [lambda params: 1.0, lambda params: None, lambda params: {"loss": 1.0}, lambda params: "text"],
)
def test_without_an_exception_of_the_objective_there_is_no_traceback(objective):
    ((trial,), _) = run_failing(objective)
    assert trial.traceback is None


class UnprintableError(Exception):
    def __str__(self):
        raise RuntimeError("no text")


@WORKERS
@pytest.mark.parametrize("message", [UnprintableError(), ValueError("\ud800 \0"), ValueError(*range(3))])
def test_any_exception_ends_its_trial_and_not_the_search(message, n_workers):
    def objective(params):
        raise message

    trials, _ = run_failing(objective, 2, n_workers=n_workers)
    assert [trial.state for trial in trials] == ["failed", "failed"]
    assert all(type(message).__name__ in trial.reason for trial in trials)
    assert all("in objective" in trial.traceback for trial in trials)


@WORKERS
def test_the_warning_about_a_mistake_names_file_and_line(n_workers):
    trials, (warning,) = run_failing(mistyped, 7, n_workers=n_workers)
    line = mistyped.__code__.co_firstlineno + 1
    assert f"{__file__}, line {line}, in mistyped: KeyError: 'y'" in warning
    assert "result.trials[" in warning
    assert [trial.state for trial in trials] == ["failed"] * 7, "the search goes on"


@WORKERS
def test_a_function_of_a_script_keeps_the_name_of_its_file(n_workers):
    """Workers get it by value, as they get functions of a notebook."""

    def objective(params):
        return [undefined_name for _ in range(3)]  # type: ignore[name-defined] # noqa: F821 - the mistake

    trials, (warning,) = run_failing(objective, 2, n_workers=n_workers)
    line = objective.__code__.co_firstlineno + 1
    assert f"{__file__}, line {line}, in " in warning
    assert f'File "{__file__}", line {line}, in objective\n    return [undefined_name' in trials[0].traceback


def test_the_warning_about_a_mistake_is_given_immediately():
    completed = []
    # Warnings are errors here and end the search.
    with pytest.raises(RuntimeWarning):
        tt.minimize(mistyped, SPACE, n_trials=50, seed=0, callbacks=[lambda run, trial: completed.append(trial)])
    assert completed == []


@pytest.mark.parametrize("kind", [TypeError, NameError, AttributeError, KeyError, IndexError, ImportError])
def test_exceptions_that_suggest_a_mistake_give_a_warning(kind):
    def objective(params, trial):
        if trial.id == 0:
            raise kind("no")
        return params["x"]

    _, (warning,) = run_failing(objective, 3)
    assert kind.__name__ in warning


@pytest.mark.parametrize("kind", [ValueError, MemoryError, ArithmeticError, RuntimeError, OSError])
def test_exceptions_that_a_configuration_may_cause_give_no_warning(kind):
    def objective(params, trial):
        if trial.id == 0:
            raise kind("no")
        return params["x"]

    assert run_failing(objective, 3)[1] == []


def test_an_exception_raised_in_a_library_gives_no_warning():
    def objective(params, trial):
        return loads(3) if trial.id == 0 else params["x"]

    trials, messages = run_failing(objective, 3)
    assert trials[0].reason.startswith("TypeError")
    assert messages == []


def test_a_mistake_in_a_later_trial_gives_no_warning():
    def objective(params, trial):
        return params["y" if trial.id else "x"]

    assert run_failing(objective, 3)[1] == []
