"""A space as a unit cube, for peers that support boxes only.

Numbers are scaled (on their own scale, linear or logarithmic) and integers are rounded. A categorical has one
coordinate per choice, and the largest coordinate determines the choice.
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
    """Return the position of a number in [0, 1]."""
    low, high = _bounds(p)
    return ((math.log(value) if p.log else value) - low) / (high - low)


def from_unit(p: Parameter, u: float) -> float | int:
    """Return the number at position ``u`` in [0, 1]."""
    low, high = _bounds(p)
    x = low + u * (high - low)
    x = math.exp(x) if p.log else x
    return int(min(max(round(x), p.low), p.high)) if p.kind == "int" else min(max(x, p.low), p.high)


def dimension(space: Space) -> int:
    """Return the number of coordinates of the cube."""
    return sum(len(p.choices) if p.kind == "categorical" else 1 for p in space)


def decode(space: Space, u: np.ndarray) -> dict[str, Any]:
    """Return the complete assignment at a point of the cube."""
    values: dict[str, Any] = {}
    position = 0
    for p in space:
        if p.kind == "categorical":
            values[p.name] = p.choices[int(np.argmax(u[position : position + len(p.choices)]))]
            position += len(p.choices)
        else:
            values[p.name] = from_unit(p, float(u[position]))
            position += 1
    return values


def encode(space: Space, params: Mapping[str, Any]) -> np.ndarray:
    """Return the point of a configuration; inactive parameters are in the middle."""
    row: list[float] = []
    for p in space:
        if p.kind == "categorical":
            absent = p.name not in params
            row.extend(0.5 if absent else float(params[p.name] == c) for c in p.choices)
        else:
            row.append(to_unit(p, params[p.name]) if p.name in params else 0.5)
    return np.array(row)
