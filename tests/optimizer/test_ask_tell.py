"""The life cycle of a trial: it is asked, told once and kept in the history."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tanteo as tt
from strategies import search_spaces, seeds, values
from support.ids import stable_id

SPACE = tt.SearchSpace({"x": tt.Float(0, 1)})


def make_optimizer(**options: Any) -> tt.Optimizer:
    return tt.Optimizer(SPACE, **{"sampler": "random", "seed": 0, **options})


def test_ids_start_at_zero_and_reprs_show_the_trial() -> None:
    optimizer = tt.Optimizer({"a": {"b": tt.Int(1, 1, default=1)}, "c": "k"}, seed=0)
    trial = optimizer.ask()
    assert repr(trial) == "Trial(id=0, params={'a': {'b': 1}, 'c': 'k'})"
    assert trial.params is trial.params
    assert optimizer.pending == [trial]
    assert hash(trial) == hash(optimizer.pending[0])
    optimizer.tell(trial, 2)
    assert optimizer.pending == []
    assert optimizer.best == optimizer.trials[0]
    assert (
        repr(optimizer.trials[0]) == "FrozenTrial(id=0, state='complete', value=2.0, params={'a': {'b': 1}, 'c': 'k'})"
    )


@pytest.mark.parametrize(
    ("n", "result", "expected"),
    [
        (1, {"value": 1.0, "sem": 0.5, "cost": 2.0}, "value=1.0, sem=0.5, cost=2.0"),
        (2, {"value": (1.0, 2.0), "sem": (0.5, None)}, "values=(1.0, 2.0), sems=(0.5, None)"),
        (2, {"value": (1.0, 2.0)}, "values=(1.0, 2.0)"),
    ],
)
def test_the_repr_shows_the_standard_error_and_the_cost_if_there_are_any(n: int, result: Any, expected: str) -> None:
    optimizer = tt.Optimizer({"x": tt.Constant(1)}, directions=["minimize"] * n, seed=0)
    optimizer.tell(optimizer.ask(), **result)
    assert repr(optimizer.trials[0]) == f"FrozenTrial(id=0, state='complete', {expected}, params={{'x': 1}})"


def test_changing_params_changes_nothing_in_the_optimizer() -> None:
    optimizer = make_optimizer()
    trial = optimizer.ask()
    x = trial.params.pop("x")
    optimizer.tell(trial, 1.0)
    assert optimizer.trials[0].params == {"x": x}


def test_ask_returns_a_batch() -> None:
    optimizer = make_optimizer()
    batch = optimizer.ask(3)
    assert [trial.id for trial in batch] == [0, 1, 2]
    assert optimizer.ask(0) == []
    assert len(optimizer.ask(np.int64(2))) == 2
    assert len(optimizer) == 5
    assert optimizer
    for invalid in (-1, 1.5, "2", True, 2**32):
        with pytest.raises(tt.ArgumentError, match="n must"):
            optimizer.ask(invalid)
    assert len(optimizer) == 5


def test_queued_points_come_first_then_the_defaults() -> None:
    space = tt.SearchSpace({"x": tt.Int(0, 9, default=5), "y": tt.Int(0, 9, default=6)})
    optimizer = tt.Optimizer(space, sampler="random", seed=0)
    optimizer.enqueue({"x": 1})
    optimizer.enqueue({"x": 2, "y": 3})
    first, second, third, fourth = optimizer.ask(4)
    assert first.params["x"] == 1
    assert second.params == {"x": 2, "y": 3}
    assert third.params == {"x": 5, "y": 6}
    assert [t.origin for t in optimizer.trials] == ["enqueued", "enqueued", "default", "random"]
    assert fourth.id == 3


def test_a_partial_point_may_be_nested() -> None:
    space = tt.SearchSpace({"g": {"x": tt.Int(0, 9), "y": tt.Int(0, 9)}, "k": tt.Constant(1)})
    optimizer = tt.Optimizer(space, seed=0)
    for point in ({"g": {"x": 3}}, {"g/x": 3}, {"g": {"x": np.int8(3)}, "k": 1}):
        optimizer.enqueue(point)
    assert all(trial.params["g"]["x"] == 3 for trial in optimizer.ask(3))


def test_an_exhausted_space_raises_space_exhausted() -> None:
    optimizer = tt.Optimizer({"x": tt.Int(0, 2)}, sampler="random", seed=0)
    assert {trial.params["x"] for trial in optimizer.ask(3)} == {0, 1, 2}
    snapshot = optimizer.to_bytes()
    for ask in (optimizer.ask, lambda: optimizer.ask(2)):
        with pytest.raises(tt.SpaceExhausted):
            ask()
    assert optimizer.to_bytes() == snapshot
    assert len(tt.Optimizer({"x": tt.Int(0, 2)}, sampler="random", deduplicate=False).ask(9)) == 9


def test_tell_takes_a_trial_or_its_id() -> None:
    optimizer = make_optimizer()
    trials = optimizer.ask(4)
    for reference in (trials[0], 1, np.int64(2), optimizer.trials[3]):
        optimizer.tell(reference, 1.0)
    assert optimizer.pending == []


@pytest.mark.parametrize(
    ("reference", "error", "message"),
    [
        (1, tt.UnknownTrialError, "trial 1 is unknown"),
        (-1, tt.UnknownTrialError, "trial -1 is unknown"),
        (2**63, tt.UnknownTrialError, "unknown"),
        ("0", tt.ArgumentError, "pass the trial that ask returned, or its id; got '0'"),
        ({"x": 1}, tt.ArgumentError, "pass the trial that ask returned, or its id; got"),
        (0.0, tt.ArgumentError, "0.0"),
        (False, tt.ArgumentError, "False"),
        (None, tt.ArgumentError, "None"),
    ],
)
def test_anything_but_a_known_trial_is_refused(reference: Any, error: type[Exception], message: str) -> None:
    optimizer = make_optimizer()
    optimizer.ask()
    snapshot = optimizer.to_bytes()
    for call in (
        lambda: optimizer.tell(reference, 1.0),
        lambda: optimizer.tell(reference, 1.0, cost=1.0),
        lambda: optimizer.report(reference, 1, 1.0),
        lambda: optimizer.should_prune(reference),
    ):
        with pytest.raises(error, match=message):
            call()
    assert optimizer.to_bytes() == snapshot


def test_an_unknown_trial_is_a_key_error_with_a_readable_message() -> None:
    with pytest.raises(KeyError) as caught:
        make_optimizer().tell(0, 1.0)
    assert str(caught.value).startswith("trial 0 is unknown")


@pytest.mark.parametrize("state", ["complete", "failed", "pruned"])
def test_a_trial_is_told_once(state: Any) -> None:
    optimizer = make_optimizer()
    trial = optimizer.ask()
    optimizer.tell(trial, 1.0 if state == "complete" else None, state=state)
    snapshot = optimizer.to_bytes()
    for call in (lambda: optimizer.tell(trial, 2.0), lambda: optimizer.tell(trial, state="failed")):
        with pytest.raises(tt.TrialStateError, match=f"trial 0 is already {state}"):
            call()
    assert optimizer.to_bytes() == snapshot


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"value": "1"}, r"value must be a number, got '1' \(str\)"),
    ({"value": True}, r"value must be a number, got True \(bool\)"),
    ({"value": np.True_}, "value must be a number"),
    ({"value": 1j}, r"value must be a number, got 1j \(complex\)"),
    ({"value": {"loss": 1}}, "value must be a number, got {'loss': 1}"),
    ({"value": 10**400}, "64-bit float"),
    ({"value": {"loss": 1.0, "speed": 2.0}}, r"must be a number, got .*; for several objectives .* directions="),
    ({"value": [1, 2]}, r"must have one number, got 2 numbers; .* with directions=, and wrap repeated measurements"),
    ({"value": []}, r"must have one number, got 0"),
    ({"value": np.ones((2, 2))}, "value must be a number, got array"),
    ({"value": -math.inf}, "-inf is infinitely good"),
    ({"value": 1, "state": "done"}, "state must be one of 'complete', 'failed', 'pruned', 'paused', got 'done'"),
    ({"value": 1, "state": None}, "state must be one of"),
    ({"value": 1, "state": "failed"}, "a failed trial has no value, got 1"),
    ({"value": 1, "sem": -1}, r"sem must be a finite number that is not negative, got -1\.0"),
    ({"value": 1, "sem": math.nan}, "sem must be a finite number that is not negative, got nan"),
    ({"value": 1, "sem": "a"}, "sem must be a number, got 'a'"),
    ({"value": 1, "sem": [1, 1]}, r"sem must have one number, got 2"),
    ({"sem": 1}, "sem is the standard error of a value, and no value was told"),
    ({"value": tt.Replicates([1, 2]), "sem": 1}, "sem is computed from Replicates"),
    ({"value": 1, "cost": -1}, r"cost must be a finite number that is not negative, got -1\.0"),
    ({"value": 1, "cost": math.inf}, "cost must be a finite number that is not negative, got inf"),
    ({"value": 1, "cost": "a"}, "cost must be a number, got 'a'"),
    ({"value": 1, "constraints": [1]}, r"constraints must be a mapping.*got \[1\]"),
    ({"value": 1, "constraints": {1: 1}}, "name of a constraint must be printable text, got 1"),
    ({"value": 1, "constraints": {"\ud800": 1}}, "name of a constraint must be printable text"),
    ({"value": 1, "constraints": {"c": "a"}}, "constraint 'c' must be a number, got 'a'"),
    ({"value": 1, "constraints": {"c": math.nan}}, "constraint 'c' must be a number, .* got nan"),
    ({"value": 1, "reason": "why"}, "reason says why a trial failed"),
    ({"state": "failed", "reason": 3}, "reason must be text, got 3"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED, ids=stable_id)
def test_promise_8_a_refused_tell_changes_nothing(arguments: dict[str, Any], message: str) -> None:
    optimizer = make_optimizer()
    trial = optimizer.ask()
    snapshot = optimizer.to_bytes()
    with pytest.raises(tt.ArgumentError, match=message):
        optimizer.tell(trial, **arguments)
    with pytest.raises(tt.ArgumentError, match=message):
        optimizer.observe({"x": 0.5}, arguments.get("value"), **{k: v for k, v in arguments.items() if k != "value"})
    assert optimizer.to_bytes() == snapshot
    optimizer.tell(trial, 1.0)
    assert optimizer.best is not None


NUMBERS = [1, 1.0, np.float32(1), np.int64(1), np.array(1.0), Fraction(1), (1,), [np.float64(1)], np.array([1.0])]


@pytest.mark.parametrize("number", NUMBERS, ids=stable_id)
def test_a_value_may_be_any_number(number: Any) -> None:
    optimizer = make_optimizer()
    optimizer.tell(optimizer.ask(), number)
    assert optimizer.trials[0].values == (1.0,)
    assert type(optimizer.trials[0].value) is float


@given(values(extreme=True))
def test_promise_9_told_values_are_recorded_unrounded(value: float) -> None:
    optimizer = make_optimizer()
    optimizer.tell(optimizer.ask(), value)
    trial = optimizer.trials[0]
    if math.isnan(value):
        assert (trial.state, trial.value, trial.reason) == ("failed", None, "the value told was NaN")
        assert optimizer.best is None
    else:
        assert (trial.state, trial.value, trial.reason) == ("complete", value, None)
        assert repr(trial.value) == repr(value)
        assert (optimizer.best == trial) == math.isfinite(value)


def test_promise_9_none_is_a_failure_with_a_reason() -> None:
    optimizer = make_optimizer()
    for value in (None, [None], np.nan, tt.Replicates([1, math.nan])):
        optimizer.tell(optimizer.ask(), value)
    optimizer.tell(optimizer.ask(), state="failed")
    optimizer.tell(optimizer.ask(), math.nan, state="failed", reason="diverged \ud800")
    reasons = [trial.reason for trial in optimizer.trials]
    assert reasons[:2] == ["no value was told"] * 2
    assert reasons[2:4] == ["the value told was NaN", "replicate 1 of the value told was NaN"]
    assert reasons[4:] == [None, "diverged \\ud800"]
    assert {trial.state for trial in optimizer.trials} == {"failed"}


@pytest.mark.parametrize(("direction", "worst"), [("minimize", math.inf), ("maximize", -math.inf)])
def test_promise_9_infinitely_bad_is_the_worst_and_infinitely_good_is_refused(direction: Any, worst: float) -> None:
    optimizer = make_optimizer(direction=direction)
    optimizer.tell(optimizer.ask(), worst)
    assert (optimizer.trials[0].state, optimizer.trials[0].value) == ("complete", worst)
    assert optimizer.best is None
    optimizer.tell(optimizer.ask(), 0.0)
    assert optimizer.best == optimizer.trials[1]
    with pytest.raises(tt.ArgumentError, match=f"{re.escape(repr(-worst))} is infinitely good .*{direction}d"):
        optimizer.tell(optimizer.ask(), -worst)


def test_promise_10_best_is_feasible_and_never_failed() -> None:
    optimizer = make_optimizer()
    assert optimizer.best is None
    assert optimizer.recommend() is None
    optimizer.tell(optimizer.ask(), 0.0, constraints={"memory": 0.1})
    optimizer.tell(optimizer.ask(), math.nan)
    optimizer.tell(optimizer.ask(), 0.5, state="pruned")
    assert optimizer.best is None
    optimizer.tell(optimizer.ask(), 3.0, constraints={"memory": 0, "time": -1})
    optimizer.tell(optimizer.ask(), 2.0, constraints={"memory": -1, "time": 0})
    assert optimizer.best is not None
    assert optimizer.best.id == 4
    assert [trial.feasible for trial in optimizer.trials] == [False, True, True, True, True]
    assert optimizer.trials[3].constraints == {"memory": 0.0, "time": -1.0}


def test_all_parts_of_a_result_can_be_read() -> None:
    optimizer = make_optimizer(direction="maximize")
    trial = optimizer.ask()
    trial.report(0, 0.25)
    trial.report(3, 0.5)
    assert not trial.should_prune()
    optimizer.tell(trial, 0.75, sem=0.5, cost=60, constraints={"b": 1, "a": -2})
    recorded = optimizer.trials[0]
    assert (recorded.value, recorded.sem, recorded.sems, recorded.cost) == (0.75, 0.5, (0.5,), 60.0)
    assert (recorded.constraints, recorded.steps, recorded.feasible) == (
        {"b": 1.0, "a": -2.0},
        {0: 0.25, 3: 0.5},
        False,
    )
    assert (recorded.replicates, recorded.reason, recorded.origin) == (None, None, "random")
    with pytest.raises(AttributeError, match="read-only"):
        recorded.cost = 0
    with pytest.raises(TypeError):
        recorded.steps[1] = 2


def test_reports_are_checked() -> None:
    optimizer = make_optimizer()
    trial = optimizer.ask()
    trial.report(2, 1.0)
    snapshot = optimizer.to_bytes()
    for step, value, message in (
        (2, 1.0, "already reported step 2; expected a larger step than 2, got 2"),
        (1, 1.0, "already reported step 2; expected a larger step than 2, got 1"),
        (-1, 1.0, "step must be from 0 .*-1"),
        (2.5, 1.0, "step must be an int, got 2.5"),
        (3, "a", "value must be a number, got 'a'"),
        (3, True, "value must be a number, got True"),
    ):
        with pytest.raises(tt.ArgumentError, match=message):
            optimizer.report(trial, step, value)
    assert optimizer.to_bytes() == snapshot


def test_a_trial_worse_than_the_median_should_stop() -> None:
    optimizer = make_optimizer(pruner="median")
    for level in range(6):
        trial = optimizer.ask()
        trial.report(1, level)
        optimizer.tell(trial, level)
    trial = optimizer.ask()
    assert not trial.should_prune()
    trial.report(1, 10.0)
    assert trial.should_prune()
    assert optimizer.should_prune(trial.id)


@pytest.mark.parametrize("sem", [{"drop": 0.3}, [None, 0.3]], ids=stable_id)
def test_one_objective_may_have_replicates_and_another_a_standard_error(sem: Any) -> None:
    goals = {"efficiency": "maximize", "drop": "minimize"}
    search = tt.Optimizer({"x": tt.Float(0, 1)}, directions=goals, seed=0)
    values, trial = {"efficiency": tt.Replicates([1.0, 3.0]), "drop": 2.0}, search.ask()
    search.tell(trial, values, sem=sem)
    search.observe({"x": 0.5}, values, sem=sem)
    assert [trial.sems for trial in search.trials] == [(1.0, 0.3)] * 2
    with pytest.raises(tt.ArgumentError, match="sem of efficiency is computed from Replicates; leave it out"):
        search.tell(search.ask(), values, sem={"efficiency": 0.1, "drop": 0.3})
    with pytest.raises(tt.ArgumentError, match="sem of efficiency is computed from Replicates; leave it out"):
        search.tell_objectives(search.ask(), {"efficiency": values["efficiency"]}, sem={"efficiency": 0.1})


def test_replicates_have_a_mean_and_a_standard_error() -> None:
    optimizer = make_optimizer()
    optimizer.tell(optimizer.ask(), tt.Replicates([1, 2, 3, 6]))
    optimizer.tell(optimizer.ask(), tt.Replicates(np.array([5.0])))
    first, second = optimizer.trials
    assert (first.value, first.replicates) == (3.0, ((1.0, 2.0, 3.0, 6.0),))
    assert first.sem == pytest.approx(math.sqrt(14 / 3 / 4), rel=1e-15)
    assert (second.value, second.sem, second.replicates) == (5.0, None, ((5.0,),))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_the_mean_lies_within_the_range_of_the_replicates(folds: list[float]) -> None:
    replicates = tt.Replicates(folds)
    assert min(folds) <= replicates.mean <= max(folds)
    assert replicates.sem is None or replicates.sem >= 0
    assert (replicates.sem == 0) or len(set(folds)) > 1 or len(folds) == 1


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
def test_the_standard_error_agrees_with_numpy(folds: list[float]) -> None:
    expected = np.std(folds, ddof=1) / math.sqrt(len(folds))
    assert tt.Replicates(folds).sem == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_replicates_are_checked() -> None:
    for invalid, message in (
        ([], "at least one"),
        ("12", "list of numbers"),
        (3, "list of numbers"),
        ([1, "a"], "replicate 1"),
    ):
        with pytest.raises(tt.ArgumentError, match=message):
            tt.Replicates(invalid)
    assert repr(tt.Replicates((1, 2))) == "Replicates([1.0, 2.0])"


def test_several_directions_have_a_pareto_front_and_no_best() -> None:
    optimizer = make_optimizer(directions=["minimize", "maximize"])
    assert optimizer.directions == ("minimize", "maximize")
    for value in ((1.0, 1.0), (2.0, 3.0), (3.0, 2.0), [0.5, tt.Replicates([0, 1])]):
        optimizer.tell(optimizer.ask(), value)
    assert [trial.id for trial in optimizer.pareto_front] == [0, 1, 3]
    assert optimizer.trials[3].sems == (None, 0.5)
    assert optimizer.trials[3].replicates == ((), (0.0, 1.0))
    assert optimizer.trials[3].value is None
    optimizer.tell(optimizer.ask(), (1.0, math.nan))
    assert optimizer.trials[4].reason == "the value of objective 1 told was NaN"
    trial = optimizer.ask()
    for invalid in (1.0, (1.0,), (1.0, 2.0, 3.0), (1.0, "a"), (1.0, math.inf)):
        with pytest.raises(tt.ArgumentError, match="value"):
            optimizer.tell(trial, invalid)
    single = "needs one objective, and this search has 2"
    several = "recommend works with 2 objectives here, so say what you want"
    for read, message in ((lambda: optimizer.best, single), (optimizer.recommend, several)):
        with pytest.raises(tt.ArgumentError, match=message):
            read()


def test_observe_records_results_from_elsewhere() -> None:
    space = tt.SearchSpace({"g": {"x": tt.Int(0, 9)}, "k": 1})
    optimizer = tt.Optimizer(space, seed=0)
    assert optimizer.observe({"g/x": 3}, 2.0, sem=0.1, cost=3) == 0
    assert optimizer.observe({"g": {"x": 4}, "k": 1}, state="failed", reason="out of memory") == 1
    assert [trial.origin for trial in optimizer.trials] == ["observed"] * 2
    assert optimizer.best == optimizer.trials[0]
    assert optimizer.best.params == {"g": {"x": 3}, "k": 1}
    assert optimizer.pending == []


def test_the_history_is_a_sequence() -> None:
    optimizer = make_optimizer()
    for trial in optimizer.ask(4)[:3]:
        optimizer.tell(trial, trial.id)
    trials = optimizer.trials
    assert len(trials) == 4
    assert [trial.id for trial in trials] == [0, 1, 2, 3]
    assert [trial.id for trial in reversed(trials)] == [3, 2, 1, 0]
    assert trials[-1].state == "pending"
    assert trials[-1].values is None
    assert [trial.id for trial in trials[1:3]] == [1, 2]
    assert trials[0] in trials
    assert repr(trials) == "<4 trials>"
    with pytest.raises(IndexError):
        trials[4]
    optimizer.ask()
    assert len(trials) == 5


@given(search_spaces(extreme=True, hostile_names=True), seeds, st.lists(values(extreme=True), max_size=6))
def test_promises_1_and_2_suggestions_are_valid_after_any_history(
    space: tt.SearchSpace, seed: int, observed: list[float]
) -> None:
    optimizer = tt.Optimizer(space, seed=seed, sampler="random", deduplicate=False)
    for value in observed:
        trial = optimizer.ask()
        assert space.validate(trial.params) == trial.params
        optimizer.tell(trial, value)
    assert space.validate(optimizer.ask().params)


@given(search_spaces(), seeds)
def test_promise_11_the_same_seed_gives_the_same_asks(space: tt.SearchSpace, seed: int) -> None:
    first, second = (tt.Optimizer(space, seed=seed, sampler="random", deduplicate=False) for _ in range(2))
    assert first.ask(3) == [second.ask() for _ in range(3)]


def test_a_retracted_trial_can_be_told_again() -> None:
    optimizer, never_retracted = make_optimizer(sampler="tpe"), make_optimizer(sampler="tpe")
    for k in range(15):
        trial, plain_trial = optimizer.ask(), never_retracted.ask()
        optimizer.report(trial, 1, 2.0)
        never_retracted.report(plain_trial, 1, 2.0)
        optimizer.tell(trial, -1.0, sem=0.5, constraints={"size": 1.0}, cost=2.0)
        optimizer.retract(trial)
        optimizer.tell(trial.id, float(k % 7))
        never_retracted.tell(plain_trial, float(k % 7))
    assert optimizer.to_bytes() == never_retracted.to_bytes()
    assert optimizer.best == never_retracted.best
    assert optimizer.ask() == never_retracted.ask()


def test_a_retracted_trial_keeps_reports_and_attributes_and_nothing_else() -> None:
    optimizer = make_optimizer(directions={"loss": "minimize", "seconds": "minimize"})
    trial = optimizer.ask()
    optimizer.report(trial, 1, [0.5, 0.25], constraints={"memory": -1.0})
    trial.set_attr("host", "a")
    trial.tell_objectives({"loss": 0.25})
    trial.tell_constraints({"size": 1.0})
    optimizer.tell(trial, {"seconds": 3.0}, constraints={"heat": 2.0}, cost=4.0)
    optimizer.retract(trial)
    again = optimizer.trials[0]
    assert (again.state, again.values, again.partial_values, again.cost) == ("pending", None, None, None)
    assert (dict(again.constraints), trial.infeasible, optimizer.spent) == ({}, False, 0.0)
    assert (dict(again.steps), dict(again.attrs)) == ({1: (0.5, 0.25)}, {"host": "a"})
    assert dict(again.step_constraints) == {1: {"memory": -1.0}}
    with pytest.raises(tt.ArgumentError, match="it lacks 'loss'"):
        optimizer.tell(trial, {"seconds": 3.0})
    folded = make_optimizer()
    trial = folded.ask()
    trial.report_fold(0, 1.0)
    folded.tell(trial)
    folded.retract(trial)
    assert dict(folded.trials[0].folds) == {0: 1.0}


def test_only_a_finished_trial_can_be_retracted() -> None:
    optimizer = make_optimizer()
    trial = optimizer.ask()
    with pytest.raises(tt.ArgumentError, match="trial 0 is pending"):
        optimizer.retract(trial)
    with pytest.raises(tt.UnknownTrialError):
        optimizer.retract(7)


def test_an_observed_result_cannot_be_paused():
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, pausing=True)
    with pytest.raises(tt.ArgumentError, match=r'observed cannot be paused.*state="pruned"'):
        optimizer.observe({"x": 0.5}, 1.0, state="paused")
    assert len(optimizer) == 0


def test_complete_without_a_value_is_refused(tmp_path):
    for search in (tt.Optimizer({"x": tt.Float(0, 1)}), tt.Study(tmp_path / "sweep.db", {"x": tt.Float(0, 1)})):
        first, second, third = search.ask(3)
        with pytest.raises(tt.ArgumentError, match=r"state='complete' needs a value; .* pass state='failed'"):
            search.tell(first, state="complete")
        assert first.id in [trial.id for trial in search.pending]
        search.tell(first, None)
        search.tell(second)
        search.report_fold(third, 0, 2.0)
        search.tell(third, state="complete")
        assert [trial.state for trial in search.trials] == ["failed", "failed", "complete"]
        with pytest.raises(tt.TrialStateError):
            search.tell(third, state="complete")


def test_a_mapping_of_arguments_is_refused_with_their_names():
    for directions in (["minimize"], {"loss": "minimize"}, ["minimize"] * 2):
        search = tt.Optimizer({"x": tt.Float(0, 1)}, directions=directions, seed=0)
        with pytest.raises(tt.ArgumentError, match=r"; pass value=, sem= as arguments of the call"):
            search.tell(search.ask(), {"value": 0.3, "sem": 0.1})


def test_the_reason_of_a_failure_names_the_replicate_that_is_nan():
    search = tt.Optimizer({"x": tt.Float(0, 1)}, seed=0)
    first, second, third = search.ask(3)
    search.tell(first, tt.Replicates([0.1, math.nan, math.nan]))
    search.tell(second, tt.Replicates([math.inf, -math.inf]))
    third.report_fold(0, math.nan)
    search.tell(third)
    assert [trial.reason for trial in search.trials] == [
        "replicate 1 of the value told was NaN",
        "the value told was NaN",
        "the mean of the folds was NaN",
    ]


def test_the_error_about_a_trial_that_does_not_exist_names_those_that_do():
    search = tt.Optimizer({"x": tt.Float(0, 1)}, seed=0)
    with pytest.raises(IndexError, match="no trial 0; it has none yet"):
        search.trials[0]
    search.ask(2)
    with pytest.raises(IndexError, match="no trial 99; it has 2, with the ids from 0 to 1"):
        search.trials[99]
    assert search.trials[-1].id == 1
