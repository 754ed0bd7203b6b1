"""Write the tables of the acquisition functions, in 30 digits and more. Run with mpmath installed.

The expected hypervolume improvement is computed from its definition in another form than in the library: with
independent normal objectives, the expectation of the volume that a point adds is the integral, over everything that the
front leaves undominated, of the chance to lie below,

    EHVI = integral over undominated z < r of prod_k Phi((z_k - m_k) / s_k) dz,

and this integral, over the cells of the grid that the front's coordinates span, by quadrature.
"""

import itertools
import random
from functools import cache

import mpmath as mp
from table import write

# `acquisition.rs` has the same.
FRONT = [(0.0, 2.0, 1.0, 1.0), (1.0, 1.0, 0.5, 2.0), (2.0, 0.5, 2.0, 0.5), (1.5, 1.75, 0.25, 1.5)]
REFERENCE = 3.0

drawn = random.Random(5)


def scaled(u: mp.mpf) -> tuple[mp.mpf, mp.mpf]:
    """Phi(u) / phi(u) and h(u) / phi(u): 2 log10 |u| digits cancel in the second, which the precision has to spare."""
    ratio = mp.sqrt(mp.pi / 2) * mp.erfc(-u / mp.sqrt(2)) * mp.exp(u * u / 2)
    return ratio, 1 + u * ratio


def log_h(u: mp.mpf) -> mp.mpf:
    """ln(phi(u) + u Phi(u))."""
    return mp.log(scaled(u)[1]) - u * u / 2 - mp.log(2 * mp.pi) / 2


def log_h_slope(u: mp.mpf) -> mp.mpf:
    """Phi(u) / h(u)."""
    ratio, h = scaled(u)
    return ratio / h


@cache
def below(low: mp.mpf, high: mp.mpf, mean: mp.mpf, deviation: mp.mpf) -> mp.mpf:
    """The integral of Phi((z - mean) / deviation) from low to high."""
    floor = max(low, min(mean, high) - 40 * deviation)
    near_end = [high - k * deviation / 8 for k in (1, 2, 4, 8, 16, 32, 64, 128)]
    cuts = sorted({floor, high, *(z for z in [*near_end, mean] if floor < z < high)})
    return mp.quad(lambda z: mp.erfc((mean - z) / deviation / mp.sqrt(2)) / 2, cuts)


def log_ehvi(*arguments: mp.mpf) -> mp.mpf:
    """The logarithm of the expectation, for means and then deviations."""
    m = len(arguments) // 2
    front = [point[:m] for point in FRONT]
    edges = [[-mp.inf, *sorted({mp.mpf(point[k]) for point in front}), mp.mpf(REFERENCE)] for k in range(m)]
    total = mp.mpf(0)
    for cell in itertools.product(*(itertools.pairwise(e) for e in edges)):
        if not any(all(y < high for y, (_, high) in zip(point, cell, strict=True)) for point in front):
            total += mp.fprod(below(*cell[k], arguments[k], arguments[m + k]) for k in range(m))
    return mp.log(total)


def predictions(m: int, count: int) -> list[tuple[float, ...]]:
    """Means on and around the front, far above and far below it, certain and uncertain."""
    points = [
        (*(drawn.uniform(-1, 4) for _ in range(m)), *(10 ** drawn.uniform(-1.5, 0.5) for _ in range(m)))
        for _ in range(count)
    ]
    return [*points, (*[12.0] * m, *[0.5] * m), (*[-9.0] * m, *[0.25] * m)]


improvements = [
    5.0,
    1.0,
    0.9,
    0.0,
    -0.5,
    -1.0,
    -1.0000001,
    -3.0,
    -10.0,
    -24.9,
    -25.1,
    -38.0,
    -100.0,
    -1e3,
    -1e4,
    -1e6,
    -1e8,
]
improvements += [-(10 ** drawn.uniform(-3, 8)) for _ in range(40)]
mp.mp.dps = 100
write("log_h", log_h, [(u,) for u in improvements])
write("log_h_slope", log_h_slope, [(u,) for u in improvements])
mp.mp.dps = 30
write("log_ehvi_2", log_ehvi, predictions(2, 20))
write("log_ehvi_3", log_ehvi, predictions(3, 12))
write("log_ehvi_4", log_ehvi, predictions(4, 6))
