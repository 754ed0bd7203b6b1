"""What a problem is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """A space, a loss, and the lowest loss there is."""

    space: dict[str, Any]
    loss: Callable[[dict[str, Any]], float]
    lowest: float


class Pair(NamedTuple):
    """A problem that was searched before, and one that is searched now."""

    earlier: Problem
    now: Problem
