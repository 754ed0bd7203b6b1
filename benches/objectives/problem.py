"""The definition of a problem with several objectives, all minimized.

A configuration is a row of numbers: floats and integers as they are, a choice by its position, 0 for an inactive
parameter. Problems evaluate many rows at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from benches.python.peers.space import Parameter, Space

Values = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, slots=True)
class Problem:
    """Some objectives and black-box constraints.

    Attributes
    ----------
    name, family : str
    space : Space
    n_objectives : int
    values : callable
        Maps rows, shape (n, parameters), to objectives, shape (n, objectives), and constraints, shape (n, constraints),
        which are met when ``<= 0``.
    front : callable, optional
        Returns many points of the true front, where a formula is known.
    noise : float
        Standard deviation of the noise of every told objective, as a share of the front's range.
    """

    name: str
    family: str
    space: Space
    n_objectives: int
    values: Values
    front: Callable[[], np.ndarray] | None = None
    noise: float = 0.0

    @property
    def n_constraints(self) -> int:
        """The number of constraints."""
        lowest = [
            parameter.choices[0] if parameter.kind == "categorical" else parameter.low for parameter in self.space
        ]
        row = [number(parameter, value) for parameter, value in zip(self.space, lowest, strict=True)]
        return int(self.values(np.array([row]))[1].shape[1])

    def row(self, params: Mapping[str, Any]) -> list[float]:
        """Return a configuration as a row."""
        return [number(parameter, params.get(parameter.name)) for parameter in self.space]


def number(parameter: Parameter, value: Any) -> float:
    """Return a value as a number."""
    if value is None:
        return 0.0
    return float(parameter.choices.index(value)) if parameter.kind == "categorical" else float(value)


def unconstrained(function: Callable[[np.ndarray], np.ndarray]) -> Values:
    """Return the values of a function without constraints."""
    return lambda x: (function(x), np.empty((len(x), 0)))


def constrained(function: Callable[..., tuple[list[Any], list[Any]]]) -> Values:
    """Return the values of a function of the columns that returns lists of objectives and of constraints ``>= 0``."""

    def values(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        objectives, kept = function(*x.T)
        return np.stack(objectives, axis=1), -np.stack(kept, axis=1)

    return values


def box(*bounds: tuple[float, float]) -> Space:
    """Return a space of floats ``x0, x1, ...`` with these bounds."""
    return Space(Parameter(f"x{i}", "float", low, high) for i, (low, high) in enumerate(bounds))
