"""Coercion of arguments: which objects count as numbers or flags, and their builtin values."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.ids import stable_id
from tanteo._internal.coercion import as_bool, as_count, as_float, as_int
from tanteo.exceptions import ArgumentError, ParameterError, TanteoError
from tanteo.space.parameters import Int
from tanteo.space.search_space import SearchSpace


class Tensor:
    """A zero-dimensional array, as in array libraries."""

    def __init__(self, value: float, ndim: int = 0, dtype: str = "float32") -> None:
        self.value, self.ndim, self.dtype = value, ndim, dtype

    def __float__(self) -> float:
        return float(self.value)


@pytest.mark.parametrize(
    "number",
    [1, 1.0, np.float32(1), np.float64(1), np.int8(1), np.uint64(1), np.array(1.0), Decimal(1), Fraction(1), Tensor(1)],
)
def test_numbers_become_builtin_floats(number: Any) -> None:
    assert type(as_float(number, "x")) is float
    assert as_float(number, "x") == 1.0


INVALID = ["1", b"1", True, np.True_, 1j, np.complex64(1), None, [1.0], np.array([1.0]), Tensor(1, ndim=1), object()]
INVALID += [bytearray(b"1"), memoryview(b"1"), np.str_("1"), np.array("1"), np.array(b"1")]
INVALID += [Tensor(1, dtype="torch.bool"), np.timedelta64(1, "s"), np.datetime64("2020-01-01")]


@pytest.mark.parametrize("value", INVALID, ids=stable_id)
def test_anything_but_a_number_is_refused_by_name(value: Any) -> None:
    with pytest.raises(ParameterError, match="^the argument must be a number, got .*" + type(value).__name__):
        as_float(value, "the argument", ParameterError)


@pytest.mark.parametrize(
    "number",
    [10**400, 10**5000, Decimal("1e999"), Decimal("-1e999"), Fraction(10**400), np.longdouble("1e999")],
    ids=["int", "huge int", "decimal", "negative decimal", "fraction", "longdouble"],
)
def test_a_number_too_large_for_a_float_is_refused(number: Any) -> None:
    with pytest.raises(ArgumentError, match="x must fit a 64-bit float"):
        as_float(number, "x")


@pytest.mark.parametrize("infinity", [np.float32("inf"), Decimal("Infinity"), np.longdouble("inf"), Tensor(math.inf)])
def test_infinities_of_any_type_are_accepted(infinity: Any) -> None:
    assert as_float(infinity, "x") == math.inf


def test_a_number_whose_conversion_raises_is_refused() -> None:
    class Broken:
        def __float__(self) -> float:
            raise KeyError("no value")

        def __index__(self) -> int:
            raise ZeroDivisionError

    for convert in (as_float, as_int):
        with pytest.raises(ArgumentError, match="x must be a"):
            convert(Broken(), "x")


def test_an_integer_with_more_digits_than_python_prints_is_refused() -> None:
    for call in (lambda: as_count(10**5000, "x"), lambda: SearchSpace({"n": Int(0, 10**5000)})):
        with pytest.raises(TanteoError, match="got 0x"):
            call()


@given(st.integers())
def test_integers_stay_exact(number: int) -> None:
    assert as_int(number, "x") == number
    if -(2**63) <= number < 2**63:
        assert type(as_int(np.int64(number), "x")) is int
        assert as_int(np.int64(number), "x") == number


def test_a_float_is_an_integer_only_where_floats_are_exact() -> None:
    for number in (1e3, np.float32(1e3), np.array(1e3), np.array(1000), Tensor(1e3)):
        assert type(as_int(number, "x")) is int
        assert as_int(number, "x") == 1000
    for invalid in (0.5, math.nan, math.inf, "1", True, np.True_, None):
        with pytest.raises(ArgumentError, match="x must be an integer"):
            as_int(invalid, "x")
    with pytest.raises(ArgumentError, match="floats round integers beyond 2"):
        as_int(2.0**60, "x")


def test_only_booleans_are_flags() -> None:
    assert as_bool(np.True_, "x") is True
    for invalid in (0, 1, "yes", None, np.array([True])):
        with pytest.raises(ArgumentError, match="x must be True or False"):
            as_bool(invalid, "x")


def test_a_repr_that_raises_does_not_hide_the_error() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError

    with pytest.raises(ArgumentError, match=r"got <Broken without a repr> \(Broken\)"):
        as_float(Broken(), "x")
