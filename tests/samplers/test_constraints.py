"""The Gaussian process with black-box constraints: each has a model, and the search finds the border precisely.

The problem: minimize ``x + y + 0.1 z`` outside a circle of radius 0.6 around the origin, with ``z`` between 0.2 and
0.8. The optimum, 0.62, lies on the borders of both constraints. Their units differ by four orders of magnitude.
"""

from __future__ import annotations

import math
from statistics import median

import pytest

import tanteo as tt

SEEDS = range(5)
SPACE = tt.SearchSpace({name: tt.Float(0.0, 1.0) for name in "xyz"})


def loss(p: dict[str, float]) -> float:
    return p["x"] + p["y"] + 0.1 * p["z"]


def constraints(p: dict[str, float]) -> dict[str, float]:
    return {"circle": 0.36 - p["x"] ** 2 - p["y"] ** 2, "middle": 1e4 * (abs(p["z"] - 0.5) - 0.3)}


def best_loss(sampler: str, seed: int, *, with_constraints: bool) -> float:
    """Return the best feasible loss of 40 trials. Without constraints, an infeasible trial fails instead."""
    optimizer = tt.Optimizer(SPACE, sampler=sampler, seed=seed)
    for _ in range(40):
        trial = optimizer.ask()
        violations = constraints(trial.params)
        if with_constraints:
            optimizer.tell(trial, loss(trial.params), constraints=violations)
        elif max(violations.values()) > 0:
            optimizer.tell(trial, state="failed")
        else:
            optimizer.tell(trial, loss(trial.params))
    return optimizer.best.value if optimizer.best else math.inf


@pytest.mark.parametrize("sampler", ["gp", "auto"])
def test_constraints_locate_the_border_more_precisely_than_failures(sampler):
    """The optimum is 0.62."""
    constrained = median(best_loss(sampler, seed, with_constraints=True) for seed in SEEDS)
    failing = median(best_loss(sampler, seed, with_constraints=False) for seed in SEEDS)
    random = median(best_loss("random", seed, with_constraints=True) for seed in SEEDS)
    assert constrained - 0.62 < 0.005
    assert constrained < failing < random


@pytest.mark.parametrize("sampler", ["gp", "auto"])
def test_infeasible_trials_lead_to_the_feasible_region(sampler):
    """A ball holds 0.2 % of the space. One random search in twelve finds it within 40 trials."""
    feasible = []
    for seed in SEEDS:
        optimizer = tt.Optimizer(
            tt.SearchSpace({f"x{i}": tt.Float(0.0, 1.0) for i in range(4)}), sampler=sampler, seed=seed
        )
        for _ in range(40):
            trial = optimizer.ask()
            excess = sum((x - 0.75) ** 2 for x in trial.params.values()) - 0.02
            optimizer.tell(trial, sum(trial.params.values()), constraints={"ball": excess})
            feasible.append(excess <= 0)
    assert sum(feasible) > 0.3 * len(feasible)


@pytest.mark.parametrize("value", [math.inf, 1e308, 5e-324, 0.0, 1.0])
def test_constant_and_extreme_constraints_cause_no_fallback(value):
    optimizer = tt.Optimizer(SPACE, sampler="gp", seed=0)
    for k in range(30):
        trial = optimizer.ask()
        values = {"always": value} if k % 3 else {"always": value, "sometimes": -value if value < math.inf else -1.0}
        optimizer.tell(trial, loss(trial.params), constraints=values)
    assert optimizer.stats()["fallbacks"] == 0
    assert SPACE.validate(optimizer.ask().params)


def test_a_low_loss_beyond_the_border_does_not_attract_the_search():
    """Beyond the border, the loss falls to -1e9."""
    beyond = 0
    for seed in SEEDS:
        optimizer = tt.Optimizer(SPACE, sampler="gp", seed=seed)
        for k in range(50):
            trial = optimizer.ask()
            x = trial.params["x"]
            optimizer.tell(trial, (x - 0.3) ** 2 if x < 0.6 else -1e9 * x, constraints={"limit": x - 0.6})
            beyond += k >= 20 and x >= 0.6
    assert beyond < 0.2 * 30 * len(SEEDS)


def test_a_constraint_of_discarded_trials_alone_causes_no_fallback():
    """Beyond 1,000 trials, the models use 512 of them. Only one of the other trials has a constraint."""
    optimizer = tt.Optimizer(SPACE, sampler="gp", seed=0)
    for k in range(1_010):
        x = (k * 0.754877666 + 0.5) % 1.0
        optimizer.observe({"x": x, "y": x * x, "z": 0.5}, x)
    optimizer.observe({"x": 1.0, "y": 0.0, "z": 1.0}, 10.0, constraints={"rare": 1.0})
    assert SPACE.validate(optimizer.ask().params)
    assert optimizer.stats()["fallbacks"] == 0


