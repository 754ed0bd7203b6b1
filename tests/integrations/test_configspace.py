"""Spaces of ConfigSpace keep their meaning in both directions, or are refused by name."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tanteo as tt
from tanteo.integrations.configspace import from_configspace, to_configspace

C = pytest.importorskip("ConfigSpace", reason="ConfigSpace is not installed")


def rich():
    """Return a space with every kind of condition and clause that has a counterpart."""
    space = C.ConfigurationSpace(seed=0)
    n = C.UniformIntegerHyperparameter("n", 1, 9)
    lr = C.UniformFloatHyperparameter("lr", 1e-5, 1.0, log=True)
    kind = C.CategoricalHyperparameter("kind", ["a", "b", "c"], weights=[1, 2, 1])
    size = C.OrdinalHyperparameter("size", ["s", "m", "l"])
    fixed = C.Constant("fixed", 3)
    children = {
        "equals": C.UniformFloatHyperparameter("equals", 0, 1),
        "in_list": C.UniformFloatHyperparameter("in_list", 0, 1),
        "less": C.UniformFloatHyperparameter("less", 0, 1),
        "greater": C.UniformFloatHyperparameter("greater", 0, 1),
        "ordinal": C.UniformFloatHyperparameter("ordinal", 0, 1),
        "below": C.UniformFloatHyperparameter("below", 0, 1),
        "joined": C.UniformFloatHyperparameter("joined", 0, 1),
        "between": C.UniformFloatHyperparameter("between", 0, 1),
        "either": C.UniformFloatHyperparameter("either", 0, 1),
        "other": C.UniformFloatHyperparameter("other", 0, 1),
        "grandchild": C.UniformFloatHyperparameter("grandchild", 0, 1),
    }
    space.add([n, lr, kind, size, fixed, *children.values()])
    space.add(
        C.EqualsCondition(children["equals"], kind, "a"),
        C.InCondition(children["in_list"], kind, ["a", "c"]),
        C.LessThanCondition(children["less"], n, 5),
        C.GreaterThanCondition(children["greater"], lr, 1e-3),
        C.GreaterThanCondition(children["ordinal"], size, "s"),
        C.LessThanCondition(children["below"], size, "l"),
        C.AndConjunction(
            C.EqualsCondition(children["joined"], kind, "b"), C.GreaterThanCondition(children["joined"], n, 3)
        ),
        C.AndConjunction(
            C.GreaterThanCondition(children["between"], n, 2), C.LessThanCondition(children["between"], n, 8)
        ),
        C.OrConjunction(*(C.EqualsCondition(children["either"], kind, choice) for choice in "ab")),
        C.NotEqualsCondition(children["other"], kind, "a"),
        C.LessThanCondition(children["grandchild"], children["less"], 0.5),
    )
    space.add(
        C.ForbiddenAndConjunction(C.ForbiddenEqualsClause(kind, "a"), C.ForbiddenInClause(n, [2, 3])),
        C.ForbiddenEqualsClause(n, 7),
        C.ForbiddenLessThanRelation(children["in_list"], children["equals"]),
        C.ForbiddenGreaterThanClause(lr, 0.5),
    )
    return space


def configuration(space, params):
    """Return what a configuration of ours is there; an error if it is invalid."""
    return C.Configuration(space, values=params)


def test_draws_are_valid_on_both_sides():
    theirs = rich()
    ours = from_configspace(theirs)
    for params in ours.sample(300, seed=0):
        configuration(theirs, params).check_valid_configuration()
    for drawn in theirs.sample_configuration(300):
        ours.validate({name: value.item() if isinstance(value, np.generic) else value for name, value in drawn.items()})


def test_conditions_hold_at_the_same_values():
    theirs = rich()
    when = {name: parameter.when for name, parameter in from_configspace(theirs).parameters.items() if parameter.when}
    assert (when["less"]["n"].low, when["less"]["n"].high) == (None, 4)
    assert when["greater"]["lr"].low == math.nextafter(1e-3, math.inf)
    assert (when["between"]["n"].low, when["between"]["n"].high) == (3, 7)
    assert when["ordinal"]["size"].values == ("m", "l")
    assert when["below"]["size"].values == ("s", "m")
    assert when["either"]["kind"].values == ("a", "b")
    assert when["other"]["kind"].values == ("b", "c")
    assert set(when["joined"]) == {"kind", "n"}


def test_priors_are_kept():
    space = C.ConfigurationSpace(
        {
            "normal": C.NormalFloatHyperparameter("normal", mu=1.0, sigma=2.0, lower=0.0, upper=4.0),
            "whole": C.NormalIntegerHyperparameter("whole", mu=5, sigma=2, lower=1, upper=9),
            "beta": C.BetaFloatHyperparameter("beta", alpha=3, beta=2, lower=1, upper=4),
            "log": C.BetaFloatHyperparameter("log", alpha=2, beta=5, lower=1e-4, upper=1.0, log=True),
            "kind": C.CategoricalHyperparameter("kind", ["a", "b"], weights=[1, 3]),
        },
        seed=0,
    )
    ours = from_configspace(space)
    assert ours["normal"] == tt.Float(0.0, 4.0, prior=tt.Normal(1.0, 2.0))
    assert list(ours["kind"].weights) == [1.0, 3.0]
    mine, theirs = ours.sample(4000, seed=0), space.sample_configuration(4000)
    for name in ("normal", "whole", "beta", "log"):
        drawn = [np.array([params[name] for params in side]) for side in (mine, theirs)]
        assert drawn[0].mean() == pytest.approx(drawn[1].mean(), rel=0.1)
        assert drawn[0].std() == pytest.approx(drawn[1].std(), rel=0.1)


def refused(*clauses):
    """Return a space with these clauses about two categoricals, a number and a conditional categorical."""
    space = C.ConfigurationSpace()
    a, b = (C.CategoricalHyperparameter(name, ["x", "y"], default_value=value) for name, value in ("ax", "by"))
    n, child = C.UniformIntegerHyperparameter("n", 1, 9), C.CategoricalHyperparameter("child", ["x", "y"])
    leaf = C.UniformFloatHyperparameter("leaf", 0, 1)
    space.add([a, b, n, child, leaf])
    space.add(C.EqualsCondition(child, a, "x"))
    for clause in clauses:
        space.add(clause(a, b, n, child, leaf))
    return space


def either(a, b, n, child, leaf):
    return C.OrConjunction(C.EqualsCondition(leaf, a, "x"), C.EqualsCondition(leaf, b, "x"))


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        (either, "leaf .* joins several parents"),
        (lambda a, b, n, child, leaf: C.NotEqualsCondition(leaf, child, "x"), "leaf .* while 'child' is inactive"),
        (lambda a, b, n, child, leaf: C.NotEqualsCondition(leaf, n, 5), "leaf .* the parent is a number"),
        (lambda a, b, n, child, leaf: C.ForbiddenEqualsRelation(a, b), "a == b.* has no ForbiddenEqualsRelation"),
    ],
)
def test_a_clause_that_would_change_its_meaning_is_refused(clause, message):
    with pytest.raises(tt.SpaceError, match=message):
        from_configspace(refused(clause))


def test_a_hyperparameter_that_would_change_its_meaning_is_refused():
    space = C.ConfigurationSpace({"x": C.NormalFloatHyperparameter("x", 0.1, 1.0, lower=1e-3, upper=1.0, log=True)})
    with pytest.raises(tt.SpaceError, match=r"x, .* \(NormalFloatHyperparameter with log=True\)"):
        from_configspace(space)


OURS = tt.SearchSpace(
    {
        "lr": tt.Float(1e-5, 1.0, log=True, default=0.1),
        "n": tt.Int(1, 9),
        "stepped": tt.Int(0, 20, step=5),
        "tenths": tt.Float(0.0, 1.0, step=0.25),
        "normal": tt.Float(0.0, 4.0, prior=tt.Normal(1.0, 2.0)),
        "kind": tt.Categorical(["a", "b", "c"], weights=[1, 2, 3]),
        "size": tt.Ordinal(["s", "m", "l"]),
        "epochs": 10,
        "one": tt.Float(0.0, 1.0, when={"kind": "a"}),
        "two": tt.Float(0.0, 1.0, when={"kind": ["a", "b"], "n": tt.between(3, 6)}),
        "three": tt.Float(0.0, 1.0, when={"lr": tt.at_least(1e-3)}),
        "four": tt.Float(0.0, 1.0, when={"size": tt.at_least("m"), "stepped": tt.at_most(10)}),
        "net": {"depth": tt.Int(1, 3), "width": tt.Int(1, 3)},
    },
    constraints=[tt.Forbid({"kind": "a", "size": ["s", "m"]}), tt.Order("net/depth", "<=", "net/width")],
)


def test_a_space_goes_out_and_comes_back():
    theirs = to_configspace(OURS, name="ours", seed=1)
    assert theirs.name == "ours"
    back = from_configspace(theirs)
    for params in OURS.sample(200, seed=0):
        flat = {**{name: value for name, value in params.items() if name != "net"}}
        flat |= {f"net/{name}": value for name, value in params["net"].items()}
        configuration(theirs, flat).check_valid_configuration()
        back.validate(flat)
    for drawn in theirs.sample_configuration(200):
        values = {name: value.item() if isinstance(value, np.generic) else value for name, value in drawn.items()}
        net = {name: values.pop(f"net/{name}") for name in ("depth", "width")}
        OURS.validate({**values, "net": net})
    assert theirs["lr"].default_value == pytest.approx(0.1)
    assert back["normal"] == OURS["normal"]


PAIR = {"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}


@pytest.mark.parametrize(
    ("space", "message"),
    [
        (tt.SearchSpace({"x": tt.Float(1e-3, 1.0, log=True, prior=tt.Normal(-3.0, 1.0))}), "x.* has a prior"),
        (tt.SearchSpace({"x": tt.Float(0.0, 1.0, prior=tt.Histogram([0.0, 0.5, 1.0], [1, 2]))}), "has a prior"),
        (tt.SearchSpace({"x": tt.Categorical([True, 1])}), "holds some of its choices for equal"),
        (tt.SearchSpace({"x": tt.Int(0, 10**6, step=10)}), "has a step"),
        (tt.SearchSpace({"x": tt.Categorical(["a", "b"], features=[[1.0], [2.0]])}), "x.* has features"),
        (tt.SearchSpace(PAIR, constraints=[tt.Linear({"x": 1, "y": 1}, upper=1)]), "Linear.* has no linear"),
        (tt.SearchSpace(PAIR, constraints=[tt.Forbid({"x": tt.at_least(0.5)})]), "takes values of 'x'"),
    ],
)
def test_what_configspace_cannot_say_is_refused(space, message):
    with pytest.raises(tt.SpaceError, match=message):
        to_configspace(space)


def test_a_condition_that_every_number_meets_still_needs_the_parent():
    whole = {
        "kind": tt.Categorical(["a", "b"]),
        "n": tt.Int(1, 9, when={"kind": "a"}),
        "x": tt.Float(0.0, 1.0, when={"n": tt.at_most(9)}),
        "y": tt.Float(0.0, 1.0, when={"kind": "a", "x": tt.between(0.0, 1.0)}),
    }
    theirs = to_configspace(whole)
    configuration(theirs, {"kind": "b"}).check_valid_configuration()
    configuration(theirs, {"kind": "a", "n": 9, "x": 1.0, "y": 0.0}).check_valid_configuration()
    for drawn in theirs.sample_configuration(50):
        assert len(dict(drawn)) == (4 if drawn["kind"] == "a" else 1)


def test_anything_but_a_space_is_refused():
    for wrong in (C.UniformFloatHyperparameter("x", 0, 1), OURS, {"x": (0, 1)}):
        with pytest.raises(tt.ArgumentError, match="must be a ConfigurationSpace of ConfigSpace, got"):
            from_configspace(wrong)
    with pytest.raises(tt.SpaceError, match="declared by a mapping"):
        to_configspace(3)


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ConfigSpace", None)
    with pytest.raises(ImportError, match=r"tanteo\[configspace\]"):
        to_configspace(OURS)
