"""Print the coefficients of `erfcx.rs`, `distribution.rs` and `quantile.rs` and the errors of the approximations.

Interpolation at Chebyshev nodes in 60 digits (mpmath), then rounding to double: polynomial for `erfcx`, rational for
the quantile. Run with mpmath installed.
"""

from collections.abc import Callable

import mpmath as mp

mp.mp.dps = 60
Function = Callable[[mp.mpf], mp.mpf]


def erfcx(x: mp.mpf) -> mp.mpf:
    """e^(x^2) erfc(x); mpmath's exponents are unbounded, so the product never overflows."""
    return mp.exp(x * x) * mp.erfc(x)


def scaled_erfcx(t: mp.mpf) -> mp.mpf:
    """(1 + 2 x) erfcx(x) with t = (x - 5) / (x + 3)."""
    x = (5 + 3 * t) / (1 - t)
    return (1 + 2 * x) * erfcx(x)


def scaled_tail(t: mp.mpf) -> mp.mpf:
    """(1 + 2 x) erfcx(x) with t = (x - 15/4) / (x + 15/4)."""
    x = mp.mpf("3.75") * (1 + t) / (1 - t)
    return (1 + 2 * x) * erfcx(x)


def central(r: mp.mpf) -> mp.mpf:
    """ndtri(1/2 + q) / q with r = 0.425^2 - q^2."""
    q = mp.sqrt(mp.mpf("0.180625") - r)
    return mp.sqrt(2) * mp.erfinv(2 * q) / q


def tail(r: mp.mpf) -> mp.mpf:
    """-ndtri(e^(-r^2)): Newton's method on the logarithm of the distribution function."""
    x = mp.sqrt(2) * r - mp.log(r) / r
    for _ in range(40):
        scaled = erfcx(x / mp.sqrt(2))
        step = (mp.log(scaled / 2) - x * x / 2 + r * r) * scaled / mp.sqrt(2 / mp.pi)
        x += step
        if abs(step) < mp.mpf(10) ** -50:
            break
    return x


def nodes(low: mp.mpf, high: mp.mpf, count: int) -> list[mp.mpf]:
    """Chebyshev nodes of [low, high]."""
    angles = [mp.pi * (2 * i + 1) / (2 * count) for i in range(count)]
    return [(low + high) / 2 + (high - low) / 2 * mp.cos(angle) for angle in angles]


def interpolate(f: Function, low: mp.mpf, high: mp.mpf, m: int, n: int) -> tuple[list[mp.mpf], list[mp.mpf]]:
    """Numerator (degree m) and denominator (degree n, constant term 1) of the rational interpolant of `f`."""
    points = nodes(low, high, m + n + 1)
    values = [f(x) for x in points]
    pairs = zip(points, values, strict=True)
    rows = [[x**j for j in range(m + 1)] + [-y * x**j for j in range(1, n + 1)] for x, y in pairs]
    solution = list(mp.lu_solve(mp.matrix(rows), mp.matrix(values)))
    return solution[: m + 1], [mp.mpf(1), *solution[m + 1 :]]


def show(name: str, f: Function, low: str, high: str, m: int, n: int, shift: str = "0") -> None:
    """Coefficients in powers of x - shift, constant term first, and the largest relative error."""
    start = mp.mpf(shift)

    def shifted(x: mp.mpf) -> mp.mpf:
        return f(start + x)

    low_shifted, high_shifted = mp.mpf(low) - start, mp.mpf(high) - start
    parts = interpolate(shifted, low_shifted, high_shifted, m, n)

    def relative_error(x: mp.mpf) -> mp.mpf:
        numerator, denominator = (mp.polyval(part[::-1], x) for part in parts)
        return abs(numerator / denominator / shifted(x) - 1)

    print(f"{name}: error {mp.nstr(max(map(relative_error, nodes(low_shifted, high_shifted, 500))), 2)}")
    for part in parts:
        print("    [" + ", ".join(repr(float(c)) for c in part) + "]")


show("SCALED", scaled_erfcx, "-1", "1", 21, 0)
show("SCALED (distribution.rs)", scaled_tail, "-1", "1", 23, 0)
show("CENTRAL", central, "0", "0.180625", 8, 8)
show("TAIL", tail, "1.6", "5.5", 8, 8, shift="1.6")
show("FAR_TAIL", tail, "5.5", "28", 8, 8, shift="5.5")
