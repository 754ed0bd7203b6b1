"""Promise 6: declaring an impossible space raises an error that names the parameter and the value."""

from __future__ import annotations

import math
from typing import Any

import pytest

import tanteo as tt

# These tests pass arguments that the annotations forbid.
Float: Any = tt.Float
Int: Any = tt.Int
Choice: Any = tt.Categorical
Ordinal: Any = tt.Ordinal
Normal: Any = tt.Normal
Histogram: Any = tt.Histogram
Linear: Any = tt.Linear
Order: Any = tt.Order
Forbid: Any = tt.Forbid

# Declarations of the parameter "x" in a space with "p" = Int(0, 5), "q" = Categorical(["u", "v"]), "r" = Float(0, 1)
# and "c" = 7, and the error message of each.
IMPOSSIBLE = [
    (Float("0", 1), r"low must be a number, got '0' \(str\)"),
    (Float(0, None), r"high must be a number, got None"),
    (Float(True, 1), r"got True \(bool\)"),
    (Float(1, 0), r"1\.0.*greater.*0\.0"),
    (Float(math.nan, 1), "finite, got nan"),
    (Float(0, math.inf), "finite, got inf"),
    (Float(0, 10**400), "64-bit float"),
    (Float(0, 1, log=True), "log.*low > 0"),
    (Float(-1, 1, log=True), "log.*low > 0"),
    (Float(1, 2, log=1), r"log must be True or False, got 1"),
    (Float(1, 2, log=True, step=0.1), "log=True excludes step"),
    (Float(0, 1, step=0), r"step.*positive.*0\.0"),
    (Float(0, 1, step=-0.5), r"step.*positive.*-0\.5"),
    (Float(0, 1, step="a"), "step must be a number"),
    (Float(0, 1, default=2), r"2\.0 is not"),
    (Float(0, 1, default="a"), "default must be a number, got 'a'"),
    (Float(0, 1, prior=1), "prior must be tt.Normal or tt.Histogram"),
    (Float(0, 1, prior=Normal(0.5, 0)), "std"),
    (Float(0, 1, prior=Normal(math.nan, 1)), "mean.*finite, got nan"),
    (Float(0, 1, prior=Normal("a", 1)), "mean.*number, got 'a'"),
    (Float(0, 1, prior=Histogram([0, 1], [1, 1])), "2 edges make 1 bins, found 2 weights"),
    (Float(0, 1, prior=Histogram([0, 0.5, 0.5, 1], [1, 1, 1])), "increasing"),
    (Float(0, 1, prior=Histogram([0, 0.5, 1], [0, 0])), "positive"),
    (Float(0, 1, prior=Histogram([0, "a", 1], [1, 1])), r"edges of its histogram \(position 1\).*'a'"),
    (Float(0, 1, prior=Histogram("abc", [1, 1])), "edges.*list of numbers, got 'abc'"),
    (Int(1.5, 2), "low must be an integer, got 1.5"),
    (Int("1", 2), "low must be an integer, got '1'"),
    (Int(False, 2), "low must be an integer, got False"),
    (Int(3, 2), "3.*greater.*2"),
    (Int(0, 2**64), "high must fit 64 bits.*18446744073709551616"),
    (Int(-(2**63) - 1, 0), "low must fit 64 bits"),
    (Int(-1, 2**64 - 1), "more than 2.64 levels"),
    (Int(0, 2.0**60), "floats round integers"),
    (Int(0, 8, step=0), "step must be at least 1.*got 0"),
    (Int(0, 8, step=1.5), "step must be an integer, got 1.5"),
    (Int(0, 8, log=True), "log.*low > 0"),
    (Int(1, 8, log=True, step=2), "log.*step"),
    (Int(0, 8, default=9), "9 is not"),
    (Int(0, 8, default=2.5), "default must be an integer, got 2.5"),
    (Choice([]), "choices must not be empty"),
    (Choice("abc"), r"choices must be a list, got 'abc'"),
    (Choice({1, 2}), r"choices must be a list, got .* \(set\)"),
    (Choice({"a": 1}), r"choices must be a list, got .* \(dict\)"),
    (Choice(3), "choices must be a list, got 3"),
    (Choice([1, 2, 1]), r"choice 1 \(int\) appears twice, at positions 0 and 2"),
    (Choice([[1], [1]]), r"choice \[1\] \(list\) appears twice"),
    (Choice([1], default=2), r"default must be one of \[1\], got 2"),
    (Choice([1], default=True), r"default.*got True \(bool\); 1 \(int\) is one, and types must match"),
    (Choice([1, 2], weights=[1]), "1 weights for 2 choices"),
    (Choice([1, 2], weights=[-1, 1]), r"negative.*-1\.0"),
    (Choice([1, 2], weights=[0, 0]), "positive"),
    (Choice([1, 2], weights="ab"), "weights must be a list of numbers, got 'ab'"),
    (Ordinal([]), "choices must not be empty"),
    (Ordinal(["a", "a"]), "appears twice"),
    (Ordinal(["a"], default="b"), r"default must be one of \['a'\], got 'b'"),
    (tt.Constant(Float(0, 1)), "cannot be the value of a Constant"),
    (tt.Float, "the class Float itself"),
    ({}, "empty mapping"),
    (Float(0, 1, when=3), "when must be a mapping.*got 3"),
    (Float(0, 1, when={}), "when must be a mapping.*got {}"),
    (Float(0, 1, when={"nobody": 1}), "parent 'nobody'.*unknown; the space has 'p'"),
    (Float(0, 1, when={7: 1}), "parent 7.*unknown"),
    (Float(0, 1, when={"x": 1}), "cannot depend on itself"),
    (Float(0, 1, when={"q": "w"}), r"condition on 'q' must be one of \['u', 'v'\], got 'w'"),
    (Float(0, 1, when={"q": ["u", "w"]}), "condition on 'q'.*got 'w'"),
    (Float(0, 1, when={"q": []}), "condition on 'q' names no value"),
    (Float(0, 1, when={"q": tt.at_least("u")}), "condition on 'q'.*a categorical has no order"),
    (Float(0, 1, when={"p": 6}), "6 is not"),
    (Float(0, 1, when={"p": "a"}), "condition on 'p' must be an integer, got 'a'"),
    (Float(0, 1, when={"p": tt.at_least(6)}), "no value"),
    (Float(0, 1, when={"p": tt.between(3, 2)}), "no value"),
    (Float(0, 1, when={"r": 0.5}), "continuous"),
    (Float(0, 1, when={"r": tt.at_least(1.5)}), "no value"),
    (Float(0, 1, when={"r": tt.at_most(math.nan)}), "condition on 'r' must be finite, got nan"),
    (tt.Constant(1, when={"p": 6}), "6 is not"),
    (tt.Constant(1, when={"r": 0.5}), "continuous"),
    (Float(0, 1, when={"c": 8}), r"condition on 'c' must be the constant 7 \(int\), got 8"),
    (Float(0, 1, when={"c": tt.at_least(8)}), "condition on 'c'.*can never meet"),
    (Float(0, 1, when={"c": tt.at_least("a")}), "condition on 'c' must be a number, got 'a'"),
]


