"""Promise 1: every suggestion is valid and has builtin types, and every level can be reached."""

from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import tanteo as tt
from support.declared import Declared, DeclaredSpace
from support.profile import count
from support.searches import ENDLESS, SAMPLERS
from support.spaces import choices, ints, search_spaces, stepped_floats

#: Together 2 * 10^5 suggestions in `make test`, 10^6 in `make test-long`.
SPACES = 100
ASKS = count(2_000, 10_000)
_bulk = settings(max_examples=SPACES, suppress_health_check=list(HealthCheck))


def ask_up_to(optimizer: tt.Optimizer, n: int) -> list[tt.Trial]:
    """Ask for n trials; return fewer if the space is exhausted."""
    trials = []
    try:
        for _ in range(n):
            trials.append(optimizer.ask())
    except tt.SpaceExhausted:
        pass
    return trials


@_bulk
@given(search_spaces(), st.integers(0, 2**64 - 1))
def test_promise_1_a_million_suggestions_are_valid(space, seed):
    optimizer = tt.Optimizer(space.build(), sampler="random", seed=seed, deduplicate=False)
    for trial in optimizer.ask(ASKS):
        assert space.fault(trial.params) is None


@pytest.mark.parametrize("sampler", SAMPLERS)
@settings(max_examples=count(30, 300), suppress_health_check=list(HealthCheck))
@given(space=search_spaces(extreme=True), seed=st.integers(0, 2**64 - 1))
def test_promise_1_every_sampler_stays_inside_extreme_spaces(sampler, space, seed):
    optimizer = tt.Optimizer(space.build(), sampler=sampler, seed=seed)
    for trial in ask_up_to(optimizer, 25):
        assert space.fault(trial.params) is None
        optimizer.tell(trial, float(trial.id % 7))


@settings(max_examples=count(50, 500))
@given(search_spaces(hostile_names=True, conditional=False))
def test_promise_1_suggestions_are_valid_with_hostile_names(space):
    for params in space.build().sample(20, seed=1):
        assert space.fault(params) is None


@settings(max_examples=count(50, 500))
@given(st.one_of(stepped_floats(), ints(), choices(), choices(kind="Ordinal")))
@example(Declared("Float", {"low": 0.0, "high": 1.0, "step": 1.0}))
@example(Declared("Float", {"low": 0.0, "high": 0.5, "step": 0.05}))
@example(Declared("Float", {"low": -0.3, "high": 0.3, "step": 0.1}))
@example(Declared("Int", {"low": 2**62, "high": 2**62 + 9}))
@example(Declared("Int", {"low": -(2**63), "high": 2**63 - 1, "step": 2**62}))
def test_promise_1_every_level_is_reached(parameter):
    space = DeclaredSpace({"p": parameter}).build()
    if space.size > 60:
        return
    levels = list(space.grid(60))
    assert len(levels) == space.size == number_of_levels(parameter)
    drawn = space.sample(40 * len(levels), seed=3)  # misses a level with probability 60 e^-40
    assert {repr(params) for params in drawn} == {repr(params) for params in levels}


@pytest.mark.parametrize(
    ("low", "high", "step", "last"),
    [("0", "0.5", "0.05", "0.5"), ("-0.3", "0.3", "0.1", "0.3"), ("0.1", "1", "0.25", "0.85")],
)
def test_promise_1_steps_give_the_decimals_the_user_wrote(low, high, step, last):
    space = tt.SearchSpace({"p": tt.Float(float(low), float(high), step=float(step))})
    expected, value = [], Decimal(low)
    while value <= Decimal(last):
        expected.append(float(value))
        value += Decimal(step)
    assert [params["p"] for params in space.grid(100)] == expected


def number_of_levels(parameter: Declared) -> int:
    """Count the levels of a parameter without the library."""
    arguments = parameter.arguments
    if "choices" in arguments:
        return len(arguments["choices"])
    if parameter.kind == "Int":
        return int((arguments["high"] - arguments["low"]) // arguments.get("step", 1)) + 1
    candidates = (arguments["low"] + k * arguments["step"] for k in range(100))
    slack = 1e-9 * arguments["step"]  # rounding: the last level may exceed `high` by one ulp
    return sum(1 for value in candidates if value <= arguments["high"] + slack)


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_1_integers_past_2_to_the_53_stay_integers(sampler):
    space = tt.SearchSpace({"n": tt.Int(2**60 + 1, 2**60 + 64), "m": tt.Int(-(2**63), 2**63 - 1)})
    optimizer = tt.Optimizer(space, sampler=sampler, seed=0, deduplicate=False)
    for _ in range(60):
        trial = optimizer.ask()
        assert type(trial.params["n"]) is int
        assert 2**60 < trial.params["n"] <= 2**60 + 64
        optimizer.tell(trial, float(trial.params["n"] % 64))
    assert len({trial.params["n"] for trial in optimizer.trials}) > 3
    assert any(trial.params["n"] % 2 for trial in optimizer.trials)


constrained = tt.SearchSpace(
    {
        "a": tt.Float(0, 1),
        "b": tt.Float(0, 1),
        "low": tt.Int(0, 100),
        "high": tt.Int(0, 100),
        "kind": tt.Categorical(list("xyz")),
        "mode": tt.Ordinal([1, 2, 3]),
    },
    constraints=[
        tt.Linear({"a": 1, "b": 1}, upper=1),
        tt.Linear({"low": 1, "high": 1}, lower=20, upper=90),
        tt.Order("low", "<=", "high"),
        tt.Forbid({"kind": "x", "mode": [1, 2]}),
    ],
)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_promise_1_known_constraints_hold(sampler):
    optimizer = tt.Optimizer(constrained, sampler=sampler, seed=5)
    for trial in ask_up_to(optimizer, count(150, 2000)):
        params = trial.params
        assert params["a"] + params["b"] <= 1
        assert 20 <= params["low"] + params["high"] <= 90
        assert params["low"] <= params["high"]
        assert not (params["kind"] == "x" and params["mode"] in (1, 2))
        optimizer.tell(trial, params["a"] + params["low"])


def test_promise_1_the_independent_check_finds_faults():
    """The check that these tests rely on can fail."""
    space = DeclaredSpace(
        {
            "f": Declared("Float", {"low": 0.0, "high": 1.0, "step": 0.1}),
            "c": Declared("Int", {"low": 0, "high": 9}, {"f": (0.5,)}),
        }
    )
    assert space.fault({"f": 0.5, "c": 3}) is None
    invalid = [
        {"f": 0.55},
        {"f": 1.1},
        {"f": 0.5},
        {"f": 0.1, "c": 1},
        {"f": 0.5, "c": True},
        {"f": 0.1, "g": 1},
        {"f": 0},
    ]
    assert all(space.fault(params) for params in invalid)


def test_promise_1_grids_contain_only_valid_points():
    for params in islice(constrained.grid(3), 200):
        assert constrained.validate(params) == params
