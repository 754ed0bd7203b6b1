"""DTLZ2 and DTLZ7 with two to five objectives (Deb, Thiele, Laumanns and Zitzler 2005), and the constrained C2-DTLZ2.

DTLZ2 has a spherical front, which C2-DTLZ2 (Jain and Deb 2014) cuts into islands: the corners and the middle. The front
of DTLZ7 has ``2^(m - 1)`` pieces.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benches.objectives.problem import Problem, Values, unconstrained
from benches.python.peers.space import floats

#: Parameters beyond those that place a point on the front.
EXTRA = 4
POINTS = {2: 20000, 3: 20000, 4: 10000, 5: 10000}


def sphere(x: np.ndarray, m: int) -> np.ndarray:
    """Return the objectives of DTLZ2."""
    g = ((x[:, m - 1 :] - 0.5) ** 2).sum(axis=1)
    angles = 0.5 * np.pi * x[:, : m - 1]
    columns = []
    for k in range(m):
        product = np.prod(np.cos(angles[:, : m - 1 - k]), axis=1)
        columns.append((1 + g) * product * (np.sin(angles[:, m - 1 - k]) if k else 1))
    return np.stack(columns, axis=1)


def sphere_points(m: int) -> np.ndarray:
    """Return points on the positive part of the unit sphere, evenly spread for two objectives, random for more."""
    if m == 2:
        angle = np.linspace(0, 0.5 * np.pi, POINTS[2])
        return np.stack([np.cos(angle), np.sin(angle)], axis=1)
    drawn = np.abs(np.random.default_rng(0).standard_normal((POINTS[m], m)))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


def last(f: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Return the last objective of DTLZ7."""
    one = (1 + g)[:, None]
    return np.asarray((1 + g) * (f.shape[1] + 1 - (f / one * (1 + np.sin(3 * np.pi * f))).sum(axis=1)))


def islands(x: np.ndarray, m: int) -> np.ndarray:
    """Return the objectives of DTLZ7."""
    f = x[:, : m - 1]
    return np.column_stack([f, last(f, 1 + 9 * x[:, m - 1 :].mean(axis=1))])


def island_points(m: int) -> np.ndarray:
    """Return points of DTLZ7 at ``g = 1``, of which the non-dominated ones are the front."""
    f = np.linspace(0, 1, 20001)[:, None] if m == 2 else np.random.default_rng(0).random((4 * POINTS[m], m - 1))
    return np.column_stack([f, last(f, np.ones(len(f)))])


def in_islands(objectives: np.ndarray, radius: float) -> np.ndarray:
    """Return the constraint of C2-DTLZ2: within ``radius`` of a corner or of the middle."""
    m = objectives.shape[1]
    corners = [((objectives - np.eye(m)[k]) ** 2).sum(axis=1) for k in range(m)]
    middle = ((objectives - m**-0.5) ** 2).sum(axis=1)
    return np.asarray(np.min([*corners, middle], axis=0) - radius**2)[:, None]


def c2_values(m: int, radius: float) -> Values:
    """Return objectives and constraint of C2-DTLZ2."""

    def values(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        objectives = sphere(x, m)
        return objectives, in_islands(objectives, radius)

    return values


def c2_problem(m: int, radius: float) -> Problem:
    """Return C2-DTLZ2."""

    def front() -> np.ndarray:
        points = sphere_points(m)
        return points[in_islands(points, radius)[:, 0] <= 0]

    return Problem(f"c2dtlz2-m{m}", "constrained", floats(m + EXTRA, 0, 1), m, c2_values(m, radius), front)


def problem(kind: str, m: int, family: str = "dtlz", noise: float = 0.0) -> Problem:
    """Return DTLZ2 or DTLZ7 with ``m`` objectives."""
    function, points = {"dtlz2": (sphere, sphere_points), "dtlz7": (islands, island_points)}[kind]
    values: Callable[[np.ndarray], np.ndarray] = lambda x: function(x, m)  # noqa: E731 - typed, unlike a nested def
    return Problem(f"{kind}-m{m}", family, floats(m + EXTRA, 0, 1), m, unconstrained(values), lambda: points(m), noise)


def problems() -> list[Problem]:
    """Return the family, in which both kinds are in both halves."""
    order = [
        ("dtlz2", 2),
        ("dtlz7", 2),
        ("dtlz7", 3),
        ("dtlz2", 3),
        ("dtlz2", 4),
        ("dtlz7", 4),
        ("dtlz7", 5),
        ("dtlz2", 5),
    ]
    return [problem(kind, m) for kind, m in order]