@pytest.mark.parametrize(("declaration", "message"), IMPOSSIBLE, ids=lambda case: repr(case)[:60])
def test_the_error_names_the_parameter_and_the_value(declaration: Any, message: str) -> None:
    others = {"p": Int(0, 5), "q": Choice(["u", "v"]), "r": Float(0, 1), "c": 7}
    with pytest.raises(tt.ParameterError, match=f"^parameter 'x'.*{message}") as raised:
        tt.SearchSpace({**others, "x": declaration})
    assert isinstance(raised.value, ValueError)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "at least one parameter"),
        ([("x", Float(0, 1))], r"mapping from names to parameters, got \[\("),
        (None, "mapping.*got None"),
        ({1: Float(0, 1)}, "non-empty strings, got 1"),
        ({"": Float(0, 1)}, "non-empty strings, got ''"),
        ({"a": {"": Float(0, 1)}}, r"non-empty strings, got ''.*\['a'\]"),
        ({"\ud800": Float(0, 1)}, "lone surrogate"),
        ({"a/b": Float(0, 1), "a": {"b": Float(0, 1)}}, r"flat name 'a/b': \['a/b'\] and \['a'\]\['b'\]"),
        ({"a": Float(0, 1, when={"b": 1}), "b": Int(0, 3, when={"a": tt.at_least(0)})}, "cycle"),
        (
            {"a": tt.Constant(1, when={"b": 1}), "b": tt.Constant(1, when={"a": 1}), "x": Int(0, 1)},
            "'a' depends on itself",
        ),
        ({"a": Int(0, 1, when={"b": 1}), "b": tt.Constant(1, when={"a": 1})}, "'a' depends on itself"),
    ],
)
def test_the_error_of_a_space_names_the_cause(parameters: Any, message: str) -> None:
    with pytest.raises(tt.SpaceError, match=message):
        tt.SearchSpace(parameters)


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        (Linear({"p": 1, "nobody": 1}, upper=1), "'nobody'.*no parameter"),
        (Linear({"p": 1}), "bounds nothing"),
        (Linear({}, upper=1), "at least one"),
        (Linear([1], upper=1), "needs a mapping"),
        (Linear({"p": 1}, lower=2, upper=1), "lower bound above"),
        (Linear({"p": math.nan}, upper=1), "weight of 'p' must be finite, got nan"),
        (Linear({"p": 1}, upper="a"), "bound must be a number, got 'a'"),
        (Linear({"q": 1}, upper=1), "'q'.*must be a Float or an Int"),
        (Linear({"c": 1}, upper=1), "'c'.*a constant"),
        (Linear({"p": 1, "r": 1}, lower=7), "never hold"),
        (Order("p", "=", "r"), r"operator must be '<=', '<', '>=' or '>', got '='"),
        (Order("p", "<", "p"), "with itself"),
        (Order("p", "<", "q"), "'q'.*must be a Float, an Int or an Ordinal"),
        (Order("p", "<", "o"), "a number with an ordinal"),
        (Order("far", "<", "r"), r"never hold: 'far' is from 1\.0 to 2\.0, 'r' from 0\.0 to 1\.0"),
        (Order("r", ">", "far"), "never hold"),
        (Order("r", ">=", "p9"), "never hold: 'r' is from .* 'p9' from 9 to 10"),
        (Order("p", "<", 3), "names 3"),
        (Forbid({}), "at least one"),
        (Forbid({"q": "w"}), r"'q'.*got 'w'"),
        (Forbid({"c": 7}), "'c'.*a constant"),
        ("p < r", "must be a list of tt.Linear, tt.Order, tt.Forbid, got 'p"),
    ],
    ids=repr,
)
def test_the_error_of_a_constraint_names_it(constraint: Any, message: str) -> None:
    parameters = {"p": Int(0, 5), "q": Choice(["u", "v"]), "r": Float(0, 1), "o": Ordinal([1, 2]), "c": 7}
    parameters |= {"far": Float(1, 2), "p9": Int(9, 10)}
    constraints = constraint if isinstance(constraint, str) else [constraint]
    with pytest.raises(tt.SpaceError, match=message):
        tt.SearchSpace(parameters, constraints=constraints)


