"""Recorded tables: the curves of all configurations of a grid, in the order of the grid."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import numpy as np

from benches.fidelity.trainings import TRAININGS, grid
from benches.quality.problem import Params

# Number of mantissa bits that are dropped; most of the other bits cannot be compressed.
DROPPED = 9
FOLDER = Path(__file__).parent / "data"


def path(name: str) -> Path:
    """Return the path of a table."""
    return FOLDER / f"{name}.npz"


def rounded(values: np.ndarray) -> np.ndarray:
    """Return floats with a mantissa of 14 bits (relative error 3e-5), which compress well."""
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    half, mask = np.uint32(1 << (DROPPED - 1)), np.uint32(0xFFFFFFFF << DROPPED & 0xFFFFFFFF)
    return ((bits + half) & mask).view(np.float32)


def trained(job: tuple[str, Params]) -> np.ndarray:
    """Run one training; called in a worker process."""
    import sklearn

    name, params = job
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        return np.asarray(TRAININGS[name].curve(data(name), params))


@functools.cache
def data(name: str) -> object:
    """Return the data set of a table."""
    return TRAININGS[name].data()


def record(name: str, jobs: int) -> None:
    """Train the whole grid and write the table; the same trainings give the same bytes."""
    from multiprocessing import get_context

    work = [(name, params) for params in grid(TRAININGS[name].space)]
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with get_context("spawn").Pool(jobs) as pool:
        curves = pool.map(trained, work, chunksize=16)
    FOLDER.mkdir(exist_ok=True)
    np.savez_compressed(path(name), curves=rounded(np.array(curves)))


def key(params: Params) -> tuple[tuple[str, object], ...]:
    """Return a configuration as a hashable key."""
    return tuple(sorted(params.items()))


class Table:
    """One table, which is read on first access."""

    def __init__(self, name: str) -> None:
        self._name = name

    @functools.cached_property
    def curves(self) -> np.ndarray:
        """The curves, configurations by steps."""
        return np.load(path(self._name))["curves"].astype(float)

    @functools.cached_property
    def _rows(self) -> dict[tuple[tuple[str, object], ...], int]:
        return {key(params): row for row, params in enumerate(grid(TRAININGS[self._name].space))}

    def curve(self, params: Params) -> np.ndarray:
        """Return the recorded curve of a configuration."""
        return self.curves[self._rows[key(params)]]
