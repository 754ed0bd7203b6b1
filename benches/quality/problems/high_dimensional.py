"""Problems with 60 to 300 parameters."""

from __future__ import annotations

import numpy as np

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.problem import Params, Problem, exact, vector
from benches.quality.problems.bbob import standard_normals


def ellipsoid(d: int, seed: int) -> tuple[Space, object]:
    """A separable ellipsoid of condition 1,000."""
    space = floats(d, 0.0, 1.0)
    rng = standard_normals(seed)
    centre, weight, array = rng.uniform(0.1, 0.9, d), 1000 ** rng.permutation(np.linspace(0, 1, d)), vector(space)
    return space, lambda p: float(np.mean(weight * (array(p) - centre) ** 2))


def sparse(d: int, active: int, seed: int) -> tuple[Space, object]:
    """Only ``active`` of ``d`` parameters matter, in interacting pairs."""
    space = floats(d, 0.0, 1.0)
    rng = standard_normals(seed)
    indices, array = rng.choice(d, active, replace=False), vector(space)
    centre = rng.uniform(0.2, 0.8, active)

    def value(p: Params) -> float:
        z = array(p)[indices] - centre
        return float(np.sum(z**2) + np.sum(z[::2] * z[1::2]))

    return space, value


def rosenbrock(d: int) -> tuple[Space, object]:
    """The chained Rosenbrock valley in [-2, 2], with its optimum at 1."""
    space = floats(d, -2.0, 2.0)
    array = vector(space)

    def value(p: Params) -> float:
        x = array(p)
        return float(np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))

    return space, value


def layers(n: int, seed: int) -> tuple[Space, object]:
    """A network described layer by layer with width, dropout and activation; adjacent layers should be similar."""
    rng = standard_normals(seed)
    best = rng.uniform(0.2, 0.8, n), rng.uniform(0.1, 0.9, n), rng.integers(0, 3, n)
    names = ("relu", "gelu", "tanh")
    parameters = []
    for i in range(n):
        parameters.append(Parameter(f"width{i}", "int", 8, 1024, True))
        parameters.append(Parameter(f"dropout{i}", "float", 0.0, 0.9))
        parameters.append(Parameter(f"act{i}", "categorical", choices=names))

    def value(p: Params) -> float:
        width = np.array([np.log(p[f"width{i}"] / 8) / np.log(128) for i in range(n)])
        dropout = np.array([p[f"dropout{i}"] / 0.9 for i in range(n)])
        is_wrong_activation = np.array([p[f"act{i}"] != names[best[2][i]] for i in range(n)])
        roughness = np.abs(np.diff(width)).mean()
        return float(
            np.mean((width - best[0]) ** 2 + (dropout - best[1]) ** 2 + 0.2 * is_wrong_activation) + 0.05 * roughness
        )

    return Space(parameters), value


CASES = {
    "ellipsoid-60d": (lambda: ellipsoid(60, 51), 0.0),
    "sparse-100d": (lambda: sparse(100, 10, 52), 0.0),
    "rosenbrock-100d": (lambda: rosenbrock(100), 0.0),
    "layers-90d": (lambda: layers(30, 53), np.inf),
    "ellipsoid-300d": (lambda: ellipsoid(300, 54), 0.0),
}


def problems() -> list[Problem]:
    """Return five problems of 200 trials."""
    return [
        Problem(name, "high-dimensional", space, 200, exact(function), optimum)
        for name, (make, optimum) in CASES.items()
        for space, function in [make()]
    ]
