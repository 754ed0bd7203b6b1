"""Runs the program of a failed check."""

from __future__ import annotations

import copy
import math
import pickle
import random
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

import tanteo as tt
from tanteo.testing import strategies
from tanteo.testing.checks import common

#: The names that docs/how_to/testing_failure.md says to import.
_MODULES = {"copy": copy, "math": math, "pickle": pickle, "random": random, "threading": threading, "np": np, "tt": tt}


def run_program(program: Sequence[str], factory: Any) -> None:
    """Run a program with the imports of docs/how_to/testing_failure.md."""
    exec("\n".join(program), {**vars(common), **_MODULES, "strategies": strategies, "factory": factory})
