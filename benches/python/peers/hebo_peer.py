"""HEBO with its defaults."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benches.python.peers.flat import existing
from benches.python.peers.space import Parameter, Space


def _parameter(p: Parameter) -> dict[str, Any]:
    """Return a parameter of HEBO; choices are given by index, since HEBO sorts and compares them."""
    if p.kind == "categorical":
        return {"name": p.name, "type": "cat", "categories": [str(i) for i in range(len(p.choices))]}
    kind = {"float": ("num", "pow"), "int": ("int", "pow_int")}[p.kind][p.log]
    return {"name": p.name, "type": kind, "lb": p.low, "ub": p.high}


def _value(p: Parameter, value: Any) -> Any:
    if p.kind == "categorical":
        return p.choices[int(value)]
    return int(value) if p.kind == "int" else float(value)


class Hebo:
    """One search. HEBO uses the global random generators, so a process can hold only one search."""

    def __init__(self, space: Space, seed: int) -> None:
        import torch
        from hebo.design_space.design_space import DesignSpace
        from hebo.optimizers.hebo import HEBO

        torch.set_num_threads(1)
        torch.manual_seed(seed)
        np.random.seed(seed)  # noqa: NPY002 - HEBO uses the global generator
        self._space = space
        self._hebo = HEBO(DesignSpace().parse([_parameter(p) for p in space]), scramble_seed=seed)

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """Return one row of a data frame."""
        frame = self._hebo.suggest(n_suggestions=1)
        row = frame.iloc[0]
        return frame, existing(self._space, {p.name: _value(p, row[p.name]) for p in self._space})

    def tell(self, handle: Any, value: float | None) -> None:
        """Tell a value; a failure is told as NaN, which HEBO ignores."""
        self._hebo.observe(handle, np.array([[math.nan if value is None else value]]))
