"""The sibling problems of trainings have oblique valleys, are repeatable and have the stated optima."""

from __future__ import annotations

import numpy as np
import pytest
from benches.python.peers import cube
from benches.quality.problem import Params
from benches.quality.siblings import valleys

PROBLEMS = {problem.name: problem for problem in valleys.problems()}
BEST: dict[str, Params] = {
    "ridge-friedman": {"alpha": 0.003754995, "gamma": 0.5336255},
    "ridge-diabetes": {"alpha": 0.3586857, "gamma": 0.01154574},
    "hinge-wine": {"C": 3.302028488, "gamma": 0.01300368473},
    "laplacian-friedman": {"alpha": 0.02106152, "gamma": 0.1561627},
    "cubic-diabetes": {"alpha": 0.3340821, "gamma": 0.001674970, "coef0": 11.39264},
    "evidence-friedman": {"variance": 5.072819, "length": 1.388613, "noise": 0.02878138},
    "smoothing-digits": {"temperature": 0.2889024, "prior": 0.009099146},
    "descent-breast-cancer": {"rate": 7.569658, "steps": 5, "decay": 0.003674588},
}
# A point near a valley, and two parameters with the factors by which they compensate each other along it.
OBLIQUE: dict[str, tuple[Params, dict[str, float]]] = {
    "ridge-friedman": (BEST["ridge-friedman"], {"alpha": 2.0, "gamma": 2.0}),
    "ridge-diabetes": (BEST["ridge-diabetes"], {"alpha": 2.0, "gamma": 2.0}),
    "hinge-wine": (BEST["hinge-wine"], {"C": 2.0, "gamma": 0.5}),
    "cubic-diabetes": (BEST["cubic-diabetes"], {"alpha": 2.0, "gamma": 2.0}),
    "evidence-friedman": (BEST["evidence-friedman"], {"variance": 2.0, "length": 2.0}),
    "descent-breast-cancer": ({"rate": 0.1, "steps": 100, "decay": 1e-3}, {"rate": 2.0, "steps": 0.5}),
}


def loss(name: str, params: Params) -> float:
    return PROBLEMS[name].evaluate(params, np.random.default_rng(0)).true


@pytest.mark.parametrize("name", sorted(PROBLEMS))
def test_no_random_point_is_better_than_the_optimum(name: str) -> None:
    problem, rng = PROBLEMS[name], np.random.default_rng(1)
    points = [cube.decode(problem.space, rng.random(len(problem.space))) for _ in range(5)]
    values = [loss(name, point) for point in points]
    assert np.all(np.isfinite(values))
    assert min(values) > problem.optimum


@pytest.mark.parametrize("name", sorted(PROBLEMS))
def test_a_training_is_repeatable(name: str) -> None:
    # Sums in a different order may differ in the last digits.
    first, second = loss(name, BEST[name]), loss(name, BEST[name])
    assert first == pytest.approx(second, rel=1e-9)


@pytest.mark.parametrize("name", sorted(PROBLEMS))
def test_the_best_known_point_has_the_optimal_value(name: str) -> None:
    assert abs(loss(name, BEST[name]) - PROBLEMS[name].optimum) < 1e-5


@pytest.mark.parametrize("name", sorted(OBLIQUE))
def test_the_loss_changes_less_along_the_valley_than_across_it(name: str) -> None:
    point, factors = OBLIQUE[name]
    first, second = factors

    def loss_range(sign: int) -> float:
        """Return the range of the loss over three points: a step back, the point itself and a step ahead.

        With ``sign`` = -1 the second parameter moves in the opposite direction, across the valley.
        """
        losses = []
        for step in (-1, 0, 1):
            step_factors = {first: factors[first] ** step, second: factors[second] ** (sign * step)}
            losses.append(
                loss(name, {**point, **{key: type(point[key])(point[key] * f) for key, f in step_factors.items()}})
            )
        return float(np.ptp(losses))

    assert loss_range(1) < loss_range(-1) / 2
