"""Promise 6: invalid spaces raise at construction and name the parameter; extreme but valid ones work."""

import math
import sys
from typing import Any

import pytest

import tanteo as tt
from support.searches import ENDLESS, SAMPLERS

NAN, INF = math.nan, math.inf
INVALID: dict[str, Any] = {
    "low above high": lambda: tt.Float(1.0, 0.0),
    "nan low": lambda: tt.Float(NAN, 1.0),
    "nan high": lambda: tt.Float(0.0, NAN),
    "infinite low": lambda: tt.Float(-INF, 1.0),
    "infinite high": lambda: tt.Float(0.0, INF),
    "log from zero": lambda: tt.Float(0.0, 1.0, log=True),
    "log from below zero": lambda: tt.Float(-1.0, 1.0, log=True),
    "log and step": lambda: tt.Float(1.0, 2.0, log=True, step=0.1),
    "zero step": lambda: tt.Float(0.0, 1.0, step=0.0),
    "negative step": lambda: tt.Float(0.0, 1.0, step=-0.1),
    "nan step": lambda: tt.Float(0.0, 1.0, step=NAN),
    "infinite step": lambda: tt.Float(0.0, 1.0, step=INF),
    "text bounds": lambda: tt.Float("0", "1"),
    "no bounds": lambda: tt.Float(None, None),
    "complex bounds": lambda: tt.Float(0j, 1.0),
    "int low above high": lambda: tt.Int(3, 2),
    "fractional int bounds": lambda: tt.Int(0.5, 2),
    "nan int bounds": lambda: tt.Int(0, NAN),
    "int text bounds": lambda: tt.Int("0", "1"),
    "int log from zero": lambda: tt.Int(0, 5, log=True),
    "int zero step": lambda: tt.Int(0, 5, step=0),
    "int negative step": lambda: tt.Int(0, 5, step=-1),
    "int fractional step": lambda: tt.Int(0, 5, step=0.5),
    "past 64 bits": lambda: tt.Int(0, 2**64),
    "below 64 bits": lambda: tt.Int(-(2**63) - 1, 0),
    "no choices": lambda: tt.Categorical([]),
    "no ordered choices": lambda: tt.Ordinal([]),
    "choices that cannot be iterated": lambda: tt.Categorical(3),
    "equal choices": lambda: tt.Ordinal(["a", "b", "a"]),
    "default below": lambda: tt.Float(0.0, 1.0, default=-0.1),
    "default off the step": lambda: tt.Float(0.0, 1.0, step=0.5, default=0.3),
    "default of another type": lambda: tt.Int(0, 5, default="2"),
    "default outside the choices": lambda: tt.Categorical(["a", "b"], default="c"),
    "weights of another length": lambda: tt.Categorical(["a", "b"], weights=[1.0]),
    "negative weights": lambda: tt.Categorical(["a", "b"], weights=[1.0, -1.0]),
    "weights of zero": lambda: tt.Categorical(["a", "b"], weights=[0.0, 0.0]),
    "prior without width": lambda: tt.Float(0.0, 1.0, prior=tt.Normal(0.5, 0.0)),
    "nan prior": lambda: tt.Float(0.0, 1.0, prior=tt.Normal(NAN, 1.0)),
    "edges out of order": lambda: tt.Float(0.0, 1.0, prior=tt.Histogram([0.0, 0.7, 0.5, 1.0], [1, 1, 1])),
    "unknown parent": lambda: tt.Float(0.0, 1.0, when={"nobody": 1}),
    "its own parent": lambda: tt.Float(0.0, 1.0, when={"guilty": 1.0}),
    "a value the parent cannot take": lambda: tt.Float(0.0, 1.0, when={"parent": "c"}),
    "no values for the parent": lambda: tt.Float(0.0, 1.0, when={"parent": []}),
    "a range of unordered choices": lambda: tt.Float(0.0, 1.0, when={"parent": tt.at_least(1)}),
    "equality with a continuous parent": lambda: tt.Float(0.0, 1.0, when={"number": 0.5}),
    "a range the parent never reaches": lambda: tt.Float(0.0, 1.0, when={"number": tt.at_least(1.5)}),
    "an empty range": lambda: tt.Float(0.0, 1.0, when={"number": tt.between(0.8, 0.2)}),
}


@pytest.mark.parametrize("name", INVALID)
def test_promise_6_invalid_parameters_are_named(name):
    parents = {"parent": tt.Categorical(["a", "b"]), "number": tt.Float(0.0, 1.0)}
    with pytest.raises(tt.SpaceError, match="guilty") as caught:
        tt.SearchSpace({**parents, "guilty": INVALID[name]()})
    assert isinstance(caught.value, ValueError)


def test_promise_6_cycles_are_named():
    a, b = tt.Int(0, 1, when={"second": 1}), tt.Int(0, 1, when={"first": 1})
    with pytest.raises(tt.SpaceError, match=r"first|second"):
        tt.SearchSpace({"first": a, "second": b})


def test_promise_6_a_duplicate_name_is_named():
    with pytest.raises(tt.SpaceError, match="a/b"):
        tt.SearchSpace({"a/b": tt.Int(0, 1), "a": {"b": tt.Int(0, 1)}})


@pytest.mark.parametrize("name", [3, None, b"x", ("a",)])
def test_promise_6_names_must_be_text(name):
    with pytest.raises(tt.SpaceError, match=r"text|str"):
        tt.SearchSpace({name: tt.Int(0, 1)})