def test_an_order_that_a_single_pair_or_an_inactive_parameter_satisfies_is_accepted() -> None:
    touching = {"a": Float(0, 1), "b": Int(1, 9)}
    assert tt.SearchSpace(touching, constraints=[Order("b", "<=", "a")]).sample(1, seed=0) == [{"a": 1.0, "b": 1}]
    apart = {"kind": Choice(["u", "v"]), "a": Float(0, 1), "b": Float(2, 3, when={"kind": "u"})}
    assert {p["kind"] for p in tt.SearchSpace(apart, constraints=[Order("b", "<", "a")]).sample(9, seed=0)} == {"v"}
    ranks = {"a": Ordinal(["low", "high"]), "b": Ordinal([1, 2, 3])}
    assert tt.SearchSpace(ranks, constraints=[Order("b", ">", "a")]).size == 3.0


VALID = {"lr": 0.01, "n": 3, "o": "sgd", "m": 0.5}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lr": "a"}, "'lr' must be a number, got 'a'"),
        ({"lr": True}, "'lr' must be a number, got True"),
        ({"lr": math.nan}, "'lr' must be finite, got nan"),
        ({"lr": 2}, r"'lr'.*2\.0"),
        ({"n": 2.5}, "'n' must be an integer, got 2.5"),
        ({"n": 9}, "'n'.*9"),
        ({"n": 10**30}, "'n' must fit 64 bits"),
        ({"o": "rmsprop"}, r"'o' must be one of \['adam', 'sgd'\], got 'rmsprop'"),
        ({"o": None}, "'o' must be one of.*got None"),
        ({"o": "adam"}, r"'m' is given, but exists only when=\{'o': \['sgd'\]\}; leave it out"),
        ({"m": ...}, "'m'.*"),
        ({"k": 7}, r"'k' is given, but exists only when=\{'o': \['adam'\]\}"),
        ({"c": 2}, r"'c' must be the constant 1 \(int\), got 2"),
        ({"c": True}, r"'c' must be the constant 1 \(int\), got True"),
        ({"lrr": 1}, "'lrr' is unknown to the space; did you mean 'lr'"),
        ({3: 1}, "3 is unknown"),
        ({"g": 1}, "'g' is a group of parameters; give a mapping, not 1"),
        ({"g": {"z": 1}, "g/z": 1}, "'g/z' is given twice"),
    ],
)
def test_the_error_of_a_configuration_names_the_parameter(change: dict[Any, Any], message: str) -> None:
    space = tt.SearchSpace(
        {
            "lr": Float(1e-4, 1, log=True),
            "n": Int(1, 8),
            "o": Choice(["adam", "sgd"]),
            "m": Float(0, 1, when={"o": "sgd"}),
            "k": tt.Constant(7, when={"o": "adam"}),
            "c": 1,
            "g": {"z": 1},
        }
    )
    optimizer = tt.Optimizer(space, seed=0)
    params = {**VALID, **change}
    for check in (space.validate, optimizer.enqueue, lambda point: optimizer.observe(point, 1.0)):
        with pytest.raises(tt.ParameterError, match=message):
            check(params)
    assert len(optimizer) == 0
    assert optimizer.ask().params["c"] == 1


