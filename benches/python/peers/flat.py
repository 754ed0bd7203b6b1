"""Workarounds for peers without conditions and failures, as their users would write them.

All parameters are suggested in every trial, and the inactive ones are left out of the evaluation. A failed trial is
told with the worst value so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benches.python.peers.space import Space

# The value that a failure is told with while no other value is known.
UNKNOWN = 0.0


def existing(space: Space, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the active part of a complete assignment, parents first."""
    params: dict[str, Any] = {}
    for p in space.active(params):
        params[p.name] = values[p.name]
    return params


def imputed(values: list[float | None]) -> list[float]:
    """Return the values with failures replaced by the worst of the others."""
    worst = max((t for t in values if t is not None), default=UNKNOWN)
    return [worst if t is None else t for t in values]
