"""Spaces as JSON, and descriptions of how two spaces differ."""

from __future__ import annotations

import copy
import json
import math
import pickle
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tanteo as tt
from strategies import json_labels, search_spaces
from support.ids import stable_id
from tanteo._internal.equality import same
from tanteo.space.difference import space_difference, space_differences

FULL = tt.SearchSpace(
    {
        "lr": tt.Float(1e-5, 1e-1, log=True, default=1e-3, prior=tt.Normal(-7, 1)),
        "n": tt.Int(-(2**63), 2**63 - 1, prior=tt.Histogram([-(2**63), 0, 2**63 - 1], [1, 2])),
        "g": {"x": tt.Float(0, 0.5, step=0.05), "o": tt.Ordinal(["a", "b"], default="b", when={"x": tt.at_least(0.1)})},
        "c": tt.Categorical([None, True, 1, 1.0, "é\ud800", (1, [2]), {"k": (math.inf,)}, math.nan], weights=range(8)),
        "k": tt.Constant({1: "one", (2,): -0.0}, when={"c": [None, (1, [2])]}),
    },
    constraints=[
        tt.Linear({"lr": 1, "n": 2}, lower=-10),
        tt.Order("lr", "<", "g/x"),
        tt.Forbid({"c": [True, 1], "g/x": tt.at_most(0.1)}),
    ],
)


def test_everything_survives_a_round_trip() -> None:
    restored = tt.SearchSpace.from_json(FULL.to_json())
    assert restored == FULL
    assert repr(restored) == repr(FULL)
    assert restored.to_json() == FULL.to_json()
    assert space_difference(restored, FULL, ("here", "there")) is None


@given(search_spaces(extreme=True, hostile_names=True))
def test_round_trips(space: tt.SearchSpace) -> None:
    for restored in (tt.SearchSpace.from_json(space.to_json()), pickle.loads(pickle.dumps(space))):
        assert restored == space
        assert restored.sample(3, seed=1) == space.sample(3, seed=1)
    assert copy.copy(space) is copy.deepcopy(space) is space


@given(json_labels)
def test_labels_keep_their_types(label: Any) -> None:
    space = tt.SearchSpace({"x": tt.Categorical([label]), "y": tt.Constant(label)})
    restored = tt.SearchSpace.from_json(space.to_json())
    assert same(restored.sample(1, seed=0)[0]["x"], label)


@pytest.mark.parametrize(
    "label", [object(), len, {1, 2}, b"x", 1j, [object()], type("Text", (str,), {})("a")], ids=stable_id
)
def test_the_error_for_a_label_that_json_cannot_hold_names_the_parameter(label: Any) -> None:
    with pytest.raises(tt.ParameterError, match="parameter 'g/x': JSON cannot represent"):
        tt.SearchSpace({"g": {"x": tt.Categorical(["fine", label])}}).to_json()


def test_the_error_for_a_label_that_contains_itself_names_the_parameter() -> None:
    label: list[Any] = []
    label.append(label)
    with pytest.raises(tt.ParameterError, match="'x': JSON cannot represent values nested so deeply"):
        tt.SearchSpace({"x": tt.Categorical([label])}).to_json()


@pytest.mark.parametrize("text", ["", "a", "[]", "{}", "1", '{"format": "1"}', '{"format": 1}', "[" * 100_000, b"\xff"])
def test_text_that_is_not_a_space_is_refused(text: Any) -> None:
    with pytest.raises(tt.SpaceError, match="this is not a space written by to_json"):
        tt.SearchSpace.from_json(text)


X: Any = [["x"], {"Float": {"low": 0.0, "high": 1.0}}]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            [["g", "x"], {"Float": {"low": 0, "high": 1, "logg": True}}],
            "parameter 'g/x': Float has no 'logg'; it has low,",
        ),
        ([["g", "x"], {"Float": {"low": 0}}], "parameter 'g/x': Float needs 'high'"),
        (
            [["g", "x"], {"cat": {"choices": ["a"]}}],
            "parameter 'g/x': 'cat' is unknown; an object is one of Float, Int,",
        ),
        ([["g", "x"], {"low": 0, "high": 1}], "parameter 'g/x': an object has one key, .* got the keys 'low', 'high'"),
        ([["g", "x"], {"Float": [0, 1]}], r"parameter 'g/x': the fields of Float are an object, got \[0, 1\]"),
        ([["g", "x"], 3], "parameter 'g/x': 3 is no parameter, such as"),
        ([["x", "y"], X[1]], "parameter 'x/y': 'x' is a parameter, not a group"),
        (X, "parameter 'x': it is declared twice; remove one"),
        ([["g", "x"]], "parameter 'g/x': it is not a list of names and a parameter, such as"),
        (["g", X[1]], "entry 1 of 'parameters': it is not a list of names and a parameter, such as"),
    ],
)
def test_the_error_about_a_space_written_by_hand_names_the_entry(entry: Any, message: str) -> None:
    with pytest.raises(tt.SpaceError, match=f"^this is not a space written by to_json: {message}"):
        tt.SearchSpace.from_json(json.dumps({"format": 1, "parameters": [X, entry]}))


