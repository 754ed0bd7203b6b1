"""Non-dominated points and hypervolumes within a box from the ideal point to the reference, scaled to the unit cube."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from scipy.stats import qmc

#: Logarithm of the number of Sobol points that stand for the volume with three and more objectives.
LOG2_POINTS = 16


def front(points: np.ndarray) -> np.ndarray:
    """Return the distinct points that no other one dominates, in lexicographic order."""
    if len(points) == 0:
        return points
    points = np.unique(points, axis=0)
    if points.shape[1] == 2:
        lowest = np.minimum.accumulate(points[:, 1])
        return points[np.concatenate(([True], points[1:, 1] < lowest[:-1]))]
    kept = np.ones(len(points), dtype=bool)
    for i in range(len(points)):
        if kept[i]:
            kept &= ~((points[i] <= points).all(axis=1))
            kept[i] = True
    return points[kept]


@functools.cache
def sample(m: int) -> np.ndarray:
    """Return Sobol points in the unit cube."""
    return np.asarray(qmc.Sobol(m, seed=0).random_base2(LOG2_POINTS))


def area(points: np.ndarray) -> float:
    """Return the area between points and (1, 1)."""
    total, lowest = 0.0, 1.0
    for x, y in front(points):
        if x < 1 and y < lowest:
            total += (1 - x) * (lowest - y)
            lowest = y
    return total


def volume(points: np.ndarray) -> float:
    """Return the share of the unit cube that points dominate: exact for two objectives, else of the Sobol points."""
    points = points[(points < 1).all(axis=1)]
    if len(points) == 0:
        return 0.0
    if points.shape[1] == 2:
        return area(points)
    return float(covered(front(points), sample(points.shape[1])).mean())


def covered(points: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return which places points dominate."""
    found = np.zeros(len(places), dtype=bool)
    for point in points:
        missing = np.flatnonzero(~found)
        found[missing] = (point <= places[missing]).all(axis=1)
    return found


def greedy(points: np.ndarray, counts: Sequence[int]) -> list[float]:
    """Return the volumes of subsets of so many points, chosen one by one, each with the largest gain."""
    if points.shape[1] == 2:
        return [greedy_areas(points, max(counts))[count - 1] for count in counts]
    places = sample(points.shape[1])[: 2**13]
    dominated = np.stack([(point <= places).all(axis=1) for point in points])
    gains, chosen = dominated.sum(axis=1), []
    for _ in range(max(counts)):
        chosen.append(int(np.argmax(gains)))
        new = dominated[chosen[-1]] & ~dominated[chosen[:-1]].any(axis=0)
        gains = gains - dominated[:, new].sum(axis=1)
    return [volume(points[chosen[:count]]) for count in counts]


def greedy_areas(points: np.ndarray, n: int) -> list[float]:
    """Return the areas of the best subsets of 1 to ``n`` points in the plane, chosen one by one."""
    points = front(points)
    right, top = np.ones(len(points)), np.ones(len(points))
    areas, total = [], 0.0
    for _ in range(n):
        gains = np.clip(right - points[:, 0], 0, None) * np.clip(top - points[:, 1], 0, None)
        best = int(np.argmax(gains))
        total += float(gains[best])
        areas.append(total)
        # Points before the chosen one are bounded by it on the right, points after it from above.
        right[:best] = np.minimum(right[:best], points[best, 0])
        top[best:] = np.minimum(top[best:], points[best, 1])
        right[best] = points[best, 0]
    return areas
