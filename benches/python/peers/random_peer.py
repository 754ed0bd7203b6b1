"""Uniform random search, written with NumPy and independent of all peers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benches.python.peers.space import Parameter, Space


class Random:
    """Independent uniform draws on the scale of each parameter."""

    def __init__(self, space: Space, seed: int) -> None:
        self._space = space
        self._rng = np.random.default_rng([seed, 0x7A17])

    def ask(self) -> tuple[None, dict[str, Any]]:
        """Draw one configuration."""
        params: dict[str, Any] = {}
        for parameter in self._space.active(params):
            params[parameter.name] = self._draw(parameter)
        return None, params

    def tell(self, handle: None, value: float | None) -> None:
        """Ignore the value."""

    def _draw(self, p: Parameter) -> Any:
        u = float(self._rng.random())
        if p.kind == "categorical":
            return p.choices[int(u * len(p.choices))]
        low, high = (p.low - 0.5, p.high + 0.5) if p.kind == "int" else (p.low, p.high)
        x = math.exp(math.log(low) + u * math.log(high / low)) if p.log else low + u * (high - low)
        if p.kind == "int":
            return int(min(max(round(x), p.low), p.high))
        return min(max(x, p.low), p.high)
