"""Write the tables of the normal distribution, in 60 digits. Run with mpmath installed.

`python make_normal.py [COUNT]` draws COUNT points for each random family (30 unless given).
"""

import random
import sys
from math import inf, nextafter

import mpmath as mp
from table import write

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 30

drawn = random.Random(2)


def both(low: float, high: float) -> float:
    """A number of either sign whose magnitude is spread evenly over the decades from 10^low to 10^high."""
    return drawn.choice((-1, 1)) * 10 ** drawn.uniform(low, high)


def erfcx(x: mp.mpf) -> mp.mpf:
    """e^(x^2) erfc(x): mpmath's exponents are unbounded."""
    return mp.exp(x * x) * mp.erfc(x)


def ndtr(x: mp.mpf) -> mp.mpf:
    """The distribution function."""
    return mp.erfc(-x / mp.sqrt(2)) / 2


def log_ndtr(x: mp.mpf) -> mp.mpf:
    """Its logarithm; the right half loses no digits either."""
    return mp.log1p(-ndtr(-x)) if x > 0 else mp.log(ndtr(x))


def quantile(lower: mp.mpf, upper: mp.mpf) -> mp.mpf:
    """The x with ndtr(x) = lower, where upper = 1 - lower, by Newton's method on the smaller logarithm."""
    if lower > upper:
        return -quantile(upper, lower)
    target = mp.log(lower)
    x = -mp.sqrt(max(-2 * target - mp.log(-4 * mp.pi * target), 0))
    for _ in range(100):
        step = (mp.log(ndtr(x)) - target) * ndtr(x) / mp.npdf(x)
        x -= step
        if abs(step) < mp.mpf(10) ** -45 * (1 + abs(x)):
            break
    return x


def ndtri(p: mp.mpf) -> mp.mpf:
    """The quantile function."""
    return quantile(p, 1 - p)


def log_mass(a: mp.mpf, b: mp.mpf) -> mp.mpf:
    """ln(ndtr(b) - ndtr(a)), subtracted in the tail where the interval lies."""
    if a > 0:
        a, b = -b, -a
    with mp.workdps(120):
        return mp.log(ndtr(b) - ndtr(a)) if b <= 0 else mp.log1p(-ndtr(a) - ndtr(-b))


def truncated_quantile(q: mp.mpf, a: mp.mpf, b: mp.mpf) -> mp.mpf:
    """Quantile q of the normal truncated to [a, b]."""
    return quantile((1 - q) * ndtr(a) + q * ndtr(b), (1 - q) * ndtr(-a) + q * ndtr(-b))


def points_of_erfcx() -> list[tuple[float]]:
    """Up to the overflow at -26.6, small and huge arguments."""
    wide = [drawn.uniform(-26.6, 30) for _ in range(3 * COUNT)]
    scales = [abs(both(-20, 8)) for _ in range(COUNT)] + [both(-20, 0) for _ in range(COUNT)]
    return [(x,) for x in [0.0, 1e100, *wide, *scales]]


def points_of_ndtr() -> list[tuple[float]]:
    """Down to the last normal result."""
    return [(x,) for x in [0.0, -37.5, 8.2, *(drawn.uniform(-37.5, 9) for _ in range(4 * COUNT)), *small()]]


def small() -> list[float]:
    """Small numbers of both signs."""
    return [both(-18, 0) for _ in range(COUNT)]


def points_of_log_ndtr() -> list[tuple[float]]:
    """Both tails to where the right one underflows, the left one to -1e8 and a little of what is beyond."""
    wide = [drawn.uniform(-40, 37) for _ in range(3 * COUNT)]
    far = [-(10 ** drawn.uniform(0, 8)) for _ in range(2 * COUNT)]
    return [(x,) for x in [0.0, -1e8, -1e100, 37.5, *wide, *far, *small()]]


def points_of_ndtri() -> list[tuple[float]]:
    """Every range of the approximation and the seams between them."""
    seams = [0.075, nextafter(0.075, 0), 0.925, nextafter(0.925, 1), float(mp.exp(-30.25)), 2.3e-308]
    middle = [drawn.random() for _ in range(2 * COUNT)] + [0.5 + both(-15, -0.4) for _ in range(COUNT)]
    left = [10 ** drawn.uniform(-307, -1) for _ in range(2 * COUNT)]
    right = [1 - 2.0 ** -drawn.uniform(3, 53) for _ in range(COUNT)]
    return [(p,) for p in seams + middle + left + right]


def interval(reach: float, low: float, high: float) -> tuple[float, float]:
    """An interval that starts within reach of zero and is from 10^low to 10^high wide, reflected half of the time."""
    a = drawn.uniform(-reach, 0)
    b = max(a + 10 ** drawn.uniform(low, high), nextafter(a, inf))
    return (a, b) if drawn.random() < 0.5 else (-b, -a)


def kernel() -> tuple[float, float]:
    """[0, 1] as a kernel of a Parzen estimator sees it, its centre often at a bound."""
    mu, sigma = drawn.choice((0.0, 1.0, drawn.random())), 10 ** drawn.uniform(-2, 0)
    return (0 - mu) / sigma, (1 - mu) / sigma


def points_of_log_mass() -> list[tuple[float, float]]:
    """Kernels; tails to e^-800 and far beyond; adjacent doubles; half-lines; the seam of the narrow series."""
    families = [kernel() for _ in range(2 * COUNT)]
    families += [interval(reach, -3, 1) for reach in (1, 6, 40) for _ in range(2 * COUNT)]
    families += [interval(1e6, -6, 3) for _ in range(COUNT)] + [interval(1, -20, 2) for _ in range(COUNT)]
    families += [(a, nextafter(a, inf)) for a in (both(-3, 2) for _ in range(COUNT))]
    families += [(-inf, x) for x in small()] + [(x, inf) for x in small()]
    middles = [drawn.uniform(-40, 40) for _ in range(COUNT)]
    families += [(m - h, m + h) for m in middles for h in (0.249 / (1 + abs(m)), 0.251 / (1 + abs(m)))]
    return [*families, (37.0, 37.4), (-1e8, nextafter(-1e8, 0)), (-38.5, inf), (1e-320, 0.5)]


def points_of_truncated_quantile() -> list[tuple[float, float, float]]:
    """Kernels and tails, the seam at -30 included, at quantiles across (0, 1) and close to both ends."""
    intervals = [kernel() for _ in range(4 * COUNT)]
    intervals += [interval(reach, -3, 1) for reach in (1, 6, 60) for _ in range(COUNT)]
    intervals += [interval(1e5, -6, 3) for _ in range(COUNT)]
    intervals += [(-31.0, -30.0), (-31.0, -29.9), (-inf, inf), (3.0, inf)]
    quantiles = [drawn.random, lambda: 2.0 ** -drawn.uniform(2, 53), lambda: 1 - 2.0 ** -drawn.uniform(2, 52)]
    return [(drawn.choice(quantiles)(), a, b) for a, b in intervals]


write("erfcx", erfcx, points_of_erfcx())
write("ndtr", ndtr, points_of_ndtr())
write("log_ndtr", log_ndtr, points_of_log_ndtr())
write("ndtri", ndtri, points_of_ndtri())
write("log_mass", log_mass, points_of_log_mass())
write("truncated_quantile", truncated_quantile, points_of_truncated_quantile())
