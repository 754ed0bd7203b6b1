"""Write `streams.txt`: the first words of some random streams, by a ChaCha8 written from its definition.

A line holds the address (seed, trial, purpose, attempt) and the first ten 64-bit words in hexadecimal. Needs nothing
but Python.
"""

import struct
from pathlib import Path

MASK = 0xFFFF_FFFF
WORDS = 10
ADDRESSES = [
    (0, 0, 1, 0),
    (1, 0, 1, 0),
    (0, 1, 1, 0),
    (0, 0, 2, 0),
    (0, 0, 1, 1),
    (2**64 - 1, 2**63 + 5, 5, 2**32 - 1),
    (42, 1_000_000, 4, 63),
]


def quarter_round(x: list[int], a: int, b: int, c: int, d: int) -> None:
    """The quarter round of Bernstein (2008), in place."""
    for left, right, target, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        x[left] = (x[left] + x[right]) & MASK
        mixed = x[target] ^ x[left]
        x[target] = ((mixed << turn) | (mixed >> (32 - turn))) & MASK


def block(key: bytes, counter: int) -> bytes:
    """Block `counter` of ChaCha8: 64-bit counter, zero nonce."""
    constants = struct.unpack("<4I", b"expand 32-byte k")
    start = [*constants, *struct.unpack("<8I", key), counter & MASK, counter >> 32, 0, 0]
    x = list(start)
    for _ in range(4):
        for i in range(4):
            quarter_round(x, i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter_round(x, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<16I", *((a + b) & MASK for a, b in zip(x, start, strict=True)))


def line(address: tuple[int, int, int, int]) -> str:
    """One line of the table."""
    key = struct.pack("<QQII", *address) + b"tanteo/1"
    stream = block(key, 0) + block(key, 1)
    words = struct.unpack(f"<{WORDS}Q", stream[: 8 * WORDS])
    return " ".join([*map(str, address), *(f"{word:016x}" for word in words)])


Path(__file__).with_name("streams.txt").write_text("\n".join(map(line, ADDRESSES)) + "\n")
