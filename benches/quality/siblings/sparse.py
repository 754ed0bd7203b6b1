"""Functions from the literature in which a few of many coordinates matter.

The functions have few parameters, and papers on high-dimensional search embed them among idle coordinates (Wang et al.
2016; Eriksson & Jankowiak 2021) or use them to test regression (Friedman 1991). The coordinates that matter are drawn
with a seed, and no optimum is in the centre of the space.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benches.python.peers.space import floats
from benches.quality.problem import Params, Problem, exact, vector
from benches.quality.problems.bbob import standard_normals

Function = Callable[[np.ndarray], float]

HARTMANN_WEIGHTS = np.array([1.0, 1.2, 3.0, 3.2])
HARTMANN_WIDTHS = np.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8],
                            [17, 8, 0.05, 10, 0.1, 14]])  # fmt: skip
HARTMANN_CENTRES = 1e-4 * np.array([[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
                                    [2348, 1451, 3522, 2883, 3047, 6650],
                                    [4047, 8828, 8732, 5743, 1091, 381]])  # fmt: skip


def hartmann6(z: np.ndarray) -> float:
    """Hartmann's function of six numbers; the optimum is -3.32237."""
    return float(-HARTMANN_WEIGHTS @ np.exp(-np.sum(HARTMANN_WIDTHS * (z - HARTMANN_CENTRES) ** 2, axis=1)))


def branin(z: np.ndarray) -> float:
    """Branin's function over [-5, 10] x [0, 15]; the optimum is 0.397887, at three points."""
    x, y = 15.0 * z[0] - 5.0, 15.0 * z[1]
    valley = y - 5.1 / (4 * np.pi**2) * x**2 + 5 / np.pi * x - 6
    return float(valley**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x) + 10)


def levy(z: np.ndarray) -> float:
    """Levy's function over [-7, 13]; the optimum is 0, where all numbers are 1 (0.4 in units of the range)."""
    w = 1 + (20.0 * z - 8.0) / 4
    hills = (w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2)
    return float(np.sin(np.pi * w[0]) ** 2 + np.sum(hills) + (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2))


def rosenbrock(z: np.ndarray) -> float:
    """Rosenbrock's function over [-5, 10]; the optimum is 0, where all numbers are 1 (0.4 in units of the range)."""
    x = 15.0 * z - 5.0
    return float(np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))


def ackley(z: np.ndarray) -> float:
    """Ackley's function over a range of 20; the optimum is 0, at 0.3 in units of the range."""
    x = 20.0 * (z - 0.3)
    bowl, ripples = -20 * np.exp(-0.2 * np.sqrt(np.mean(x**2))), -np.exp(np.mean(np.cos(2 * np.pi * x)))
    return float(bowl + ripples + 20 + np.e)


def friedman(z: np.ndarray) -> float:
    """Friedman's first function; the optimum is 0, on edges of the space."""
    return float(10 * np.sin(np.pi * z[0] * z[1]) + 20 * (z[2] - 0.5) ** 2 + 10 * z[3] + 5 * z[4])


# Name, function, number of parameters, number of those that matter, optimum.
CASES: tuple[tuple[str, Function, int, int, float], ...] = (
    ("ackley5-25d", ackley, 25, 5, 0.0),
    ("friedman-30d", friedman, 30, 5, 0.0),
    ("branin-50d", branin, 50, 2, 0.39788735773),
    ("hartmann6-60d", hartmann6, 60, 6, -3.32236801142),
    ("hartmann6-100d", hartmann6, 100, 6, -3.32236801142),
    ("levy4-100d", levy, 100, 4, 0.0),
    ("rosenbrock4-100d", rosenbrock, 100, 4, 0.0),
)


def hidden(function: Function, d: int, active: np.ndarray) -> Callable[[Params], float]:
    """Return the function of ``active`` of ``d`` coordinates."""
    array = vector(floats(d, 0.0, 1.0))
    return lambda params: function(array(params)[active])


def problems() -> list[Problem]:
    """Return seven functions of 25 to 100 parameters, of which two to six matter; 100 trials."""
    selected = []
    for seed, (name, function, d, k, best) in enumerate(CASES):
        active = standard_normals(170, seed).choice(d, k, replace=False)
        value = exact(hidden(function, d, active))
        selected.append(Problem(name, "high-dimensional", floats(d, 0.0, 1.0), 100, value, optimum=best))
    return selected
