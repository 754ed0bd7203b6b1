"""The sibling problems whose branches have many numeric parameters have the stated optima."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from benches.quality.problem import Problem
from benches.quality.siblings import pipelines
from scipy.optimize import minimize_scalar

PROBLEMS = {problem.name: problem for problem in pipelines.problems()}
NO_NOISE = np.random.default_rng(0)


def loss_along(problem: Problem, params: dict[str, Any], number: str, u: float) -> float:
    """Return the loss after one number is changed."""
    return problem.evaluate({**params, number: u}, NO_NOISE).true


def branch_minimum(problem: Problem, fixed: dict[str, Any]) -> float:
    """Return the minimum of a branch by a search along one axis at a time; a bowl has no other local minimum."""
    params = dict(fixed)
    numbers = [p.name for p in problem.space if p.kind == "float" and p.is_active(params)]
    params.update(dict.fromkeys(numbers, 0.5))
    for number in numbers:
        loss = partial(loss_along, problem, params, number)
        result = minimize_scalar(loss, bounds=(0.0, 1.0), options={"xatol": 1e-7})
        params[number] = float(result.x)
    return problem.evaluate(params, NO_NOISE).true


@pytest.mark.parametrize("name", sorted(PROBLEMS))
def test_every_branch_reaches_its_floor_with_one_of_its_choices(name: str) -> None:
    problem = PROBLEMS[name]
    floors = pipelines.CASES[name][1]
    for k, floor in enumerate(floors):
        minima = sorted(branch_minimum(problem, {"model": k, f"kind{k}": kind}) for kind in range(3))
        expected = [floor + (1.0 - floor) * (1.0 - skill) for skill in pipelines.SKILLS]
        np.testing.assert_allclose(minima, expected, atol=1e-9)
    assert problem.optimum == min(floors)
