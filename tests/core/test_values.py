"""Numbers pass between Python and Rust exactly, and anything else is refused by name."""

import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanteo._core import CoreOptimizer, CoreSpace
from tanteo.exceptions import ArgumentError, ParameterError, UnknownTrialError

LIMITS = [-(2**63), -(2**63) + 1, -(2**53) - 1, -1, 0, 1, 2**53 + 1, 2**60 + 1, 2**63 - 1, 2**63, 2**64 - 2, 2**64 - 1]


def integers(low: int, high: int, step: int = 1) -> CoreSpace:
    return CoreSpace([("n", ("integer", low, high, step, False), None, None, [])], [])


def random_search(space: CoreSpace, *maximize: bool) -> CoreOptimizer:
    return CoreOptimizer(space, list(maximize) or [False], ("random", {}), 1, True, ("nothing", {}))


@pytest.mark.parametrize("n", LIMITS)
def test_integers_of_64_bits_keep_all_their_digits(n):
    (row,) = integers(n, n).sample(1, 0)
    assert row == (n,)
    assert type(row[0]) is int
    low = max(n - 5, -(2**63))
    space = integers(low, min(low + 10, 2**64 - 1))
    assert space.check((n,)) == (n,)
    search = random_search(space)
    search.enqueue((n,))
    assert search.ask() == (0, (n,))
    assert search.trial(0)["row"] == (n,)
    assert n in search.columns()["rows"][0]


@given(st.integers(-(2**63), 2**64 - 1), st.integers(0, 2**64), st.integers(1, 2**40))
def test_suggested_integers_stay_on_their_grid(low, width, step):
    high = min(low + width, 2**64 - 1)
    for (n,) in integers(low, high, step).sample(5, 1):
        assert type(n) is int
        assert low <= n <= high
        assert (n - low) % step == 0


@pytest.mark.parametrize("n", [2**64, -(2**63) - 1, 10**30])
def test_integers_beyond_64_bits_are_refused(n):
    with pytest.raises(ParameterError, match=r"parameter 'n': (low|high) .*2\^64 - 1"):
        integers(min(n, 0), max(n, 0))
    with pytest.raises(ParameterError, match=r"parameter 'n': the value .*2\^64 - 1"):
        integers(0, 10).check((n,))
    with pytest.raises(ArgumentError, match="seed"):
        integers(0, 10).sample(1, n)


def test_stepped_floats_are_the_decimals_a_person_writes(space):
    assert {row[2] for row in space.sample(300, 0)} == {0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5}


def test_values_are_builtins(space):
    for row in space.sample(20, 0):
        assert [type(value) for value in row] == [float, int, float, int, int]


@pytest.mark.parametrize("invalid", [True, "1.0", None, b"1", 1j, [1.0], np.True_, np.array([1.0, 2.0])])
def test_anything_but_a_number_is_refused_and_named(optimizer, invalid):
    search = optimizer()
    search.ask()
    with pytest.raises(ArgumentError, match=r"^value must be a number"):
        search.tell_value(0, invalid)
    with pytest.raises(ArgumentError, match=r"^value must be a number"):
        search.report(0, 1, [invalid], [])
    with pytest.raises(ArgumentError, match=r"^value must be a number"):
        search.tell(0, ("complete", [invalid], None, None, [], None, None))
    with pytest.raises(ArgumentError, match=r"^constraint 'c' must be a number"):
        search.tell(0, ("complete", [1.0], None, None, [("c", invalid)], None, None))
    if invalid is not None:
        with pytest.raises(ArgumentError, match=r"^cost must be a number"):
            search.tell(0, ("complete", [1.0], None, None, [], invalid, None))
    assert search.state(0) == "pending"
    search.tell_value(0, 1.0)


@pytest.mark.parametrize("number", [1, 1.0, np.float64(1), np.float32(1), np.int64(1), np.uint8(1), np.array(1.0)])
def test_numbers_of_any_kind_are_accepted(optimizer, number):
    search = optimizer()
    search.ask()
    search.tell_value(0, number)
    (value,) = search.trial(0)["values"]
    assert value == 1.0
    assert type(value) is float


def test_an_integer_too_large_for_a_float_is_refused(optimizer):
    search = optimizer()
    search.ask()
    with pytest.raises(ArgumentError, match="fits a float"):
        search.tell_value(0, 10**400)


@pytest.mark.parametrize("invalid", [True, "3", None, 3.0, -1, 2**64])
def test_a_count_of_the_wrong_type_is_refused(space, optimizer, invalid):
    search = optimizer()
    for call in (lambda: search.ask_many(invalid), lambda: space.sample(invalid, 0), lambda: next(space.grid(invalid))):
        with pytest.raises(ArgumentError, match=r"^(n|resolution) must be an integer from 0"):
            call()
    assert len(search) == 0


