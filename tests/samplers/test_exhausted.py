"""Neighbourhoods of finished trials are left once they are exhausted."""

from __future__ import annotations

import functools
import math

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
def searched(space, objective, sampler="gp", seed: int = 0) -> tt.Optimizer:
    """Return a search of eighty trials."""
    optimizer = tt.Optimizer(space, sampler=sampler, seed=seed)
    for _ in range(80):
        trial = optimizer.ask()
        optimizer.tell(trial, objective(trial.params))
    return optimizer


def closest(optimizer: tt.Optimizer, trial: tt.FrozenTrial) -> float:
    """Return the distance to the nearest earlier trial: the largest difference of two numbers."""
    earlier = (known.params for known in optimizer.trials[: trial.id])
    return min(max(abs(trial.params[name] - near[name]) for name in SQUARE) for near in earlier)


def test_some_even_trials_are_drawn_far_from_all_others():
    optimizer = searched(SQUARE, slope)
    drawn = [trial for trial in optimizer.trials[20:] if trial.origin == "design"]
    assert 15 <= len(drawn) <= 28
    assert {trial.id % 16 for trial in drawn} <= {0, 2, 4, 6, 8, 10, 12}
    assert min(closest(optimizer, trial) for trial in drawn) > 0.05


def test_other_trials_may_come_closer():
    optimizer = searched(SQUARE, slope)
    others = [trial for trial in optimizer.trials[20:] if trial.origin == "gp"]
    assert min(closest(optimizer, trial) for trial in others) < 0.001


def test_a_second_basin_is_found():
    best = [searched(SQUARE, two_basins, "auto", seed).best.value for seed in range(4)]
    assert sum(value < 0.15 for value in best) >= 3, best


def test_nothing_is_drawn_where_all_configurations_are_far_apart():
    levels = tt.SearchSpace({"a": tt.Int(0, 9), "b": tt.Int(0, 9), "c": tt.Categorical(["x", "y", "z"])})
    finite = searched(levels, lambda params: params["a"] + params["b"] + (params["c"] == "x"))
    assert {trial.origin for trial in finite.trials[20:]} == {"gp"}


def test_nothing_is_drawn_after_a_failure_or_under_constraints():
    failed, constrained = (tt.Optimizer(SQUARE, sampler="gp", seed=0) for _ in range(2))
    for k in range(40):
        trial = failed.ask()
        failed.tell(trial, None if k == 3 else slope(trial.params), state="failed" if k == 3 else "complete")
        trial = constrained.ask()
        constrained.tell(trial, slope(trial.params), constraints={"c": trial.params["x"] - 0.9})
    for optimizer in (failed, constrained):
        assert {trial.origin for trial in optimizer.trials[20:]} == {"gp"}
