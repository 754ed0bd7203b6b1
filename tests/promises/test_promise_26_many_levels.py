"""Promise 26: with many levels of a choice, no sampler with a model is worse than random search after 150 trials."""

import math
import random
from functools import cache
from statistics import NormalDist, fmean

import pytest

import tanteo as tt

TRIALS = 150


@cache
def effects(n: int) -> list[float]:
    """Return what every level adds to the loss: the shuffled quantiles of a normal distribution."""
    quantiles = [NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)]
    random.Random(n).shuffle(quantiles)
    return quantiles


def loss(n: int, level: int, x: float) -> float:
    return effects(n)[level] + 4 * (x - 0.3) ** 2


def best_loss(sampler: str, n: int, seed: int) -> float:
    """Return the best loss of a search over a choice of ``n`` levels and a number."""
    space = tt.SearchSpace({"level": tt.Categorical(range(n)), "x": tt.Float(0, 1)})
    optimizer = tt.Optimizer(space, sampler=sampler, seed=seed)
    for _ in range(TRIALS):
        trial = optimizer.ask()
        optimizer.tell(trial, loss(n, **trial.params))
    return optimizer.best.value


@cache
def random_search(n: int) -> tuple[float, float]:
    """Return the mean and standard deviation of the best losses of 400 random searches."""
    rng = random.Random(1)
    best = [min(loss(n, rng.randrange(n), rng.random()) for _ in range(TRIALS)) for _ in range(400)]
    mean = fmean(best)
    return mean, math.sqrt(fmean((value - mean) ** 2 for value in best))


def lead(sampler: str, searches: list[tuple[int, int]]) -> float:
    """Return the mean lead over random search, in standard deviations of random search."""
    leads = [(random_search(n)[0] - best_loss(sampler, n, seed)) / random_search(n)[1] for n, seed in searches]
    return fmean(leads)


@pytest.mark.parametrize("n", [30, 100, 300, 1000])
def test_promise_26_tpe_is_not_worse_than_random_search(n):
    """The mean lead of a hundred searches is 0.4 to 0.8 deviations, with a standard error of 0.1."""
    assert lead("tpe", [(n, seed) for seed in range(100)]) > 0


@pytest.mark.parametrize("sampler", ["gp", "auto"])
def test_promise_26_a_gaussian_process_is_not_worse_than_random_search(sampler):
    """Eight searches are spread over the numbers of levels, because each takes almost a second."""
    assert lead(sampler, [(n, seed) for seed, n in enumerate([30, 100, 300, 300, 300, 1000, 1000, 1000])]) > 0
