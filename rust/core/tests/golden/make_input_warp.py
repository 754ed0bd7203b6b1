"""Write the table of Kumaraswamy's distribution function plus 1, in 60 digits. Run with mpmath installed.

Plus 1, because what counts is the error beside 1: distances are taken of what the function returns.
"""

import random

import mpmath as mp
from table import write

drawn = random.Random(8)


def points() -> list[tuple[float, ...]]:
    """Coordinates inside [0, 1] and close to its ends, under warps up to three prior deviations from the identity."""
    inside = [drawn.random() for _ in range(60)]
    low = [10 ** drawn.uniform(-12, -2) for _ in range(20)]
    coordinates = inside + low + [1 - z for z in low]
    return [(z, mp.exp(drawn.uniform(-2.25, 2.25)), mp.exp(drawn.uniform(-2.25, 2.25))) for z in coordinates]


write(
    "input_warp",
    lambda z, a, b: 2 - (1 - z**a) ** b,
    [tuple(map(float, point)) for point in points()],
)
