"""The warning when a constraint changes its name in the course of a search."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0)}


def messages(told: list[dict[str, Any]], **options: Any) -> list[str]:
    """Run one trial per mapping of constraints, and return the warnings."""
    rest = iter(told)

    def objective(params: dict[str, Any]) -> dict[str, Any]:
        return {"value": params["x"], "constraints": next(rest)}

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tt.minimize(objective, options.pop("space", SPACE), n_trials=len(told), progress=False, **options)
    assert all(warning.filename == __file__ for warning in caught)
    return [str(warning.message) for warning in caught]


def test_a_constraint_with_a_new_name_gives_one_warning_that_has_both_names() -> None:
    (message,) = messages([{"mem": 1.0}, {"mem": 1.0}, {"memory": 1.0}, {"memory": 1.0}], seed=0)
    assert message.startswith(
        "Trial 2 tells the constraint 'memory', which no earlier trial tells, and lacks the constraint 'mem'. "
    )


def test_each_new_name_gives_one_warning() -> None:
    first, second = messages([{"mem": 1.0}, {"memory": 1.0}, {"Mem": 1.0}, {"mem": 1.0}, {"memory": 1.0}], seed=0)
    assert "'memory', which no earlier trial tells, and lacks the constraint 'mem'" in first
    assert "'Mem', which no earlier trial tells, and lacks the constraints 'mem', 'memory'" in second


def test_the_two_parts_of_an_equality_are_named_in_one_warning() -> None:
    equal = tt.Equal(1.0, 1.0, tolerance=0.1)
    (message,) = messages([{"mass": equal}, {"weight": equal}], seed=0)
    assert "'weight/high', 'weight/low'" in message
    assert "'mass/high', 'mass/low'" in message


def test_a_constraint_that_is_left_out_or_joins_the_others_gives_no_warning() -> None:
    assert messages([{}, {"mem": 1.0}, {}, {"mem": 1.0, "heat": 1.0}, {"heat": 1.0}, {"mem": 1.0}], seed=0) == []


def test_branches_that_tell_constraints_of_their_own_give_one_warning() -> None:
    (message,) = messages([{"a": 1.0}, {"b": 1.0}, {"a": 1.0}, {"b": 1.0}], seed=0)
    assert "'b', which no earlier trial tells, and lacks the constraint 'a'" in message


def test_a_continued_search_knows_the_constraints_of_its_earlier_trials() -> None:
    optimizer = tt.Optimizer(SPACE, seed=0)
    optimizer.tell(optimizer.ask(), 1.0, constraints={"mem": 1.0})
    assert messages([{"mem": 1.0}], study=optimizer, space=None) == []
    (message,) = messages([{"memory": 1.0}], study=optimizer, space=None)
    assert message.startswith("Trial 2 tells the constraint 'memory', which no earlier trial tells, and lacks")


def test_a_constraint_of_a_pending_trial_is_new_until_that_has_ended() -> None:
    optimizer = tt.Optimizer(SPACE, seed=0)
    optimizer.tell(optimizer.ask(), 1.0, constraints={"mem": 1.0})
    _, second = optimizer.ask(2)
    second.tell_constraints({"heat": 1.0})
    (message,) = messages([{"heat": 1.0}], study=optimizer, space=None)
    assert message.startswith("Trial 1 tells the constraint 'heat'")


def warned(call: Callable[[], object]) -> list[str]:
    """Return the warnings of a call."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [str(warning.message) for warning in caught]


@pytest.fixture(params=["optimizer", "study"])
def search(request: pytest.FixtureRequest, tmp_path: Path) -> tt.Optimizer:
    """Return a search with one trial that told the constraint "mem"."""
    made = tt.Optimizer(SPACE, seed=0) if request.param == "optimizer" else tt.Study(tmp_path / "s.db", SPACE, seed=0)
    made.tell(made.ask(), 1.0, constraints={"mem": -1.0})
    return made


