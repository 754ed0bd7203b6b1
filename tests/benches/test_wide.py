"""The sibling problems with many parameters have the stated optima."""

from __future__ import annotations

import numpy as np
import pytest
from benches.python.peers import cube
from benches.quality.problems.bbob import standard_normals
from benches.quality.siblings import wide

PROBLEMS = {problem.name: problem for problem in wide.problems()}
NO_NOISE = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("name", "seeds", "low", "high"),
    [
        ("blocks4-60d", (180, 0), 0.15, 0.85),
        ("blocks10-120d", (180, 1), 0.15, 0.85),
        ("blocks5-30d", (180, 2), 0.15, 0.85),
        ("ackley-100d", (181, 0), 0.15, 0.85),
        ("rastrigin-50d", (182, 0), 0.2, 0.8),
        ("griewank-150d", (183, 0), 0.15, 0.85),
        ("levy-70d", (184, 0), 0.2, 0.8),
    ],
)
def test_the_shifted_optimum_is_at_the_drawn_point(name: str, seeds: tuple[int, int], low: float, high: float) -> None:
    problem = PROBLEMS[name]
    optimum = standard_normals(*seeds).uniform(low, high, len(problem.space))
    point = {p.name: u for p, u in zip(problem.space, optimum, strict=True)}
    assert abs(problem.evaluate(point, NO_NOISE).true - problem.optimum) < 1e-9
    shifted = {**point, "x3": point["x3"] + 0.01}
    assert problem.evaluate(shifted, NO_NOISE).true > problem.optimum + 1e-6


@pytest.mark.parametrize("name", sorted(PROBLEMS))
def test_no_random_point_is_better_than_the_optimum(name: str) -> None:
    problem, rng = PROBLEMS[name], np.random.default_rng(1)
    points = [cube.decode(problem.space, rng.random(cube.dimension(problem.space))) for _ in range(5)]
    values = [problem.evaluate(point, NO_NOISE).true for point in points]
    assert np.all(np.isfinite(values))
    assert np.isinf(problem.optimum) or min(values) > problem.optimum
