"""Neighbourhoods of finished trials are left once they are exhausted."""

from __future__ import annotations

import math

import tanteo as tt


def two_basins(params: dict[str, float]) -> float:
    """A slope to a corner, and a lower hollow on the other side."""
    x, y = params["x"], params["y"]
    hollow = 1.0 - math.exp(-0.5 * ((x - 0.77) ** 2 + (y - 0.68) ** 2) / 0.12**2)
    return min(0.15 + 0.425 * (x**2 + y**2), hollow)


def copies(seed: int) -> int:
    """Return how many of the thirty even trials from the 20th on lie within 0.003 of an earlier trial."""
    space = tt.SearchSpace({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)})
    optimizer, n = tt.Optimizer(space, sampler="gp", seed=seed), 0
    for _ in range(80):
        trial = optimizer.ask()
        if trial.id >= 20 and trial.id % 2 == 0:
            earlier = (known.params for known in optimizer.trials[: trial.id])
            n += any(all(abs(trial.params[name] - near[name]) < 0.003 for name in space) for near in earlier)
        optimizer.tell(trial, two_basins(trial.params))
    return n


def test_even_trials_leave_an_exhausted_neighbourhood():
    assert sum(map(copies, range(4))) < 40
