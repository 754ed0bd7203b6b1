"""Parameters as values (immutable, comparable, printable, picklable) and in a space."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import tanteo as tt
from strategies import parameters, search_spaces

ALL = [
    tt.Float(0, 1, step=0.1, default=0.5, when={"p": [1, 2]}),
    tt.Float(1e-5, 1e-1, log=True, prior=tt.Normal(-5, 1)),
    tt.Float(0.0, 1.0, prior=tt.Normal(2.0, 1.0)),
    tt.Int(8, 512, log=True, prior=tt.Normal(math.log(512), 1.0)),
    tt.Int(1, 8, step=2, prior=tt.Histogram([1, 4, 8], [1, 2])),
    tt.Categorical(["a", 1, True], weights=[1, 2, 3], when={"p": tt.at_least(2)}),
    tt.Ordinal([None, "x"], default="x"),
    tt.Constant({"a": [1]}, when={"p": tt.between(1, 2), "q": "v"}),
    tt.Linear({"a": 1, "b": 2}, upper=3),
    tt.Order("a", "<", "b"),
    tt.Forbid({"a": 1, "b": tt.at_most(3)}),
]


@pytest.mark.parametrize("value", ALL, ids=repr)
def test_values_are_immutable_and_equal_to_their_copies(value: Any) -> None:
    restored = pickle.loads(pickle.dumps(value))
    assert restored == value
    assert repr(restored) == repr(value)
    assert copy.copy(value) is value
    assert copy.deepcopy(value) is value
    assert eval(repr(value), vars(tt)) == value  # noqa: S307 - the repr is meant to be code
    field = next(iter(value._named_fields()))
    with pytest.raises(AttributeError, match=f"immutable.*'{field}'"):
        setattr(value, field, 1)
    with pytest.raises(AttributeError, match="immutable"):
        delattr(value, field)


@pytest.mark.parametrize("value", [v for v in ALL if not isinstance(v, tt.Constant)], ids=repr)
def test_a_value_is_hashable_if_its_contents_are(value: Any) -> None:
    assert hash(value) == hash(pickle.loads(pickle.dumps(value)))
    with pytest.raises(TypeError, match="unhashable"):
        hash(tt.Constant(bytearray()))


def test_equality_distinguishes_types() -> None:
    assert tt.Categorical([True]) != tt.Categorical([1])
    assert tt.Float(0, 1) != tt.Float(0, 1, log=True)
    assert tt.Categorical(["a"]) != tt.Ordinal(["a"])
    assert tt.Constant(1) != 1
    assert tt.Categorical([math.nan]) == tt.Categorical([float("nan")])
    assert hash(tt.Categorical([math.nan])) == hash(tt.Categorical([float("nan")]))


@given(parameters(extreme=True))
def test_bounds_in_a_space_have_builtin_types(parameter: tt.Parameter) -> None:
    declared = tt.SearchSpace({"x": parameter, "y": tt.Int(0, 1)})["x"]
    assert tt.SearchSpace({"x": declared, "y": tt.Int(0, 1)})["x"] == declared
    if isinstance(declared, tt.Float):
        assert type(declared.low) is type(declared.high) is float
    if isinstance(declared, tt.Int):
        assert type(declared.low) is type(declared.high) is type(declared.step) is int


@given(search_spaces(extreme=True, hostile_names=True))
def test_samples_are_valid_and_have_builtin_types(space: tt.SearchSpace) -> None:
    for params in space.sample(5, seed=3):
        assert space.validate(params) == params
        assert not any(isinstance(value, np.generic) for value in params.values())


def test_stepped_floats_are_the_expected_decimals() -> None:
    space = tt.SearchSpace({"x": tt.Float(0.0, 0.5, step=0.05)})
    assert [params["x"] for params in space.grid(100)] == [0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]
    assert space.validate({"x": 3 * 0.05}) == {"x": 0.15}
    with pytest.raises(tt.ParameterError, match=r"'x'.*0\.12"):
        space.validate({"x": 0.12})


@pytest.mark.parametrize(("low", "high"), [(2**60, 2**60 + 3), (-(2**63), -(2**63) + 3), (2**64 - 4, 2**64 - 1)])
def test_integers_keep_all_64_bits(low: int, high: int) -> None:
    space = tt.SearchSpace({"x": tt.Int(low, high)})
    assert {params["x"] for params in space.sample(100, seed=0)} == set(range(low, high + 1))
    assert space.validate({"x": high}) == {"x": high}
    with pytest.raises(tt.ParameterError, match="'x'"):
        space.validate({"x": high + 1})


def test_a_default_is_the_choice_itself() -> None:
    space = tt.SearchSpace(
        {"x": tt.Categorical([1, True], default=True), "y": tt.Ordinal([None, 2], default=2), "z": 3}
    )
    default = space.default()
    assert default == {"x": True, "y": 2, "z": 3}
    assert default["x"] is True
    assert tt.SearchSpace({"x": tt.Categorical([1]), "y": tt.Int(0, 1, default=0)}).default() is None


def test_size_counts_configurations() -> None:
    child = tt.Categorical([1, 2, 3], when={"a": 1})
    assert tt.SearchSpace({"a": tt.Int(0, 1), "b": child}).size == 4.0
    assert tt.SearchSpace({"a": tt.Float(0, 1)}).size == math.inf
    assert tt.SearchSpace({"a": tt.Float(0, 1, step=0.25)}).size == 5.0


def test_the_upper_bound_is_a_value_only_if_it_is_on_a_step() -> None:
    assert [point["a"] for point in tt.SearchSpace({"a": tt.Float(0, 1, step=0.3)}).grid(9)] == [0.0, 0.3, 0.6, 0.9]
    assert [point["a"] for point in tt.SearchSpace({"a": tt.Float(0, 1, step=2)}).grid(9)] == [0.0]


def test_choices_are_drawn_in_proportion_to_their_weights() -> None:
    space = tt.SearchSpace({"x": tt.Categorical(["never", "often", "rare"], weights=[0, 9, 1])})
    drawn = [params["x"] for params in space.sample(1000, seed=0)]
    assert drawn.count("never") == 0
    # 900 are expected with a standard deviation of 9.5; the bounds allow six of them either way.
    assert 843 < drawn.count("often") < 957


def test_sampling_is_repeatable_and_unseeded_sampling_is_not() -> None:
    space = tt.SearchSpace({"x": tt.Float(0, 1)})
    assert space.sample(3, seed=5) == space.sample(3, seed=5)
    assert space.sample(3) != space.sample(3)
    for invalid in (-1, 2**64, 0.5, "a", True):
        with pytest.raises(tt.ArgumentError, match="seed"):
            space.sample(1, seed=invalid)
    for invalid in (0, -1, 1.5):
        with pytest.raises(tt.ArgumentError, match="n must be"):
            space.sample(invalid, seed=0)
