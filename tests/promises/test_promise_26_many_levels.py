"""Promise 26: with many levels of a choice no sampler with a model is behind random search after 150 trials."""

import math
import random
from functools import cache
from statistics import NormalDist, fmean

import pytest

import tanteo as tt

TRIALS = 150


@cache
def effects(n: int) -> list[float]:
    """The quantiles of a normal, shuffled: what every level adds to the loss."""
    quantiles = [NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)]
    random.Random(n).shuffle(quantiles)
    return quantiles


def loss(n: int, level: int, x: float) -> float:
    return effects(n)[level] + 4 * (x - 0.3) ** 2


def found(sampler: str, n: int, seed: int) -> float:
    """The best loss of a search over a choice of ``n`` levels and a number."""
    space = tt.SearchSpace({"level": tt.Categorical(range(n)), "x": tt.Float(0, 1)})
    optimizer = tt.Optimizer(space, sampler=sampler, seed=seed)
    for _ in range(TRIALS):
        trial = optimizer.ask()
        optimizer.tell(trial, loss(n, **trial.params))
    return optimizer.best.value


@cache
def by_chance(n: int) -> tuple[float, float]:
    """Mean and standard deviation of what 400 random searches find."""
    rng = random.Random(1)
    best = [min(loss(n, rng.randrange(n), rng.random()) for _ in range(TRIALS)) for _ in range(400)]
    mean = fmean(best)
    return mean, math.sqrt(fmean((value - mean) ** 2 for value in best))


def lead(sampler: str, searches: list[tuple[int, int]]) -> float:
    """Mean lead over random search, in standard deviations of it."""
    leads = [(by_chance(n)[0] - found(sampler, n, seed)) / by_chance(n)[1] for n, seed in searches]
    return fmean(leads)


@pytest.mark.parametrize("n", [30, 100, 300, 1000])
def test_promise_26_tpe(n):
    """Ten searches half a deviation better than random ones on average are behind with a chance of 6 %."""
    assert lead("tpe", [(n, seed) for seed in range(10)]) > 0


@pytest.mark.parametrize("sampler", ["gp", "auto"])
def test_promise_26_with_a_gaussian_process(sampler):
    """As above; the searches are dealt out to the numbers of levels, as each takes a good part of a second."""
    assert lead(sampler, [(n, seed) for seed, n in enumerate([30, 100, 300, 300, 300, 1000, 1000, 1000])]) > 0
