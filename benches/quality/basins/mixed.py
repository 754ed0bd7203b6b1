"""Mixed spaces: exactly equal values, levels that are copies of each other, and levels with basins of their own."""

from __future__ import annotations

import numpy as np

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.basins.landscape import Basins, hollow, lowest
from benches.quality.problem import Params


def copies_3() -> Basins:
    """A number that changes nothing above a limit, and an integer that counts in powers of two."""
    space = Space([
        Parameter("rate", "float", 1e-5, 1e-1, log=True), Parameter("size", "int", 1, 256, log=True),
        Parameter("wait", "float", 0.0, 50.0),
    ])  # fmt: skip

    def value(p: Params) -> float:
        z = np.array([np.log10(p["rate"]) / 4 + 1.25, np.floor(np.log2(p["size"])) / 8, min(p["wait"] / 20, 1.0)])
        return lowest(0.1 + 0.9 * hollow(z, [0.3, 0.25, 1.0], 0.5), hollow(z, [0.75, 0.75, 0.3], 0.25))

    return Basins("copies-3", space, value, {"rate": 1e-2, "size": 64, "wait": 6.0}, 0.1)


def copies_2() -> Basins:
    """A number that counts in twentieths, and one that changes nothing below a limit."""

    def value(p: Params) -> float:
        z = np.array([np.round(20 * p["x0"]) / 20, max(p["x1"], 0.35)])
        return lowest(0.1 + 0.9 * hollow(z, [0.15, 0.35], 0.45), hollow(z, [0.8, 0.8], 0.13))

    return Basins("copies-2", floats(2, 0.0, 1.0), value, {"x0": 0.8, "x1": 0.8}, 0.1)


def twins_4() -> Basins:
    """Three of four levels are the same; the fourth is worse almost everywhere and has the right basin."""
    space = Space([Parameter("kind", "categorical", choices=tuple("abcd")), *floats(3, 0.0, 1.0)])

    def value(p: Params) -> float:
        z = np.array([p["x0"], p["x1"], p["x2"]])
        if p["kind"] == "c":
            return 1.1 * hollow(z, [0.75, 0.3, 0.7], 0.3)
        return 0.12 + 0.7 * hollow(z, [0.35, 0.6, 0.4], 0.5)

    return Basins("twins-4", space, value, {"kind": "c", "x0": 0.75, "x1": 0.3, "x2": 0.7}, 0.12)


def twins_6() -> Basins:
    """The same with five levels, an integer and four floats."""
    space = Space([
        Parameter("kind", "categorical", choices=tuple("abcde")), Parameter("k", "int", 0, 20), *floats(4, 0.0, 1.0),
    ])  # fmt: skip

    def value(p: Params) -> float:
        z = np.array([p["k"] / 20, p["x0"], p["x1"], p["x2"], p["x3"]])
        if p["kind"] == "b":
            return 1.1 * hollow(z, [0.75, 0.7, 0.3, 0.75, 0.3], 0.45)
        return 0.12 + 0.7 * hollow(z, [0.25, 0.4, 0.5, 0.3, 0.6], 0.6)

    right = {"kind": "b", "k": 15, "x0": 0.7, "x1": 0.3, "x2": 0.75, "x3": 0.3}
    return Basins("twins-6", space, value, right, 0.12)


def levels(name: str, space: Space, basins: dict[str, tuple[float, float, list[float]]], right: Params) -> Basins:
    """Every level of ``kind`` has a basin of its own: its lowest value, its width and its centre."""

    def value(p: Params) -> float:
        floor, width, centre = basins[p["kind"]]
        z = np.array([p["k"] / 30 if q.name == "k" else p[q.name] for q in space if q.name != "kind"])
        return floor + (1.0 - 0.5 * floor) * hollow(z, centre, width)

    return Basins(name, space, value, right, min(floor for floor, *_ in basins.values() if floor > 0.0))


def levels_5() -> Basins:
    """Three levels, an integer and three floats."""
    space = Space([
        Parameter("kind", "categorical", choices=tuple("abc")), Parameter("k", "int", 0, 30), *floats(3, 0.0, 1.0),
    ])  # fmt: skip
    basins = {
        "a": (0.1, 0.7, [0.4, 0.5, 0.45, 0.6]),
        "b": (0.0, 0.35, [0.8, 0.75, 0.2, 0.3]),
        "c": (0.2, 0.6, [0.2, 0.3, 0.6, 0.8]),
    }
    return levels("levels-5", space, basins, {"kind": "b", "k": 24, "x0": 0.75, "x1": 0.2, "x2": 0.3})


def levels_3() -> Basins:
    """Six levels and two floats."""
    space = Space([Parameter("kind", "categorical", choices=tuple("abcdef")), *floats(2, 0.0, 1.0)])
    basins = {
        "a": (0.15, 0.5, [0.3, 0.4]),
        "b": (0.25, 0.4, [0.7, 0.6]),
        "c": (0.1, 0.5, [0.5, 0.5]),
        "d": (0.3, 0.5, [0.2, 0.8]),
        "e": (0.0, 0.16, [0.8, 0.2]),
        "f": (0.2, 0.6, [0.6, 0.3]),
    }
    return levels("levels-3", space, basins, {"kind": "e", "x0": 0.8, "x1": 0.2})


def tuning() -> list[Basins]:
    """Return three problems of three to five parameters."""
    return [copies_3(), twins_4(), levels_5()]


def reported() -> list[Basins]:
    """Return three others of two to six."""
    return [copies_2(), twins_6(), levels_3()]
