"""Batches of the Gaussian process: pending trials lower the variance near them, so a batch spreads out."""

from __future__ import annotations

from itertools import combinations
from statistics import median

import pytest

import tanteo as tt

SEEDS = range(6)
SPACE = tt.SearchSpace({f"x{i}": tt.Float(0.0, 1.0) for i in range(4)})


def loss(params: dict[str, float]) -> float:
    """A bowl ten times as steep in its last parameter as in its first."""
    return sum((1.0 + 3.0 * i) * (x - 0.37) ** 2 for i, x in enumerate(params.values()))


def run_batches(sampler: str, seed: int, n: int, size: int) -> tt.Optimizer:
    """Run eight single trials, then ``n`` batches of ``size`` trials."""
    optimizer = tt.Optimizer(SPACE, sampler=sampler, seed=seed)
    for width in [1] * 8 + [size] * n:
        for trial in optimizer.ask(width):
            optimizer.tell(trial, loss(trial.params))
    return optimizer


def distance(a: dict[str, float], b: dict[str, float]) -> float:
    return sum((a[name] - b[name]) ** 2 for name in a) ** 0.5


@pytest.mark.parametrize("sampler", ["gp", "auto"])
def test_a_batch_of_eight_beats_eight_copies_of_one_point(sampler):
    """Without noise, copies of a point add no information: a batch of them is worth one trial."""
    together = median(run_batches(sampler, seed, n=6, size=8).best.value for seed in SEEDS)
    copies = median(run_batches(sampler, seed, n=6, size=1).best.value for seed in SEEDS)
    assert together < copies / 2


@pytest.mark.parametrize("sampler", ["gp", "auto"])
def test_a_batch_is_spread_out(sampler):
    for seed in SEEDS:
        batch = [trial.params for trial in run_batches(sampler, seed, n=0, size=8).ask(8)]
        distances = [distance(a, b) for a, b in combinations(batch, 2)]
        assert min(distances) > 1e-4
        assert sum(distances) / len(distances) > 0.05


def test_a_batch_in_a_small_space_has_no_repetition():
    space = tt.SearchSpace({"a": tt.Int(0, 4), "b": tt.Categorical(list("abcde"))})
    optimizer = tt.Optimizer(space, sampler="gp", seed=0)
    for _ in range(10):
        trial = optimizer.ask()
        optimizer.tell(trial, float(trial.params["a"]))
    batch = optimizer.ask(15)
    assert len({tuple(trial.params.values()) for trial in [*optimizer.trials, *batch]}) == 25
    with pytest.raises(tt.SpaceExhausted):
        optimizer.ask()


def test_noise_without_a_signal_leaves_the_search_spread():
    """The mean distance of a point to its nearest neighbour is more than half of that of Sobol points."""
    import random

    def mean_nearest_distance(sampler: str, seed: int) -> float:
        noise = random.Random(seed)
        optimizer = tt.Optimizer(SPACE, sampler=sampler, seed=seed)
        for _ in range(40):
            optimizer.tell(optimizer.ask(), noise.gauss(0.0, 1.0))
        points = [trial.params for trial in optimizer.trials]
        return sum(min(distance(p, q) for q in points if q is not p) for p in points) / len(points)

    assert (
        median(mean_nearest_distance("gp", seed) for seed in SEEDS)
        > median(mean_nearest_distance("sobol", seed) for seed in SEEDS) / 2
    )
