"""For peers that know no conditions and no failures: what their users do about both.

Every parameter is suggested at every trial, and those that do not exist are left out of what is evaluated. A failed
trial is told with the worst value seen so far.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benches.python.peers.space import Space

# While nothing but failures is known they are all alike, whatever they are told as.
UNKNOWN = 0.0


def existing(space: Space, values: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a full assignment that exists, parents first."""
    params: dict[str, Any] = {}
    for p in space.active(params):
        params[p.name] = values[p.name]
    return params


def imputed(values: list[float | None]) -> list[float]:
    """The told values with failures replaced by the worst of the others."""
    worst = max((t for t in values if t is not None), default=UNKNOWN)
    return [worst if t is None else t for t in values]