def test_telling_and_observing_by_hand_warn_as_minimize_does(search: tt.Optimizer) -> None:
    trial = search.ask()
    (message,) = warned(lambda: search.tell(trial, 0.5, constraints={"men": -1.0}))
    assert message.startswith("Trial 1 tells the constraint 'men', which no earlier trial tells, and lacks")
    (message,) = warned(lambda: search.observe({"x": 0.5}, 0.5, constraints={"memory": -1.0}))
    assert message.startswith("The observed trial tells the constraint 'memory'")
    assert warned(lambda: search.tell(search.ask(), 0.5, constraints={"men": -1.0})) == []


def test_constraints_told_early_are_compared_at_the_end(search: tt.Optimizer) -> None:
    trial = search.ask()
    assert warned(lambda: trial.tell_constraints({"men": -1.0})) == []
    other = search.ask()
    assert warned(lambda: search.tell(other, 0.25)) == []
    (message,) = warned(lambda: search.tell(trial, 0.5))
    assert message.startswith("Trial 1 tells the constraint 'men'")


def test_a_warning_that_is_an_error_records_nothing(search: tt.Optimizer) -> None:
    trial = search.ask()
    for _ in range(2):
        with pytest.raises(RuntimeWarning, match="tells the constraint 'men'"):
            search.tell(trial, 0.5, constraints={"men": -1.0})
    assert search.trials[trial.id].state == "pending"
    search.tell(trial, 0.5, constraints={"mem": -1.0})


def test_a_refused_tell_gives_no_warning(search: tt.Optimizer) -> None:
    with pytest.raises(tt.TrialStateError, match="already"):
        search.tell(0, 0.5, constraints={"men": -1.0})


def test_a_study_knows_the_constraints_that_other_processes_told(tmp_path: Path) -> None:
    one = tt.Study(tmp_path / "s.db", SPACE, seed=0)
    first, second = one.ask(2)
    other = tt.Study(tmp_path / "s.db")
    one.tell(first, 1.0, constraints={"mem": -1.0})
    (message,) = warned(lambda: other.tell(second.id, 1.0, constraints={"men": -1.0}))
    assert "lacks the constraint 'mem'" in message


def test_a_constraint_told_as_a_truth_value_and_as_a_number_gives_one_warning() -> None:
    told: list[dict[str, Any]] = [
        {"m": True, "n": 1, "zero": False},
        {"m": False, "n": True, "zero": False},
        {"m": 2.5, "n": -1.0, "zero": 0},
        {"m": True, "n": 1, "zero": False},
    ]
    for message, name in zip(messages(told), ("m", "zero"), strict=True):
        assert message.startswith(f"The constraint {name!r} {MIXED}. All of its values")


def test_numbers_are_no_truth_values_although_another_constraint_joins_them(search: tt.Optimizer) -> None:
    for value in (-1, 1, -1, 1, np.int64(-1), np.float64(1.0), 2):
        constraints = {"mem": value, "new": 0.5} if value == 2 else {"mem": value}
        assert warned(partial(search.tell, search.ask(), 1.0, constraints=constraints)) == []


MIXED = "was told both as True or False and as a number"


@pytest.mark.parametrize(
    ("told", "is_mixed"),
    [
        ([2.5, True], True),
        # Numbers that look like truth values in the record, where the others therefore look like numbers too.
        ([-1.0, -0.5], False),
        ([*[-1.0, 1.0] * 3, 2.0], False),
        ([*[True] * 6, 2.5], False),
    ],
)
def test_the_kinds_that_earlier_processes_told_are_read_from_the_record(
    told: list[Any], is_mixed: bool, tmp_path: Path
) -> None:
    *before, last = told
    for value in before:
        with tt.Study(tmp_path / "s.db", SPACE, seed=0) as study:
            assert warned(partial(study.tell, study.ask(), 1.0, constraints={"m": value})) == []
    for is_early in (True, False):
        with tt.Study(tmp_path / "s.db") as study:
            observe = partial(study.observe, {"x": 0.5}, 1.0)
            call: Callable[..., object] = study.ask().tell_constraints if is_early else observe
            messages = warned(partial(call, constraints={"m": last}))
            assert [MIXED in message for message in messages] == [True] * is_mixed
