"""Few distinct values: accuracies on a few rows, where differences of a few mistakes are due to chance, and counts.

The rows are fixed, so a value that is low by chance is low in every evaluation of its configuration.

The best known value (from ``best`` or from later searches), and the median value of random search after 100 trials::

    problem                  best known       random search
    counts-centroids         0.024999         0.1000
    counts-rules             0.000000         3.0000
    counts-waves             0.059999         0.1000
    counts-tenths            0.000000         0.4000
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.fresh.data import coarse_digits, labelled, one_hot
from benches.quality.problem import Params, Problem, exact, vector
from benches.quality.problems.bbob import standard_normals

F, N, C = "float", "int", "categorical"


def centroids(p: Params) -> float:
    """Return the mistakes on 40 wines of the nearest of three shrunken centroids on transformed columns."""
    x, y, x_test, y_test = labelled("wine", 30, 40)
    x, x_test = (np.sign(a) * np.abs(a) ** p["bend"] for a in (x[:, :9], x_test[:, :9]))
    centre = x.mean(axis=0)
    means = np.array([x[y == k].mean(axis=0) for k in range(3)]) - centre
    means = np.sign(means) * np.maximum(np.abs(means) - p["shrink"], 0.0)
    weights = np.array([p["first"], p["second"], p["third"]])[np.arange(9) % 3]
    distances = np.abs(x_test[:, None] - centre - means) ** p["power"] @ weights
    prior = p["prior"] * np.log(np.bincount(y) / len(y))
    return float(np.mean(np.argmin(distances - prior, axis=1) != y_test))


def features(p: Params) -> float:
    """Return the mistakes on 50 digits of a ridge regression on 60 random waves."""
    x, y, x_test, y_test = coarse_digits(90, 50)
    rng = standard_normals(770)
    frequencies, phases = rng.standard_normal((16, 60)), rng.uniform(0, 2 * np.pi, 60)
    n = p["waves"]

    def waves(rows: np.ndarray) -> np.ndarray:
        z = np.cos(p["frequency"] * rows @ frequencies[:, :n] + phases[:n])
        return np.column_stack([z, p["plain"] * rows])

    a = waves(x)
    w = np.linalg.solve(a.T @ a + p["alpha"] * np.eye(a.shape[1]), a.T @ one_hot(y))
    return float(np.mean((waves(x_test) @ w).argmax(axis=1) != y_test))


def broken_rules(d: int, rules: int, seed: int) -> tuple[Space, Callable[[Params], float]]:
    """Count broken rules; a rule bounds a sum of three parameters, and one point satisfies all rules."""
    rng, space = standard_normals(771, seed), floats(d, 0.0, 1.0)
    point, array = rng.uniform(0.1, 0.9, d), vector(space)
    signs = np.zeros((rules, d))
    for row in signs:
        row[rng.choice(d, 3, replace=False)] = rng.choice([-1.0, 1.0], 3)
    slack = rng.uniform(0.02, 0.15, rules)
    return space, lambda p: float(np.sum(signs @ (array(p) - point) > slack))


def rounded(seed: int) -> tuple[Space, Callable[[Params], float]]:
    """A bowl of two floats, two integers and two choices, rounded to tenths, with its optimum at its bottom."""
    rng = standard_normals(772, seed)
    target, choice_costs = rng.uniform(0.1, 0.9, 4), rng.uniform(0.1, 0.4, (2, 4))
    choice_costs[np.arange(2), rng.integers(0, 4, 2)] = 0.0
    space = Space([
        *floats(2, 0.0, 1.0), Parameter("k", N, 0, 12), Parameter("m", N, 1, 1000, True),
        *(Parameter(f"c{i}", C, choices=tuple("abcd")) for i in range(2)),
    ])  # fmt: skip

    def value(p: Params) -> float:
        z = np.array([p["x0"], p["x1"], p["k"] / 12, np.log10(p["m"]) / 3])
        choice_cost = sum(choice_costs[i]["abcd".index(p[f"c{i}"])] for i in range(2))
        return round(10 * float(2 * np.abs(z - target).sum() / 3 + choice_cost)) / 10

    return space, value


CENTROIDS = Space([
    Parameter("shrink", F, 0.0, 2.0), Parameter("power", F, 0.2, 4.0), Parameter("bend", F, 0.2, 3.0),
    Parameter("prior", F, -2.0, 2.0), *(Parameter(name, F, 0.0, 1.0) for name in ("first", "second", "third")),
])  # fmt: skip
WAVES = Space([
    Parameter("waves", N, 2, 60), Parameter("frequency", F, 1e-2, 1e1, True), Parameter("alpha", F, 1e-4, 1e3, True),
    Parameter("plain", F, 1e-3, 1e1, True),
])  # fmt: skip


def tuning() -> list[Problem]:
    """Return mistakes on wines, and broken rules."""
    space, broken = broken_rules(6, 14, 0)
    return [
        Problem("counts-centroids", "few-values", CENTROIDS, 200, exact(centroids), optimum=0.024999),
        Problem("counts-rules", "few-values", space, 200, exact(broken), optimum=0.0),
    ]


def reported() -> list[Problem]:
    """Return mistakes on digits, and a bowl rounded to tenths."""
    space, bowl = rounded(0)
    return [
        Problem("counts-waves", "few-values", WAVES, 200, exact(features), optimum=0.059999),
        Problem("counts-tenths", "few-values", space, 200, exact(bowl), optimum=0.0),
    ]
