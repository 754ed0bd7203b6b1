"""Write `sobol_table.bin`: the Sobol direction numbers of Joe and Kuo (2008), first 4,096 dimensions.

The numbers (`new-joe-kuo-6.21201`) are taken from the copy that SciPy ships. The file is 4,096 records of 16
little-endian unsigned 16-bit integers, one record a dimension and nothing else:

    word 0          the primitive polynomial over GF(2) without its constant term, which is always 1: bit `k` is the
                    coefficient of x^(k+1), so that the number of significant bits is the degree `s`;
                    0 in dimension 0 (the van der Corput sequence), which has no polynomial
    words 1 .. 15   the initial numbers m_2 .. m_16, of which the first s - 1 count; m_1 is always 1

Run with SciPy installed: `python make_sobol_table.py`.
"""

from pathlib import Path

import numpy as np
import scipy.stats

DIMENSIONS = 4096
WORDS = 16


def read_scipy() -> tuple[np.ndarray, np.ndarray]:
    """The polynomials (with both end terms) and the initial numbers, one row a dimension."""
    with np.load(Path(scipy.stats.__file__).with_name("_sobol_direction_numbers.npz")) as table:
        return table["poly"][:DIMENSIONS], table["vinit"][:DIMENSIONS, :WORDS]


def pack(polynomials: np.ndarray, initial: np.ndarray) -> bytes:
    """The records, in order of the dimensions."""
    if not (np.all(polynomials & 1) and np.all(initial[:, 0] == 1)):
        raise ValueError("a constant term or an m_1 differs from 1: the packed form cannot hold this table")
    words = np.column_stack([polynomials >> 1, initial[:, 1:]])
    if words.max() >= 1 << 16:
        raise ValueError("a direction number needs more than 16 bits")
    return words.astype("<u2").tobytes()


if __name__ == "__main__":
    Path(__file__).with_name("sobol_table.bin").write_bytes(pack(*read_scipy()))
