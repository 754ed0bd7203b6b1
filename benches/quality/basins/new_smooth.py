"""Milder problems of two to six numbers: false corners, valleys along curves, and two bowls of different width."""

from __future__ import annotations

import numpy as np

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.basins.landscape import Basins, lowest
from benches.quality.problem import Params


def squared(z: np.ndarray, centre: list[float]) -> float:
    """Return the squared distance from a centre."""
    return float(np.sum((z - np.array(centre)) ** 2))


def well(square: float, width: float) -> float:
    """Return 0 at the squared distance 0, half at ``width``, and nearly 1 only beyond three widths."""
    return square / (square + width**2)


def rim_2() -> Basins:
    """A saddle that falls to one corner, and a well near an edge."""

    def value(p: Params) -> float:
        z = np.array([p["x0"], p["x1"]])
        return lowest(0.2 + 0.5 * (1.0 - z[0] * (1.0 - z[1])), well(squared(z, [0.25, 0.6]), 0.11))

    return Basins("rim-2", floats(2, 0.0, 1.0), value, {"x0": 0.25, "x1": 0.6}, 0.2)


def rim_5() -> Basins:
    """Five numbers of different kinds that all get better towards one corner, and a bowl on the other side."""
    space = Space([
        Parameter("a", "float", -5.0, 5.0), Parameter("b", "float", 1e-4, 1.0, log=True), Parameter("k", "int", 1, 51),
        Parameter("c", "float", 0.0, 1.0), Parameter("d", "float", 10.0, 20.0),
    ])  # fmt: skip
    corner = np.array([1.0, 1.0, 0.0, 1.0, 0.0])

    def value(p: Params) -> float:
        numbers = [(p["a"] + 5) / 10, np.log10(p["b"]) / 4 + 1, (p["k"] - 1) / 50, p["c"], (p["d"] - 10) / 10]
        z = np.array(numbers)
        false = 0.2 + 0.8 * float(np.mean(np.abs(z - corner) ** 1.5))
        return lowest(false, 2.5 * squared(z, [0.3, 0.25, 0.7, 0.3, 0.65]))

    return Basins("rim-5", space, value, {"a": -2.0, "b": 1e-3, "k": 36, "c": 0.3, "d": 16.5}, 0.2)


def dent(distance: float) -> float:
    """Return 1 at the distance 0, and 0 from the distance 3 on."""
    return float(max(0.0, 1.0 - distance**2 / 9.0) ** 3)


def floor(from_false: float, from_right: float) -> float:
    """Return the floor of a valley: 1, half as much in the false hollow and 0 in the right one."""
    return 1.0 - 0.5 * dent(from_false) - dent(from_right)


def canyon_2() -> Basins:
    """A ring-shaped valley with a long false hollow, and a short right one on the opposite side."""
    height = 0.08

    def angle(z: np.ndarray, zero: float) -> float:
        return float(np.abs(np.angle(np.exp(1j * (np.arctan2(z[1], z[0]) - zero)))))

    def value(p: Params) -> float:
        z = np.array([p["x0"], p["x1"]])
        return 6.0 * (np.hypot(*z) - 0.35) ** 2 + height * floor(angle(z, 2.6) / 0.7, angle(z, -0.7) / 0.12)

    right = {"x0": 0.35 * np.cos(-0.7), "x1": 0.35 * np.sin(-0.7)}
    return Basins("canyon-2", floats(2, -0.5, 0.5), value, right, 0.5 * height)


def canyon_5() -> Basins:
    """A valley in five numbers: four of them follow the first one along a wave."""
    height = 0.3
    space = Space([*floats(4, 0.0, 1.0), Parameter("k", "int", 0, 40)])

    # The integer is exactly 10 where the right hollow is.
    phases = np.array([0.0, 1.0, 2.5, -0.5 - np.pi / 2])

    def course(t: float) -> np.ndarray:
        return 0.5 + 0.25 * np.sin(2.0 * t + phases)

    def value(p: Params) -> float:
        t, rest = p["x0"], np.array([p["x1"], p["x2"], p["x3"], p["k"] / 40])
        return float(np.sum((rest - course(t)) ** 2)) + height * floor((t - 0.85) / 0.2, (t - 0.25) / 0.09)

    right = {"x0": 0.25, **{f"x{i}": float(x) for i, x in enumerate(course(0.25)[:3], 1)}, "k": 10}
    return Basins("canyon-5", space, value, right, 0.5 * height)


def bowls_3() -> Basins:
    """A wide bowl and a narrow well, in a float, a float on a log scale and an integer."""
    space = Space([
        Parameter("x", "float", 0.0, 1.0), Parameter("rate", "float", 1e-3, 1e3, log=True),
        Parameter("k", "int", 0, 40),
    ])  # fmt: skip

    def value(p: Params) -> float:
        z = np.array([p["x"], np.log10(p["rate"]) / 6 + 0.5, p["k"] / 40])
        return lowest(0.12 + squared(z, [0.3, 0.6, 0.45]), 0.8 * well(squared(z, [0.8, 0.25, 0.75]), 0.3))

    return Basins("bowls-3", space, value, {"x": 0.8, "rate": 10**-1.5, "k": 30}, 0.12)


def bowls_6() -> Basins:
    """Two funnels in six floats; far from both, the false one is lower."""

    def value(p: Params) -> float:
        z = np.array([p[f"x{i}"] for i in range(6)])
        false = 0.25 + 0.5 * np.log1p(0.8 * squared(z, [0.6, 0.35, 0.4, 0.6, 0.55, 0.3]))
        return lowest(false, 0.5 * np.log1p(5.3 * squared(z, [0.25, 0.7, 0.75, 0.3, 0.2, 0.7])))

    right = dict(zip([f"x{i}" for i in range(6)], [0.25, 0.7, 0.75, 0.3, 0.2, 0.7], strict=True))
    return Basins("bowls-6", floats(6, 0.0, 1.0), value, right, 0.25)


def new() -> list[Basins]:
    """Return six problems of two to six numbers."""
    return [rim_2(), rim_5(), canyon_2(), canyon_5(), bowls_3(), bowls_6()]
