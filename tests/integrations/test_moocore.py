"""Our hypervolumes are those of moocore, a library for nothing else."""

import re
from pathlib import Path

import moocore
import numpy as np
import pytest
from benches.objectives import hypervolume

from tanteo.plotting.hypervolume import dominated_volumes

ORACLE = Path(__file__).parents[2] / "rust/core/src/pareto/oracle.rs"


def numbers(name):
    """Return the numbers of a constant in the tests of the core."""
    text = re.search(rf"const {name}\b[^=]*=([^;]*);", ORACLE.read_text())[1]
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]


@pytest.mark.parametrize("m", [2, 3, 4, 5])
def test_the_hypervolumes_in_the_tests_of_the_core(m):
    (reference,), (n,) = numbers("REFERENCE"), numbers("POINTS")
    points = np.outer(np.arange(1, n + 1), np.sqrt(numbers("ROOTS")[:m])) % 1.0
    expected = numbers("HYPERVOLUMES")[m - 2]
    assert moocore.hypervolume(points, ref=[reference] * m) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("m", [2, 3, 4, 5])
def test_the_history_of_a_hypervolume(m):
    # A coarse grid has equal points and equal coordinates.
    for points in (np.random.default_rng(m).random((60, m)), np.random.default_rng(m).integers(0, 5, (60, m)) / 5.0):
        expected = [moocore.hypervolume(points[:n], ref=[1.0] * m) for n in range(1, len(points) + 1)]
        assert dominated_volumes(points) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("m", [2, 3, 4, 5])
def test_the_hypervolumes_of_the_benchmark(m):
    """With three objectives and more they are shares of 65,536 Sobol points."""
    points = np.random.default_rng(m).random((60, m))
    expected = moocore.hypervolume(points, ref=[1.0] * m)
    assert hypervolume.volume(points) == pytest.approx(expected, abs=1e-12 if m == 2 else 5e-4)
