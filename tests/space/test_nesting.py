"""Nested spaces, flat names, and the conditions under which parameters exist."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given

import tanteo as tt
from strategies import spaces_with_params
from tanteo.space.search_space import flat_params

Int, Choice = tt.Int, tt.Categorical


def model_space() -> tt.SearchSpace:
    return tt.SearchSpace(
        {
            "kind": Choice(["svm", "mlp"]),
            "svm": {
                "kernel": Choice(["linear", "rbf"], when={"kind": "svm"}),
                "gamma": tt.Float(1e-3, 1e1, log=True, when={"kernel": "rbf"}),
            },
            "mlp": {
                "depth": Int(1, 3, when={"kind": "mlp"}),
                "note": tt.Constant("deep", when={"depth": tt.at_least(2)}),
            },
            "seed": 7,
        }
    )


def test_params_have_the_nesting_of_the_declaration() -> None:
    space = model_space()
    expected = {"kind": "svm", "svm": {"kernel": "rbf", "gamma": 0.1}, "seed": 7}
    assert space.validate({"kind": "svm", "svm": {"kernel": "rbf", "gamma": 0.1}}) == expected
    assert space.validate({"kind": "svm", "svm/kernel": "rbf", "svm/gamma": 0.1, "seed": 7}) == expected
    assert space.validate({"kind": "svm", "svm": MappingProxyType({"kernel": "rbf", "gamma": 0.1})}) == expected


def test_inactive_parameters_and_empty_groups_are_absent() -> None:
    space = model_space()
    assert space.validate({"kind": "svm", "svm": {"kernel": "linear"}}) == {
        "kind": "svm",
        "svm": {"kernel": "linear"},
        "seed": 7,
    }
    assert space.validate({"kind": "mlp", "mlp": {"depth": 1}, "svm": {}}) == {
        "kind": "mlp",
        "mlp": {"depth": 1},
        "seed": 7,
    }
    assert space.validate({"kind": "mlp", "mlp": {"depth": 2}})["mlp"] == {"depth": 2, "note": "deep"}


def test_parent_names_are_resolved_from_the_innermost_group_outwards() -> None:
    space = tt.SearchSpace(
        {
            "on": Choice([0, 1]),
            "a": {
                "on": Choice([0, 1]),
                "sibling": Int(0, 1, when={"on": 1}),
                "b": {"outer": Int(0, 1, when={"on": 1})},
            },
            "c": {"top": Int(0, 1, when={"on": 1}), "far": Int(0, 1, when={"a/on": 1})},
        }
    )
    parents = {name: list(p.when or ()) for name, p in space.parameters.items()}
    assert parents["a/sibling"] == ["a/on"]
    assert parents["a/b/outer"] == ["a/on"]
    assert parents["c/top"] == ["on"]
    assert parents["c/far"] == ["a/on"]


def test_resolved_names_are_not_looked_up_again() -> None:
    # From inside "a", the flat name "a/on" of the parent could also mean "a/a/on".
    inner = {"on": Choice([0, 1]), "a": {"on": Choice([0, 1])}, "x": Int(0, 1, when={"on": 1})}
    space = tt.SearchSpace({"a": inner})
    for restored in (tt.SearchSpace.from_json(space.to_json()), pickle.loads(pickle.dumps(space))):
        assert restored == space
        assert list(restored["a/x"].when or ()) == ["a/on"]


def test_a_flat_name_may_contain_the_separator() -> None:
    space = tt.SearchSpace({"a/b": Int(0, 9), "a": {"c": Int(0, 9)}})
    assert space.validate({"a/b": 1, "a": {"c": 2}}) == {"a/b": 1, "a": {"c": 2}}
    assert space.validate({"a": {"b": 1, "c": 2}}) == {"a/b": 1, "a": {"c": 2}}


def test_a_list_that_is_a_choice_is_not_read_as_several_choices() -> None:
    parent = Choice([[1, 2], [1], 1])
    single = tt.SearchSpace({"p": parent, "x": Int(0, 1, when={"p": [1]})})
    assert single["x"].when == {"p": tt.SearchSpace({"p": parent, "x": Int(0, 1, when={"p": [[1]]})})["x"].when["p"]}
    several = tt.SearchSpace({"p": Choice([1, 2, 3]), "x": Int(0, 1, when={"p": {3, 1}})})
    assert repr(several["x"].when) == "{'p': [1, 3]}"


@pytest.mark.parametrize(
    ("parent", "accept", "exists", "not_exists"),
    [
        (Choice([1, True]), True, True, 1),
        (Choice(["a", "b", "c"]), ["a", "c"], "c", "b"),
        (tt.Ordinal(["lo", "mid", "hi"]), tt.at_least("mid"), "hi", "lo"),
        (tt.Ordinal(["lo", "mid", "hi"]), tt.between("lo", "mid"), "mid", "hi"),
        (Int(0, 9), 3, 3, 4),
        (Int(0, 9), tt.at_least(2.5), 3, 2),
        (Int(0, 9), tt.at_most(2.5), 2, 3),
        (Int(2**60, 2**60 + 9), tt.at_least(2**60 + 5), 2**60 + 5, 2**60 + 4),
        (tt.Float(0, 1), tt.at_most(0.5), 0.5, 0.6),
        (tt.Float(0, 0.5, step=0.05), 3 * 0.05, 0.15, 0.2),
        (tt.Float(0, 0.5, step=0.05), tt.between(0.1, 0.15), 3 * 0.05, 0.2),
        (tt.Constant(5), 5, 5, None),
        (tt.Constant("a"), ["a"], "a", None),
        (tt.Constant(5), tt.at_least(5), 5, None),
    ],
    ids=repr,
)
@pytest.mark.parametrize("child", [Int(4, 4), tt.Constant(4)], ids=["Int", "Constant"])
def test_a_child_exists_exactly_where_its_parent_is_accepted(
    parent: Any, accept: Any, exists: Any, not_exists: Any, child: tt.Parameter
) -> None:
    conditional = type(child)(*(4,) * (2 if isinstance(child, tt.Int) else 1), when={"p": accept})
    space = tt.SearchSpace({"p": parent, "x": conditional, "y": Int(0, 1)})
    assert space.validate({"p": exists, "x": 4, "y": 0})["x"] == 4
    if not_exists is not None:
        assert "x" not in space.validate({"p": not_exists, "y": 0})
        with pytest.raises(tt.ParameterError, match="'x' is given, but exists only when"):
            space.validate({"p": not_exists, "x": 4, "y": 0})


def test_all_parents_must_match_and_a_constant_can_be_a_parent() -> None:
    space = tt.SearchSpace(
        {
            "a": Int(0, 1),
            "b": Int(0, 1),
            "both": Int(0, 0, when={"a": 1, "b": 1}),
            "mark": tt.Constant("m", when={"a": 1}),
            "under": Int(0, 0, when={"mark": "m"}),
            "deep": tt.Constant("d", when={"under": 0}),
        }
    )
    names = {(p["a"], p["b"]): frozenset(p) - {"a", "b"} for p in space.sample(50, seed=0)}
    assert names[1, 1] == {"both", "mark", "under", "deep"}
    assert names[1, 0] == {"mark", "under", "deep"}
    assert names[0, 1] == names[0, 0] == set()


@given(spaces_with_params(hostile_names=True))
def test_nested_and_flat_params_are_equivalent(case: tuple[tt.SearchSpace, dict[str, Any]]) -> None:
    space, params = case
    flat = flat_params(params, space)
    assert set(flat) <= set(space)
    assert space.validate(flat) == space.validate(params) == params
    assert space.validate(OrderedDict(reversed(flat.items()))) == params


@given(spaces_with_params())
def test_an_inactive_parameter_is_refused(case: tuple[tt.SearchSpace, dict[str, Any]]) -> None:
    space, params = case
    flat = flat_params(params, space)
    for name in set(space) - set(flat):
        parameter = space[name]
        value = getattr(parameter, "value", getattr(parameter, "low", None))
        value = parameter.choices[0] if isinstance(parameter, tt.Categorical | tt.Ordinal) else value
        with pytest.raises(tt.ParameterError, match=r"is given, but .*exists only when"):
            space.validate({**flat, name: value})


def test_a_parameter_below_an_inactive_parameter_is_refused_by_its_labels() -> None:
    space = tt.SearchSpace(
        {
            "kind": tt.Categorical(["a", "b"]),
            "depth": tt.Categorical(["flat", "deep"], when={"kind": ["a"]}),
            "leaf": tt.Categorical(["x", "y"], when={"depth": ["deep"]}),
        }
    )
    with pytest.raises(tt.ParameterError, match=r"'leaf' is given, but exists only when=\{'depth': \['deep'\]\}"):
        space.validate({"kind": "a", "depth": "flat", "leaf": "x"})
    parent_inactive = r"'leaf' is given, but its parent 'depth' exists only when=\{'kind': \['a'\]\}; leave 'leaf' out"
    with pytest.raises(tt.ParameterError, match=parent_inactive):
        space.validate({"kind": "b", "leaf": "x"})
    with pytest.raises(tt.ParameterError, match=r"'depth'.*no value given"):
        space.validate({"kind": "a", "leaf": "x"})


def test_the_error_for_an_inactive_parameter_names_the_nearest_ancestor_whose_condition_fails() -> None:
    space = tt.SearchSpace(
        {
            "kind": tt.Categorical(["a", "b"]),
            "mark": tt.Constant(1, when={"kind": "a"}),
            "depth": Int(1, 3, when={"mark": 1}),
            "other": Int(0, 1),
            "leaf": tt.Categorical(["x", "y"], when={"depth": [2, 3], "other": 1}),
            "end": tt.Constant("e", when={"leaf": "x"}),
        }
    )
    for params, message in [
        ({"kind": "b", "leaf": "x", "other": 1}, r"'leaf' is given, but its ancestor 'mark' .*'kind': \['a'\]"),
        ({"kind": "b", "depth": 2, "other": 1}, r"'depth' is given, but its parent 'mark' .*'kind': \['a'\]"),
        ({"kind": "b", "leaf": "x", "other": 0}, r"'leaf' is given, but exists only when=.*'other': \[1\]"),
        ({"kind": "a", "depth": 1, "other": 1, "end": "e"}, r"'end' is given, but its parent 'leaf' .*\[2, 3\]"),
        ({"kind": "a", "depth": 2, "other": 1, "end": "e"}, r"'end' is given, but exists only when=.*'leaf': \['x'\]"),
    ]:
        with pytest.raises(tt.ParameterError, match=message):
            space.validate(params)


def test_a_space_is_a_collection_of_its_flat_names() -> None:
    space = model_space()
    assert list(space) == ["kind", "svm/kernel", "svm/gamma", "mlp/depth", "mlp/note", "seed"]
    assert len(space) == 6
    assert "svm/gamma" in space
    assert "gamma" not in space
    assert space["seed"] == tt.Constant(7)
    assert list(space.parameters) == list(space)
    with pytest.raises(TypeError):
        space.parameters["x"] = Int(0, 1)


def test_a_space_does_not_change_with_the_declared_mapping() -> None:
    accepted, choices = ["a"], ["a", "b"]
    when = {"p": accepted}
    declared: dict[str, Any] = {"p": Choice(choices), "x": Int(0, 1, when=when)}
    space = tt.SearchSpace(declared)
    original = repr(space)
    accepted.append("b")
    choices.append("c")
    when.clear()
    declared.clear()
    assert repr(space) == original


def test_a_space_is_a_read_only_mapping_from_flat_names() -> None:
    space = model_space()
    assert isinstance(space, Mapping)
    assert dict(space) == {**space} == dict(space.items()) == dict(space.parameters)
    assert list(space) == list(space.keys()) == ["kind", "svm/kernel", "svm/gamma", "mlp/depth", "mlp/note", "seed"]
    assert space.get("svm/gamma") is space["svm/gamma"]
    assert space.get("gamma") is None
    with pytest.raises(TypeError, match="does not support item assignment"):
        space["seed"] = 8  # type: ignore[index]  # the mistake


def test_the_parameters_and_constraints_of_a_space_declare_it_again() -> None:
    parameters = {"a": Int(0, 3), "b": Int(0, 3), "c": tt.Float(0, 1, when={"a": [1, 2]})}
    space = tt.SearchSpace(parameters, constraints=[tt.Order("a", "<=", "b")])
    assert tt.SearchSpace({**space}, constraints=space.constraints) == space
    wider = tt.SearchSpace({**space, "d": Int(0, 1)}, constraints=space.constraints)
    assert (len(wider), wider.constraints) == (4, space.constraints)


@pytest.mark.parametrize(
    ("declared", "subject"),
    [
        (model_space(), "the search space"),
        ({"inner": model_space()}, "parameter 'inner'"),
        ({"inner": tt.Group(model_space())}, "parameter 'inner'"),
    ],
)
def test_a_space_within_a_declaration_is_refused(declared: Any, subject: str) -> None:
    with pytest.raises(tt.ParameterError, match=rf"^{subject} is a SearchSpace, .*write dict\(space\)"):
        tt.SearchSpace(declared)
