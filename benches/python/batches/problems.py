"""The problems of the batch benchmark: two to twenty numbers, and mixed spaces.

The mechanism was chosen on ``TUNING`` only; ``REPORTED`` was not used for any decision. Names that are not defined here
are those of ``benches.quality``.
"""

from __future__ import annotations

import numpy as np

from benches.python.peers.space import Space, floats
from benches.quality.problem import Params, Problem, exact, vector
from benches.quality.problems.bbob import standard_normals
from benches.quality.runs import known_problems

REPORTED = ("branin-2d", "hartmann-6d", "bbob-f17-10d", "ackley-20d", "rosenbrock-mixed", "nk-10x4")
TUNING = ("camel-2d", "langermann-3d", "f7-5d", "f12-5d", "f14-10d", "levy-20d", "ackley-mixed", "nk-15x3")
TRIALS = 200

HARTMANN_WEIGHTS = np.array([1.0, 1.2, 3.0, 3.2])
HARTMANN_SCALES = np.array(
    [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
)
HARTMANN_CENTRES = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)


def branin(p: Params) -> float:
    """Three equal minima (Branin 1972)."""
    x, y = 15 * p["x0"] - 5, 15 * p["x1"]
    valley = y - 5.1 / (4 * np.pi**2) * x**2 + 5 / np.pi * x - 6
    return float(valley**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x) + 10)


def camel(p: Params) -> float:
    """Six valleys, two of them lowest (Dixon and Szego 1978)."""
    x, y = 4 * p["x0"] - 2, 2 * p["x1"] - 1
    return float((4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (4 * y**2 - 4) * y**2)


def hartmann(p: Params) -> float:
    """Four bumps in six dimensions (Hartmann 1973)."""
    offsets = np.array(list(p.values())) - HARTMANN_CENTRES
    return float(-HARTMANN_WEIGHTS @ np.exp(-np.sum(HARTMANN_SCALES * offsets**2, axis=1)))


def langermann(p: Params) -> float:
    """Five centres with rings around them."""
    centres = standard_normals(3, 71).uniform(0, 1, (5, 3))
    squares = 10 * np.sum((np.array(list(p.values())) - centres) ** 2, axis=1)
    return float(-np.array([1, 2, 5, 2, 3]) @ (np.exp(-squares) * np.cos(np.pi * squares)))


def ackley(space: Space, seed: int) -> object:
    """A funnel with ripples, whose bottom is off the centre; coordinates in [-10, 10]."""
    centre, array = standard_normals(seed).uniform(0.2, 0.8, len(space)), vector(space)

    def value(p: Params) -> float:
        z = 20 * (array(p) - centre)
        return float(20 - 20 * np.exp(-0.2 * np.sqrt(np.mean(z**2))) + np.e - np.exp(np.mean(np.cos(2 * np.pi * z))))

    return value


def levy(space: Space, seed: int) -> object:
    """Waves over a bowl, whose bottom is off the centre."""
    centre, array = standard_normals(seed).uniform(0.2, 0.8, len(space)), vector(space)

    def value(p: Params) -> float:
        w = 1 + 20 * (array(p) - centre) / 4
        inner = np.sum((w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2))
        last = (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2)
        return float(np.sin(np.pi * w[0]) ** 2 + inner + last)

    return value


def problems() -> dict[str, Problem]:
    """Return every problem named above."""
    twenty = floats(20, 0.0, 1.0)
    cases = [
        ("branin-2d", floats(2, 0.0, 1.0), branin, 0.397887357729739),
        ("camel-2d", floats(2, 0.0, 1.0), camel, -1.031628453489877),
        ("hartmann-6d", floats(6, 0.0, 1.0), hartmann, -3.322368011415515),
        ("langermann-3d", floats(3, 0.0, 1.0), langermann, np.inf),
        ("ackley-20d", twenty, ackley(twenty, 72), 0.0),
        ("levy-20d", twenty, levy(twenty, 73), 0.0),
    ]
    defined_here = {
        name: Problem(name, "batches", space, TRIALS, exact(function), optimum=optimum)
        for name, space, function, optimum in cases
    }
    known_by_name = known_problems()
    return {name: defined_here.get(name) or known_by_name[name] for name in (*REPORTED, *TUNING)}
