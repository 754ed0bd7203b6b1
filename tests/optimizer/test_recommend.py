"""``recommend``: the trial to use when results are noisy.

Of many noisy values the smallest is the luckiest. The bias of a trial is its told value minus its true one.
"""

from __future__ import annotations

import random
from statistics import mean

import tanteo as tt

NOISE = 0.1
SEEDS = range(12)
SPACE = tt.SearchSpace({name: tt.Float(0.0, 1.0) for name in "xyz"})


def sphere(params: dict[str, float]) -> float:
    return sum((x - 0.4) ** 2 for x in params.values())


def noisy_search(sampler: str, seed: int, n: int = 60, *, told: bool = True) -> tt.Optimizer:
    """Normal noise whose standard deviation is told, or not."""
    noise = random.Random(seed)
    optimizer = tt.Optimizer(SPACE, sampler=sampler, seed=seed)
    for _ in range(n):
        trial = optimizer.ask()
        value = sphere(trial.params) + noise.gauss(0.0, NOISE)
        optimizer.tell(trial, value, sem=NOISE if told else None)
    return optimizer


def bias(trial: tt.FrozenTrial) -> float:
    return trial.value - sphere(trial.params)


def test_what_is_recommended_is_less_lucky_than_the_best():
    for sampler, told in (("auto", True), ("random", True), ("auto", False)):
        searches = [noisy_search(sampler, seed, told=told) for seed in SEEDS]
        of_best = mean(bias(search.best) for search in searches)
        of_recommended = mean(bias(search.recommend()) for search in searches)
        assert of_best < -NOISE, (sampler, told)
        assert abs(of_recommended) < abs(of_best) / 2, (sampler, told, of_recommended, of_best)


def test_what_is_recommended_is_better_than_the_best():
    for told in (True, False):
        searches = [noisy_search("random", seed, told=told) for seed in SEEDS]
        best = mean(sphere(search.best.params) for search in searches)
        assert mean(sphere(search.recommend().params) for search in searches) < best, told


def test_without_noise_the_best_is_recommended():
    optimizer = tt.Optimizer(SPACE, seed=0)
    for _ in range(30):
        trial = optimizer.ask()
        optimizer.tell(trial, sphere(trial.params))
    assert optimizer.recommend().id == optimizer.best.id


def test_only_feasible_trials_are_recommended():
    noise = random.Random(0)
    optimizer = tt.Optimizer(SPACE, seed=0)
    for k in range(40):
        trial = optimizer.ask()
        value = sphere(trial.params) + noise.gauss(0.0, NOISE)
        optimizer.tell(trial, value, sem=NOISE, constraints={"half": trial.params["x"] - 0.3, "other": k % 2 - 0.5})
    recommended = optimizer.recommend()
    assert recommended.params["x"] <= 0.3
    assert recommended.id % 2 == 0
