"""Recorded tables: what every configuration of a grid shows at every step, in the grid's order."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import numpy as np

from benches.fidelity.trainings import TRAININGS, grid
from benches.quality.problem import Params

# Bits of a float's mantissa that are not kept: two thirds of the rest are noise to the packer already.
DROPPED = 9
FOLDER = Path(__file__).parent / "data"


def path(name: str) -> Path:
    """Where a table lies."""
    return FOLDER / f"{name}.npz"


def rounded(values: np.ndarray) -> np.ndarray:
    """Floats with a mantissa of 14 bits (relative error 3e-5), which pack well."""
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    half, mask = np.uint32(1 << (DROPPED - 1)), np.uint32(0xFFFFFFFF << DROPPED & 0xFFFFFFFF)
    return ((bits + half) & mask).view(np.float32)


def trained(job: tuple[str, Params]) -> np.ndarray:
    """One training, as a worker process takes it."""
    import sklearn

    name, params = job
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        return np.asarray(TRAININGS[name].curve(data(name), params))


@functools.cache
def data(name: str) -> object:
    """The data set of a table."""
    return TRAININGS[name].data()


def record(name: str, jobs: int) -> None:
    """Trains the whole grid and writes the table; the same trainings give the same bytes."""
    from multiprocessing import get_context

    work = [(name, params) for params in grid(TRAININGS[name].space)]
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with get_context("spawn").Pool(jobs) as pool:
        curves = pool.map(trained, work, chunksize=16)
    FOLDER.mkdir(exist_ok=True)
    np.savez_compressed(path(name), curves=rounded(np.array(curves)))


def key(params: Params) -> tuple[tuple[str, object], ...]:
    """A configuration as what a dictionary is asked for."""
    return tuple(sorted(params.items()))


class Table:
    """One table, read when it is first asked."""

    def __init__(self, name: str) -> None:
        self._name = name

    @functools.cached_property
    def curves(self) -> np.ndarray:
        """Configurations by steps."""
        return np.load(path(self._name))["curves"].astype(float)

    @functools.cached_property
    def _rows(self) -> dict[tuple[tuple[str, object], ...], int]:
        return {key(params): row for row, params in enumerate(grid(TRAININGS[self._name].space))}

    def curve(self, params: Params) -> np.ndarray:
        """What the training showed."""
        return self.curves[self._rows[key(params)]]
