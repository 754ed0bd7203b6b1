"""Milder problems of three to eight parameters: stairs, numbers without an effect, and levels that need each other."""

from __future__ import annotations

import numpy as np

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.basins.landscape import Basins
from benches.quality.basins.new_smooth import squared, well
from benches.quality.problem import Params


def shelf_3() -> Basins:
    """Stairs down to a wide landing of exactly equal values, and a smooth bowl."""

    def value(p: Params) -> float:
        z = np.array([p["x0"], p["x1"], p["x2"]])
        stairs = 0.15 + 0.1 * np.floor(6.0 * squared(z, [0.35, 0.4, 0.6]) ** 0.5)
        return float(min(stairs, 9.0 * squared(z, [0.8, 0.7, 0.25])))

    return Basins("shelf-3", floats(3, 0.0, 1.0), value, {"x0": 0.8, "x1": 0.7, "x2": 0.25}, 0.15)


def shelf_4() -> Basins:
    """While a switch is off, two of three numbers have no effect; while it is on, all have."""
    space = Space([
        Parameter("extra", "categorical", choices=("off", "on")), Parameter("k", "int", 0, 12), *floats(2, 0.0, 1.0),
    ])  # fmt: skip

    def value(p: Params) -> float:
        if p["extra"] == "off":
            return float(0.18 + 0.5 * (p["k"] / 12 - 0.5) ** 2)
        return 0.9 * well(squared(np.array([p["k"] / 12, p["x0"], p["x1"]]), [0.75, 0.2, 0.7]), 0.32)

    return Basins("shelf-4", space, value, {"extra": "on", "k": 9, "x0": 0.2, "x1": 0.7}, 0.18)


def branch_5() -> Basins:
    """Two branches with numbers of their own: a good one without depth, and one that is better where it is tuned."""
    plain, deep = ("kind", ("plain",)), ("kind", ("deep",))
    space = Space([
        Parameter("kind", "categorical", choices=("plain", "deep")), Parameter("x", "float", 0.0, 1.0),
        Parameter("a", "float", 0.0, 1.0, parent=plain), Parameter("rate", "float", 1e-4, 1.0, log=True, parent=deep),
        Parameter("b", "float", 0.0, 1.0, parent=deep),
    ])  # fmt: skip

    def value(p: Params) -> float:
        if p["kind"] == "plain":
            return float(0.15 + 0.3 * ((p["x"] - 0.3) ** 2 + (p["a"] - 0.5) ** 2))
        return 5.5 * squared(np.array([p["x"], np.log10(p["rate"]) / 4 + 1, p["b"]]), [0.7, 0.25, 0.8])

    return Basins("branch-5", space, value, {"kind": "deep", "x": 0.7, "rate": 1e-3, "b": 0.8}, 0.15)


def branch_8() -> Basins:
    """Two choices that are only good together, if six numbers are tuned for them; each alone makes a trial worse."""
    space = Space([
        Parameter("left", "categorical", choices=tuple("abc")), Parameter("right", "categorical", choices=tuple("uv")),
        Parameter("k", "int", 0, 25), *floats(5, -1.0, 1.0),
    ])  # fmt: skip
    loss_of = {"a": 0.0, "b": 0.1, "c": 0.05}

    def value(p: Params) -> float:
        z = np.array([p["k"] / 25, *((p[f"x{i}"] + 1) / 2 for i in range(5))])
        if (p["left"], p["right"]) == ("b", "v"):
            return 0.9 * squared(z, [0.6, 0.25, 0.7, 0.4, 0.7, 0.25])
        loss = loss_of[p["left"]] + 0.1 * (p["right"] == "v")
        return 0.2 + loss + 0.4 * squared(z, [0.4, 0.6, 0.4, 0.7, 0.3, 0.6])

    right = {"left": "b", "right": "v", "k": 15, "x0": -0.5, "x1": 0.4, "x2": -0.2, "x3": 0.4, "x4": -0.5}
    return Basins("branch-8", space, value, right, 0.2)


def new() -> list[Basins]:
    """Return four problems of three to eight parameters."""
    return [shelf_3(), shelf_4(), branch_5(), branch_8()]