def test_the_error_about_a_constraint_written_by_hand_names_it() -> None:
    document: Any = {"format": 1, "parameters": [X], "constraints": [{"Linear": {"weights": {"dict": [["x", 1]]}}}, {}]}
    with pytest.raises(tt.SpaceError, match=r"to_json: constraint 1: an object has one key, .* got the keys none"):
        tt.SearchSpace.from_json(json.dumps(document))
    with pytest.raises(tt.SpaceError, match="to_json: it has no list 'parameters'"):
        tt.SearchSpace.from_json(json.dumps({"format": 1, "parameters": {"x": X[1]}}))


def test_a_space_written_by_hand_may_leave_out_the_constraints() -> None:
    space = tt.SearchSpace.from_json(json.dumps({"format": 1, "parameters": [X]}))
    assert space == tt.SearchSpace({"x": tt.Float(0.0, 1.0)})


def test_a_simplex_may_be_written_by_hand() -> None:
    packed = {"names": ["a", "b"], "total": 100.0, "default": {"dict": [["a", 25.0], ["b", 75.0]]}}
    space = tt.SearchSpace.from_json(json.dumps({"format": 1, "parameters": [X, [["m"], {"Simplex": packed}]]}))
    simplex = tt.Simplex(["a", "b"], total=100.0, default={"a": 25.0, "b": 75.0})
    assert space == tt.SearchSpace({"x": tt.Float(0.0, 1.0), "m": simplex})
    assert tt.SearchSpace.from_json(space.to_json()) == space


def test_a_mistyped_key_does_not_drop_the_constraints() -> None:
    limit: Any = {"Linear": {"weights": {"dict": [["x", 1]]}, "upper": 0.5}}
    with pytest.raises(tt.SpaceError, match="no 'constraint'; it has 'format', 'parameters', 'constraints'"):
        tt.SearchSpace.from_json(json.dumps({"format": 1, "parameters": [X], "constraint": [limit]}))


def test_the_error_for_a_later_format_names_its_number() -> None:
    with pytest.raises(tt.SpaceError, match=r"format 99.*format 1; update"):
        tt.SearchSpace.from_json(json.dumps({**json.loads(FULL.to_json()), "format": 99}))


