"""Promise 10: `best` is never NaN or infeasible; without an eligible trial it is None."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tanteo as tt
from support.searches import unit_square

numbers = st.one_of(st.floats(allow_nan=True, allow_infinity=False), st.integers(-3, 3).map(float))
constraints = st.one_of(st.none(), st.dictionaries(st.sampled_from("cd"), st.floats(-1, 1), max_size=2))
complete = {"value": st.one_of(numbers, st.none()), "state": st.just("complete"), "constraints": constraints}
incomplete = {"value": st.none(), "state": st.sampled_from(["failed", "pruned"]), "constraints": constraints}
tells = st.one_of(st.fixed_dictionaries(complete), st.fixed_dictionaries(complete), st.fixed_dictionaries(incomplete))


def is_eligible(tell: dict[str, Any]) -> bool:
    feasible = all(value <= 0 for value in (tell["constraints"] or {}).values())
    return feasible and tell["state"] == "complete" and tell["value"] is not None and not math.isnan(tell["value"])


def results(history: list[dict[str, Any]]) -> list[int]:
    """Return the trials that may be the best: if any told all constraints that some trial satisfied, only these."""
    told = [tell["constraints"] or {} for tell in history]
    satisfied = {name for constraints in told for name, value in constraints.items() if value <= 0}
    eligible = [k for k, tell in enumerate(history) if is_eligible(tell)]
    return [k for k in eligible if satisfied <= set(told[k])] or eligible


# The histories leave out constraints and tell new ones.
@pytest.mark.filterwarnings("ignore:.*which no earlier trial tells")
@given(st.lists(tells, max_size=15), st.sampled_from(["minimize", "maximize"]))
def test_promise_10_best_is_the_first_best_feasible_complete_trial(history, direction):
    optimizer = tt.Optimizer(unit_square(), sampler="random", seed=0, direction=direction)
    sign = 1 if direction == "minimize" else -1
    for tell in history:
        optimizer.tell(optimizer.ask(), **tell)
        eligible = [(sign * history[k]["value"], k) for k in results(history[: len(optimizer.trials)])]
        best = optimizer.best
        assert (None if best is None else best.id) == (min(eligible)[1] if eligible else None)
    assert optimizer.recommend() is None or optimizer.recommend().id in results(history)


@pytest.mark.parametrize("constraint", [1e-300, 1.0, math.inf])
def test_promise_10_an_infeasible_trial_is_never_best(constraint):
    optimizer = tt.Optimizer(unit_square(), seed=0)
    optimizer.tell(optimizer.ask(), 0.0, constraints={"c": constraint})
    assert optimizer.best is None
    optimizer.tell(optimizer.ask(), 100.0, constraints={"c": 0.0})
    assert optimizer.best.id == 1


def test_promise_10_best_of_no_results_is_none():
    optimizer = tt.Optimizer(unit_square(), seed=0)
    assert optimizer.best is None
    assert optimizer.recommend() is None
    assert optimizer.pareto_front == []
    optimizer.ask()
    assert optimizer.best is None


points = st.tuples(st.integers(0, 4).map(float), st.integers(0, 4).map(float))


@given(st.lists(st.tuples(points, st.booleans()), max_size=15))
def test_promise_10_nothing_in_the_pareto_front_is_dominated_or_infeasible(history):
    optimizer = tt.Optimizer(unit_square(), sampler="random", seed=0, directions=["minimize", "maximize"])
    for values, feasible in history:
        optimizer.tell(optimizer.ask(), values, constraints={"c": 0.0 if feasible else 1.0})
    feasible = [(k, a, -b) for k, ((a, b), ok) in enumerate(history) if ok]
    front = [k for k, a, b in feasible if not any(c <= a and d <= b and (c, d) != (a, b) for _, c, d in feasible)]
    assert [trial.id for trial in optimizer.pareto_front] == front


def test_promise_10_best_needs_a_single_direction():
    optimizer = tt.Optimizer(unit_square(), seed=0, directions=["minimize", "minimize"])
    with pytest.raises(tt.TanteoError, match="pareto_front"):
        _ = optimizer.best
