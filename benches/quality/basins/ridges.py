"""Nearly flat ridges: a valley along a curve, with a false hollow on one side of its floor and the right one."""

from __future__ import annotations

import numpy as np

from benches.python.peers.space import floats
from benches.quality.basins.landscape import Basins
from benches.quality.problem import Params, vector

HEIGHT = 0.06


def along(t: float, false: float, right: float, width: float) -> float:
    """Return the floor of the valley: 0.06, half as much in the false hollow and 0 in the right one."""
    holes = 0.5 * np.exp(-0.5 * ((t - false) / (1.5 * width)) ** 2) + np.exp(-0.5 * ((t - right) / width) ** 2)
    return HEIGHT * float(1.0 - holes)


def ridge_2() -> Basins:
    """A bent valley in a square."""

    def bend(x: float) -> float:
        return 0.5 + 0.3 * float(np.sin(2.5 * x))

    def value(p: Params) -> float:
        return 4 * (p["x1"] - bend(p["x0"])) ** 2 + along(p["x0"], 0.2, 0.85, 0.08)

    return Basins("ridge-2", floats(2, 0.0, 1.0), value, {"x0": 0.85, "x1": bend(0.85)}, 0.5 * HEIGHT)


def ridge_4() -> Basins:
    """A bent valley along the diagonal of a cube of four dimensions."""
    space = floats(4, -1.0, 1.0)
    array, u, v = vector(space), np.array([1.0, -1.0, 1.0, 1.0]) / 2, np.array([1.0, 1.0, 1.0, -1.0]) / 2

    def place(t: float) -> np.ndarray:
        return t * u + (0.3 * t**2 - 0.2) * v

    def value(p: Params) -> float:
        z = array(p)
        t = float(z @ u)
        return 0.5 * float(np.sum((z - place(t)) ** 2)) + along(t, -0.8, 1.1, 0.25)

    right = {f"x{i}": float(x) for i, x in enumerate(place(1.1))}
    return Basins("ridge-4", space, value, right, 0.5 * HEIGHT)


def tuning() -> list[Basins]:
    """Return the valley of two floats."""
    return [ridge_2()]


def reported() -> list[Basins]:
    """Return the valley of four floats."""
    return [ridge_4()]
