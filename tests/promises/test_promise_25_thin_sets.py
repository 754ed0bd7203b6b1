"""Promise 25: continuous spaces are never exhausted; repaired points are spread; `ask(n)` returns what remains."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tanteo as tt
from support.profile import count
from support.searches import ENDLESS


class Uniform:
    """An external sampler that ignores the constraints."""

    def __str__(self):
        return "external"

    def suggest(self, view, n, rng):
        return rng.random((n, len(view.axes)))


ALL_SAMPLERS = (*ENDLESS, Uniform())


def floats(n, **options):
    return {f"x{i}": tt.Float(0, 1, **options) for i in range(n)}


def total(n, **bounds):
    return tt.Linear({f"x{i}": 1 for i in range(n)}, **bounds)


def chain(n):
    return [tt.Order(f"x{i}", "<=", f"x{i + 1}") for i in range(n - 1)]


def logarithmic():
    rates = {f"x{i}": tt.Float(1e-4, 1.0, log=True) for i in range(3)}
    return tt.SearchSpace(rates, constraints=[tt.Linear({"x0": 1, "x1": 1, "x2": 1}, lower=2.9)])


def mixed():
    numbers = {"n": tt.Int(0, 20), "m": tt.Int(0, 20), "x0": tt.Float(0, 10), "x1": tt.Float(0, 10)}
    total_of_all = tt.Linear({"n": 1, "m": 1, "x0": 1, "x1": 1}, lower=58.5)
    return tt.SearchSpace(numbers, constraints=[total_of_all, tt.Order("n", "<=", "m")])


def conditional():
    numbers = {
        "kind": tt.Categorical(["a", "b"]),
        "x0": tt.Float(0, 1),
        "x1": tt.Float(0, 1),
        "x2": tt.Float(0, 1, when={"kind": "b"}),
    }
    return tt.SearchSpace(numbers, constraints=[tt.Linear({"x0": 1, "x1": 1}, lower=1.98), tt.Order("x1", "<=", "x2")])


def forbidden():
    """Return a square of which two thin strips are allowed."""
    wide = tt.between(0.02, 1.0)
    return tt.SearchSpace(floats(2), constraints=[tt.Forbid({"x0": wide, "x1": wide}), total(2, lower=0.5)])


SPACES = {
    "corner of a square": lambda: tt.SearchSpace(floats(2), constraints=[total(2, lower=1.95)]),
    "corner of a cube": lambda: tt.SearchSpace(floats(6), constraints=[total(6, lower=5.9)]),
    "plane": lambda: tt.SearchSpace(floats(3), constraints=[total(3, lower=1, upper=1)]),
    "slab": lambda: tt.SearchSpace(floats(4), constraints=[total(4, lower=1, upper=1 + 1e-6)]),
    "slab of a few ulps": lambda: tt.SearchSpace(floats(3), constraints=[total(3, lower=1, upper=1 + 1e-15)]),
    "chain": lambda: tt.SearchSpace(floats(6), constraints=chain(6)),
    "chain in a corner": lambda: tt.SearchSpace(floats(5), constraints=[*chain(5), tt.Linear({"x0": 1}, lower=0.97)]),
    "logarithmic": logarithmic,
    "mixed": mixed,
    "conditional": conditional,
    "forbidden": forbidden,
}


def loss(params):
    """Return a rugged loss, so that the search does not stay at one point."""
    return math.fmod(
        sum((i + 1) * 7.3 * value for i, value in enumerate(params.values()) if value.__class__ is float), 1
    )


def search(space, sampler, n, seed=0):
    """Return the params of n trials, each told before the next ask."""
    optimizer = tt.Optimizer(space, sampler=sampler, seed=seed)
    for _ in range(n):
        trial = optimizer.ask()
        space.validate(trial.params)
        optimizer.tell(trial, loss(trial.params))
    return [trial.params for trial in optimizer.trials]


def columns(points):
    """Return the values of every float, without inactive ones."""
    names = {name for params in points for name, value in params.items() if type(value) is float}
    return {name: np.array([params[name] for params in points if name in params]) for name in sorted(names)}


@pytest.mark.parametrize("sampler", ALL_SAMPLERS, ids=str)
@pytest.mark.parametrize("name", SPACES)
def test_promise_25_thin_sets_are_never_exhausted(name, sampler):
    """Values are rounded to 1e-9, because in a corner only the last digits may differ. A model may repeat a bound."""
    is_slow = sampler in ("gp", "auto")
    points = search(SPACES[name](), sampler, 12 if is_slow else 25)
    assert len({repr(params) for params in points}) == len(points)
    for values in columns(points).values():
        assert len(np.unique(values.round(9))) > (0.3 if is_slow else 0.6) * len(values)


@pytest.mark.parametrize("name", SPACES)
@pytest.mark.parametrize("sampler", ["sobol", "random", Uniform()], ids=str)
def test_promise_25_points_are_spread_like_draws(name, sampler):
    space = SPACES[name]()
    expected = columns(space.sample(200, seed=1))
    for parameter, values in columns(search(space, sampler, 60)).items():
        assert values.std() > 0.4 * expected[parameter].std()


@pytest.mark.parametrize("sampler", ALL_SAMPLERS, ids=str)
@pytest.mark.parametrize(("weight", "total", "a"), [(-2, -2, 0.0), (2, 3, 1.0)])
def test_promise_25_a_single_point_at_a_bound_is_repeated(weight, total, a, sampler):
    """With the smallest integer, the float has to be at a bound; with every other one it would be outside."""
    equation = tt.Linear({"a": 1, "n": weight}, lower=total, upper=total)
    space = tt.SearchSpace({"a": tt.Float(0, 1), "n": tt.Int(1, 10)}, constraints=[equation])
    assert search(space, sampler, 3) == [{"a": a, "n": 1}] * 3


def walk(n_parameters, lower, n, rng):
    """Yield hit-and-run samples from the part of the unit cube whose coordinates sum to at least ``lower``."""
    x = np.full(n_parameters, 0.5 + 0.5 * lower / n_parameters)
    for _ in range(n):
        direction = rng.standard_normal(n_parameters)
        distances = np.concatenate([(0 - x) / direction, (1 - x) / direction])
        low, high = distances[distances < 0].max(), distances[distances > 0].min()
        crossing = (lower - x.sum()) / direction.sum()
        low, high = (max(low, crossing), high) if direction.sum() > 0 else (low, min(high, crossing))
        x = x + rng.uniform(low, high) * direction
        yield x


@pytest.mark.parametrize("n_parameters", [2, 4, 8])
def test_promise_25_draws_from_a_corner_are_uniform(n_parameters):
    """The slack and the spread are compared with those of a random walk that is uniform in the limit."""
    lower = n_parameters - 0.1
    expected = np.array(list(walk(n_parameters, lower, 4000, np.random.default_rng(0))))[::10]
    space = tt.SearchSpace(floats(n_parameters), constraints=[total(n_parameters, lower=lower)])
    for sampler in ("sobol", "random"):
        points = np.array([list(params.values()) for params in search(space, sampler, 100)])
        slack, expected_slack = (sample.sum(axis=1).mean() - lower for sample in (points, expected))
        assert 0.5 * expected_slack < slack < 2 * expected_slack
        assert np.all(points.std(axis=0) > 0.5 * expected.std(axis=0))


@settings(max_examples=count(12, 200))
@given(
    weights=st.lists(st.floats(0.2, 5), min_size=2, max_size=6),
    share=st.floats(1e-9, 0.01),
    sampler=st.sampled_from(ENDLESS),
    seed=st.integers(0, 2**32),
)
def test_promise_25_slabs_of_any_direction_are_never_exhausted(weights, share, sampler, seed):
    names = [f"x{i}" for i in range(len(weights))]
    middle = sum(weights) / 2
    slab = tt.Linear(dict(zip(names, weights, strict=True)), lower=middle, upper=middle * (1 + share))
    points = search(tt.SearchSpace(floats(len(weights)), constraints=[slab]), sampler, 8, seed)
    assert len({repr(params) for params in points}) == 8


@pytest.mark.parametrize("sampler", ALL_SAMPLERS, ids=str)
def test_promise_25_a_single_point_is_repeated(sampler):
    space = tt.SearchSpace(floats(2), constraints=[total(2, lower=2)])
    assert search(space, sampler, 6) == [{"x0": 1.0, "x1": 1.0}] * 6


@pytest.mark.parametrize("sampler", ALL_SAMPLERS, ids=str)
def test_promise_25_a_batch_returns_the_remaining_points_of_a_finite_space(sampler):
    space = tt.SearchSpace(
        {"a": tt.Int(1, 5), "b": tt.Categorical(["x", "y"])}, constraints=[tt.Forbid({"a": 5, "b": "y"})]
    )
    optimizer = tt.Optimizer(space, sampler=sampler, seed=1)
    optimizer.enqueue({"a": 2, "b": "x"})
    assert [len(optimizer.ask(n)) for n in (6, 6)] == [6, 3]
    assert len({repr(trial.params) for trial in optimizer.trials}) == 9
    snapshot = optimizer.to_bytes()
    for n in (None, 1, 6):
        with pytest.raises(tt.SpaceExhausted):
            optimizer.ask(n)
    assert optimizer.to_bytes() == snapshot


def test_promise_25_a_batch_returns_the_remaining_points_of_a_design():
    optimizer = tt.Optimizer(tt.SearchSpace(floats(2)), sampler=tt.samplers.Grid(resolution=3), seed=0)
    assert [len(optimizer.ask(5)), len(optimizer.ask(5))] == [5, 4]
    with pytest.raises(tt.SpaceExhausted):
        optimizer.ask(5)


@pytest.mark.parametrize("sampler", ALL_SAMPLERS, ids=str)
def test_promise_25_every_sampler_finds_points_in_intersecting_bands(sampler):
    """Only a bounded search finds a point in all bands."""
    bands = [
        tt.Linear({"x0": 1, "x1": 1, "x2": 1}, lower=1.5, upper=1.501),
        tt.Linear({"x0": 1, "x1": -1}, lower=0.2, upper=0.201),
        tt.Linear({"x1": 1, "x2": -2}, lower=-0.5, upper=-0.499),
    ]
    assert len(search(tt.SearchSpace(floats(4), constraints=bands), sampler, 10)) == 10


@pytest.mark.parametrize("sampler", ["random", "auto"])
@pytest.mark.parametrize("width", [1e-3, 1e-5])
def test_promise_25_bands_that_are_nearly_parallel_leave_points(sampler, width):
    """In the metric of the ranges, the two bands cross at an angle of less than a degree."""
    bands = [tt.Linear({"x": 1, "y": y}, lower=0.005 + y - width, upper=0.005 + y + width) for y in (-2, 2)]
    space = tt.SearchSpace({"x": tt.Float(0, 0.05), "y": tt.Float(0, 6)}, constraints=bands)
    for seed in range(count(2, 20)):
        optimizer = tt.Optimizer(space, seed=seed, sampler=sampler)
        for i in range(10):
            trial = optimizer.ask()
            space.validate(trial.params)
            optimizer.tell(trial, i)


def test_promise_25_two_inequalities_that_leave_one_value_are_an_equation():
    space = tt.SearchSpace(floats(3), constraints=[total(3, lower=0.3), total(3, upper=0.3)])
    for params in space.sample(20, seed=0):
        assert math.isclose(math.fsum(params.values()), 0.3, rel_tol=1e-9)
    point = tt.SearchSpace(
        {"x": tt.Float(0, 10)}, constraints=[tt.Linear({"x": 1}, lower=6), tt.Linear({"x": 1}, upper=6)]
    )
    assert tt.Optimizer(point, seed=0).ask().params == {"x": 6.0}