def test_a_mapping_that_contains_itself_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    with pytest.raises(tt.SpaceError, match="nested too deeply or contains itself"):
        tt.SearchSpace(endless)


def test_a_missing_parameter_is_named() -> None:
    space = tt.SearchSpace({"a": Int(0, 1), "b": Int(0, 1, when={"a": 1})})
    with pytest.raises(tt.ParameterError, match="'b'"):
        space.validate({"a": 1})
    with pytest.raises(tt.ParameterError, match="'a'"):
        space.validate({})
    with pytest.raises(tt.ParameterError, match="must be a mapping from names to values, got 3"):
        space.validate(3)


def test_a_space_without_a_feasible_configuration_cannot_be_sampled() -> None:
    pairs = [Forbid({"q": q, "r": r}) for q in "uv" for r in "uv"]
    space = tt.SearchSpace({"q": Choice(["u", "v"]), "r": Choice(["u", "v"])}, constraints=pairs)
    with pytest.raises(tt.SpaceError, match="no configuration satisfies"):
        space.sample(1, seed=0)
    with pytest.raises(tt.SpaceError, match="no configuration satisfies"):
        tt.Optimizer(space, sampler="random", seed=0).ask()


@pytest.mark.parametrize(
    ("parameter", "correction"),
    [
        (Float(1e-5, 1e-1, log=True, prior=Normal(1e-3, 1)), r"for a mean of 0\.001 write -6\.90776$"),
        (Int(8, 512, log=True, prior=Normal(64, 1)), r"for a mean of 64\.0 write 4\.15888$"),
    ],
)
def test_a_prior_mean_given_as_a_value_instead_of_its_logarithm_warns(parameter, correction):
    with pytest.warns(UserWarning, match=r"are of ln\(value\).*" + correction):
        tt.SearchSpace({"x": parameter})


@pytest.mark.parametrize(
    ("parameter", "ends"),
    [
        (Float(0, 1, prior=Normal(50, 0.1)), "0 to 1"),
        (Int(-4, 9, prior=Normal(-100, 0.5)), "-4 to 9"),
        (Float(1e-5, 1e-1, log=True, prior=Normal(50, 0.1)), r"-11\.5129 to -2\.30259"),
    ],
)
def test_a_prior_mean_far_outside_the_bounds_warns(parameter, ends):
    with pytest.warns(UserWarning, match=f"'x': .* lies outside {ends}, so that .*; move it or widen std$"):
        tt.SearchSpace({"x": parameter})


@pytest.mark.filterwarnings("error")
def test_a_prior_mean_outside_the_bounds_is_no_mistake_in_itself():
    tt.SearchSpace({"x": Float(0, 1, prior=Normal(-0.5, 0.05)), "y": Float(0, 1, prior=Normal(-100, 10))})


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("mean", [-12.0, -math.log(10), 0.5, math.log(1e-3)])
def test_plausible_means_of_logarithms_do_not_warn(mean):
    tt.SearchSpace({"x": Float(1e-5, 1e-1, log=True, prior=Normal(mean, 1))})
