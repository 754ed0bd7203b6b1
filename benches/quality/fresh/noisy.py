"""Noise of three strengths; the recommended trial is judged by its true value.

Each real training is told as the mean of its losses on a few rows, which are drawn again for every trial, and judged by
the mean over all validation rows. For the best tenth of random points, the deviation of weak, mild and strong noise is
0.15, 0.35 and 1.1 times the interquartile range of random points for the regression, and 0.24, 0.58 and 1.9 times for
the classifier. In each half there is also a function with strong noise, 0.8 and 0.7 times that range.

The best known value (from ``best`` or from later searches), and the median value of random search after 100 trials::

    problem                  best known       random search
    noisy-ridge-weak         0.178961         0.3798
    noisy-ridge-mild         0.178961         0.4035
    noisy-ridge-strong       0.178961         0.7132
    noisy-bowl-strong        0.000000         0.5657
    noisy-board-weak         0.059999         0.2010
    noisy-board-mild         0.059999         0.2035
    noisy-board-strong       0.059999         0.2545
    noisy-valley-strong      0.000000         1.4771
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.fresh.data import checkers, surface
from benches.quality.problem import Observation, Params, Problem, noisy, vector
from benches.quality.problems.bbob import standard_normals

F, N, C = "float", "int", "categorical"
Evaluate = Callable[[Params, np.random.Generator], Observation]


def ridge(p: Params) -> np.ndarray:
    """Return the squared errors of a kernel ridge regression with a lengthscale for each of five columns."""
    x, y, x_test, y_test = surface(4, 5, 0.2, 70, 400)
    scale = np.array([p[f"length{j}"] for j in range(5)])

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        a, b = a / scale, b / scale
        return np.exp(-np.maximum((a**2).sum(axis=1)[:, None] - 2 * a @ b.T + (b**2).sum(axis=1), 0.0))

    weights = np.linalg.solve(kernel(x, x) + p["alpha"] * np.eye(len(x)), y)
    return (kernel(x_test, x) @ weights - y_test) ** 2


def board(p: Params) -> np.ndarray:
    """Return the mistakes of a ridge regression on random waves, which classifies the fields of a board."""
    x, y, x_test, y_test = checkers(240, 1000)
    rng = standard_normals(780)
    frequencies, phases = rng.standard_normal((5, 90)), rng.uniform(0, 2 * np.pi, 90)
    scale = np.array([p["others"], p["first"], p["others"], p["second"], p["others"]])[:, None]

    def waves(rows: np.ndarray) -> np.ndarray:
        n = p["waves"]
        return np.cos(rows @ (scale * frequencies[:, :n]) + phases[:n])

    a = waves(x)
    w = np.linalg.solve(a.T @ a + p["alpha"] * np.eye(a.shape[1]), a.T @ (2.0 * y - 1.0))
    return ((waves(x_test) @ w > 0) != y_test).astype(float)


def few_rows(losses: Callable[[Params], np.ndarray], rows: int) -> Evaluate:
    """Tell the mean of some of the losses; the mean of all is the true value."""

    def evaluate(p: Params, rng: np.random.Generator) -> Observation:
        all_losses = losses(p)
        return Observation(float(all_losses[rng.integers(0, len(all_losses), rows)].mean()), float(all_losses.mean()))

    return evaluate


def bowl(seed: int) -> tuple[Space, Callable[[Params], float]]:
    """Four floats, a number on a logarithmic scale and a choice of four; the optimum is 0."""
    rng = standard_normals(781, seed)
    target, stiffness = rng.uniform(0.15, 0.85, 5), rng.permutation([0.3, 0.6, 1.0, 2.0, 4.0])
    choice_costs = rng.permutation([0.0, 0.2, 0.4, 0.8])
    space = Space([
        *floats(4, 0.0, 1.0), Parameter("rate", F, 1e-5, 1e-1, True), Parameter("kind", C, choices=tuple("abcd")),
    ])  # fmt: skip

    def value(p: Params) -> float:
        z = np.array([*(p[f"x{i}"] for i in range(4)), np.log10(p["rate"]) / 4 + 1.25])
        return float(stiffness @ (z - target) ** 2 + choice_costs["abcd".index(p["kind"])])

    return space, value


def valley(seed: int) -> tuple[Space, Evaluate]:
    """A curved valley in four floats with optimum 0; the noise is 2 at its bottom plus a quarter of the value."""
    rng, space = standard_normals(782, seed), floats(4, -1.0, 1.0)
    array, rotation = vector(space), np.linalg.qr(rng.standard_normal((4, 4)))[0]

    def evaluate(p: Params, rng: np.random.Generator) -> Observation:
        z = rotation @ (array(p) - 0.3)
        value = float((z[0] + 0.6) ** 2 * 0.5 + 3 * (z[1] - z[0] ** 2 + 0.36) ** 2 + z[2] ** 2 + 0.5 * abs(z[3]))
        return Observation(value + (2.0 + value / 4) * float(rng.standard_normal()), value)

    return space, evaluate


RIDGE = Space([
    Parameter("alpha", F, 1e-5, 1e2, True), *(Parameter(f"length{j}", F, 0.05, 50.0, True) for j in range(5)),
])  # fmt: skip
BOARD = Space([
    *(Parameter(name, F, 0.1, 50.0, True) for name in ("first", "second", "others")),
    Parameter("waves", N, 3, 90, True), Parameter("alpha", F, 1e-4, 1e3, True),
])  # fmt: skip


def by_strength(
    name: str, space: Space, losses: Callable[[Params], np.ndarray], rows: dict[str, int], optimum: float
) -> list[Problem]:
    """Return the training with each strength of noise."""
    return [
        Problem(f"noisy-{name}-{strength}", "noisy", space, 200, few_rows(losses, n), optimum=optimum)
        for strength, n in rows.items()
    ]


def tuning() -> list[Problem]:
    """Return a kernel ridge regression, and a bowl with a choice."""
    space, function = bowl(0)
    return [
        *by_strength("ridge", RIDGE, ridge, {"weak": 400, "mild": 80, "strong": 8}, 0.178961),
        Problem("noisy-bowl-strong", "noisy", space, 200, noisy(function, 1.0), optimum=0.0),
    ]


def reported() -> list[Problem]:
    """Return a classifier with few distinct values, and a valley with heteroscedastic noise."""
    space, evaluate = valley(0)
    return [
        *by_strength("board", BOARD, board, {"weak": 1000, "mild": 200, "strong": 20}, 0.059999),
        Problem("noisy-valley-strong", "noisy", space, 200, evaluate, optimum=0.0),
    ]