@pytest.mark.parametrize("invalid", [True, "0", None, 0.0])
def test_an_id_of_the_wrong_type_is_refused(optimizer, invalid):
    with pytest.raises(ArgumentError, match="id of a trial"):
        optimizer().tell_value(invalid, 1.0)


@pytest.mark.parametrize("unknown", [-1, 7, 2**64 - 1])
def test_an_unknown_id_is_an_unknown_trial(optimizer, unknown):
    search = optimizer()
    search.ask()
    for call in (lambda: search.tell_value(unknown, 1.0), lambda: search.state(unknown), lambda: search.trial(unknown)):
        with pytest.raises(UnknownTrialError, match=f"trial {unknown} is unknown"):
            call()


def test_rows_of_the_wrong_length_or_type_are_refused(space, optimizer):
    for row in [(), (0.5,), (0.5, 1, 0.0, 0, 0, 0)]:
        with pytest.raises(ArgumentError, match=r"expected 5, one per parameter"):
            space.check(row)
    for row, name in [((True, 1, 0.0, 0, 0), "x"), ((0.5, 1.0, 0.0, 0, 0), "n"), ((0.5, 1, 0.0, False, 0), "o")]:
        with pytest.raises(ParameterError, match=f"parameter '{name}'"):
            space.check(row)
    with pytest.raises(ParameterError, match="parameter 'c'"):
        optimizer().enqueue((None, None, None, None, 4))


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("value", [0.0, -0.0, 1.5, -1e308, 5e-324, -5e-324, sys.float_info.max])
def test_values_come_back_bit_for_bit(optimizer, maximize, value):
    search = optimizer(maximize)
    search.ask()
    search.report(0, 3, [value], [])
    search.tell(0, ("complete", [value], [0.0], [[value, value]], [], None, None))
    trial = search.trial(0)
    assert str(trial["values"]) == str([value])
    assert str(trial["replicates"]) == str([[value, value]])
    assert str(trial["curve"]) == str([(3, value)])
    assert str(search.columns()["values"].tolist()) == str([[value]])


def test_each_objective_has_its_own_sign(optimizer):
    search = optimizer(False, True)
    search.ask_many(2)
    search.tell(0, ("complete", [1.0, 1.0], None, [[1.0], [0.5, 1.5]], [], None, None))
    search.tell(1, ("complete", [2.0, 2.0], None, None, [], None, None))
    assert search.trial(0)["values"] == [1.0, 1.0]
    assert search.trial(0)["replicates"] == [[1.0], [0.5, 1.5]]
    assert search.view()["values"].tolist() == [[1.0, -1.0], [2.0, -2.0]]
    assert search.pareto_front() == [0, 1]


@pytest.mark.parametrize(("maximize", "best_possible"), [(False, -math.inf), (True, math.inf)])
def test_an_infinitely_good_value_is_refused_and_an_infinitely_bad_value_is_the_worst(
    optimizer, maximize, best_possible
):
    search = optimizer(maximize)
    search.ask_many(2)
    for call in (
        lambda: search.tell_value(0, best_possible),
        lambda: search.report(0, 1, [best_possible], []),
        lambda: search.tell(0, ("complete", [best_possible], None, None, [], None, None)),
    ):
        with pytest.raises(ArgumentError, match=rf" {best_possible} "):
            call()
    search.tell_value(0, -best_possible)
    assert search.trial(0)["values"] == [-best_possible]
    assert search.best() is None
    search.tell_value(1, 0.0)
    assert search.best() == 1


def test_nan_is_a_failure_with_a_reason(optimizer):
    search = optimizer()
    search.ask()
    search.tell_value(0, math.nan)
    trial = search.trial(0)
    assert (trial["state"], trial["values"], trial["sems"]) == ("failed", None, None)
    assert "NaN" in trial["reason"]


def test_best_follows_the_direction(optimizer):
    for maximize, best in [(False, 1), (True, 2)]:
        search = optimizer(maximize)
        search.ask_many(3)
        for trial, value in enumerate([0.0, -1.0, 1.0]):
            search.tell_value(trial, value)
        assert search.best() == best


def test_ask_and_tell_load_no_numpy(python, program):
    code = program + "o = make(); i, row = o.ask(); o.tell_value(i, 1.0); o.trial(i); print('numpy' in sys.modules)"
    assert python(code).stdout == "False\n"
