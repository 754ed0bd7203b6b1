"""Samplers written in Python: their arguments, valid and invalid return values, and the laws of all samplers."""

from __future__ import annotations

import copy
import math
import os
import pickle
import threading
import time
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tanteo as tt
from strategies import search_spaces, seeds, values
from support.processes import python
from tanteo.samplers import View

Points = npt.NDArray[np.float64]


class Uniform:
    """Draws from the unit cube and stores the views that it is given."""

    def __init__(self) -> None:
        self.views: list[View] = []

    def suggest(self, view: View, n: int, rng: np.random.Generator) -> Points:
        self.views.append(view)
        return rng.random((n, len(view.axes)))


class Fixed:
    """Returns a fixed object, or raises it if it is an exception."""

    def __init__(self, returned: Any) -> None:
        self.returned = returned

    def suggest(self, view: View, n: int, rng: np.random.Generator) -> Any:
        if isinstance(self.returned, BaseException):
            raise self.returned
        return self.returned


SPACE = tt.SearchSpace(
    {
        "lr": tt.Float(1e-4, 1.0, log=True),
        "n": tt.Int(0, 3),
        "k": 7,
        "c": tt.Categorical(["a", "b"]),
        "o": tt.Ordinal(["low", "mid", "high"]),
        "m": tt.Float(0, 1, when={"c": "b"}),
    }
)


def test_the_axes_say_what_each_parameter_is() -> None:
    sampler = Uniform()
    tt.Optimizer(SPACE, sampler=sampler, seed=0).ask()
    (view,) = sampler.views
    assert [tuple(axis) for axis in view.axes] == [
        ("lr", "continuous", None),
        ("n", "ordered", 4),
        ("c", "unordered", 2),
        ("o", "ordered", 3),
        ("m", "continuous", None),
    ]
    assert view.unit.shape == (0, 5)
    assert view.pending.shape == (0, 5)
    assert view.values.shape == view.sems.shape == (0, 1)
    assert view.violation.shape == view.state.shape == (0,)


def test_the_view_is_the_history_in_unit_coordinates() -> None:
    sampler = Uniform()
    optimizer = tt.Optimizer(SPACE, direction="maximize", sampler=sampler, seed=0)
    optimizer.observe({"lr": 0.01, "n": 1, "c": "a", "o": "high"}, 3.0, sem=0.5, constraints={"x": 1, "y": 2, "z": -1})
    optimizer.observe({"lr": 1.0, "n": 3, "c": "b", "o": "low", "m": 0.25}, state="failed")
    optimizer.ask()
    optimizer.ask(2)
    view = sampler.views[-1]
    expected = [[0.5, 3 / 8, 1 / 4, 5 / 6, math.nan], [1.0, 7 / 8, 3 / 4, 1 / 6, 0.25]]
    np.testing.assert_allclose(view.unit[:2], expected, rtol=1e-15)
    np.testing.assert_array_equal(view.values[:, 0], [-3.0, math.nan, math.nan])
    np.testing.assert_array_equal(view.sems[:, 0], [0.5, math.nan, math.nan])
    np.testing.assert_array_equal(view.violation, [3.0, 0.0, 0.0])
    np.testing.assert_array_equal(view.state, [1, 3, 0])
    np.testing.assert_array_equal(view.pending, view.unit[2:])


def test_the_view_is_read_only() -> None:
    sampler = Uniform()
    optimizer = tt.Optimizer(SPACE, sampler=sampler, seed=0)
    optimizer.ask()
    optimizer.ask()
    for array in sampler.views[-1][1:]:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_points_become_values() -> None:
    point = [[0.5, 0.99, 0.75, 0.0, 1.0]]
    trial = tt.Optimizer(SPACE, sampler=Fixed(point), seed=0).ask()
    assert trial.params == {"lr": pytest.approx(0.01), "n": 3, "k": 7, "c": "b", "o": "low", "m": 1.0}
    assert [type(value) for value in trial.params.values()] == [float, int, int, str, str, float]


