"""Four problems of the WFG toolkit (Huband, Hingston, Barone and While 2006), with fewer numbers than in the paper.

====  ==========  ======  ============================================================================================
name  objectives  half    difficulty
====  ==========  ======  ============================================================================================
wfg4  2           tuning  many local optima; a concave front
wfg1  2           report  a plateau and a strong bias away from the front, which is convex and wavy
wfg2  3           tuning  distances that go together in pairs; a front in pieces
wfg9  3           report  each number bends all before it; deceptive positions, local optima of distances; concave
====  ==========  ======  ============================================================================================

The halves were chosen before any search was run. Each half has two and three objectives, one separable problem and
one concave front. The harder two are reported: what is decided on the others should hold under bias and deception.

Number ``i`` of ``n``, counted from 1, lies between 0 and ``2 i``. The first ``k = 2 (m - 1)`` place a point along the
front of ``m`` objectives, and the last four are its distance. On the front of wfg1, wfg2 and wfg4 these are ``0.7 i``.
A problem divides the numbers by their upper ends, transforms them (``t``), and reduces them to ``m - 1`` positions
``x`` and one distance ``d``. Objective ``j`` is ``d + 2 j h_j(x)``, where ``h`` is the shape of the front.

The paper writes the transformations with ``floor``. Most of them are linear in pieces, so they are interpolated here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benches.objectives.problem import Problem, box, unconstrained

Columns = Callable[[np.ndarray], np.ndarray]

#: Numbers for each position on the front, as in the paper, and for the distance.
POSITIONS, DISTANCES = 2, 4
#: Where the transformations of the paper have their optimum.
OPTIMUM = 0.35
#: Levels of every position at which the front is sampled.
LEVELS = {2: 20001, 3: 151}


def linear(y: np.ndarray) -> np.ndarray:
    """Return ``s_linear``, the distance to the optimum: 1 at both ends."""
    return np.asarray(np.interp(y, [0, OPTIMUM, 1], [1, 0, 1]))


def hilly(y: np.ndarray, hills: int, depth: float) -> np.ndarray:
    """Return ``s_multi``: the square of :func:`linear` under waves."""
    distance = linear(y)
    return np.asarray((1 - np.cos((2 * hills + 1) * np.pi * distance) + depth * distance**2) / (depth + 2))


def deceptive(y: np.ndarray, width: float, end: float) -> np.ndarray:
    """Return ``s_decept``: 0 within a narrow valley, and a wide slope that leads away from it to ``end``."""
    return np.asarray(np.interp(y, [0, OPTIMUM - width, OPTIMUM, OPTIMUM + width, 1], [end, 1, 0, 1, end]))


def flat(y: np.ndarray, value: float, low: float, high: float) -> np.ndarray:
    """Return ``b_flat``: ``value`` between ``low`` and ``high``."""
    return np.asarray(np.interp(y, [0, low, high, 1], [0, value, value, 1]))


def bent(y: np.ndarray) -> np.ndarray:
    """Return ``b_param`` of every column but the last: a power between 0.02 and 50, by the mean of later columns."""
    sums = y[:, ::-1].cumsum(axis=1)[:, ::-1]
    later = sums[:, 1:] / np.arange(y.shape[1] - 1, 0, -1)
    return np.column_stack([y[:, :-1] ** np.interp(later, [0, 0.5, 1], [0.02, 1, 50]), y[:, -1]])


def entangled(y: np.ndarray) -> np.ndarray:
    """Return ``r_nonsep`` of all columns: their sum and that of all differences, at most 1."""
    n = y.shape[1]
    half = -(-n // 2)
    differences = np.abs(y[:, :, None] - y[:, None, :]).sum(axis=(1, 2))
    return np.asarray((y.sum(axis=1) + differences) / (half * (1 + 2 * n - 2 * half)))


def total(y: np.ndarray) -> np.ndarray:
    """Return the sum of the columns."""
    return np.asarray(y.sum(axis=1))


def mean(y: np.ndarray) -> np.ndarray:
    """Return ``r_sum`` with equal weights."""
    return np.asarray(y.mean(axis=1))


def reduced(y: np.ndarray, m: int, reduction: Columns) -> np.ndarray:
    """Return a column for each position and one for the distance."""
    k = POSITIONS * (m - 1)
    return np.column_stack([reduction(part) for part in (*np.split(y[:, :k], m - 1, axis=1), y[:, k:])])


def split(y: np.ndarray, m: int, position: Columns, distance: Columns) -> np.ndarray:
    """Return the columns of positions and those of distances, each transformed."""
    k = POSITIONS * (m - 1)
    return np.column_stack([position(y[:, :k]), distance(y[:, k:])])


def wfg1(y: np.ndarray, m: int) -> np.ndarray:
    """Return the positions and the distance of WFG1, whose sums are weighted by the upper ends."""
    weights = 2.0 * np.arange(1, y.shape[1] + 1)
    t = split(y, m, np.asarray, lambda d: flat(linear(d), 0.8, 0.75, 0.85)) ** 0.02
    return np.asarray(reduced(weights * t, m, total) / reduced(weights[None], m, total))


def wfg2(y: np.ndarray, m: int) -> np.ndarray:
    """Return the positions and the distance of WFG2."""

    def pairs(d: np.ndarray) -> np.ndarray:
        return np.column_stack([entangled(pair) for pair in np.split(linear(d), DISTANCES // 2, axis=1)])

    return reduced(split(y, m, np.asarray, pairs), m, mean)


def wfg4(y: np.ndarray, m: int) -> np.ndarray:
    """Return the positions and the distance of WFG4."""
    return reduced(hilly(y, 30, 10), m, mean)


def wfg9(y: np.ndarray, m: int) -> np.ndarray:
    """Return the positions and the distance of WFG9."""
    t = split(bent(y), m, lambda p: deceptive(p, 0.001, 0.05), lambda d: hilly(d, 30, 95))
    return reduced(t, m, entangled)


def products(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return ``prod_i first_i``, then the same with one factor less each, times ``last`` in place of that factor."""
    one = np.ones(len(first))
    heads = np.cumprod(np.column_stack([one, first]), axis=1)
    return np.asarray(heads[:, ::-1] * np.column_stack([one, last[:, ::-1]]))


