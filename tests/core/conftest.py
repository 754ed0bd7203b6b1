"""Fixtures for the tests of the compiled module: small spaces, optimizers, and Python in a separate process."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tanteo._core import CoreOptimizer, CoreSpace

SAMPLERS = {
    "random": {},
    "sobol": {},
    "tpe": {"n_startup": 10, "n_candidates": 24, "gamma": 0.15},
    "auto": {"n_startup": None},
}


def parameter(name: str, *domain: Any, default: Any = None) -> tuple[Any, ...]:
    return (name, domain, default, None, [])


@pytest.fixture
def space() -> CoreSpace:
    """A float, an integer, a stepped float, an ordinal and a categorical."""
    return CoreSpace(
        [
            parameter("x", "real", 0.0, 1.0, False),
            parameter("n", "integer", 1, 1000, 1, True),
            parameter("s", "stepped", 0.0, 0.5, 0.05),
            parameter("o", "ordered", 3),
            parameter("c", "unordered", 4),
        ],
        [],
    )


@pytest.fixture
def optimizer(space: CoreSpace) -> Callable[..., CoreOptimizer]:
    """Make an optimizer over ``space``. The sampler is given by name and has the settings in ``SAMPLERS``."""

    def make(*maximize: bool, sampler: str = "random", seed: int = 3) -> CoreOptimizer:
        settings = (sampler, SAMPLERS[sampler])
        return CoreOptimizer(space, list(maximize) or [False], settings, seed, True, ("nothing", {}))

    return make


@pytest.fixture
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a program in a fresh interpreter, with warnings as errors."""

    def run(code: str, *, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", "-c", code]
        finished = subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=120, check=False
        )
        assert not check or finished.returncode == 0, finished.stderr
        return finished

    return run


#: Code for a separate process. It defines ``make(sampler, n=4)``, which returns an optimizer over n floats.
PROGRAM = f"""
import sys
from tanteo._core import CoreOptimizer, CoreSpace
SAMPLERS = {SAMPLERS!r}
def make(sampler="random", n=4):
    space = CoreSpace([(f"x{{i}}", ("real", 0.0, 1.0, False), None, None, []) for i in range(n)], [])
    return CoreOptimizer(space, [False], (sampler, SAMPLERS[sampler]), 5, True, ("nothing", {{}}))
"""


@pytest.fixture
def program() -> str:
    return PROGRAM
