"""Dimensions of scikit-optimize."""

from __future__ import annotations

from typing import Any

from ..parameters import Categorical, Float, Int, Parameter
from .inexact import Inexact


def read(dimension: Any) -> Parameter:
    """Return the parameter of a ``Real``, ``Integer`` or ``Categorical``."""
    kind = type(dimension).__name__
    if kind == "Categorical":
        return Categorical(dimension.categories, weights=dimension.prior)
    if kind == "Real":
        return Float(dimension.low, dimension.high, log=dimension.prior == "log-uniform")
    if kind == "Integer" and dimension.prior == "uniform":
        return Int(dimension.low, dimension.high)
    if kind == "Integer":
        raise Inexact("log-uniform Integer", f"tt.Int({dimension.low}, {dimension.high}, log=True)")
    raise Inexact(kind, "tt.Float, tt.Int or tt.Categorical")
