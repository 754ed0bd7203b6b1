"""A space as a unit cube, for peers that only know boxes.

Numbers are scaled (their logarithm where the scale is one), integers are rounded, a categorical has one coordinate
per choice of which the largest wins.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from benches.python.peers.space import Parameter, Space


def _bounds(p: Parameter) -> tuple[float, float]:
    low, high = (p.low - 0.5, p.high + 0.5) if p.kind == "int" else (p.low, p.high)
    return (math.log(low), math.log(high)) if p.log else (low, high)


def to_unit(p: Parameter, value: float) -> float:
    """Where a number lies in [0, 1]."""
    low, high = _bounds(p)
    return ((math.log(value) if p.log else value) - low) / (high - low)


def from_unit(p: Parameter, u: float) -> float | int:
    """The number at ``u`` in [0, 1]."""
    low, high = _bounds(p)
    x = low + u * (high - low)
    x = math.exp(x) if p.log else x
    return int(min(max(round(x), p.low), p.high)) if p.kind == "int" else min(max(x, p.low), p.high)


def dimension(space: Space) -> int:
    """Coordinates of the cube."""
    return sum(len(p.choices) if p.kind == "categorical" else 1 for p in space)


def decode(space: Space, u: np.ndarray) -> dict[str, Any]:
    """The full assignment at a point of the cube."""
    values: dict[str, Any] = {}
    at = 0
    for p in space:
        if p.kind == "categorical":
            values[p.name] = p.choices[int(np.argmax(u[at : at + len(p.choices)]))]
            at += len(p.choices)
        else:
            values[p.name] = from_unit(p, float(u[at]))
            at += 1
    return values


def encode(space: Space, params: Mapping[str, Any]) -> np.ndarray:
    """The point of a configuration; what does not exist lies in the middle."""
    row: list[float] = []
    for p in space:
        if p.kind == "categorical":
            absent = p.name not in params
            row.extend(0.5 if absent else float(params[p.name] == c) for c in p.choices)
        else:
            row.append(to_unit(p, params[p.name]) if p.name in params else 0.5)
    return np.array(row)
