"""Promise 27: no two points of a batch are closer than 1e-3 of the range; 200 pending trials fill a flat plane."""

import math

import pytest

import tanteo as tt
from support.searches import ENDLESS, run, unit_square

MIN_DISTANCE = 1e-3


def branin(params):
    """Return Branin's function, which has three minima in a curved valley."""
    x, y = 15 * params["x"] - 5, 15 * params["y"]
    valley = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return valley**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def ridge(params):
    return (params["x"] - params["y"]) ** 2


def flat(params):
    return 1.0


def ask(optimizer, n, batch):
    return optimizer.ask(n) if batch else [optimizer.ask() for _ in range(n)]


def points(trials):
    return [tuple(trial.params.values()) for trial in trials]


def smallest_distance(trials):
    """Return the distance of the two closest trials: the largest difference in a coordinate."""
    coordinates = points(trials)
    pairs = ((a, b) for i, a in enumerate(coordinates) for b in coordinates[:i])
    return min(max(abs(u - v) for u, v in zip(a, b, strict=True)) for a, b in pairs)


def n_occupied_cells(trials):
    """Return the number of cells of a 10 x 10 grid that contain a trial."""
    return len({tuple(min(int(10 * u), 9) for u in point) for point in points(trials)})


@pytest.mark.parametrize("batch", [True, False])
@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_27_points_of_a_batch_near_a_minimum_stay_apart(sampler, batch):
    for seed in range(2):
        optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=seed)
        run(optimizer, 40, branin)
        assert smallest_distance(ask(optimizer, 16, batch)) >= MIN_DISTANCE


def test_promise_27_a_batch_explores_beyond_a_pending_minimum():
    optimizer = tt.Optimizer(unit_square(), sampler="gp", seed=0)
    run(optimizer, 20, branin)
    assert n_occupied_cells(optimizer.ask(16)) >= 5


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_27_many_pending_on_a_ridge_stay_apart(sampler):
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=0)
    run(optimizer, 30, ridge)
    assert smallest_distance(ask(optimizer, 32, batch=True)) >= MIN_DISTANCE


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_27_a_batch_equals_single_asks(sampler):
    batches = []
    for batch in (True, False):
        optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=3)
        run(optimizer, 20, branin)
        batches.append(points(ask(optimizer, 12, batch)))
    assert batches[0] == batches[1]


@pytest.mark.parametrize("n_told", [0, 20])
@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_27_two_hundred_pending_fill_a_flat_plane(sampler, n_told):
    optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=0)
    run(optimizer, n_told, flat)
    assert n_occupied_cells(ask(optimizer, 200, batch=True)) >= 50


def test_promise_27_points_of_a_batch_stay_apart_after_convergence():
    """After a few hundred trials CMA-ES makes the suggestions; its distribution becomes narrower than the distance."""

    def valley(p):
        return ridge(p) + (p["x"] - 0.3) ** 2

    optimizer = tt.Optimizer(unit_square(), seed=0)
    for i in range(201):
        params = {"x": (i * 0.618) % 1.0, "y": (i * 0.414) % 1.0}
        optimizer.observe(params, valley(params))
    last = []
    while len(last) < 8 or max(math.dist(a, last[-1]) for a in last[-8:]) > MIN_DISTANCE / 2:
        last += [tuple(params.values()) for params in run(optimizer, 1, valley)]
        assert optimizer.trials[-1].origin == "cma_es"
        assert len(last) < 400
    assert smallest_distance(optimizer.ask(16)) >= MIN_DISTANCE
