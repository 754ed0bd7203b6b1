"""Two to five of 100 parameters matter, each in a different way; optima are 0 unless no integer reaches them.

The best known value (from ``best`` or from later searches), and the median value of random search after 100 trials::

    problem                  best known       random search
    idle-2                   0.000000         0.0493
    idle-4                   0.000000         0.3786
    idle-3                   0.000000         0.1366
    idle-5                   0.000000         0.6867
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.problem import Params, Problem, exact
from benches.quality.problems.bbob import standard_normals

Function = tuple[Space, Callable[[Params], float]]
D = 100


def used(seed: int, n: int) -> tuple[np.random.Generator, list[str]]:
    """Return a generator, and the names of ``n`` floats that matter."""
    rng = standard_normals(790, seed)
    return rng, [f"x{i}" for i in rng.choice(D, n, replace=False)]


def valley() -> Function:
    """Two parameters: a curved valley."""
    _, (a, b) = used(2, 2)

    def value(p: Params) -> float:
        x, y = 3 * p[a] - 1.5, 3 * p[b] - 1.5
        return 5 * (y - x**2 + 0.5) ** 2 + (x + 0.8) ** 2

    return floats(D, 0.0, 1.0), value


def peak() -> Function:
    """Three parameters: a hole in a plain, the product of three Gaussians."""
    rng, names = used(3, 3)
    target = rng.uniform(0.15, 0.85, 3)

    def value(p: Params) -> float:
        z = np.array([p[name] for name in names]) - target
        return float(1.0 - np.exp(-np.sum((z / [0.2, 0.3, 0.4]) ** 2)))

    return floats(D, 0.0, 1.0), value


def mixed() -> Function:
    """Four of 60 floats, 20 integers and 20 choices: a slope to the edge, a kink, a bowl of integers, and a choice."""
    kinds = ("ada", "bob", "cyd")
    space = Space([
        *floats(60, 0.0, 1.0), *(Parameter(f"k{i}", "int", 1, 1024, True) for i in range(20)),
        *(Parameter(f"c{i}", "categorical", choices=kinds) for i in range(20)),
    ])  # fmt: skip

    def value(p: Params) -> float:
        effect = {"ada": 0.4, "bob": 0.0, "cyd": 0.7}[p["c13"]]
        return float(1.0 - p["x41"] + 2 * abs(p["x7"] - 0.23) + 3 * (np.log2(p["k4"]) / 10 - 0.6) ** 2 + effect)

    return space, value


def five() -> Function:
    """Five parameters: two that compensate each other, a step, a wave on a slope, and a root that is least at zero."""
    _, (a, b, c, d, e) = used(5, 5)

    def value(p: Params) -> float:
        step = 0.0 if 0.6 < p[c] < 0.9 else 0.5
        wave = 0.6 * abs(p[d] - 0.75) + 0.15 * (1.0 - np.cos(8 * np.pi * (p[d] - 0.75)))
        return float(4 * (p[a] + p[b] - 0.5) ** 2 + 0.5 * (p[a] - p[b] - 0.3) ** 2 + step + wave + 0.8 * p[e] ** 0.5)

    return floats(D, 0.0, 1.0), value


def build(cases: dict[str, Function]) -> list[Problem]:
    """Return problems of 200 trials."""
    return [Problem(name, "idle", space, 200, exact(f), optimum=0.0) for name, (space, f) in cases.items()]


def tuning() -> list[Problem]:
    """Return problems with two and four of 100 parameters."""
    return build({"idle-2": valley(), "idle-4": mixed()})


def reported() -> list[Problem]:
    """Return problems with three and five of 100 parameters."""
    return build({"idle-3": peak(), "idle-5": five()})
