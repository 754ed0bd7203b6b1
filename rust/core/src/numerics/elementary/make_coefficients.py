"""Print the polynomial coefficients of `scalar.rs` and their approximation errors.

Chebyshev interpolation in 60 digits (mpmath), then rounding to double. Run with mpmath installed.
"""

import mpmath as mp

mp.mp.dps = 60
LN2 = mp.log(2)


def exp_tail(r: mp.mpf) -> mp.mpf:
    """(e^r - 1 - r) / r^2, by its series."""
    return mp.nsum(lambda k: r**k / mp.factorial(k + 2), [0, 40])


def ln_tail(z: mp.mpf) -> mp.mpf:
    """(ln((1 + s) / (1 - s)) - 2 s) / s^3 with z = s^2, by its series."""
    return mp.nsum(lambda k: 2 * z**k / (2 * k + 3), [0, 60])


def show(name: str, function, interval: list, terms: int) -> None:
    """Coefficients from the constant term up, and the largest error of the unrounded polynomial."""
    coefficients, error = mp.chebyfit(function, interval, terms, error=True)
    print(f"{name}: error {mp.nstr(error, 3)}")
    for coefficient in reversed(coefficients):
        print(f"    {float(coefficient)!r},")


# A little past ln(2)/2: k = round(x / ln 2) is computed in floating point.
show("EXP_TAIL", exp_tail, [-LN2 / 2 - mp.mpf(2) ** -20, LN2 / 2 + mp.mpf(2) ** -20], 11)
# s = f / (2 + f) with 1 + f between sqrt(1/2) and sqrt(2), so that |s| <= (sqrt(2) - 1) / (sqrt(2) + 1).
show("LN_TAIL", ln_tail, [0, ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 + mp.mpf(2) ** -20], 7)
HIGH = mp.floor(LN2 * 2**40) / 2**40
print(f"LN_2_HIGH {float(HIGH)!r} LN_2_LOW {float(LN2 - HIGH)!r}")
# The same in single precision; a little further past ln(2)/2.
show("EXP_TAIL_SINGLE", exp_tail, [-LN2 / 2 - mp.mpf(2) ** -12, LN2 / 2 + mp.mpf(2) ** -12], 5)
HIGH = mp.floor(LN2 * 2**15) / 2**15
print(f"LN_2_HIGH {float(HIGH)!r} LN_2_LOW {float(LN2 - HIGH)!r}")
