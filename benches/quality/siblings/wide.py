"""Many parameters, most of which matter: rotated and rugged functions, and stand-ins for tuning tasks.

Ellipsoids are smooth, separable and unimodal; a mechanism that speeds up a search on them may be harmful elsewhere.
Here coordinates interact in blocks, there are many valleys, optima are off the centre or on edges, and a number is a
feature of a regression, a weight of a network or a step of a path. Optima are drawn with seeds.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.problem import Params, Problem, exact, vector
from benches.quality.problems.bbob import standard_normals
from benches.quality.problems.data import diabetes
from benches.quality.siblings.mixed import switched

Made = tuple[Space, Callable[[Params], float]]


def unit(d: int, value: Callable[[np.ndarray], float]) -> Made:
    """Return a function of the unit cube."""
    space = floats(d, 0.0, 1.0)
    array = vector(space)
    return space, lambda params: float(value(array(params)))


def blocks(d: int, size: int, seed: int) -> Made:
    """Rotated bowls of ``size`` coordinates each, with curvatures from 1 to 1000."""
    rng = standard_normals(180, seed)
    centre = rng.uniform(0.15, 0.85, d)
    rotations = [np.linalg.qr(rng.standard_normal((size, size)))[0] for _ in range(d // size)]
    weights = 10 ** rng.uniform(0, 3, (d // size, size))

    def value(z: np.ndarray) -> float:
        offsets = (z - centre).reshape(-1, size)
        return sum(w @ (q @ a) ** 2 for w, q, a in zip(weights, rotations, offsets, strict=True))

    return unit(d, value)


def ackley(d: int, seed: int) -> Made:
    """Ackley's function over a range of 30."""
    centre = standard_normals(181, seed).uniform(0.15, 0.85, d)

    def value(z: np.ndarray) -> float:
        x = 30.0 * (z - centre)
        return 20 + np.e - 20 * np.exp(-0.2 * np.sqrt(np.mean(x**2))) - np.exp(np.mean(np.cos(2 * np.pi * x)))

    return unit(d, value)


def rastrigin(d: int, seed: int) -> Made:
    """Rastrigin's function over a range of 4."""
    centre = standard_normals(182, seed).uniform(0.2, 0.8, d)

    def value(z: np.ndarray) -> float:
        x = 4.0 * (z - centre)
        return np.sum(x**2 - 10 * np.cos(2 * np.pi * x) + 10)

    return unit(d, value)


def griewank(d: int, seed: int) -> Made:
    """Griewank's function over a range of 60: coordinates interact in the ripples."""
    centre = standard_normals(183, seed).uniform(0.15, 0.85, d)

    def value(z: np.ndarray) -> float:
        x = 60.0 * (z - centre)
        return np.sum(x**2) / 4000 - np.prod(np.cos(x / np.sqrt(1 + np.arange(d)))) + 1

    return unit(d, value)


def levy(d: int, seed: int) -> Made:
    """Levy's function over a range of 20 with a shifted optimum."""
    centre = standard_normals(184, seed).uniform(0.2, 0.8, d)

    def value(z: np.ndarray) -> float:
        w = 1 + 5 * (z - centre)
        hills = (w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2)
        last = (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2)
        return np.sin(np.pi * w[0]) ** 2 + np.sum(hills) + last

    return unit(d, value)


def edges(d: int, seed: int) -> Made:
    """A cone of unequal slopes; every second coordinate is best at an end of its range."""
    rng = standard_normals(185, seed)
    centre = np.where(np.arange(d) % 2, rng.integers(0, 2, d), rng.uniform(0, 1, d))
    slopes = rng.exponential(1.0, d)
    return unit(d, lambda z: np.sum(slopes * np.abs(z - centre)))


def penalties(d: int, seed: int) -> Made:
    """A separate penalty for each of ``d`` features of a ridge regression, a third of which have an effect."""
    rng = standard_normals(186, seed)
    x = rng.standard_normal((3 * d, d))
    x += 0.7 * rng.standard_normal((3 * d, 1))
    effects = np.where(rng.uniform(size=d) < 1 / 3, rng.standard_normal(d), 0.0)
    y = x @ effects + 2.0 * rng.standard_normal(3 * d)
    train = np.arange(3 * d) % 2 == 0
    gram, moment = x[train].T @ x[train], x[train].T @ y[train]
    space = Space(Parameter(f"penalty{j}", "float", 1e-2, 1e4, log=True) for j in range(d))
    array = vector(space)

    def error(params: Params) -> float:
        weights = np.linalg.solve(gram + np.diag(array(params)), moment)
        return float(np.mean((x[~train] @ weights - y[~train]) ** 2))

    return space, error


