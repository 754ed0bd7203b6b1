"""Promise 8: a refused call changes nothing and can be corrected; errors are our own and say what to do."""

import math
from typing import Any

import numpy as np
import pytest

import tanteo as tt
from support.searches import mixed_loss, mixed_space, run

Tell = dict[str, Any]
#: Arguments of `tell` that are refused for a pending trial with one objective.
REFUSED: dict[str, Tell] = {
    "text": {"value": "0.5"},
    "bytes": {"value": b"1"},
    "a byte array": {"value": bytearray(b"1")},
    "a view of bytes": {"value": memoryview(b"1")},
    "text in an array": {"value": np.array("1")},
    "two values": {"value": (1.0, 2.0)},
    "no values": {"value": ()},
    "an object": {"value": object()},
    "a set": {"value": {1.0}},
    "an iterator": {"value": iter([1.0])},
    "complex": {"value": 1j},
    "infinitely good": {"value": -math.inf},
    "failed with a value": {"value": 1.0, "state": "failed"},
    "an unknown state": {"value": 1.0, "state": "done"},
    "pending again": {"value": 1.0, "state": "pending"},
    "complete without a value": {"state": "complete", "value": None, "sem": 1.0},
    "negative sem": {"value": 1.0, "sem": -1.0},
    "nan sem": {"value": 1.0, "sem": math.nan},
    "text sem": {"value": 1.0, "sem": "small"},
    "a set as sem": {"value": 1.0, "sem": {0.1}},
    "constraints in a list": {"value": 1.0, "constraints": [1.0]},
    "a text constraint": {"value": 1.0, "constraints": {"c": "x"}},
    "a nameless constraint": {"value": 1.0, "constraints": {3: 1.0}},
    "text cost": {"value": 1.0, "cost": "much"},
    "nan cost": {"value": 1.0, "cost": math.nan},
}


def search_with_a_pending_trial() -> tuple[tt.Optimizer, tt.Trial]:
    optimizer = tt.Optimizer(mixed_space(), seed=4)
    run(optimizer, 12)
    return optimizer, optimizer.ask()


@pytest.mark.parametrize("name", REFUSED)
def test_promise_8_a_refused_tell_changes_nothing(name):
    optimizer, trial = search_with_a_pending_trial()
    snapshot = optimizer.to_bytes()
    with pytest.raises(tt.TanteoError) as caught:
        optimizer.tell(trial, **REFUSED[name])
    assert isinstance(caught.value, ValueError)
    assert len(str(caught.value)) > 20, "the message says too little"
    assert optimizer.to_bytes() == snapshot
    optimizer.tell(trial, 0.5)
    assert optimizer.trials[trial.id].value == 0.5


@pytest.mark.parametrize("value", [1.0, (1.0,), (1.0, 2.0, 3.0), (1.0, -math.inf), (1.0, "x"), {"a": 1.0}, {1.0, 0.5}])
def test_promise_8_the_number_of_values_is_checked(value):
    optimizer = tt.Optimizer(mixed_space(), seed=4, directions=["minimize", "minimize"])
    trial = optimizer.ask()
    snapshot = optimizer.to_bytes()
    with pytest.raises(tt.TanteoError):
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
    with pytest.raises(tt.TanteoError):
        optimizer.tell(trial, 1.0)
    assert optimizer.to_bytes() == snapshot


INVALID_POINTS: dict[str, dict[str, Any]] = {
    "outside": {"lr": 1.0},
    "off the step": {"dropout": 0.07},
    "no choice": {"optimizer": "rmsprop"},
    "an unknown name": {"learning_rate": 0.1},
    "an inactive parameter": {"optimizer": "adam", "sgd": {"momentum": 0.5}},
    "another type": {"depth": "3"},
    "a fraction": {"depth": 2.5},
    "nan": {"lr": math.nan},
    "an equal of another type": {"sgd": {"nesterov": 1}, "optimizer": "sgd"},
    "another constant": {"seed": 18},
}


@pytest.mark.parametrize("name", INVALID_POINTS)
def test_promise_8_a_refused_point_changes_nothing(name):
    optimizer, _ = search_with_a_pending_trial()
    snapshot = optimizer.to_bytes()
    with pytest.raises(tt.SpaceError):
        optimizer.enqueue(INVALID_POINTS[name])
    params = {"lr": 1e-3, "depth": 3, "dropout": 0.1, "optimizer": "adam", "augment": "none", **INVALID_POINTS[name]}
    with pytest.raises(tt.SpaceError):
        optimizer.observe(params, 1.0)
    assert optimizer.to_bytes() == snapshot


def test_promise_8_refused_observations_change_nothing():
    optimizer, trial = search_with_a_pending_trial()
    snapshot = optimizer.to_bytes()
    for value in ("x", (1.0, 2.0), -math.inf):
        with pytest.raises(tt.TanteoError):
            optimizer.observe(trial.params, value)
    with pytest.raises(tt.SpaceError, match="lr"):
        optimizer.observe({"depth": 3}, 1.0)
    assert optimizer.to_bytes() == snapshot


@pytest.mark.parametrize(
    ("step", "value"), [(-1, 1.0), (1.5, 1.0), ("1", 1.0), (1, "x"), (5, 1.0), (4, 1.0), (2**64, 1.0)]
)
def test_promise_8_refused_reports_change_nothing(step, value):
    optimizer, trial = search_with_a_pending_trial()
    optimizer.report(trial, 5, 1.0)
    snapshot = optimizer.to_bytes()
    with pytest.raises(tt.TanteoError):
        optimizer.report(trial, step, value)
    assert optimizer.to_bytes() == snapshot


@pytest.mark.parametrize("n", [-1, 1.5, "3", True])
def test_promise_8_refused_asks_change_nothing(n):
    optimizer, _ = search_with_a_pending_trial()
    snapshot = optimizer.to_bytes()
    with pytest.raises(tt.TanteoError):
        optimizer.ask(n)
    assert optimizer.to_bytes() == snapshot


def test_promise_8_after_every_refusal_the_search_continues_unchanged():
    refused, undisturbed = search_with_a_pending_trial(), search_with_a_pending_trial()
    for tell in REFUSED.values():
        with pytest.raises(tt.TanteoError):
            refused[0].tell(refused[1], **tell)
    for optimizer, trial in (refused, undisturbed):
        optimizer.tell(trial, mixed_loss(trial.params))
    assert run(refused[0], 10) == run(undisturbed[0], 10)
