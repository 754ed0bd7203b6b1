"""Right basins so wide that random search of 100 trials finds them in 98 of 100 cases.

A search that stays in a false basin here lacks no luck: it has ceased to look elsewhere. The part of the right basin
that is lower than all false ones holds about 4 % of the space.
"""

from __future__ import annotations

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.basins.landscape import Basins, hollow, lowest, slope
from benches.quality.basins.smooth import unit_problem
from benches.quality.problem import Params


def corner(false: list[float], right: list[float], width: float) -> Basins:
    """A slope to a false corner, and a hollow elsewhere."""
    name = f"wide-corner-{len(right)}"
    return unit_problem(name, right, 0.15, lambda z: lowest(0.15 + 0.85 * slope(z, false), hollow(z, right, width)))


def widths(false: list[float], broad: float, right: list[float], width: float) -> Basins:
    """A wide basin, and a lower, narrower one."""
    name = f"wide-widths-{len(right)}"
    return unit_problem(
        name, right, 0.12, lambda z: lowest(0.12 + 0.9 * hollow(z, false, broad), hollow(z, right, width))
    )


def decoys(false: list[list[float]], right: list[float], width: float) -> Basins:
    """False basins of different depths that are as wide as the right one."""
    floors = (0.12, 0.18, 0.25)[: len(false)]

    def value(z: np.ndarray) -> float:
        pairs = zip(floors, false, strict=True)
        heights = [floor + (1.0 - floor) * hollow(z, centre, width) for floor, centre in pairs]
        return lowest(*heights, hollow(z, right, width))

    return unit_problem(f"wide-decoys-{len(right)}", right, 0.12, value)


def ridge(d: int, false: float, right: float, width: float) -> Basins:
    """A nearly flat valley along the diagonal, with a wide false hollow and the right one."""

    def value(z: np.ndarray) -> float:
        t = float(np.mean(z))
        holes = [0.04 + 0.1 * (1.0 - np.exp(-0.5 * ((t - false) / 0.2) ** 2))]
        holes.append(0.14 * (1.0 - np.exp(-0.5 * ((t - right) / width) ** 2)))
        return 0.5 * float(np.sum((z - t) ** 2)) + lowest(*holes)

    return unit_problem(f"wide-ridge-{d}", [right] * d, 0.04, value)


def copies_3() -> Basins:
    """Two numbers that count in steps; all levels of a choice but one are copies and better almost everywhere."""
    space = Space([
        Parameter("kind", "categorical", choices=("a", "b", "c")), Parameter("size", "int", 1, 256, log=True),
        Parameter("x", "float", 0.0, 1.0),
    ])  # fmt: skip

    def value(p: Params) -> float:
        z = np.array([np.floor(np.log2(p["size"])) / 8, np.round(16 * p["x"]) / 16])
        if p["kind"] == "b":
            return 1.1 * hollow(z, [0.75, 0.25], 0.49)
        return 0.12 + 0.7 * hollow(z, [0.25, 0.625], 0.5)

    return Basins("wide-copies-3", space, value, {"kind": "b", "size": 64, "x": 0.25}, 0.12)


def stairs_4() -> Basins:
    """A slope to a corner and a hollow, in an integer, a number in coarse steps, a choice and a float."""
    space = Space([
        Parameter("depth", "int", 1, 12), Parameter("rate", "float", 1e-4, 1.0, log=True),
        Parameter("mode", "categorical", choices=("x", "y")), Parameter("share", "float", 0.2, 1.0),
    ])  # fmt: skip

    def value(p: Params) -> float:
        rate = np.round(10 * (np.log10(p["rate"]) / 4 + 1)) / 10
        z = np.array([(p["depth"] - 1) / 11, rate, (p["share"] - 0.2) / 0.8])
        extra = 0.05 if p["mode"] == "y" else 0.0
        right = hollow(z, [2 / 11, 0.7, 0.3], 0.5) + 4 * extra
        return lowest(0.15 + extra + 0.8 * slope(z, [1.0, 0.0, 1.0]), right)

    return Basins("wide-stairs-4", space, value, {"depth": 3, "rate": 10**-1.2, "mode": "x", "share": 0.44}, 0.15)


def tuning() -> list[Basins]:
    """Return six problems of two to six parameters."""
    four = [[0.2, 0.3, 0.7, 0.4], [0.7, 0.2, 0.3, 0.8], [0.3, 0.8, 0.2, 0.2]]
    return [
        corner([0.0, 1.0], [0.8, 0.35], 0.19),
        widths([0.35, 0.3, 0.6], 0.6, [0.75, 0.8, 0.2], 0.43),
        decoys(four, [0.8, 0.75, 0.8, 0.25], 0.65),
        ridge(2, 0.25, 0.8, 0.05),
        copies_3(),
        corner([1.0, 0.0, 1.0, 0.0, 0.0, 1.0], [0.25, 0.7, 0.3, 0.75, 0.8, 0.35], 0.85),
    ]


def reported() -> list[Basins]:
    """Return six others of two to eight."""
    eight = [0.4, 0.3, 0.6, 0.5, 0.7, 0.4, 0.3, 0.6]
    return [
        corner([1.0, 1.0, 0.0], [0.3, 0.2, 0.7], 0.4),
        widths([0.6, 0.65], 0.5, [0.2, 0.25], 0.25),
        decoys([[0.2, 0.75], [0.75, 0.8]], [0.7, 0.25], 0.23),
        ridge(3, 0.75, 0.35, 0.13),
        stairs_4(),
        widths(eight, 1.2, [0.75, 0.8, 0.2, 0.85, 0.3, 0.8, 0.75, 0.2], 1.44),
    ]
