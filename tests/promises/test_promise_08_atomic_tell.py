"""Promise 8: a refused call changes nothing and can be corrected; errors are our own and say what to do."""

import math
from typing import Any

import numpy as np
import pytest

import tanteo as tt
from support.searches import mixed_loss, mixed_space, run

Tell = dict[str, Any]
#: Arguments of `tell` that are refused for a pending trial with one objective, and what the error says.
REFUSED: dict[str, tuple[Tell, str]] = {
    "text": ({"value": "0.5"}, "value must be a number, got '0.5'"),
    "bytes": ({"value": b"1"}, "value must be a number, got b'1'"),
    "a byte array": ({"value": bytearray(b"1")}, "value must be a number, got bytearray"),
    "a view of bytes": ({"value": memoryview(b"1")}, "value must be a number, got <memory"),
    "text in an array": ({"value": np.array("1")}, "value must be a number, got array"),
    "two values": ({"value": (1.0, 2.0)}, r"must have one number, got 2"),
    "no values": ({"value": ()}, r"must have one number, got 0"),
    "an object": ({"value": object()}, "value must be a number, got <object"),
    "a set": ({"value": {1.0}}, "value must be a number or a list .* got {1.0}"),
    "an iterator": ({"value": iter([1.0])}, "value must be a number or a list .* got <list_iterator"),
    "complex": ({"value": 1j}, "value must be a number, got 1j"),
    "infinitely good": ({"value": -math.inf}, "value -inf is infinitely good"),
    "failed with a value": ({"value": 1.0, "state": "failed"}, "a failed trial has no value, got 1.0"),
    "an unknown state": ({"value": 1.0, "state": "done"}, "state must be one of .* got 'done'"),
    "pending again": ({"value": 1.0, "state": "pending"}, "state must be one of .* got 'pending'"),
    "complete without a value": ({"state": "complete", "value": None, "sem": 1.0}, "no value was told; leave out sem"),
    "negative sem": ({"value": 1.0, "sem": -1.0}, "sem must be .* not negative, got -1.0"),
    "nan sem": ({"value": 1.0, "sem": math.nan}, "sem must be a finite number .* got nan"),
    "text sem": ({"value": 1.0, "sem": "small"}, "sem must be a number, got 'small'"),
    "a set as sem": ({"value": 1.0, "sem": {0.1}}, "sem must be a number or a list .* got {0.1}"),
    "constraints in a list": ({"value": 1.0, "constraints": [1.0]}, r"constraints must be a mapping .* got \[1.0\]"),
    "a text constraint": ({"value": 1.0, "constraints": {"c": "x"}}, "constraint 'c' must be a number, got 'x'"),
    "a nameless constraint": (
        {"value": 1.0, "constraints": {3: 1.0}},
        "name of a constraint must be printable text, got 3",
    ),
    "text cost": ({"value": 1.0, "cost": "much"}, "cost must be a number, got 'much'"),
    "nan cost": ({"value": 1.0, "cost": math.nan}, "cost must be a finite number .* got nan"),
}


def search_with_a_pending_trial() -> tuple[tt.Optimizer, tt.Trial]:
    optimizer = tt.Optimizer(mixed_space(), seed=4)
    run(optimizer, 12)
    return optimizer, optimizer.ask()


@pytest.mark.parametrize("name", REFUSED)
def test_promise_8_a_refused_tell_changes_nothing(name):
    optimizer, trial = search_with_a_pending_trial()
    snapshot = optimizer.to_bytes()
    tell, message = REFUSED[name]
    with pytest.raises(tt.ArgumentError, match=message) as caught:
        optimizer.tell(trial, **tell)
    assert isinstance(caught.value, ValueError)
    assert optimizer.to_bytes() == snapshot
    optimizer.tell(trial, 0.5)
    assert optimizer.trials[trial.id].value == 0.5


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1.0, r"one number for each objective \(objective 0, objective 1\), got one number, 1\.0"),
        ((1.0,), r"one number for each objective \(objective 0, objective 1\), got one number, 1\.0"),
        ((1.0, 2.0, 3.0), r"one number for each objective \(objective 0, objective 1\), got 3"),
        ((1.0, -math.inf), "value -inf of objective 1 is infinitely good"),
        ((1.0, "x"), "value of objective 1 must be a number, got 'x'"),
        ({"a": 1.0}, "value must have the objectives 0, 1; there is no objective 'a'"),
        ({1.0, 0.5}, "value must be a number or a list with one per objective, got {"),
    ],
)
def test_promise_8_the_number_of_values_is_checked(value, message):
    optimizer = tt.Optimizer(mixed_space(), seed=4, directions=["minimize", "minimize"])
    trial = optimizer.ask()
    snapshot = optimizer.to_bytes()
    with pytest.raises(tt.ArgumentError, match=message):
        optimizer.tell(trial, value)
    assert optimizer.to_bytes() == snapshot
    optimizer.tell(trial, (1.0, 2.0))
    assert optimizer.trials[0].values == (1.0, 2.0)


@pytest.mark.parametrize("first", ["complete", "failed", "pruned"])
def test_promise_8_a_second_tell_names_the_state(first):
    optimizer, trial = search_with_a_pending_trial()
    optimizer.tell(trial, 1.0 if first != "failed" else None, state=first)
    snapshot = optimizer.to_bytes()
    for second in (lambda: optimizer.tell(trial, 2.0), lambda: optimizer.tell(trial.id, state="failed")):
        with pytest.raises(tt.TrialStateError, match=first):
            second()
    with pytest.raises(tt.TrialStateError, match=first):
        optimizer.report(trial, 1, 2.0)
    assert optimizer.to_bytes() == snapshot


