"""Repeated suggestions: without noise only new configurations are suggested; with noise, some are repeated."""

from __future__ import annotations

import random

import pytest

import tanteo as tt

GRID = tt.SearchSpace({"a": tt.Int(0, 9), "b": tt.Int(0, 9)})


def bowl(params: dict[str, int]) -> float:
    return (params["a"] - 3.2) ** 2 + (params["b"] - 6.3) ** 2


def run(sampler: str, n: int, loss) -> tt.Optimizer:
    optimizer = tt.Optimizer(GRID, sampler=sampler, seed=0)
    for _ in range(n):
        trial = optimizer.ask()
        optimizer.tell(trial, loss(trial.params))
    return optimizer


def n_distinct(optimizer: tt.Optimizer) -> int:
    return len({tuple(trial.params.values()) for trial in optimizer.trials})


@pytest.mark.parametrize("sampler", ["gp", "auto"])
def test_a_model_suggests_untried_configurations_far_from_the_best_trial(sampler):
    """Only 36 of 100 configurations lie within a quarter of each range around the best trial.

    They are all tried long before the rest.
    """
    optimizer = run(sampler, 90, bowl)
    assert n_distinct(optimizer) == 90
    assert optimizer.stats()["fallbacks"] == 0


@pytest.mark.parametrize("sampler", ["gp", "tpe"])
def test_configurations_measured_on_shared_folds_are_hardly_repeated(sampler):
    folds = [-0.6, 0.1, 0.5]
    optimizer = run(sampler, 60, lambda params: tt.Replicates([bowl(params) + fold for fold in folds]))
    # TPE has 24 candidates, and near the end all of them may have been tried.
    assert n_distinct(optimizer) >= {"gp": 58, "tpe": 54}[sampler]


def test_noisy_configurations_are_repeated():
    rng = random.Random(0)
    optimizer = run("gp", 60, lambda p: tt.Replicates([bowl(p) + rng.gauss(0.0, 20.0) for _ in range(3)]))
    assert n_distinct(optimizer) < 58
