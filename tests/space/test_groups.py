"""Groups with a condition; mappings that look like a condition, and lists that look like choices."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import pytest

import tanteo as tt
from tanteo.space.difference import space_difference

Group: Any = tt.Group
MODEL = tt.Categorical(["svm", "mlp"])
KERNEL = ["linear", "rbf"]


def grouped() -> tt.SearchSpace:
    members = {"kernel": tt.Categorical(KERNEL), "gamma": tt.Float(0.1, 10, when={"kernel": "rbf"}), "tol": 0.5}
    return tt.SearchSpace({"model": MODEL, "svm": tt.Group(members, when={"model": "svm"})})


def by_hand() -> tt.SearchSpace:
    """Return the same space, with the condition of the group on each member."""
    when = {"model": "svm"}
    return tt.SearchSpace(
        {
            "model": MODEL,
            "svm": {
                "kernel": tt.Categorical(KERNEL, when=when),
                "gamma": tt.Float(0.1, 10, when={**when, "kernel": "rbf"}),
                "tol": tt.Constant(0.5, when=when),
            },
        }
    )


def exists(space: tt.SearchSpace, params: dict[str, object], name: str, value: object = 0) -> bool:
    try:
        space.validate({**params, name: value})
    except tt.ParameterError:
        return False
    return True


def test_the_condition_of_a_group_holds_for_every_member() -> None:
    space = grouped()
    assert space.validate({"model": "mlp"}) == {"model": "mlp"}
    linear = {"model": "svm", "svm": {"kernel": "linear"}}
    assert space.validate(linear) == {"model": "svm", "svm": {"kernel": "linear", "tol": 0.5}}
    assert not exists(space, {"model": "mlp"}, "svm/kernel", "linear")
    assert all(("svm" in point) == (point["model"] == "svm") for point in space.sample(20, seed=0))


def test_a_group_is_its_members_with_the_condition_on_each() -> None:
    space = grouped()
    assert space == by_hand()
    assert repr(space) == repr(by_hand())
    assert space_difference(space, by_hand(), ("here", "there")) is None
    assert tt.SearchSpace.from_json(space.to_json()) == space
    assert pickle.loads(pickle.dumps(space)) == space


def test_a_difference_of_conditions_names_the_member() -> None:
    with_condition = tt.SearchSpace({"model": MODEL, "svm": tt.Group({"c": tt.Int(0, 1)}, when={"model": "svm"})})
    difference = space_difference(
        with_condition, tt.SearchSpace({"model": MODEL, "svm": {"c": tt.Int(0, 1)}}), ("here", "there")
    )
    assert difference is not None
    assert "'svm/c': when" in difference


def test_groups_nest_and_conditions_add_up() -> None:
    inner = tt.Group({"x": tt.Int(0, 1, when={"n": tt.at_most(6)})}, when={"n": tt.between(2, 9)})
    space = tt.SearchSpace(
        {"on": tt.Categorical([True, False]), "n": tt.Int(0, 10), "a": tt.Group({"b": inner}, when={"on": True})}
    )
    assert [n for n in range(11) if exists(space, {"on": True, "n": n}, "a/b/x")] == [2, 3, 4, 5, 6]
    assert not exists(space, {"on": False, "n": 3}, "a/b/x")


@pytest.mark.parametrize(
    ("of_group", "of_member", "accepted"),
    [
        (["a", "b"], ["b", "c"], "b"),
        (tt.at_least("b"), ["a", "c", "d"], "cd"),
        (["a", "c", "d"], tt.at_most("c"), "ac"),
        (tt.at_least("b"), tt.at_most("c"), "bc"),
        (tt.between("a", "b"), tt.at_least("b"), "b"),
    ],
)
def test_two_conditions_on_one_parent_must_both_hold(of_group: Any, of_member: Any, accepted: str) -> None:
    group = tt.Group({"x": tt.Int(0, 1, when={"p": of_member})}, when={"p": of_group})
    space = tt.SearchSpace({"p": tt.Ordinal(["a", "b", "c", "d"]), "g": group})
    assert [p for p in "abcd" if exists(space, {"p": p}, "g/x")] == list(accepted)


def test_conditions_that_exclude_each_other_are_refused_with_their_values() -> None:
    group = tt.Group({"x": tt.Int(0, 1, when={"p": "b"})}, when={"p": "a"})
    with pytest.raises(
        tt.ParameterError, match=r"^parameter 'g/x' can never exist: of 'p'.*\['a'\].*'g/x' asks \['b'\]"
    ):
        tt.SearchSpace({"p": tt.Categorical(["a", "b"]), "g": group})


def test_parents_of_a_group_are_looked_up_from_its_position() -> None:
    inner = tt.Group({"on": tt.Categorical([0, 1]), "x": tt.Int(0, 1)}, when={"on": 1})
    space = tt.SearchSpace({"on": tt.Categorical([0, 1]), "a": {"on": tt.Categorical([0, 1]), "b": inner}})
    assert {name: list(p.when or ()) for name, p in space.parameters.items()} == {
        "on": [],
        "a/on": [],
        "a/b/on": ["a/on"],
        "a/b/x": ["a/on"],
    }


def test_a_group_can_depend_on_a_constant() -> None:
    group = tt.Group({"x": tt.Int(0, 1, when={"version": tt.at_least(2)})}, when={"version": 3})
    assert exists(tt.SearchSpace({"version": 3, "g": group}), {}, "g/x")


def test_without_a_condition_a_group_is_a_plain_mapping() -> None:
    members = {"x": tt.Int(0, 1)}
    assert tt.SearchSpace({"g": tt.Group(members)}) == tt.SearchSpace({"g": members})
    assert repr(tt.Group(members, when={"p": 1})) == "Group({'x': Int(0, 1)}, when={'p': 1})"
    assert tt.Group(members) == tt.Group(members)
    assert tt.Group(members) != tt.Group(members, when={"p": 1})


@pytest.mark.parametrize(
    ("group", "message"),
    [
        (Group({"x": tt.Int(0, 1)}, when={"q": 1}), "^group 'g': its parent 'q'.*unknown; the space has 'p'"),
        (Group({"x": tt.Int(0, 1)}, when={"p": 5}), r"^group 'g': its condition on 'p' must be one of \[0, 1\], got 5"),
        (Group({"x": tt.Int(0, 1)}, when={}), "^group 'g': when must be a mapping"),
        (Group({"x": tt.Int(0, 1)}, when={"g/x": 1}), "^group 'g' cannot depend on its own member 'g/x'"),
        (Group({}, when={"p": 1}), "^parameter 'g' is an empty mapping"),
        (Group([1], when={"p": 1}), "^group 'g' must hold a mapping"),
    ],
)
def test_the_error_of_a_group_names_it(group: Any, message: str) -> None:
    with pytest.raises(tt.ParameterError, match=message):
        tt.SearchSpace({"p": tt.Categorical([0, 1]), "g": group})


def test_a_key_named_when_is_refused_and_the_error_names_group() -> None:
    svm = {"when": {"model": "svm"}, "c": tt.Float(0.1, 10)}
    with pytest.raises(tt.ParameterError, match=r"^parameter 'svm/when' reads as a condition.*tt\.Group"):
        tt.SearchSpace({"model": MODEL, "svm": svm})


def test_a_parameter_or_a_group_may_be_named_when() -> None:
    hours = {"when": {"hour": tt.Int(0, 23)}, "x": "late"}
    space = tt.SearchSpace({"when": tt.Categorical([1, 2]), "g": hours, "h": {"when": tt.Group({"hour": 7})}})
    assert set(space) == {"when", "g/when/hour", "g/x", "h/when/hour"}


@pytest.mark.parametrize("bare", [[0.1, 1, 10], (1, 2), {1, 2}, frozenset({1}), range(3), []], ids=repr)
def test_a_bare_list_warns_that_it_is_a_constant(bare: Any) -> None:
    with pytest.warns(UserWarning, match=r"parameter 'svm/C'.*is a constant.*tt\.Categorical.*tt\.Constant") as caught:
        space = tt.SearchSpace({"svm": {"C": bare}, "x": tt.Float(0, 1)})
    assert space["svm/C"] == tt.Constant(bare)
    assert [warning.filename for warning in caught] == [__file__]


def test_explicit_constants_and_scalars_do_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        space = tt.SearchSpace({"a": tt.Constant([1, 2]), "b": "text", "c": 3, "d": None, "e": b"x", "x": tt.Int(0, 1)})
        restored = tt.SearchSpace.from_json(tt.SearchSpace({"a": tt.Constant([1, 2])}).to_json())
        assert pickle.loads(pickle.dumps(space)) == space
    assert restored["a"] == tt.Constant([1, 2])


@pytest.mark.parametrize("kind", [float, int, bool, str])
def test_a_type_warns_that_it_is_a_constant(kind: type) -> None:
    with pytest.warns(UserWarning, match=f"the type {kind.__name__} is a constant and nothing is searched"):
        tt.SearchSpace({"lr": kind, "x": tt.Float(0, 1)})