def test_nan_stands_for_inactive_parameters() -> None:
    optimizer = tt.Optimizer(SPACE, sampler=Fixed([[0.5, 0.5, 0.25, 0.5, math.nan]]), seed=0)
    assert "m" not in optimizer.ask().params
    assert optimizer.trials[0].origin == "external"
    with pytest.raises(tt.ArgumentError, match="got nan for parameter 'm'"):
        tt.Optimizer(SPACE, sampler=Fixed([[0.5, 0.5, 0.75, 0.5, math.nan]]), seed=0).ask()


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (None, r"Fixed.suggest must return"),
        ("points", r"must return numbers of shape \(1, 5\)"),
        ([["a"] * 5], r"must return numbers of shape \(1, 5\)"),
        ([0.5] * 5, r"must return shape \(1, 5\), points by parameters, got \(5,\)"),
        ([[0.5] * 4], r"must return shape \(1, 5\).*got \(1, 4\)"),
        ([[0.5] * 5] * 2, r"must return shape \(1, 5\).*got \(2, 5\)"),
        ([[0.5, math.nan, 0.5, 0.5, 0.5]], "got nan for parameter 'n'"),
        ([[0.5, 0.5, 0.5, 0.5, 1.5]], "coordinates from 0 to 1, got 1.5 for parameter 'm'"),
        ([[-1e-9, 0.5, 0.5, 0.5, 0.5]], "coordinates from 0 to 1, got -1e-09 for parameter 'lr'"),
        ([[math.inf, 0.5, 0.5, 0.5, 0.5]], "got inf for parameter 'lr'"),
    ],
    ids=repr,
)
def test_a_wrong_return_is_named_and_changes_nothing(returned: Any, message: str) -> None:
    optimizer = tt.Optimizer(SPACE, sampler=Fixed(returned), seed=0)
    snapshot = optimizer.to_bytes()
    with pytest.raises(tt.ArgumentError, match=message):
        optimizer.ask()
    assert optimizer.to_bytes() == snapshot


@pytest.mark.parametrize("error", [KeyError("mine"), RuntimeError("no model"), KeyboardInterrupt()], ids=repr)
def test_exceptions_of_a_sampler_are_passed_on_and_change_nothing(error: BaseException) -> None:
    space = tt.SearchSpace({"x": tt.Float(0, 1, default=0.5)})
    optimizer = tt.Optimizer(space, sampler=Fixed(error), seed=0)
    optimizer.enqueue({"x": 0.25})
    snapshot = optimizer.to_bytes()
    with pytest.raises(type(error)) as caught:
        optimizer.ask(3)
    assert caught.value is error
    assert optimizer.to_bytes() == snapshot
    assert [optimizer.ask().params["x"] for _ in range(2)] == [0.25, 0.5]


def test_queued_points_and_defaults_come_first() -> None:
    sampler = Uniform()
    optimizer = tt.Optimizer({"x": tt.Float(0, 1, default=0.5)}, sampler=sampler, seed=0)
    optimizer.enqueue({"x": 0.25})
    assert optimizer.ask().params == {"x": 0.25}
    assert sampler.views == []
    batch = optimizer.ask(3)
    assert batch[0].params == {"x": 0.5}
    assert len(sampler.views) == 1
    assert [trial.origin for trial in optimizer.trials] == ["enqueued", "default", "external", "external"]


def test_known_constraints_hold_and_repetitions_are_replaced() -> None:
    space = tt.SearchSpace({"a": tt.Int(0, 3), "b": tt.Int(0, 3)}, constraints=[tt.Order("a", "<=", "b")])
    optimizer = tt.Optimizer(space, sampler=Fixed([[0.9, 0.1]]), seed=0)
    configurations = {tuple(optimizer.ask().params.values()) for _ in range(10)}
    assert configurations == {(a, b) for a in range(4) for b in range(a, 4)}
    with pytest.raises(tt.SpaceExhausted):
        optimizer.ask()


@given(search_spaces(extreme=True), seeds, st.lists(values(extreme=True), max_size=4))
def test_the_laws_of_samplers_hold(space: tt.SearchSpace, seed: int, observed: list[float]) -> None:
    first, second = (tt.Optimizer(space, sampler=Uniform(), seed=seed, deduplicate=False) for _ in range(2))
    for value in observed:
        trial = first.ask()
        assert trial == second.ask()
        assert space.validate(trial.params) == trial.params
        first.tell(trial, value)
        second.tell(trial.id, value)
    assert first.ask(3) == tt.Optimizer.from_bytes(second.to_bytes(), sampler=Uniform()).ask(3)


