"""Known constraints: every sample satisfies them, and a configuration that violates one is refused."""

from __future__ import annotations

import pytest

import tanteo as tt

Float, Int = tt.Float, tt.Int


def test_linear() -> None:
    shares = {name: Float(0, 1) for name in "abc"}
    space = tt.SearchSpace(shares, constraints=[tt.Linear(dict.fromkeys("abc", 1), lower=0.9, upper=1)])
    for params in space.sample(200, seed=0):
        assert 0.9 <= sum(params.values()) <= 1.0 + 1e-9
    with pytest.raises(tt.SpaceError, match=r"breaks Linear.*'a'.*'b'.*'c'.*lower=0.9"):
        space.validate({"a": 1, "b": 1, "c": 0})


@pytest.mark.parametrize("operator", ["<=", "<", ">=", ">"])
def test_order(operator: str) -> None:
    space = tt.SearchSpace({"a": Int(0, 5), "b": Int(0, 5)}, constraints=[tt.Order("a", operator, "b")])
    sampled_pairs = {(p["a"], p["b"]) for p in space.sample(2000, seed=0)}
    compare = {"<=": int.__le__, "<": int.__lt__, ">=": int.__ge__, ">": int.__gt__}[operator]
    assert sampled_pairs == {(a, b) for a in range(6) for b in range(6) if compare(a, b)}


def test_order_of_ordinals_is_by_position() -> None:
    sizes = ["small", "medium", "large"]
    space = tt.SearchSpace({"a": tt.Ordinal(sizes), "b": tt.Ordinal(sizes)}, constraints=[tt.Order("a", "<", "b")])
    sampled_pairs = {(p["a"], p["b"]) for p in space.sample(200, seed=0)}
    assert sampled_pairs == {("small", "medium"), ("small", "large"), ("medium", "large")}


def test_forbid() -> None:
    forbidden = tt.Forbid({"a": tt.at_least(1), "c": ["x", "y"]})
    space = tt.SearchSpace({"a": Int(0, 2), "c": tt.Categorical(["x", "y", "z"])}, constraints=[forbidden])
    sampled_pairs = {(p["a"], p["c"]) for p in space.sample(500, seed=0)}
    assert sampled_pairs == {(0, "x"), (0, "y"), (0, "z"), (1, "z"), (2, "z")}
    assert space.size == 5.0


def test_a_constraint_applies_only_where_all_its_parameters_are_active() -> None:
    space = tt.SearchSpace(
        {"on": tt.Categorical([False, True]), "a": Float(0, 1), "b": Float(0, 1, when={"on": True})},
        constraints=[tt.Order("a", "<=", "b")],
    )
    assert any(p["a"] > 0.9 for p in space.sample(200, seed=0) if not p["on"])
    assert all(p["a"] <= p["b"] for p in space.sample(200, seed=0) if p["on"])


def test_the_order_of_a_dict_changes_nothing() -> None:
    parameters = {"a": Float(0, 1), "b": Float(0, 1)}
    left, right = (
        tt.SearchSpace(parameters, [tt.Linear(weights, upper=1)]) for weights in ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    )
    assert left.sample(5, seed=0) == right.sample(5, seed=0)
