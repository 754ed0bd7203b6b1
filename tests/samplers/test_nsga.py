"""NSGA-II and NSGA-III: fronts, constraints, mixed and conditional spaces, and what their suggestions depend on."""

from __future__ import annotations

from statistics import mean, median
from typing import Any

import pytest

import tanteo as tt
from support.searches import bowl, mixed_loss, mixed_space, run, unit_square

NSGA = [tt.samplers.NSGA2, tt.samplers.NSGA3]
both = pytest.mark.parametrize("kind", NSGA)
SEEDS = range(4)


def zdt1(p: dict[str, float]) -> tuple[float, float]:
    """Zitzler, Deb and Thiele 2000: the front is ``y = 1 - sqrt(x)``."""
    first, *others = p.values()
    g = 1.0 + 9.0 * sum(others) / len(others)
    return first, g * (1.0 - (first / g) ** 0.5)


def hypervolume(points: list[tuple[float, float]], reference: tuple[float, float] = (1.1, 6.0)) -> float:
    """Return the area below the reference that the points dominate."""
    volume, lowest = 0.0, reference[1]
    for x, y in sorted(points):
        if x < reference[0] and y < lowest:
            volume += (reference[0] - x) * (lowest - y)
            lowest = y
    return volume


def search(sampler: Any, seed: int, n: int = 150, scale: float = 1.0) -> tt.Optimizer:
    space = tt.SearchSpace({f"x{i}": tt.Float(0.0, 1.0) for i in range(4)})
    optimizer = tt.Optimizer(space, sampler=sampler, seed=seed, directions=["minimize", "minimize"])
    for _ in range(n):
        trial = optimizer.ask()
        x, y = zdt1(trial.params)
        optimizer.tell(trial, (x, scale * y))
    return optimizer


def test_hypervolume_after_150_trials():
    """The whole front has the hypervolume 6.23. Measured: NSGA-II 5.65, NSGA-III 5.73, random search 4.96."""

    def mean_hypervolume(sampler: Any) -> float:
        return mean(hypervolume([trial.values for trial in search(sampler, seed).trials]) for seed in SEEDS)

    random, *bred = (mean_hypervolume(sampler) for sampler in ("random", "nsga2", "nsga3"))
    assert all(volume > 5.45 > random + 0.4 for volume in bred), (random, bred)


@both
def test_the_scale_of_an_objective_does_not_matter(kind):
    """The scale is a power of two, so that nothing is rounded."""
    settings = kind(population_size=12)
    plain, scaled = (search(settings, 0, 60, scale) for scale in (1.0, 2.0**30))
    assert [trial.params for trial in plain.trials] == [trial.params for trial in scaled.trials]


@both
def test_trials_of_the_design_come_first_then_children(kind):
    optimizer = search(kind(population_size=12), 0, 40)
    assert [trial.origin for trial in optimizer.trials] == ["design"] * 12 + ["nsga"] * 28
    assert optimizer.stats()["fallbacks"] == 0


@both
def test_a_single_objective_is_minimized(kind):
    def best(sampler: Any, seed: int) -> float:
        optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=seed)
        run(optimizer, 100, bowl)
        return optimizer.best.value

    bred, random = (median(best(sampler, seed) for seed in SEEDS) for sampler in (kind(), "random"))
    assert bred < random / 4


@both
def test_mixed_and_conditional_spaces_with_failures(kind):
    """Some trials fail. Every suggestion is valid, and choices and numbers improve."""
    space, losses = mixed_space(), []
    optimizer = tt.Optimizer(space, sampler=kind(population_size=16), seed=3)
    for k in range(120):
        trial = optimizer.ask()
        space.validate(trial.params)
        losses.append(mixed_loss(trial.params))
        optimizer.tell(trial, None if k % 8 == 3 else losses[-1])
    assert median(losses[-40:]) < median(losses[:16]) / 2


@both
def test_constraints_lead_into_a_small_feasible_region(kind):
    """A ball holds 2 % of the space; the other constraint, of another unit, holds in half of it."""
    feasible = 0
    for seed in SEEDS:
        space = tt.SearchSpace({f"x{i}": tt.Float(0.0, 1.0) for i in range(3)})
        optimizer = tt.Optimizer(space, sampler=kind(population_size=16), seed=seed, directions=["minimize"] * 2)
        for k in range(100):
            trial = optimizer.ask()
            x = list(trial.params.values())
            ball = sum((a - 0.7) ** 2 for a in x) - 0.03
            optimizer.tell(trial, (x[0], 1 - x[0] + x[1]), constraints={"ball": ball, "half": 1e6 * (0.5 - x[2])})
            feasible += k >= 60 and ball <= 0 and x[2] >= 0.5
    assert feasible > 0.5 * 40 * len(SEEDS)


@both
@pytest.mark.parametrize("n_objectives", [3, 5, 9])
def test_many_objectives_are_reduced_together(kind, n_objectives):
    """The objectives are squared distances from the corners near the origin, so large coordinates help none of them."""
    space = tt.SearchSpace({f"x{i}": tt.Float(0.0, 1.0) for i in range(10)})
    optimizer = tt.Optimizer(space, sampler=kind(population_size=20), seed=1, directions=["minimize"] * n_objectives)
    sums = []
    for _ in range(200):
        trial = optimizer.ask()
        x = list(trial.params.values())
        sums.append(sum(x))
        optimizer.tell(trial, [sum((a - 0.3 * (i == j)) ** 2 for i, a in enumerate(x)) for j in range(n_objectives)])
    assert mean(sums[-30:]) < 0.7 * mean(sums[:20])


@both
def test_a_batch_has_no_repetition(kind):
    space = tt.SearchSpace({"a": tt.Int(0, 9), "b": tt.Categorical(list("abcde"))})
    optimizer = tt.Optimizer(space, sampler=kind(population_size=8), seed=0)
    run(optimizer, 12, lambda params: float(params["a"]))
    batch = optimizer.ask(20)
    assert len({tuple(trial.params.values()) for trial in [*optimizer.trials, *batch]}) == 32


@both
def test_results_from_elsewhere_become_parents(kind):
    optimizer = tt.Optimizer(unit_square(), sampler=kind(population_size=8), seed=0)
    for k in range(40):
        x = 0.3 + 1e-3 * k
        optimizer.observe({"x": x, "y": 0.6}, bowl({"x": x, "y": 0.6}))
    children = optimizer.ask(16)
    assert median(bowl(trial.params) for trial in children) < 1e-2
