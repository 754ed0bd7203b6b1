"""The definition of a problem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """A space, a loss, and the optimum."""

    space: dict[str, Any]
    loss: Callable[[dict[str, Any]], float]
    optimum: float


class Pair(NamedTuple):
    """An earlier problem, and the new problem."""

    earlier: Problem
    new: Problem