def concave(x: np.ndarray) -> np.ndarray:
    """Return ``h`` of WFG4 and WFG9."""
    return products(np.sin(0.5 * np.pi * x), np.cos(0.5 * np.pi * x))


def convex(x: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return a convex ``h`` whose last column is another one."""
    return np.column_stack([products(1 - np.cos(0.5 * np.pi * x), 1 - np.sin(0.5 * np.pi * x))[:, :-1], last])


def mixed(x: np.ndarray) -> np.ndarray:
    """Return ``h`` of WFG1: five waves."""
    return convex(x, 1 - x[:, 0] - np.cos(10 * np.pi * x[:, 0] + 0.5 * np.pi) / (10 * np.pi))


def pieces(x: np.ndarray) -> np.ndarray:
    """Return ``h`` of WFG2: five pieces."""
    return convex(x, 1 - x[:, 0] * np.cos(5 * np.pi * x[:, 0]) ** 2)


def placed(t: np.ndarray, shape: Columns) -> np.ndarray:
    """Return the objectives of positions and a distance."""
    return np.asarray(t[:, -1:] + 2.0 * np.arange(1, t.shape[1] + 1) * shape(t[:, :-1]))


def problem(transformed: Callable[[np.ndarray, int], np.ndarray], shape: Columns, m: int) -> Problem:
    """Return the problem of a function above with ``m`` objectives."""
    ends = 2.0 * np.arange(1, POSITIONS * (m - 1) + DISTANCES + 1)

    def front() -> np.ndarray:
        levels = np.meshgrid(*[np.linspace(0, 1, LEVELS[m])] * (m - 1))
        return placed(np.column_stack([*(level.ravel() for level in levels), np.zeros(levels[0].size)]), shape)

    values = unconstrained(lambda z: placed(transformed(z / ends, m), shape))
    return Problem(f"{transformed.__name__}-m{m}", "wfg", box(*((0, end) for end in ends)), m, values, front)


def problems() -> list[Problem]:
    """Return the family."""
    return [problem(wfg4, concave, 2), problem(wfg1, mixed, 2), problem(wfg2, pieces, 3), problem(wfg9, concave, 3)]