def _paths(data: Any) -> list[tuple[Any, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [(key, *rest) for key, value in items for rest in [(), *_paths(value)]]


@given(st.data())
def test_a_tampered_space_is_a_space_or_a_space_error(data: st.DataObject) -> None:
    document = json.loads(FULL.to_json())
    path = data.draw(st.sampled_from(_paths(document)))
    node = document
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = data.draw(json_labels.map(lambda label: label if not isinstance(label, tuple) else list(label)))
    try:
        space = tt.SearchSpace.from_json(json.dumps(document))
    except tt.SpaceError:
        return
    assert tt.SearchSpace.from_json(space.to_json()) == space


Float, Int, Choice = tt.Float, tt.Int, tt.Categorical


@pytest.mark.parametrize(
    ("here", "there", "message"),
    [
        ({"lr": Float(0, 0.1)}, {"lr": Float(0, 1)}, "parameter 'lr': high 0.1 here, 1.0 there"),
        ({"a": Float(0, 1)}, {"a": Int(0, 1)}, "parameter 'a': Float here, Int there"),
        ({"a": Float(0, 1)}, {"b": Float(0, 1)}, "parameter 'a' exists here, but not there"),
        ({"a": Float(0, 1)}, {"a": Float(0, 1), "b": Float(0, 1)}, "parameter 'b' exists there, but not here"),
        ({"a": Choice([1, 2])}, {"a": Choice([2, 1])}, "parameter 'a': choices .*1, 2.* here, .*2, 1.* there"),
        ({"a": Choice([1])}, {"a": Choice([True])}, "parameter 'a': choices .*1.* here, .*True.* there"),
        ({"a": Float(0, 1)}, {"a": Float(0, 1, log=False, default=0.5)}, "'a': default not given here, 0.5 there"),
        ({"a/b": Float(0, 1)}, {"a": {"b": Float(0, 1)}}, "'a/b' is nested as"),
        ({"a": Float(0, 1), "b": Float(0, 1)}, {"b": Float(0, 1), "a": Float(0, 1)}, "order a, b here, b, a there"),
        ({"a": Choice([len])}, {"a": Choice([abs])}, "builtins.len.* here, .*builtins.abs.* there"),
        (
            {"p": Int(0, 3), "a": Int(0, 1, when={"p": 1})},
            {"p": Int(0, 3), "a": Int(0, 1, when={"p": 2})},
            r"'a': when {'p': \[1\]} here, {'p': \[2\]} there",
        ),
        ({"a": 1}, {"a": 1.0}, "parameter 'a': value 1 here, 1.0 there"),
    ],
)
def test_a_difference_is_described(here: Any, there: Any, message: str) -> None:
    difference = space_difference(tt.SearchSpace(here), tt.SearchSpace(there), ("here", "there"))
    assert difference is not None
    assert re.search(message, difference)
    assert tt.SearchSpace(here) != tt.SearchSpace(there)


def test_a_difference_is_shown_in_the_words_of_the_declaration() -> None:
    prior, other = tt.Normal(0.5, 0.1), tt.Normal(0.5, 0.2)
    here = tt.SearchSpace({"a": Float(0, 1, prior=prior), "k": tt.Categorical([1, True, "x"])})
    there = tt.SearchSpace({"a": Float(0, 1, prior=other), "k": tt.Categorical([(1,), True, "x"])})
    assert space_differences(here, there, ("here", "there")) == [
        f"parameter 'a': prior {prior!r} here, {other!r} there",
        "parameter 'k': choices (1, True, 'x') here, ((1,), True, 'x') there",
    ]


def test_a_description_uses_the_names_of_both_spaces() -> None:
    left, right = tt.SearchSpace({"a": Float(0, 1)}), tt.SearchSpace({"a": Float(0, 1), "b": Float(0, 1)})
    assert space_difference(left, right, ("in the first", "in the second")) == (
        "parameter 'b' exists in the second, but not in the first"
    )
    optimizer = tt.Optimizer(left, seed=0)
    with pytest.raises(tt.SnapshotError, match="'b' exists in the given space, but not in the stored one"):
        tt.Optimizer.from_bytes(optimizer.to_bytes(), space=right)


def test_all_differences_are_described() -> None:
    here = tt.SearchSpace({"a": Int(0, 3), "only": Float(0, 1), "b": Float(0, 1), "c": Float(0, 1)})
    there = tt.SearchSpace({"a": Int(1, 4), "c": Float(0, 1), "b": Float(0, 1)})
    assert space_differences(here, there, ("here", "there")) == [
        "parameter 'only' exists here, but not there",
        "parameter 'a': high 3 here, 4 there",
        "parameter 'a': low 0 here, 1 there",
        "the parameters stand in the order a, only, b, c here, a, c, b there",
    ]
    assert space_differences(here, here, ("here", "there")) == []


def test_a_difference_of_constraints_is_described() -> None:
    parameters = {"a": Float(0, 1), "b": Float(0, 1)}
    spaces = [
        tt.SearchSpace(parameters, constraints=[tt.Linear({"a": 1, "b": 1}, upper=x)] * n)
        for x, n in ((1, 1), (2, 1), (1, 2))
    ]
    assert space_difference(spaces[0], spaces[1], ("here", "there")) == (
        "constraint 1: Linear({'a': 1.0, 'b': 1.0}, upper=1.0) here, Linear({'a': 1.0, 'b': 1.0}, upper=2.0) there"
    )
    assert space_difference(spaces[0], spaces[2], ("here", "there")) == "the number of constraints is 1 here, 2 there"


@given(search_spaces(), search_spaces())
def test_spaces_are_equal_exactly_if_they_do_not_differ(here: tt.SearchSpace, there: tt.SearchSpace) -> None:
    assert (space_difference(here, there, ("here", "there")) is None) == (here == there)
