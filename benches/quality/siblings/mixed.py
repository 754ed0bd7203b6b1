"""Categories: landscapes, columns of a regression, and categories combined with numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.problem import Params, Problem, exact
from benches.quality.problems.bbob import standard_normals
from benches.quality.problems.data import diabetes
from benches.quality.problems.mixed import landscape


def columns(interactions: int, seed: int) -> tuple[Space, Callable[[Params], float]]:
    """Select columns of the diabetes data, and of ``interactions`` products of two, for a ridge regression."""
    rng = standard_normals(seed)
    x, y = diabetes()
    pairs = rng.integers(0, x.shape[1], (interactions, 2))
    x = np.column_stack([x, *(x[:, a] * x[:, b] for a, b in pairs)])
    train = np.arange(len(y)) % 3 != 0
    space = Space([
        Parameter("alpha", "float", 1e-2, 1e4, True),
        *(Parameter(f"use{j}", "categorical", choices=(False, True)) for j in range(x.shape[1])),
    ])  # fmt: skip

    def error(p: Params) -> float:
        selected = [j for j in range(x.shape[1]) if p[f"use{j}"]]
        a, b = x[train][:, selected], x[~train][:, selected]
        weights = np.linalg.solve(a.T @ a + p["alpha"] * np.eye(len(selected)), a.T @ y[train])
        return float(np.mean((b @ weights - y[~train]) ** 2) + 2e-3 * len(selected))

    return space, error


def switched(n_floats: int, n_ints: int, n_choices: int, seed: int) -> tuple[Space, Callable[[Params], float]]:
    """A bowl over floats and integers whose centre and minimum depend on the choices."""
    rng = standard_normals(seed)
    n, letters = n_floats + n_ints, ("p", "q", "r", "s")
    moves = rng.uniform(-0.15, 0.15, (n_choices, 4, n))
    floors = rng.exponential(0.1, (n_choices, 4))
    centre, stiffness = rng.uniform(0.3, 0.7, n), 10 ** rng.uniform(-1, 1, n)
    space = Space([
        *(Parameter(f"x{i}", "float", 0.0, 1.0) for i in range(n_floats)),
        *(Parameter(f"k{i}", "int", 0, 12) for i in range(n_ints)),
        *(Parameter(f"c{i}", "categorical", choices=letters) for i in range(n_choices)),
    ])  # fmt: skip

    def value(p: Params) -> float:
        z = np.array([*(p[f"x{i}"] for i in range(n_floats)), *(p[f"k{i}"] / 12 for i in range(n_ints))])
        levels = [(i, letters.index(p[f"c{i}"])) for i in range(n_choices)]
        offsets = z - centre - sum(moves[level] for level in levels)
        return float(np.mean(stiffness * offsets**2) + sum(floors[level] for level in levels))

    return space, value


CASES = {
    "landscape-12x3": lambda: landscape(12, 3, 1, 201),
    "landscape-8x5": lambda: landscape(8, 5, 2, 202),
    "landscape-20x2": lambda: landscape(20, 2, 2, 203),
    "columns-20": lambda: columns(10, 204),
    "switched-4-2-3": lambda: switched(4, 2, 3, 205),
    "switched-6-3-5": lambda: switched(6, 3, 5, 206),
}


def problems() -> list[Problem]:
    """Return six problems of 100 trials."""
    functions_by_name = {name: make() for name, make in CASES.items()}
    return [
        Problem(name, "mixed", space, 100, exact(function)) for name, (space, function) in functions_by_name.items()
    ]
