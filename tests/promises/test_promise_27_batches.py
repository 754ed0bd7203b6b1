"""Promise 27: no two points of a batch lie nearer than 1e-3 of the range; 200 pending fill a flat plane."""

import math

import pytest

import tanteo as tt
from support.searches import ENDLESS, run, unit_square

APART = 1e-3


def branin(params):
    """Three minima at the bottom of a bent valley."""
    x, y = 15 * params["x"] - 5, 15 * params["y"]
    valley = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return valley**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def ridge(params):
    return (params["x"] - params["y"]) ** 2


def flat(params):
    return 1.0


def asked(optimizer, n, batch):
    return optimizer.ask(n) if batch else [optimizer.ask() for _ in range(n)]


def points(trials):
    return [tuple(trial.params.values()) for trial in trials]


def nearest(trials):
    """The largest difference of a coordinate between the two nearest trials."""
    at = points(trials)
    pairs = ((a, b) for i, a in enumerate(at) for b in at[:i])
    return min(max(abs(u - v) for u, v in zip(a, b, strict=True)) for a, b in pairs)


def cells(trials):
    """How many cells of a 10 x 10 grid have a trial."""
    return len({tuple(min(int(10 * u), 9) for u in point) for point in points(trials)})


@pytest.mark.parametrize("batch", [True, False])
@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_27_a_batch_near_a_minimum(sampler, batch):
    for seed in range(2):
        optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=seed)
        run(optimizer, 40, branin)
        assert nearest(asked(optimizer, 16, batch)) >= APART


def test_promise_27_a_batch_leaves_a_minimum_that_is_being_tried():
    optimizer = tt.Optimizer(unit_square(), sampler="gp", seed=0)
    run(optimizer, 20, branin)
    assert cells(optimizer.ask(16)) >= 5


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_27_many_pending_on_a_ridge(sampler):
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=0)
    run(optimizer, 30, ridge)
    assert nearest(asked(optimizer, 32, batch=True)) >= APART


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_27_a_batch_is_what_single_asks_would_be(sampler):
    batches = []
    for batch in (True, False):
        optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=3)
        run(optimizer, 20, branin)
        batches.append(points(asked(optimizer, 12, batch)))
    assert batches[0] == batches[1]


@pytest.mark.parametrize("told", [0, 20])
@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_27_two_hundred_pending_fill_a_flat_plane(sampler, told):
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=0)
    run(optimizer, told, flat)
    assert cells(asked(optimizer, 200, batch=True)) >= 50


def test_promise_27_a_batch_of_a_search_that_has_converged():
    """After some hundred trials CMA-ES proposes, and its distribution becomes narrower than the distance."""
    optimizer = tt.Optimizer(unit_square(), seed=0)
    for i in range(201):
        params = {"x": (i * 0.618) % 1.0, "y": (i * 0.414) % 1.0}
        optimizer.observe(params, ridge(params) + params["x"])
    last = []
    while len(last) < 8 or max(math.dist(a, last[-1]) for a in last[-8:]) > APART / 2:
        last += [tuple(params.values()) for params in run(optimizer, 1, lambda p: ridge(p) + (p["x"] - 0.3) ** 2)]
        assert optimizer.trials[-1].origin == "cma_es"
        assert len(last) < 400
    assert nearest(optimizer.ask(16)) >= APART
