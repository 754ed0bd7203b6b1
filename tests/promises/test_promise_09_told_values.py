"""Promise 9: NaN and None fail with a reason; an infinitely bad value is worst, an infinitely good one is refused."""

import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tanteo as tt
from support.searches import run, unit_square

WORST = {"minimize": math.inf, "maximize": -math.inf}


@pytest.mark.parametrize("value", [math.nan, None, -math.nan])
@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_promise_9_nan_and_none_fail_with_a_reason(value, direction):
    optimizer = tt.Optimizer(unit_square(), seed=0, direction=direction)
    optimizer.tell(optimizer.ask(), value)
    trial = optimizer.trials[0]
    assert trial.state == "failed"
    assert trial.reason
    assert trial.value is None
    assert optimizer.best is None


def test_promise_9_a_nan_among_two_values_is_a_failure():
    optimizer = tt.Optimizer(unit_square(), seed=0, directions=["minimize", "maximize"])
    optimizer.tell(optimizer.ask(), (1.0, math.nan))
    assert optimizer.trials[0].state == "failed"
    assert optimizer.pareto_front == []


def test_promise_9_a_failed_trial_needs_no_value():
    optimizer = tt.Optimizer(unit_square(), seed=0)
    optimizer.tell(optimizer.ask(), state="failed")
    assert optimizer.trials[0].state == "failed"


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_promise_9_infinitely_bad_is_worse_than_every_number(direction):
    optimizer = tt.Optimizer(unit_square(), seed=0, direction=direction)
    worst = WORST[direction]
    optimizer.tell(optimizer.ask(), worst)
    assert optimizer.trials[0].state == "complete"
    assert optimizer.trials[0].value == worst
    optimizer.tell(optimizer.ask(), math.copysign(sys.float_info.max, worst))
    assert optimizer.best.id == 1


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_promise_9_infinitely_good_is_refused(direction):
    optimizer = tt.Optimizer(unit_square(), seed=0, direction=direction)
    trial = optimizer.ask()
    with pytest.raises(ValueError, match="inf") as caught:
        optimizer.tell(trial, -WORST[direction])
    assert isinstance(caught.value, tt.TanteoError)
    optimizer.tell(trial, 1.0)
    assert optimizer.best.value == 1.0


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["minimize", "maximize"]))
def test_promise_9_told_values_are_recorded_unrounded(value, direction):
    optimizer = tt.Optimizer(unit_square(), seed=0, direction=direction)
    optimizer.tell(optimizer.ask(), value, sem=0.1 + 0.2, constraints={"c": -1 / 3}, cost=1 / 7)
    trial = tt.Optimizer.from_bytes(optimizer.to_bytes()).trials[0]
    assert (trial.value, trial.sem, dict(trial.constraints), trial.cost) == (value, 0.1 + 0.2, {"c": -1 / 3}, 1 / 7)


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=12))
def test_promise_9_replicates_are_recorded_unrounded(folds):
    optimizer = tt.Optimizer(unit_square(), seed=0)
    optimizer.tell(optimizer.ask(), tt.Replicates(folds))
    trial = optimizer.trials[0]
    assert trial.replicates == (tuple(folds),)
    assert math.isclose(trial.value, math.fsum(folds) / len(folds), rel_tol=1e-12, abs_tol=1e-12 * max(map(abs, folds)))


def test_promise_9_a_failed_replicate_fails_the_trial():
    optimizer = tt.Optimizer(unit_square(), seed=0)
    optimizer.tell(optimizer.ask(), tt.Replicates([1.0, math.nan]))
    assert optimizer.trials[0].state == "failed"


def test_promise_9_the_search_continues_after_special_values():
    optimizer = tt.Optimizer(unit_square(), seed=0)
    values = iter([math.nan, None, math.inf, sys.float_info.max, 5e-324] * 10)
    assert len(run(optimizer, 50, lambda params: next(values))) == 50
