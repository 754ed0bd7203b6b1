"""The linear algebra of the core compared with OpenBLAS (SciPy) on one core: ``python -m benches.python.linalg``.

Each library is timed by the fastest of the same number of runs, because other programs influence this run least. The
core is measured by the example ``linalg_speed`` of the crate, which cargo builds.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from typing import Any

from benches.python.threads import ONE_THREAD

os.environ.update(ONE_THREAD)

# The variables above are read when the libraries are loaded.
import numpy as np
from scipy.linalg import blas, lapack

COMMAND = ("cargo", "run", "--release", "--quiet", "--locked", "-p", "tanteo-core", "--example", "linalg_speed")


def best(repeats: int, work: Callable[[], Any]) -> float:
    """Return the milliseconds of the fastest run."""
    fastest = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        fastest = min(fastest, time.perf_counter() - start)
    return 1e3 * fastest


def main() -> None:
    """Print a line per size with the milliseconds of both, and the speed of the core relative to OpenBLAS."""
    for line in subprocess.run(COMMAND, check=True, capture_output=True, text=True).stdout.splitlines():
        n, cholesky, product = int(line.split()[0]), *(float(x) for x in line.split()[1:])
        k = np.asfortranarray(np.random.default_rng(0).random((n, n)))
        np.fill_diagonal(k, n)
        repeats = 40_000 // n
        factor = best(repeats, lambda k=k: lapack.dpotrf(k, lower=1))
        multiply = best(repeats, lambda k=k: blas.dgemm(1.0, k, k))
        for label, ours, theirs, flop in (
            ("Cholesky", cholesky, factor, n**3 / 3),
            ("product", product, multiply, 2 * n**3),
        ):
            print(
                f"{label} of {n}: {ours:.3g} ms ({flop / ours / 1e6:.0f} GF/s), OpenBLAS {theirs:.3g} ms "
                f"({flop / theirs / 1e6:.0f} GF/s): {100 * theirs / ours:.0f} %"
            )


if __name__ == "__main__":
    main()