def test_promise_6_an_empty_space_cannot_be_searched():
    with pytest.raises(tt.SpaceError, match="parameter"):
        tt.Optimizer(tt.SearchSpace({}), seed=0)


@pytest.mark.parametrize(
    "constraint",
    [
        lambda: tt.Linear({"nobody": 1.0}, upper=1),
        lambda: tt.Linear({"parent": 1.0}, upper=1),
        lambda: tt.Linear({"number": math.nan}, upper=1),
        lambda: tt.Linear({}, upper=1),
        lambda: tt.Linear({"number": 1.0}),
        lambda: tt.Linear({"number": 1.0}, lower=2, upper=1),
        lambda: tt.Order("number", "<=", "nobody"),
        lambda: tt.Order("number", "!=", "other"),
        lambda: tt.Order("number", "<=", "number"),
        lambda: tt.Forbid({"nobody": 1}),
        lambda: tt.Forbid({"parent": "c"}),
        lambda: tt.Forbid({}),
        lambda: tt.Forbid({"parent": ["a", "b"]}),
        lambda: tt.Forbid({"parent": ["a", "b"], "number": tt.at_least(0)}),
    ],
)
def test_promise_6_invalid_constraints_are_refused(constraint):
    parameters = {"parent": tt.Categorical(["a", "b"]), "number": tt.Float(0, 1), "other": tt.Float(0, 1)}
    with pytest.raises(tt.SpaceError):
        tt.SearchSpace(parameters, constraints=[constraint()])


def test_promise_6_a_space_without_a_feasible_point_is_refused():
    space = {"a": tt.Float(0, 1), "b": tt.Float(0, 1)}
    with pytest.raises(tt.SpaceError, match="constraint"):
        tt.SearchSpace(space, constraints=[tt.Linear({"a": 1, "b": 1}, lower=3)]).sample(1, seed=0)


EXTREME: dict[str, Any] = {
    "adjacent floats": tt.Float(1.0, math.nextafter(1.0, 2.0)),
    "the widest range": tt.Float(-sys.float_info.max, sys.float_info.max),
    "1e308": tt.Float(-1e308, 1e308),
    "smallest floats": tt.Float(5e-324, 1e-320),
    "narrow log range": tt.Float(1.0, 1.0 + 1e-13, log=True),
    "the widest log range": tt.Float(5e-324, sys.float_info.max, log=True),
    "64-bit ends": tt.Int(-(2**63), 2**63 - 1),
    "the last integer": tt.Int(2**63 - 1, 2**63 - 1),
    "log ints over 12 decades": tt.Int(1, 10**12, log=True),
    "log ints over 64 bits": tt.Int(1, 2**63 - 1, log=True),
    "a step larger than the range": tt.Float(0.0, 1.0, step=5.0),
    "an int step larger than the range": tt.Int(0, 3, step=2**62),
    "one point and the smallest step": tt.Float(0.5, 0.5, step=5e-324),
    "one point": tt.Float(0.5, 0.5),
    "one log point": tt.Float(0.5, 0.5, log=True),
    "one integer": tt.Int(7, 7),
    "one choice": tt.Categorical(["only"]),
    "a tiny step": tt.Float(0.0, 1.0, step=1e-9),
    "nan as a choice": tt.Categorical([math.nan, 1.0, True, 1]),
    "choices without equality": tt.Categorical([object(), object()]),
}


@pytest.mark.parametrize("name", EXTREME)
@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_6_extreme_but_valid_spaces_work(sampler, name):
    space = tt.SearchSpace({"extreme": EXTREME[name], "x": tt.Float(0.0, 1.0)})
    optimizer = tt.Optimizer(space, sampler=sampler, seed=2)
    for k in range(30):
        trial = optimizer.ask()
        assert space.validate(trial.params)
        optimizer.tell(trial, float(k % 5))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_promise_6_a_space_of_constants_works(sampler):
    space = tt.SearchSpace({"a": 1, "b": tt.Constant("x")})
    optimizer = tt.Optimizer(space, sampler=sampler, seed=2, deduplicate=False)
    for k in range(1 if sampler in ("grid", "one_at_a_time") else 30):
        trial = optimizer.ask()
        assert trial.params == {"a": 1, "b": "x"}
        optimizer.tell(trial, float(k % 5))
    assert optimizer.stats()["fallbacks"] == 0


def test_promise_6_log_ints_use_every_decade():
    space = tt.SearchSpace({"n": tt.Int(1, 10**12, log=True)})
    decades = {len(str(params["n"])) for params in space.sample(1000, seed=0)}
    assert decades >= set(range(1, 13))


def test_promise_6_wide_ranges_use_both_signs():
    space = tt.SearchSpace({"x": tt.Float(-sys.float_info.max, sys.float_info.max)})
    signs = [params["x"] > 0 for params in space.sample(1000, seed=0)]
    assert 400 < sum(signs) < 600


def test_promise_6_values_that_are_all_forbidden_are_refused():
    space = {"k": tt.Categorical(["a", "b"]), "n": tt.Int(1, 9)}
    constraints = [tt.Forbid({"n": tt.at_most(4)}), tt.Forbid({"n": tt.at_least(5)})]
    with pytest.raises(tt.SpaceError, match=r"parameter 'n': the constraints forbid all of its values; loosen one"):
        tt.SearchSpace(space, constraints=constraints)
    assert len(tt.SearchSpace(space, constraints=constraints[:1]).sample(9, seed=0)) == 9
