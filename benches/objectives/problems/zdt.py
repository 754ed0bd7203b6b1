"""ZDT1, 2, 3 and 6 (Zitzler, Deb and Thiele 2000), with fewer numbers than there: budgets are 200 trials here.

``f1`` depends on the first number alone, and ``f2 = g h(f1, g)`` with the mean of the others in ``g``. The fronts are
convex, concave, in five pieces, and concave with a density that is lowest near it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benches.objectives.problem import Problem, unconstrained
from benches.python.peers.space import floats

Shape = Callable[[np.ndarray, np.ndarray], np.ndarray]


def convex(f: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Return ``h`` of ZDT1."""
    return np.asarray(1 - np.sqrt(f / g))


def concave(f: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Return ``h`` of ZDT2 and ZDT6."""
    return np.asarray(1 - (f / g) ** 2)


def pieces(f: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Return ``h`` of ZDT3."""
    return np.asarray(1 - np.sqrt(f / g) - f / g * np.sin(10 * np.pi * f))


def linear(x: np.ndarray, shape: Shape) -> np.ndarray:
    """Return the objectives of ZDT1, 2 and 3."""
    f, g = x[:, 0], 1 + 9 * x[:, 1:].mean(axis=1)
    return np.stack([f, g * shape(f, g)], axis=1)


def biased(x: np.ndarray) -> np.ndarray:
    """Return the objectives of ZDT6."""
    f = 1 - np.exp(-4 * x[:, 0]) * np.sin(6 * np.pi * x[:, 0]) ** 6
    g = 1 + 9 * x[:, 1:].mean(axis=1) ** 0.25
    return np.stack([f, g * concave(f, g)], axis=1)


def front(shape: Shape, low: float = 0.0) -> Callable[[], np.ndarray]:
    """Return a function that samples the front densely; dominated points are removed later."""

    def sampled() -> np.ndarray:
        f = np.linspace(low, 1, 20001)
        return np.stack([f, shape(f, np.ones_like(f))], axis=1)

    return sampled


def problem(name: str, n: int, shape: Shape, family: str = "zdt", noise: float = 0.0) -> Problem:
    """Return one of ZDT1, 2 and 3 with ``n`` numbers."""
    values = unconstrained(lambda x: linear(x, shape))
    return Problem(f"{name}-{n}", family, floats(n, 0, 1), 2, values, front(shape), noise)


def problems() -> list[Problem]:
    """Return the family."""
    return [
        problem("zdt1", 6, convex),
        problem("zdt2", 6, concave),
        problem("zdt3", 6, pieces),
        problem("zdt3", 12, pieces),
        problem("zdt1", 20, convex),
        Problem("zdt6-6", "zdt", floats(6, 0, 1), 2, unconstrained(biased), front(concave, 0.2807753191)),
    ]