@pytest.mark.parametrize("unknown", [13, 10**6, 2**63, 2**64 - 1, -1])
def test_promise_8_an_unknown_trial_is_named(unknown):
    optimizer, _ = search_with_a_pending_trial()
    snapshot = optimizer.to_bytes()
    for call in (optimizer.tell, optimizer.should_prune):
        with pytest.raises(tt.TrialStateError, match=str(unknown)) as caught:
            call(unknown, 1.0) if call == optimizer.tell else call(unknown)
        assert isinstance(caught.value, KeyError)
    assert optimizer.to_bytes() == snapshot


@pytest.mark.parametrize("trial", [None, "0", 1.5, True, object(), [0], 2**80])
def test_promise_8_anything_but_a_trial_is_refused(trial):
    optimizer, _ = search_with_a_pending_trial()
    snapshot = optimizer.to_bytes()
    with pytest.raises(tt.ArgumentError, match=r"pass the trial that ask returned|the id of a trial must be"):
        optimizer.tell(trial, 1.0)
    assert optimizer.to_bytes() == snapshot


INVALID_POINTS: dict[str, tuple[dict[str, Any], str]] = {
    "outside": ({"lr": 1.0}, "'lr': 1.0 is not a float from"),
    "off the step": ({"dropout": 0.07}, "'dropout': 0.07 is not .* in steps of 0.05"),
    "no choice": ({"optimizer": "rmsprop"}, "'optimizer' must be one of .* got 'rmsprop'"),
    "an unknown name": ({"learning_rate": 0.1}, "'learning_rate' is unknown"),
    "an inactive parameter": (
        {"optimizer": "adam", "sgd": {"momentum": 0.5}},
        "'sgd/momentum' is given, but exists only when",
    ),
    "another type": ({"depth": "3"}, "'depth' must be an integer, got '3'"),
    "a fraction": ({"depth": 2.5}, "'depth' must be an integer, got 2.5"),
    "nan": ({"lr": math.nan}, "'lr' must be finite, got nan"),
    "an equal of another type": (
        {"sgd": {"nesterov": 1}, "optimizer": "sgd"},
        "'sgd/nesterov' must be one of .* got 1 ",
    ),
    "another constant": ({"seed": 18}, "'seed' must be the constant 17"),
}


@pytest.mark.parametrize("name", INVALID_POINTS)
def test_promise_8_a_refused_point_changes_nothing(name):
    optimizer, _ = search_with_a_pending_trial()
    snapshot = optimizer.to_bytes()
    point, message = INVALID_POINTS[name]
    with pytest.raises(tt.ParameterError, match=message):
        optimizer.enqueue(point)
    params = {"lr": 1e-3, "depth": 3, "dropout": 0.1, "optimizer": "adam", "augment": "none", **point}
    with pytest.raises(tt.ParameterError, match=message):
        optimizer.observe(params, 1.0)
    assert optimizer.to_bytes() == snapshot


def test_promise_8_refused_observations_change_nothing():
    optimizer, trial = search_with_a_pending_trial()
    snapshot = optimizer.to_bytes()
    for value, message in (
        ("x", "must be a number"),
        ((1.0, 2.0), "must have one number"),
        (-math.inf, "infinitely good"),
    ):
        with pytest.raises(tt.ArgumentError, match=message):
            optimizer.observe(trial.params, value)
    with pytest.raises(tt.SpaceError, match="lr"):
        optimizer.observe({"depth": 3}, 1.0)
    assert optimizer.to_bytes() == snapshot


@pytest.mark.parametrize(
    ("step", "value", "message"),
    [
        (-1, 1.0, "step must be from 0"),
        (1.5, 1.0, "step must be an int, got"),
        ("1", 1.0, "step must be an int, got"),
        (6, "x", "value must be a number, got 'x'"),
        (5, 1.0, "expected a larger step than 5, got 5"),
        (4, 1.0, "expected a larger step than 5, got 4"),
        (2**64, 1.0, "step must be from 0"),
    ],
)
def test_promise_8_refused_reports_change_nothing(step, value, message):
    optimizer, trial = search_with_a_pending_trial()
    optimizer.report(trial, 5, 1.0)
    snapshot = optimizer.to_bytes()
    with pytest.raises(tt.TanteoError, match=message):
        optimizer.report(trial, step, value)
    assert optimizer.to_bytes() == snapshot


@pytest.mark.parametrize("n", [-1, 1.5, "3", True])
def test_promise_8_refused_asks_change_nothing(n):
    optimizer, _ = search_with_a_pending_trial()
    snapshot = optimizer.to_bytes()
    with pytest.raises(tt.ArgumentError, match=r"n must be (an integer|from 0)"):
        optimizer.ask(n)
    assert optimizer.to_bytes() == snapshot


def test_promise_8_after_every_refusal_the_search_continues_unchanged():
    refused, undisturbed = search_with_a_pending_trial(), search_with_a_pending_trial()
    for tell, message in REFUSED.values():
        with pytest.raises(tt.ArgumentError, match=message):
            refused[0].tell(refused[1], **tell)
    for optimizer, trial in (refused, undisturbed):
        optimizer.tell(trial, mixed_loss(trial.params))
    assert run(refused[0], 10) == run(undisturbed[0], 10)
