"""Conditional spaces with branches of few and of many numbers, like a support vector machine and a network.

The loss of a branch is an error that saturates, so that most of a branch with many numbers is as bad as possible::

    floor + (1 - floor) (1 - s exp(-sum_j w_j (u_j - t_j)^2))

over the numbers of the branch, with targets ``t`` from 0.15 to 0.85 and weights ``w`` from 0.3 to 10 that are drawn
once; ``s`` is 1, 0.9 or 0.8, depending on the single choice of the branch.
"""

from __future__ import annotations

import math

from benches.python.peers.space import Parameter, Space
from benches.quality.problem import Params, Problem, exact
from benches.quality.problems.bbob import standard_normals

# For each branch: the number of its parameters, its floor, and the seed of targets and weights.
CASES: dict[str, tuple[tuple[int, ...], tuple[float, ...], int]] = {
    "pipelines-2-6-10": ((2, 6, 10), (0.12, 0.05, 0.15), 401),
    "pipelines-3-8": ((3, 8), (0.10, 0.04), 402),
    "pipelines-2-2-5-7": ((2, 2, 5, 7), (0.05, 0.08, 0.06, 0.10), 403),
    "pipelines-1-12": ((1, 12), (0.10, 0.06), 404),
}
SKILLS = (1.0, 0.9, 0.8)


def pipeline(name: str, numbers: tuple[int, ...], floors: tuple[float, ...], seed: int) -> Problem:
    """A choice of branches with these numbers of floats, each with a choice of three."""
    rng = standard_normals(seed)
    parameters = [Parameter("model", "categorical", choices=tuple(range(len(numbers))))]
    bowls: dict[str, tuple[float, float]] = {}
    best = [int(rng.integers(3)) for _ in numbers]
    for k, n in enumerate(numbers):
        parent = ("model", (k,))
        parameters.append(Parameter(f"kind{k}", "categorical", choices=(0, 1, 2), parent=parent))
        for j in range(n):
            parameters.append(Parameter(f"x{k}.{j}", "float", parent=parent))
            target, weight = rng.uniform(0.15, 0.85), math.exp(rng.uniform(math.log(0.3), math.log(10)))
            bowls[f"x{k}.{j}"] = float(target), weight

    def loss(p: Params) -> float:
        k = p["model"]
        q = sum(w * (p[number] - t) ** 2 for number, (t, w) in bowls.items() if number in p)
        skill = SKILLS[(p[f"kind{k}"] - best[k]) % 3]
        return floors[k] + (1.0 - floors[k]) * (1.0 - skill * math.exp(-q))

    return Problem(name, "conditional", Space(parameters), 100, exact(loss), optimum=min(floors))


def problems() -> list[Problem]:
    """Return four problems of 100 trials."""
    return [pipeline(name, *case) for name, case in CASES.items()]
