"""What an objective takes, and what it may return."""

import functools
import math
from fractions import Fraction

import numpy as np
import pytest

import tanteo as tt
from tanteo.run.evaluation import REASON_LENGTH, Evaluation, describe_error, plain, read_return
from tanteo.run.objective import Objective, RunningTrial, copy_params, takes_trial


def silent(method, trial, *arguments):
    """The channel of a trial that reports nothing."""
    assert method == "has_value"
    return False


def evaluate(function, catch=(Exception,)):
    return Objective(function, catch)(RunningTrial(0, {"x": 1.0}, silent))


class Callable:
    def __call__(self, params, trial):
        return 0.0


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda params: 0.0, False),
        (lambda params, trial: 0.0, True),
        (lambda params, anything: 0.0, True),
        (lambda params, scale=2.0: 0.0, False),
        (lambda params, trial=None: 0.0, True),
        (lambda *args: 0.0, False),
        (lambda params, *, scale=1.0: 0.0, False),
        (functools.partial(lambda data, params: 0.0, [1]), False),
        (functools.partial(lambda params, trial, scale: 0.0, scale=1), True),
        (Callable(), True),
        (max, False),
    ],
)
def test_the_signature_decides_whether_the_trial_is_passed(function, expected):
    assert takes_trial(function) is expected


@pytest.mark.parametrize("function", [lambda: 0, lambda a, b, c: 0, lambda params, *, needed: 0, "train", None])
def test_an_objective_with_another_signature_is_refused_before_the_search(function):
    with pytest.raises(tt.ArgumentError, match="objective must be callable"):
        tt.minimize(function, {"x": tt.Float(0, 1)}, n_trials=1)


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        (1, 1),
        (np.float64(0.5), 0.5),
        (np.array(0.5), 0.5),
        (np.array([0.5, 1.0]), [0.5, 1.0]),
        ((np.float32(0.5), 2), [0.5, 2]),
        (Fraction(1, 2), 0.5),
        (None, None),
    ],
)
def test_numbers_of_other_libraries_become_builtin_numbers(returned, expected):
    value = evaluate(lambda params: returned).value
    assert value == expected
    assert isinstance(value, int | float | list | None)


def test_a_mapping_may_hold_the_arguments_of_tell():
    evaluation = read_return(
        {"value": np.float64(1.0), "sem": np.array(0.5), "constraints": {"c": np.int64(2)}, "cost": 3}
    )
    assert evaluation == Evaluation(value=1.0, sem=0.5, constraints={"c": 2.0}, cost=3)


def test_the_error_about_a_mapping_without_objectives_names_them():
    with pytest.raises(tt.ArgumentError, match="without the objectives 'loss', 'latency', with no keys"):
        read_return({}, ("loss", "latency"))


@pytest.mark.parametrize(
    ("returned", "hint"),
    [({"loss": 1.0}, r"\."), ({"loss": 1.0, "latancy": 2.0}, "; of what it returned, 'latancy' became attributes")],
)
def test_a_trial_fails_without_an_objective_that_it_has_not_told(returned, hint):
    directions = {"loss": "minimize", "latency": "minimize"}
    with pytest.warns(RuntimeWarning, match=f"it lacks 'latency'{hint}"):
        result = tt.minimize(
            lambda params: returned, {"x": tt.Float(0, 1)}, directions=directions, n_trials=2, progress=False
        )
    assert {trial.state for trial in result.trials} == {"failed"}


def test_the_error_of_a_constraint_names_it():
    with pytest.raises(tt.ArgumentError, match=r"constraint 'acc' must be a number, got at_least\(0.9\)"):
        read_return({"value": 1.0, "constraints": {"acc": tt.at_least(0.9)}})


def test_replicates_are_not_converted():
    folds = tt.Replicates([1.0, 2.0])
    assert plain([folds, 3.0]) == [folds, 3.0]


@pytest.mark.parametrize(
    "returned", [{"loss": 1.0}, {"value": 1.0, "state": "done"}, {1.0}, object(), np.zeros((2, 2))]
)
def test_an_invalid_return_is_a_failure_with_a_reason(returned):
    evaluation = evaluate(lambda params: returned)
    assert evaluation.state == "failed"
    assert evaluation.reason


def test_an_invalid_return_raises_where_nothing_is_caught():
    with pytest.raises(tt.ArgumentError, match="'loss'"):
        evaluate(lambda params: {"loss": 1.0}, catch=())


def test_an_exception_becomes_a_reason_on_one_line_cut_to_length():
    def broken(params):
        raise ValueError("bad\n  value " + "x" * 1000)

    evaluation = evaluate(broken)
    assert evaluation.state == "failed"
    assert evaluation.reason is not None
    assert evaluation.reason.startswith("ValueError: bad value xxx")
    assert len(evaluation.reason) == REASON_LENGTH


