"""Choices are distinguished by type and value, looked up by position, and returned unchanged."""

from __future__ import annotations

import enum
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tanteo as tt
from strategies import json_labels
from tanteo._internal.equality import same
from tanteo.space.labels import Choices, identity


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Opaque:
    """A choice that is equal only to itself."""


PAIRS = [(True, 1), (1, 1.0), (0, False), ((1,), (True,)), ([1], [1.0]), ({"a": 1}, {"a": True}), ({1: 0}, {True: 0})]
PAIRS += [("1", 1), (None, False), ((1,), [1]), (Colour.RED, 1), ({}, []), ([1], [1, 1])]


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_equal_labels_of_different_types_are_different(left: Any, right: Any) -> None:
    assert not same(left, right)
    assert not same(right, left)
    assert Choices([left, right]).duplicate() is None
    assert Choices([left, right]).find(right) == 1


@given(json_labels)
def test_same_is_reflexive(label: Any) -> None:
    assert same(label, label)


def test_nan_is_the_same_as_another_nan() -> None:
    assert same(math.nan, float("nan"))
    assert Choices([1.0, math.nan]).find(float("nan")) == 1


@given(st.lists(json_labels, max_size=8))
def test_find_agrees_with_a_linear_search(labels: list[Any]) -> None:
    choices = Choices(labels)
    for label in labels:
        assert choices.find(label) == next(n for n, other in enumerate(labels) if same(other, label))


def test_unhashable_and_opaque_choices_work() -> None:
    choices = [[64, 64], {"depth": 3}, Opaque(), Opaque, np.zeros(3), len]
    space = tt.SearchSpace({"x": tt.Categorical(choices)})
    for choice in choices:
        assert space.validate({"x": choice})["x"] is choice
    sampled_ids = {id(params["x"]) for params in space.sample(200, seed=0)}
    assert sampled_ids == {id(choice) for choice in choices}


def test_an_array_equals_only_itself() -> None:
    with pytest.raises(tt.ParameterError, match="'x' must be one of"):
        tt.SearchSpace({"x": tt.Categorical([np.zeros(3)])}).validate({"x": np.zeros(3)})


def test_a_choice_of_another_type_is_refused_with_a_hint() -> None:
    space = tt.SearchSpace({"batch": tt.Categorical([16, 32])})
    with pytest.raises(tt.ParameterError, match=r"'batch'.*got 32.0 \(float\); 32 \(int\) is one"):
        space.validate({"batch": 32.0})


def test_numpy_scalars_among_the_choices_become_builtins() -> None:
    space = tt.SearchSpace({"x": tt.Categorical(np.array([1, 2])), "y": tt.Ordinal([np.float32(0.5), np.str_("a")])})
    for params in space.sample(20, seed=1):
        assert type(params["x"]) is int
        assert type(params["y"]) in (float, str)
    assert space.validate({"x": np.int64(2), "y": np.str_("a")}) == {"x": 2, "y": "a"}


def test_a_date_stays_a_date() -> None:
    date = np.datetime64("2020-01-01T00:00:00", "ns")
    assert tt.SearchSpace({"x": tt.Categorical([date])}).sample(1, seed=0)[0]["x"] is date


def test_identity_is_the_same_in_every_process() -> None:
    assert identity(len) == "builtins.len"
    assert identity(Colour.RED).endswith("Colour.RED")
    assert identity(Opaque()) == identity(Opaque())
    assert identity(Opaque()) == identity(Opaque)


def test_a_choice_whose_comparison_fails_is_found_by_identity() -> None:
    class Incomparable:
        __hash__ = object.__hash__

        def __eq__(self, other: object) -> bool:
            raise RuntimeError

    incomparable = Incomparable()
    assert Choices([1, incomparable]).find(incomparable) == 1
