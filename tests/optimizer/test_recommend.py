"""``recommend``: the trial to use, when results are noisy and among unfinished trials.

The smallest of many noisy values is usually too small. The bias of a trial is its observed value minus its true value.
"""

from __future__ import annotations

import pickle
import random
from statistics import mean

import pytest

import tanteo as tt

NOISE = 0.1
SEEDS = range(12)
SPACE = tt.SearchSpace({name: tt.Float(0.0, 1.0) for name in "xyz"})


def sphere(params: dict[str, float]) -> float:
    return sum((x - 0.4) ** 2 for x in params.values())


def noisy_search(sampler: str, seed: int, n: int = 60, *, with_sem: bool = True) -> tt.Optimizer:
    """Run a search with normal noise. Its standard deviation is told if ``with_sem``."""
    noise = random.Random(seed)
    optimizer = tt.Optimizer(SPACE, sampler=sampler, seed=seed)
    for _ in range(n):
        trial = optimizer.ask()
        value = sphere(trial.params) + noise.gauss(0.0, NOISE)
        optimizer.tell(trial, value, sem=NOISE if with_sem else None)
    return optimizer


def bias(trial: tt.FrozenTrial) -> float:
    return trial.value - sphere(trial.params)


def test_the_recommended_trial_is_less_biased_than_the_best():
    for sampler, with_sem in (("auto", True), ("random", True), ("auto", False)):
        searches = [noisy_search(sampler, seed, with_sem=with_sem) for seed in SEEDS]
        bias_of_best = mean(bias(search.best) for search in searches)
        bias_of_recommended = mean(bias(search.recommend()) for search in searches)
        assert bias_of_best < -NOISE, (sampler, with_sem)
        assert abs(bias_of_recommended) < abs(bias_of_best) / 2, (sampler, with_sem, bias_of_recommended, bias_of_best)


def test_the_true_value_of_the_recommended_trial_is_better_than_that_of_the_best():
    for with_sem in (True, False):
        searches = [noisy_search("random", seed, with_sem=with_sem) for seed in SEEDS]
        best = mean(sphere(search.best.params) for search in searches)
        assert mean(sphere(search.recommend().params) for search in searches) < best, with_sem


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


def curve_search() -> tt.Optimizer:
    """Return a search of twelve complete trials whose last value is half of the first; the best one ends at 0.5."""
    search = tt.Optimizer(SPACE, sampler="random", seed=0)
    for end in range(12, 0, -1):
        trial = search.ask()
        for step, factor in enumerate([1.0, 0.75, 0.625, 0.5], 1):
            search.report(trial, step, end * factor)
        search.tell(trial, end * 0.5)
    return search


@pytest.mark.parametrize("state", ["pending", "pruned"])
def test_an_unfinished_trial_that_promises_more_is_recommended(state):
    search = curve_search()
    trial = search.ask()
    search.report(trial, 1, 0.02)
    assert search.recommend() == search.best, "it has made less than half of the steps"
    assert search.recommend().estimate is search.recommend().deviation is None, "the value is told"
    search.report(trial, 2, 0.015)
    if state == "pruned":
        search.tell(trial, state="pruned")
    recommended = search.recommend()
    assert (recommended.id, recommended.state, search.best.id) == (trial.id, state, 11)
    assert recommended.deviation > 0.0
    assert recommended.estimate + recommended.deviation < search.best.value
    assert recommended == search.trials[trial.id]
    assert search.trials[trial.id].estimate is None
    copied = pickle.loads(pickle.dumps(recommended))
    assert (copied.estimate, copied.deviation) == (recommended.estimate, recommended.deviation)
    assert f"estimate={recommended.estimate!r}, deviation=" in repr(recommended)


def test_the_estimate_has_the_sign_of_the_objective_and_ends_as_the_last_value():
    search = tt.Optimizer(SPACE, direction="maximize", seed=0)
    for value in (2.0, 3.0):
        trial = search.ask()
        search.report(trial, 1, value)
        if value == 2.0:
            search.tell(trial, value)
    recommended = search.recommend()
    assert (recommended.id, recommended.estimate, recommended.deviation) == (1, 3.0, 0.0)


def test_before_any_trial_is_complete_the_best_last_value_is_recommended():
    search = tt.Optimizer(SPACE, direction="maximize", seed=0)
    assert search.recommend() is None
    for value in (1.0, 3.0, 2.0):
        search.report(search.ask(), 1, value)
    recommended = search.recommend()
    assert (recommended.id, search.best, recommended.estimate, recommended.deviation) == (1, None, None, None)
