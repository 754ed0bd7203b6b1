"""Distributions of Optuna."""

from __future__ import annotations

from typing import Any

from ..parameters import Categorical, Float, Int, Parameter
from .inexact import Inexact


def read(distribution: Any) -> Parameter:
    """Return the parameter of a ``FloatDistribution``, ``IntDistribution`` or ``CategoricalDistribution``."""
    kind = type(distribution).__name__
    if kind == "CategoricalDistribution":
        return Categorical(distribution.choices)
    if kind == "IntDistribution":
        return Int(distribution.low, distribution.high, log=distribution.log, step=distribution.step)
    if kind == "FloatDistribution":
        return Float(distribution.low, distribution.high, log=distribution.log, step=distribution.step)
    raise Inexact(kind, "tt.Float, tt.Int or tt.Categorical")
