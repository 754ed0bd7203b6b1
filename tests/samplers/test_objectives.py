"""The Gaussian process with several objectives."""

from __future__ import annotations

from statistics import mean

import pytest

import tanteo as tt

SEEDS = range(4)
SPACE = tt.SearchSpace({f"x{i}": tt.Float(0.0, 1.0) for i in range(4)})
REFERENCE = (1.1, 6.0)


def zdt1(p: dict[str, float]) -> tuple[float, float]:
    """Zitzler, Deb and Thiele 2000: the front is ``y = 1 - sqrt(x)``."""
    first, *others = p.values()
    g = 1.0 + 9.0 * sum(others) / len(others)
    return first, g * (1.0 - (first / g) ** 0.5)


def hypervolume(points: list[tuple[float, float]]) -> float:
    """Return the area below the reference that the points dominate."""
    volume, lowest = 0.0, REFERENCE[1]
    for x, y in sorted(points):
        if x < REFERENCE[0] and y < lowest:
            volume += (REFERENCE[0] - x) * (lowest - y)
            lowest = y
    return volume


def search(sampler: str, seed: int, n: int = 40, scale: tuple[float, float] = (1.0, 1.0)) -> tt.Optimizer:
    optimizer = tt.Optimizer(SPACE, sampler=sampler, seed=seed, directions=["minimize", "minimize"])
    for _ in range(n):
        trial = optimizer.ask()
        x, y = zdt1(trial.params)
        optimizer.tell(trial, (scale[0] * x, scale[1] * y))
    return optimizer


def mean_hypervolume(sampler: str) -> float:
    return mean(hypervolume([trial.values for trial in search(sampler, seed).trials]) for seed in SEEDS)


def test_hypervolume_after_40_trials():
    """The whole front has the hypervolume 6.23. Measured: GP 6.20, Auto 6.21, TPE 5.74, random search 4.50."""
    bounds = {"gp": 6.1, "auto": 6.1, "tpe": 5.4}
    volumes = {sampler: mean_hypervolume(sampler) for sampler in bounds}
    assert all(volumes[sampler] > bound for sampler, bound in bounds.items()), volumes


@pytest.mark.parametrize("scale", [(1024.0, 1.0), (1.0, 2.0**-30), (2.0**60, 2.0**-60)])
def test_the_scale_of_an_objective_does_not_matter(scale):
    """Scales are powers of two, so that nothing is rounded."""
    unscaled, scaled = search("gp", 0, 25), search("gp", 0, 25, scale)
    assert [trial.params for trial in unscaled.trials] == [trial.params for trial in scaled.trials]


@pytest.mark.parametrize("n_objectives", [2, 3, 4, 6])
@pytest.mark.parametrize("sampler", ["gp", "auto"])
def test_any_number_of_objectives(sampler, n_objectives):
    """The objectives are squared distances to different points. Some trials violate a constraint or fail."""
    optimizer = tt.Optimizer(SPACE, sampler=sampler, seed=1, directions=["minimize"] * n_objectives)
    for k in range(30):
        trial = optimizer.ask()
        x = list(trial.params.values())
        values = [sum((a - (j + 1) * (i + 1) % 3 / 2) ** 2 for i, a in enumerate(x)) for j in range(n_objectives)]
        if k % 7 == 3:
            optimizer.tell(trial, state="failed")
        else:
            optimizer.tell(trial, values, constraints={"sum": sum(x) - 3.0})
    assert optimizer.stats()["fallbacks"] == 0
    assert {trial.origin for trial in optimizer.trials[15:]} == {"gp"}
    assert len(optimizer.pareto_front) > 1
    name, value = optimizer.explain(29).acquisition
    assert name == "logehvi"
    assert value == value


def test_a_constant_objective_does_not_disturb_the_other():
    optimizer = tt.Optimizer(SPACE, sampler="gp", seed=1, directions=["minimize", "maximize"])
    for _ in range(25):
        trial = optimizer.ask()
        optimizer.tell(trial, (1.0, trial.params["x0"]))
    assert max(trial.values[1] for trial in optimizer.trials) > 0.99
