"""Crash regions: every trial in a part of the space fails."""

from __future__ import annotations

import math

import numpy as np

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.problem import Params, Problem, exact, vector
from benches.quality.problems.bbob import regret


def half(p: Params) -> float | None:
    """One half of a square fails; the slope leads towards it, and the optimum is next to its edge."""
    x, y = p["x0"], p["x1"]
    return None if x > 0.5 else (x - 0.55) ** 2 + (y - 0.3) ** 2


def memory(p: Params) -> float | None:
    """The memory of a network grows with width, depth and batch; larger is better until the memory is exceeded."""
    if p["width"] * p["depth"] * (64 + p["batch"]) > 4e6:
        return None
    capacity = math.log(p["width"] * p["depth"])
    return (math.log10(p["lr"]) + 2.5) ** 2 + 8.0 / capacity + 0.1 * abs(math.log2(p["batch"]) - 7)


def rosenbrock_in_a_ring(p: Params) -> float | None:
    """BBOB's Rosenbrock in five dimensions; points farther than 6 from the centre fail."""
    z = vector(floats(5, -5.0, 5.0))(p)
    return None if np.linalg.norm(z) > 6.0 else regret_5d(p)


regret_5d = regret(8, 5, 71)


def solver(p: Params) -> float | None:
    """Some combinations of choices crash for all values of the numbers."""
    if (p["backend"] == "fast" and p["precision"] == "half") or (p["backend"] == "exact" and p["lr"] > 0.03):
        return None
    base = {"fast": 0.0, "safe": 0.3, "exact": 0.1}[p["backend"]] + {"half": 0.0, "single": 0.05, "double": 0.2}[
        p["precision"]
    ]
    return base + 0.2 * (math.log10(p["lr"]) + 2.0) ** 2 + (p["momentum"] - 0.8) ** 2


NETWORK = Space([
    Parameter("width", "int", 8, 4096, True), Parameter("depth", "int", 1, 64, True),
    Parameter("batch", "int", 8, 4096, True), Parameter("lr", "float", 1e-5, 1e0, True),
])  # fmt: skip
SOLVER = Space([
    Parameter("backend", "categorical", choices=("fast", "safe", "exact")),
    Parameter("precision", "categorical", choices=("half", "single", "double")),
    Parameter("lr", "float", 1e-5, 1e0, True), Parameter("momentum", "float", 0.0, 0.99),
])  # fmt: skip


def problems() -> list[Problem]:
    """Return four problems of 100 trials."""
    return [
        Problem("crash-half", "crash", floats(2, 0.0, 1.0), 100, exact(half), optimum=0.0025),
        Problem("crash-memory", "crash", NETWORK, 100, exact(memory)),
        Problem("crash-ring", "crash", floats(5, -5.0, 5.0), 100, exact(rosenbrock_in_a_ring), optimum=0.0),
        Problem("crash-solver", "crash", SOLVER, 100, exact(solver)),
    ]