def gaussian(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the Gaussian kernel between the rows of two arrays."""
    squares = np.sum(a**2, axis=1)[:, None] + np.sum(b**2, axis=1) - 2 * a @ b.T
    return np.exp(-0.5 * np.maximum(squares, 0.0))


def scales(d: int, seed: int) -> Made:
    """The scales of ``d`` features in the distances of a kernel regression."""
    rng = standard_normals(187, seed)
    x = rng.uniform(-1, 1, (240, d))
    relevant = rng.choice(d, 12, replace=False)
    y = (
        np.sin(2 * x[:, relevant[:4]].sum(1))
        + x[:, relevant[4:8]] @ rng.standard_normal(4)
        + x[:, relevant[8]] * x[:, relevant[9]]
    )
    y += 0.5 * np.abs(x[:, relevant[10]] + x[:, relevant[11]]) + 0.1 * rng.standard_normal(240)
    train, test = x[:160], x[160:]
    space = Space(Parameter(f"scale{j}", "float", 1e-2, 1e0, log=True) for j in range(d))
    array = vector(space)

    def error(params: Params) -> float:
        s = array(params)
        a, b = train * s, test * s
        weights = np.linalg.solve(gaussian(a, a) + 1e-2 * np.eye(160), y[:160] - y[:160].mean())
        return float(np.mean((gaussian(b, a) @ weights + y[:160].mean() - y[160:]) ** 2))

    return space, error


def network(hidden: int) -> Made:
    """The weights of a network with one layer that predicts the progress of diabetes from ten measurements."""
    x, y = diabetes()
    x, y = (x - x.mean(0)) / x.std(0), (y - y.mean()) / y.std()
    n = x.shape[1]
    space = floats((n + 2) * hidden + 1, -1.0, 1.0)
    array = vector(space)

    def error(params: Params) -> float:
        w = array(params)
        first, bias, second = w[: n * hidden].reshape(n, hidden), w[n * hidden : -hidden - 1], w[-hidden - 1 : -1]
        return float(np.mean((np.tanh(x @ first + bias) @ second + w[-1] - y) ** 2))

    return space, error


def path(points: int, seed: int) -> Made:
    """A path of ``points`` steps in a plane from one corner to the other, around forty hills."""
    rng = standard_normals(189, seed)
    hills = rng.uniform(0, 1, (40, 2))
    heights, widths = rng.exponential(1.0, 40), rng.uniform(0.03, 0.12, 40)
    fractions = np.linspace(0, 1, 8, endpoint=False)[:, None]

    def cost(z: np.ndarray) -> float:
        # Steps between -1 and 3 times the uniform step.
        steps = (4 * z.reshape(points, 2) - 1) / points
        corners = np.vstack([np.zeros(2), np.cumsum(steps, axis=0)])
        points_on_path = np.concatenate([a + fractions * (b - a) for a, b in pairwise(corners)])
        squared_distances = np.sum((points_on_path[:, None] - hills) ** 2, axis=2)
        climbed = np.mean(np.exp(-squared_distances / (2 * widths**2)) @ heights)
        return climbed + 0.1 * np.sum(np.linalg.norm(steps, axis=1)) + 2.0 * np.linalg.norm(corners[-1] - 1)

    return unit(2 * points, cost)


CASES: dict[str, Callable[[], Made]] = {
    "blocks5-30d": lambda: blocks(30, 5, 2),
    "network-37d": lambda: network(3),
    "rastrigin-50d": lambda: rastrigin(50, 0),
    "blocks4-60d": lambda: blocks(60, 4, 0),
    "scales-60d": lambda: scales(60, 0),
    "levy-70d": lambda: levy(70, 0),
    "penalties-80d": lambda: penalties(80, 0),
    "path-80d": lambda: path(40, 0),
    "edges-90d": lambda: edges(90, 0),
    "network-97d": lambda: network(8),
    "ackley-100d": lambda: ackley(100, 0),
    "switched-100d": lambda: switched(50, 20, 30, 207),
    "blocks10-120d": lambda: blocks(120, 10, 1),
    "griewank-150d": lambda: griewank(150, 0),
}
# Functions with an optimum of zero.
ZERO_AT_BEST = ("blocks", "rastrigin", "levy", "edges", "ackley", "griewank")


def problems() -> list[Problem]:
    """Return fourteen problems of 30 to 150 parameters; 100 trials."""
    selected = []
    for name, make in CASES.items():
        space, function = make()
        best = 0.0 if name.startswith(ZERO_AT_BEST) else np.inf
        selected.append(Problem(name, "high-dimensional", space, 100, exact(function), optimum=best))
    return selected