def violations(limit: float | None, seed: int) -> int:
    """Return how many of the last 30 of 40 trials break a constraint. The optimum lies on the border of both."""
    optimizer = tt.Optimizer(SPACE, sampler="auto", seed=seed, max_violation_probability=limit)
    broken = 0
    for k in range(40):
        trial = optimizer.ask()
        told = constraints(trial.params)
        optimizer.tell(trial, loss(trial.params), constraints=told)
        broken += k >= 10 and max(told.values()) > 0
    return broken


def test_a_limit_on_violations_is_kept():
    """Without it one trial in eight breaks a constraint."""
    unlimited, limited = (sum(violations(limit, seed) for seed in range(6)) for limit in (None, 0.05))
    assert unlimited > 0
    assert 3 * limited <= unlimited


def test_without_a_safe_configuration_the_safest_one_is_suggested():
    """All told trials break the constraint, the less the larger ``x``. So every suggestion is too risky."""
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, sampler="gp", seed=0, max_violation_probability=1e-6)
    for k in range(12):
        x = k / 20
        optimizer.observe({"x": x}, x, constraints={"c": 2.0 - x})
    assert optimizer.ask().params["x"] > 0.9


@pytest.mark.parametrize("sampler", ["tpe", "random", "nsga2"])
def test_a_limit_on_violations_needs_a_model_of_the_constraints(sampler):
    with pytest.raises(tt.ArgumentError, match="use 'auto' or 'gp'"):
        tt.Optimizer(SPACE, sampler=sampler, max_violation_probability=0.1)


@pytest.mark.parametrize("value", [0.0, 1.0, -0.1, 1.5, math.nan, math.inf, "little"])
def test_a_limit_on_violations_is_a_probability(value):
    with pytest.raises(tt.ArgumentError, match="max_violation_probability"):
        tt.Optimizer(SPACE, max_violation_probability=value)


def test_a_limit_on_violations_belongs_to_the_search(tmp_path):
    optimizer = tt.Optimizer(SPACE, seed=0, max_violation_probability=0.25)
    assert "max_violation_probability=0.25" in repr(optimizer)
    assert tt.Optimizer.from_bytes(optimizer.to_bytes()).max_violation_probability == 0.25
    path = tmp_path / "a.db"
    result = tt.minimize(loss, SPACE, n_trials=1, study=path, max_violation_probability=0.25, progress=False)
    assert result.optimizer.max_violation_probability == 0.25
    with tt.Study(path) as study:
        assert study.settings["max_violation_probability"] == 0.25
    with pytest.raises(tt.StudyError, match=r"max_violation_probability=0\.25, and 0\.5"):
        tt.Study(path, max_violation_probability=0.5)


def test_labels_lead_to_the_feasible_region():
    """A constraint that is only known to hold or not: half of a square, of which the search prefers the other half."""
    kept = []
    for seed in range(3):
        optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}, sampler="gp", seed=seed)
        for _ in range(40):
            trial = optimizer.ask()
            holds = trial.params["x"] + trial.params["y"] < 1.0
            optimizer.tell(trial, -trial.params["x"] - 0.5 * trial.params["y"], constraints={"works": holds})
            kept.append(holds)
        assert optimizer.best.value < -0.98
        assert optimizer.best.constraints == {"works": -1.0}
    assert sum(kept) > 0.2 * len(kept)


def test_a_trial_without_a_value_teaches_its_constraints():
    """Trials that break the constraint have no value: nothing else says where the region is that holds."""
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, sampler="gp", seed=0)
    for k in range(16):
        x = k / 15
        broken = {"c": x - 0.45}
        if x > 0.4:
            optimizer.observe({"x": x}, state="pruned", constraints=broken)
        else:
            optimizer.observe({"x": x}, -x, constraints=broken)
    asked = [optimizer.ask().params["x"] for _ in range(4)]
    assert 0.4 < max(asked) < 0.46, asked


def test_an_equality_is_found_within_its_tolerance():
    """``x + y = 1``, within 0.01: one random point in fifty. The optimum is (0.25, 0.75)."""
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}, sampler="gp", seed=0)
    for _ in range(40):
        x, y = (trial := optimizer.ask()).params.values()
        mass = tt.Equal(x + y, 1.0, tolerance=0.01)
        optimizer.tell(trial, (x - 0.25) ** 2 + (y - 0.5) ** 2 - y, constraints={"mass": mass})
    best = optimizer.best
    assert abs(sum(best.params.values()) - 1.0) <= 0.01
    assert best.value < -0.6