def test_random_numbers_depend_on_the_seed_and_the_trial() -> None:
    batches = [tt.Optimizer(SPACE, sampler=Uniform(), seed=seed).ask(2) for seed in (0, 0, 1, 2**64 - 1)]
    assert batches[0] == batches[1]
    assert len({trial.params["lr"] for batch in batches[1:] for trial in batch}) == 6


def test_bytes_require_the_sampler_again_and_pickles_keep_it() -> None:
    optimizer = tt.Optimizer(SPACE, sampler=Uniform(), seed=0)
    optimizer.ask()
    data = optimizer.to_bytes()
    with pytest.raises(tt.SnapshotError, match=r"a sampler of your own, .*Uniform; give it again \(sampler=...\)"):
        tt.Optimizer.from_bytes(data)
    with pytest.raises(
        tt.SnapshotError, match=r"the sampler given is .*Fixed, and the search was saved with .*Uniform"
    ):
        tt.Optimizer.from_bytes(data, sampler=Fixed(None))
    built_in = tt.Optimizer(SPACE, sampler="random", seed=0).to_bytes()
    with pytest.raises(tt.SnapshotError, match="built-in sampler 'random'; leave out sampler="):
        tt.Optimizer.from_bytes(built_in, sampler=Uniform())
    restored = tt.Optimizer.from_bytes(data, sampler=Uniform())
    copies = [restored, pickle.loads(pickle.dumps(optimizer)), copy.deepcopy(optimizer)]
    assert all(type(duplicate.sampler) is Uniform for duplicate in copies)
    expected = optimizer.ask()
    assert all(duplicate.ask() == expected for duplicate in copies)
    assert copies[2].sampler is not optimizer.sampler


@pytest.mark.parametrize("nested_call", ["ask", "ask of a batch"])
def test_promise_22_a_sampler_that_asks_its_own_optimizer_is_refused(nested_call: str) -> None:
    class Reentrant(Uniform):
        def suggest(self, view: View, n: int, rng: np.random.Generator) -> Points:
            optimizer.ask() if nested_call == "ask" else optimizer.ask(2)
            return super().suggest(view, n, rng)

    optimizer = tt.Optimizer(SPACE, sampler=Reentrant(), seed=0)
    for _ in range(2):
        with pytest.raises(tt.TanteoError, match="in the middle of an ask of the same thread"):
            optimizer.ask()
    assert len(optimizer.trials) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_promise_22_an_ask_in_a_child_forked_during_an_ask_fails_immediately() -> None:
    code = """
import os, signal, sys, threading, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of a fork in a process with threads
import tanteo as tt

class Slow:
    def __init__(self):
        self.inside, self.go_on = threading.Event(), threading.Event()

    def suggest(self, view, n, rng):
        self.inside.set()
        self.go_on.wait()
        return rng.random((n, len(view.axes)))

sampler = Slow()
optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, sampler=sampler, seed=0)
thread = threading.Thread(target=optimizer.ask)
thread.start()
sampler.inside.wait()
child = os.fork()
if child == 0:
    signal.alarm(60)  # ends a child that waits forever
    try:
        optimizer.ask()
    except tt.TanteoError as error:
        os._exit(0 if "forked" in str(error) else 2)
    finally:
        os._exit(3)
sampler.go_on.set()
thread.join()
optimizer.ask()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    python(code)


def test_one_thread_at_a_time_calls_a_python_sampler() -> None:
    calls_in_progress: list[int] = []

    class Alone(Uniform):
        def suggest(self, view: View, n: int, rng: np.random.Generator) -> Points:
            calls_in_progress.append(n)
            assert len(calls_in_progress) == 1
            time.sleep(0.001)
            calls_in_progress.remove(n)
            return super().suggest(view, n, rng)

    optimizer = tt.Optimizer(SPACE, sampler=Alone(), seed=0)
    threads = [threading.Thread(target=optimizer.ask, args=(2,)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(optimizer.trials) == 32
