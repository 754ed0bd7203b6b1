"""lq-CMA-ES (Hansen 2019) from pycma: CMA-ES with a linear or quadratic surrogate, restarted when it has converged."""

from __future__ import annotations

import numpy as np

from benches.python.peers import cube
from benches.quality.problem import Problem

STEP = 0.3  # Share of the range, as for Optuna's CMA-ES.


class BudgetSpentError(Exception):
    """The last trial was evaluated."""


def search(problem: Problem, seed: int) -> list[float]:
    """Return the true value of every trial."""
    import cma

    rng, values = np.random.default_rng(seed), list[float]()
    d = cube.dimension(problem.space)

    def evaluate(u: np.ndarray) -> float:
        if len(values) == problem.budget:
            raise BudgetSpentError
        values.append(problem.evaluate(cube.decode(problem.space, u), rng).true)
        return values[-1]

    start = np.full(d, 0.5)
    try:
        while True:
            options = {"bounds": [0, 1], "seed": int(rng.integers(1, 2**31)), "verbose": -9}
            cma.fmin_lq_surr2(evaluate, start, STEP, options=options)
            start = rng.random(d)
    except BudgetSpentError:
        return values
