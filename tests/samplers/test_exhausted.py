"""Neighbourhoods of finished trials are left once they are exhausted."""

from __future__ import annotations

import functools
import math
from collections import Counter

import tanteo as tt

SQUARE = tt.SearchSpace({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)})


def slope(params: dict[str, float]) -> float:
    """A slope to a corner."""
    return 0.15 + 0.425 * (params["x"] ** 2 + params["y"] ** 2)


def two_basins(params: dict[str, float]) -> float:
    """The slope, and a lower hollow on the other side."""
    hollow = 1.0 - math.exp(-0.5 * ((params["x"] - 0.77) ** 2 + (params["y"] - 0.68) ** 2) / 0.12**2)
    return min(slope(params), hollow)


@functools.cache
def searched(space, objective, seed: int) -> tt.Optimizer:
    """Return a search of the Gaussian process."""
    optimizer = tt.Optimizer(space, sampler="gp", seed=seed)
    for _ in range(70):
        trial = optimizer.ask()
        optimizer.tell(trial, objective(trial.params))
    return optimizer


def closest(optimizer: tt.Optimizer, trial: tt.FrozenTrial) -> float:
    """Return the distance to the nearest earlier trial: the largest difference of two numbers."""
    earlier = (known.params for known in optimizer.trials[: trial.id])
    return min(max(abs(trial.params[name] - near[name]) for name in SQUARE) for near in earlier)


def test_even_trials_leave_an_exhausted_neighbourhood():
    for seed in range(2):
        optimizer = searched(SQUARE, two_basins, seed)
        distances = [closest(optimizer, trial) for trial in optimizer.trials[20::2]]
        assert min(distances) >= 0.003, f"{seed} {min(distances)}"


def test_a_second_basin_is_found():
    best = [searched(SQUARE, two_basins, seed).best.value for seed in range(4)]
    assert sum(value < 0.15 for value in best) >= 3, best


def test_odd_trials_may_come_closer():
    optimizer = searched(SQUARE, slope, 0)
    assert min(closest(optimizer, trial) for trial in optimizer.trials[21::2]) < 0.001


def test_draws_replace_only_trials_in_exhausted_neighbourhoods():
    origins = Counter(trial.origin for trial in searched(SQUARE, slope, 0).trials[20:])
    assert 10 <= origins["design"] <= 25, origins
    levels = tt.SearchSpace({"a": tt.Int(0, 9), "b": tt.Int(0, 9), "c": tt.Categorical(["x", "y", "z"])})
    finite = searched(levels, lambda params: params["a"] + params["b"] + (params["c"] == "x"), 0)
    assert Counter(trial.origin for trial in finite.trials[20:]) == {"gp": 50}