def test_an_exception_without_a_message_is_named():
    assert describe_error(MemoryError()) == "MemoryError"


def test_pruned_and_stop_search_do_not_depend_on_catch():
    def prune(params):
        raise tt.Pruned(0.5)

    def stop(params):
        raise tt.StopSearch("enough")

    assert evaluate(prune, catch=()) == Evaluation(state="pruned", value=0.5)
    assert evaluate(stop, catch=()) == Evaluation(
        state="failed", reason="StopSearch: enough", stop=True, cancelled=True
    )


TRIAL_PRUNED = type("TrialPruned", (Exception,), {"__module__": "optuna.exceptions"})
HOPELESS = type("Hopeless", (TRIAL_PRUNED,), {"__module__": "train"})
NAMESAKE = type("TrialPruned", (Exception,), {"__module__": "train"})


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TRIAL_PRUNED(), Evaluation(state="pruned")),
        (TRIAL_PRUNED("bad\ncurve"), Evaluation(state="pruned", reason="bad curve")),
        (HOPELESS(), Evaluation(state="pruned")),
    ],
)
def test_the_trial_pruned_of_optuna_ends_a_trial_early_as_ours_does(error, expected):
    def prune(params):
        raise error

    assert evaluate(prune, catch=()) == expected


def test_a_namesake_of_the_trial_pruned_of_optuna_is_a_failure():
    def fail(params):
        raise NAMESAKE

    assert evaluate(fail).state == "failed"


def test_the_trial_pruned_of_optuna_is_recognized_by_its_real_name():
    optuna = pytest.importorskip("optuna")

    def prune(params, trial):
        trial.report(1, params["x"])
        raise optuna.TrialPruned("by hand")

    result = tt.minimize(prune, {"x": tt.Float(0, 1)}, n_trials=2, seed=0, progress=False)
    assert [(trial.state, trial.reason) for trial in result.trials] == [("pruned", "by hand")] * 2


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ZeroDivisionError])
def test_an_exception_outside_catch_propagates(error):
    def broken(params):
        raise error

    with pytest.raises(error):
        evaluate(broken, catch=(ValueError,))


@pytest.mark.parametrize("catch", ["Exception", (1,), ValueError("x"), [Exception]])
def test_catch_holds_exception_types(catch):
    with pytest.raises(tt.ArgumentError, match="catch must"):
        Objective(lambda params: 0.0, catch)


def test_catch_may_be_one_exception_type():
    assert Objective(lambda params: 0.0, ValueError).catch == (ValueError,)


def test_params_are_a_copy_with_the_nesting_kept():
    labels = [1, 2]
    params = {"a": {"b": 1.0}, "c": labels}
    copied = copy_params(params)
    copied["a"].clear()
    assert params == {"a": {"b": 1.0}, "c": labels}
    assert copied["c"] is labels


def test_an_objective_may_modify_its_params():
    result = tt.minimize(lambda params: params.pop("x"), {"x": tt.Float(0, 1)}, n_trials=3, seed=0)
    assert all(trial.params["x"] == trial.value for trial in result.trials)


@pytest.mark.filterwarnings("ignore:.* of this run failed")
def test_nan_is_a_failure_with_a_reason():
    result = tt.minimize(lambda params: math.nan, {"x": tt.Float(0, 1)}, n_trials=2, seed=0)
    assert [trial.state for trial in result.trials] == ["failed", "failed"]
    assert all(trial.reason for trial in result.trials)


def test_values_that_are_given_twice_are_refused():
    names = ("accuracy", "latency")
    with pytest.raises(tt.ArgumentError, match="with 'value' and with 'accuracy', 'latency'; give the values"):
        read_return({"value": [0.5, 1.0], "accuracy": 0.9, "latency": 7.0}, names)
    assert read_return({"value": 1.0, "accuracy": 0.9}).attrs == {"accuracy": "0.9"}


def test_undeclared_objectives_are_recognized():
    with pytest.raises(tt.ArgumentError, match="with the keys 'a', 'b', 'c'; name several objectives with directions="):
        read_return({"a": 1, "b": 2.0, "c": 3})
    for returned in ({"a": 1, "b": "text"}, {"los": 1.0}):
        with pytest.raises(tt.ArgumentError, match=r"a mapping without 'value', with the keys [^;]*$"):
            read_return(returned)
    with pytest.warns(RuntimeWarning, match="got 3 numbers; for several objectives create the search with directions="):
        tt.minimize(lambda params: (1.0, 2.0, 3.0), {"x": tt.Float(0, 1)}, n_trials=1, progress=False)
