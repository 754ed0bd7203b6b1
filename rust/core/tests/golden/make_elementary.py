"""Write `exp.txt` and `ln.txt` in 60 digits. Run with mpmath installed."""

import random
import sys

import mpmath as mp
from table import write

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 250

drawn = random.Random(1)


def exp_points() -> list[tuple[float]]:
    """Both ends of the range, subnormal results, middles between multiples of ln 2, and small arguments."""
    ends = [709.782712893384, 709.0, -708.39, -708.4, -720.5, -740.25, -745.13, 0.0, -0.0, 5e-324, 1e-300, -1e-17]
    middles = [float((k + mp.mpf("0.5")) * mp.log(2)) for k in range(-1020, 1024, 60)]
    wide = [drawn.uniform(-708, 709) for _ in range(COUNT)]
    near = [drawn.choice((-1, 1)) * 10 ** drawn.uniform(-12, 1) for _ in range(COUNT)]
    return [(x,) for x in ends + middles + wide + near]


def ln_points() -> list[tuple[float]]:
    """Subnormal and huge numbers, neighbours of 1 and of sqrt(1/2), everything between."""
    ends = [5e-324, 1e-320, 2.2250738585072014e-308, 1.7976931348623157e308, 1.0, 0.5, 2.0]
    near_one = [1 + drawn.choice((-1, 1)) * 10 ** drawn.uniform(-15, -0.3) for _ in range(COUNT)]
    near_cut = [2**k * mp.sqrt(2) * (1 + j * mp.mpf(2) ** -52) for k in (-1, 0, 1) for j in (-1, 0, 1)]
    wide = [10 ** drawn.uniform(-307, 308) for _ in range(COUNT)]
    return [(float(x),) for x in ends + near_one + near_cut + wide]


write("exp", mp.exp, exp_points())
write("ln", mp.log, ln_points())
