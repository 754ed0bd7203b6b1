"""Promise 2: `ask` never raises for a history that `tell` accepted."""

import math
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tanteo as tt
from support.profile import count
from support.searches import ENDLESS, mixed_space

SPACE = mixed_space()
LARGEST = sys.float_info.max
HISTORIES = {
    "all equal": [1.0] * 40,
    "all zero": [0.0, -0.0] * 20,
    "nan": [math.nan] * 40,
    "none": [None] * 40,
    "infinite": [math.inf] * 40,
    "half infinite": [math.inf, 1.0] * 20,
    "1e308": [1e308, -1e308, 0.0] * 13,
    "the largest float": [LARGEST, -LARGEST] * 20,
    "the smallest float": [5e-324, 0.0, -5e-324] * 13,
    "one ulp apart": [1.0, math.nextafter(1.0, 2.0)] * 20,
    "1e-300 to 1e300": [10.0**e for e in range(-300, 301, 15)],
    "negative 1e300 to 1e-300": [-(10.0**e) for e in range(-300, 301, 15)],
    "integers past 2**53": [2**53 + k for k in range(40)],
    "booleans": [True, False] * 20,
    "one outlier": [0.1 * k for k in range(40)] + [1e300],
    "nan and infinite and equal": [math.nan, math.inf, 1.0, 1.0] * 10,
}


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_2_ask_after_special_values(sampler, name, direction):
    sign = 1 if direction == "minimize" else -1
    optimizer = tt.Optimizer(mixed_space(), sampler=sampler, seed=1, direction=direction)
    for value in HISTORIES[name]:
        optimizer.tell(optimizer.ask(), None if value is None else sign * value)
    for trial in [*optimizer.ask(3), optimizer.ask()]:
        assert SPACE.validate(trial.params)


@pytest.mark.parametrize("state", ["failed", "pruned"])
@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_2_ask_after_only_failed_or_pruned_trials(sampler, state):
    optimizer = tt.Optimizer(mixed_space(), sampler=sampler, seed=1)
    for _ in range(40):
        optimizer.tell(optimizer.ask(), state=state)
    assert SPACE.validate(optimizer.ask().params)


@pytest.mark.parametrize("sampler", ENDLESS)
@pytest.mark.parametrize("spacing", [0.0, 1e-13])
def test_promise_2_ask_after_300_points_in_one_place(sampler, spacing):
    space = tt.SearchSpace({"x": tt.Float(0, 1), "y": tt.Float(1e-8, 1, log=True)})
    optimizer = tt.Optimizer(space, sampler=sampler, seed=1)
    for k in range(300):
        optimizer.observe({"x": 0.5 + k * spacing, "y": 0.1}, 1.0 + k % 3)
    for trial in optimizer.ask(5):
        assert space.validate(trial.params)


outcomes = st.one_of(st.floats(), st.none(), st.integers(-(10**30), 10**30), st.sampled_from(["failed", "pruned"]))


@pytest.mark.parametrize("sampler", ["tpe", "auto"])
@settings(max_examples=count(60, 1000), suppress_health_check=list(HealthCheck))
@given(history=st.lists(outcomes, min_size=10, max_size=40))
def test_promise_2_ask_after_any_history(sampler, history):
    optimizer = tt.Optimizer(mixed_space(), sampler=sampler, seed=3)
    for outcome in history:
        trial = optimizer.ask()
        if isinstance(outcome, str):
            optimizer.tell(trial, state=outcome)
        elif outcome == -math.inf:
            with pytest.raises(ValueError, match="inf"):
                optimizer.tell(trial, outcome)
        else:
            optimizer.tell(trial, outcome)
    for trial in optimizer.ask(3):
        assert SPACE.validate(trial.params)


pairs = st.lists(st.tuples(st.floats(), st.floats()), min_size=12, max_size=30)


@settings(max_examples=count(40, 500), suppress_health_check=list(HealthCheck))
@given(history=pairs)
def test_promise_2_ask_after_any_history_of_two_objectives(history):
    optimizer = tt.Optimizer(mixed_space(), sampler="tpe", seed=3, directions=["minimize", "maximize"])
    for first, second in history:
        if first != -math.inf and second != math.inf:
            optimizer.tell(optimizer.ask(), (first, second))
    assert SPACE.validate(optimizer.ask().params)
    assert all(trial.state == "complete" for trial in optimizer.pareto_front)
