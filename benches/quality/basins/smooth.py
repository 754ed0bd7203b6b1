"""Two to eight floats: a slope to a false corner, a narrow basin beside a wide one, decoys, and opposite corners."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.basins.landscape import Basins, hollow, lowest, slope
from benches.quality.problem import Params, vector


def unit_problem(name: str, right: list[float], false_floor: float, value: Callable[[np.ndarray], float]) -> Basins:
    """Return a problem over floats in the unit interval."""
    space = floats(len(right), 0.0, 1.0)
    array = vector(space)
    return Basins(name, space, lambda p: value(array(p)), {f"x{i}": u for i, u in enumerate(right)}, false_floor)


def corner_2() -> Basins:
    """Most of the square slopes to a corner; the right basin is a hollow on the other side."""
    right = [0.77, 0.68]
    return unit_problem(
        "corner-2", right, 0.15, lambda z: lowest(0.15 + 0.85 * slope(z, [0.0, 0.0]), hollow(z, right, 0.12))
    )


def corner_3() -> Basins:
    """The same in three numbers, one of them on a log scale."""
    space = Space([
        Parameter("x", "float", -2.0, 2.0), Parameter("rate", "float", 1e-5, 1e-1, log=True),
        Parameter("y", "float", 0.0, 10.0),
    ])  # fmt: skip

    def value(p: Params) -> float:
        z = np.array([(p["x"] + 2) / 4, np.log10(p["rate"]) / 4 + 1.25, p["y"] / 10])
        return lowest(0.2 + 0.8 * slope(z, [1.0, 0.0, 1.0]), hollow(z, [0.25, 0.75, 0.3], 0.2))

    return Basins("corner-3", space, value, {"x": -1.0, "rate": 1e-2, "y": 3.0}, 0.2)


def widths(name: str, wide: list[float], right: list[float], width: float) -> Basins:
    """A wide basin, and a lower one of another width."""
    broad = 0.35 * len(right) ** 0.5
    return unit_problem(
        name, right, 0.12, lambda z: lowest(0.12 + 0.9 * hollow(z, wide, broad), hollow(z, right, width))
    )


def decoys(name: str, d: int, width: float, seed: int) -> Basins:
    """Three false basins and a right one, which is narrower, at random places that are apart."""
    rng = np.random.default_rng([seed, 810])
    centres: list[np.ndarray] = []
    while len(centres) < 4:
        centre = rng.uniform(0.1, 0.9, d).round(2)
        if all(np.linalg.norm(centre - other) > 0.45 * (d / 3) ** 0.5 for other in centres):
            centres.append(centre)
    right, *others = centres
    floors = (0.12, 0.18, 0.25)

    def value(z: np.ndarray) -> float:
        false = zip(floors, others, strict=True)
        heights = [floor + (1.0 - floor) * hollow(z, centre, 1.35 * width) for floor, centre in false]
        return lowest(*heights, hollow(z, right, width))

    return unit_problem(name, right.tolist(), min(floors), value)


def corners(name: str, corner: list[float], right: list[float]) -> Basins:
    """Two slopes to opposite regions; at the centre the false one is lower."""
    return unit_problem(name, right, 0.15, lambda z: lowest(0.15 + 0.85 * slope(z, corner), 2.2 * slope(z, right)))


def tuning() -> list[Basins]:
    """Return four problems of two to eight floats."""
    return [
        corner_2(),
        widths("widths-4", [0.3, 0.4, 0.35, 0.6], [0.8, 0.75, 0.7, 0.2], 0.3),
        decoys("decoys-3", 3, 0.2, 1),
        corners("corners-8", [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0], [0.9, 0.8, 0.15, 0.85, 0.2, 0.1, 0.9, 0.2]),
    ]


def reported() -> list[Basins]:
    """Return four others."""
    return [
        corner_3(),
        widths("widths-2", [0.35, 0.3], [0.75, 0.85], 0.11),
        decoys("decoys-5", 5, 0.33, 2),
        corners("corners-6", [1.0, 0.0, 0.0, 1.0, 0.0, 1.0], [0.2, 0.9, 0.85, 0.1, 0.8, 0.15]),
    ]
