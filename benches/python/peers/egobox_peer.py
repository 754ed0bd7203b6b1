"""egobox's ``Egor`` with its defaults, which suggests point by point with ``suggest``."""

from __future__ import annotations

from typing import Any

import numpy as np

from benches.python.peers import cube
from benches.python.peers.flat import existing
from benches.python.peers.space import Parameter, Space


def _component(p: Parameter) -> Any:
    import egobox as egx

    if p.kind == "categorical":
        return egx.XSpec(egx.XType.ENUM, [len(p.choices)])
    if p.kind == "int" and not p.log:
        return egx.XSpec(egx.XType.INT, [p.low, p.high])
    return egx.XSpec(egx.XType.FLOAT, [0.0, 1.0])


def _value(p: Parameter, x: float) -> Any:
    if p.kind == "categorical":
        return p.choices[round(x)]
    return round(x) if p.kind == "int" and not p.log else cube.from_unit(p, x)


class Egobox:
    """One search: a Latin hypercube with one point more than there are parameters, then log EI."""

    def __init__(self, space: Space, seed: int) -> None:
        import egobox as egx

        components = [_component(p) for p in space]
        self._space = space
        self._design = egx.sampling(components, min(len(space) + 1, 25), seed=seed)
        self._egor = egx.Egor(components, seed=seed)
        self._n_asked = 0
        self._x: list[np.ndarray] = []
        self._y: list[float] = []

    def ask(self) -> tuple[np.ndarray, dict[str, Any]]:
        """Return a point of the design, or a suggestion of egobox."""
        self._n_asked += 1
        if self._n_asked <= len(self._design) or len(self._x) < 2:
            x = self._design[(self._n_asked - 1) % len(self._design)]
        else:
            x = self._egor.suggest(np.array(self._x), np.array(self._y)[:, None])[0]
        values = {p.name: _value(p, float(c)) for p, c in zip(self._space, x, strict=True)}
        return x, existing(self._space, values)

    def tell(self, handle: np.ndarray, value: float | None) -> None:
        """Record a value; a failure is left out, as in egobox's own loop by default."""
        if value is not None:
            self._x.append(handle)
            self._y.append(value)
