"""BBOB functions (Hansen et al. 2009) from ``ioh`` in 5 and 10 dimensions, one instance each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benches.python.peers.space import floats
from benches.quality.problem import Params, Problem, exact, vector

# (function, dimension, instance): separable, ill-conditioned, multimodal with and without structure.
CASES = ((3, 5, 11), (6, 10, 12), (8, 5, 13), (10, 10, 14), (15, 5, 15), (17, 10, 16), (20, 5, 17), (21, 5, 18))


def regret(function: int, dimension: int, instance: int) -> Callable[[Params], float]:
    """Return the BBOB function minus its optimum, over parameters ``x0, x1, ...`` in [-5, 5]."""
    array = vector(floats(dimension, -5.0, 5.0))
    cache: list[Any] = []

    def evaluate(params: Params) -> float:
        if not cache:
            import ioh

            cache.append(ioh.get_problem(function, instance, dimension, ioh.ProblemClass.BBOB))
        bbob = cache[0]
        return float(bbob(array(params)) - bbob.optimum.y)

    return evaluate


def problems() -> list[Problem]:
    """Return eight functions of 100 trials."""
    return [
        Problem(f"bbob-f{f}-{d}d", "bbob", floats(d, -5.0, 5.0), 100, exact(regret(f, d, i)), optimum=0.0)
        for f, d, i in CASES
    ]


def standard_normals(*seed: int) -> np.random.Generator:
    """Return the generator of random problem instances, separate from the generators of runs."""
    return np.random.default_rng([*seed, 2026])
