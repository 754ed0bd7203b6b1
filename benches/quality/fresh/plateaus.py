"""Functions that are constant up to a thousandth in most of their space.

The jitter is a fixed function of the parameters, like that of a training with a fixed seed. ``optimum`` is exact up to
the jitter, so a thousandth is subtracted.

The best known value (from ``best`` or from later searches), and the median value of random search after 100 trials::

    problem                  best known       random search
    plateau-funnel           -0.001000        0.3695
    plateau-stairs           -0.001000        0.2496
    plateau-gorge            -0.001000        0.7794
    plateau-branches         -0.001000        0.3728
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.problem import Params, Problem, exact, vector
from benches.quality.problems.bbob import standard_normals

JITTER = 1e-3


def jitter(z: np.ndarray) -> float:
    """Return a number from -1e-3 to 1e-3, uncorrelated over distances of a hundredth."""
    return JITTER * float(np.sin(1e4 * np.sum(z * np.arange(1, len(z) + 1))))


def funnel(d: int, radius: float, seed: int) -> tuple[Space, Callable[[Params], float]]:
    """A cone of depth 1 and radius ``radius`` in a plain, with its tip off the centre."""
    space, rng = floats(d, 0.0, 1.0), standard_normals(760, seed)
    tip, array = rng.choice([0.12, 0.88], d) + rng.uniform(-0.1, 0.1, d), vector(space)

    def value(p: Params) -> float:
        z = array(p)
        return min(1.0, float(np.linalg.norm(z - tip)) / radius) + jitter(z)

    return space, value


def stairs(steps: int, seed: int) -> tuple[Space, Callable[[Params], float]]:
    """A bowl over floats, an integer and a choice, quantized to ``steps`` levels."""
    rng = standard_normals(761, seed)
    target = rng.uniform(0.1, 0.9, 4)
    choice_costs = rng.permutation([0.0, 0.15, 0.3])
    space = Space([
        *floats(3, 0.0, 1.0), Parameter("k", "int", 0, 20), Parameter("kind", "categorical", choices=("a", "b", "c")),
    ])  # fmt: skip

    def value(p: Params) -> float:
        z = np.array([p["x0"], p["x1"], p["x2"], p["k"] / 20])
        height = min(1.0, float(np.abs(z - target).max() + choice_costs["abc".index(p["kind"])]) / 0.6)
        return float(np.floor(steps * height) / steps) + jitter(z)

    return space, value


def gorge(d: int, seed: int) -> tuple[Space, Callable[[Params], float]]:
    """A plain with a narrow gorge that starts at its edge and descends along its length to the optimum of 0."""
    space, rng = floats(d, -2.0, 2.0), standard_normals(762, seed)
    array, (direction, *_) = vector(space), np.linalg.qr(rng.standard_normal((d, d)))[0].T

    def value(p: Params) -> float:
        z = array(p)
        t = float(z @ direction)
        distance = float(np.linalg.norm(z - t * direction))
        depth = max(0.0, 1.0 - distance / 1.2)
        return 1.0 - depth * float(np.clip(1.0 - abs(t - 1.1) / 3.0, 0.0, 1.0)) + jitter(z)

    return space, value


def branches(seed: int) -> tuple[Space, Callable[[Params], float]]:
    """A choice of four plains with a basin in each; the highest plain has the deepest and smallest basin."""
    rng = standard_normals(763, seed)
    centres = rng.uniform(0.1, 0.9, (4, 3))
    heights, floors, radii = (1.0, 0.9, 0.8, 0.7), (0.0, 0.2, 0.35, 0.5), (0.45, 0.5, 0.6, 0.7)
    order = rng.permutation(4)
    space = Space([Parameter("model", "categorical", choices=tuple("abcd")), *floats(3, 0.0, 1.0)])

    def value(p: Params) -> float:
        k = int(order["abcd".index(p["model"])])
        z = np.array([p["x0"], p["x1"], p["x2"]])
        relative_distance = min(1.0, float(np.linalg.norm(z - centres[k])) / radii[k])
        return floors[k] + (heights[k] - floors[k]) * relative_distance + jitter(z)

    return space, value


def build(cases: dict[str, tuple[Space, Callable[[Params], float]]]) -> list[Problem]:
    """Return problems of 200 trials whose optimum is 0 up to the jitter."""
    return [Problem(name, "plateaus", space, 200, exact(f), optimum=-JITTER) for name, (space, f) in cases.items()]


def tuning() -> list[Problem]:
    """Return a cone in four dimensions, and eight stairs."""
    return build({"plateau-funnel": funnel(4, 0.55, 0), "plateau-stairs": stairs(8, 0)})


def reported() -> list[Problem]:
    """Return a gorge in five dimensions, and plains with a choice."""
    return build({"plateau-gorge": gorge(5, 0), "plateau-branches": branches(0)})
