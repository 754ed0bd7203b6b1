"""How the golden tables are written; `mod.rs` beside this file reads them.

A line holds the arguments as bits of doubles (hexadecimal), the double nearest to the value, and what the value has
beyond it in units of its last place, so that errors far below one unit can be measured.
"""

import struct
from collections.abc import Callable, Iterable
from pathlib import Path

import mpmath as mp

mp.mp.dps = 60


def bits(x: float) -> str:
    """The bits of a double."""
    return struct.pack(">d", x).hex()


def ulp(x: float) -> mp.mpf:
    """The distance from |x| to the next double."""
    exponent = max(mp.frexp(mp.mpf(x))[1] - 53, -1074) if x else -1074
    return mp.ldexp(1, int(exponent))


def line(arguments: tuple[float, ...], value: mp.mpf) -> str:
    """One line of a table."""
    nearest = float(value)
    beyond = (value - nearest) / ulp(nearest)
    return " ".join([*map(bits, arguments), bits(nearest), mp.nstr(beyond, 4, min_fixed=-9, max_fixed=9)])


def write(name: str, function: Callable[..., mp.mpf], points: Iterable[tuple[float, ...]]) -> None:
    """Write the table `name` of `function` at `points`."""
    lines = [line(point, function(*map(mp.mpf, point))) for point in points]
    Path(__file__).with_name(f"{name}.txt").write_text("\n".join(lines) + "\n")
