"""Hyperparameters of ConfigSpace."""

from __future__ import annotations

from typing import Any

from ..parameters import Categorical, Constant, Float, Int, Ordinal, Parameter
from .inexact import Inexact


def read(hyperparameter: Any) -> Parameter:
    """Return the parameter of a uniform, categorical, ordinal or constant hyperparameter.

    Its default is not taken over, because ConfigSpace invents one where the user gives none.
    """
    kind = type(hyperparameter).__name__
    if kind in ("UniformFloatHyperparameter", "UniformIntegerHyperparameter"):
        make = Float if "Float" in kind else Int
        return make(hyperparameter.lower, hyperparameter.upper, log=hyperparameter.log)
    if kind == "CategoricalHyperparameter":
        return Categorical(hyperparameter.choices, weights=hyperparameter.weights)
    if kind == "OrdinalHyperparameter":
        return Ordinal(hyperparameter.sequence)
    if kind == "Constant":
        return Constant(hyperparameter.value)
    raise Inexact(kind, "tt.Float(low, high) or tt.Int(low, high), with prior=tt.Normal or tt.Histogram")
