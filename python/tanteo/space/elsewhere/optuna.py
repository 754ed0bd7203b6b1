"""Distributions of Optuna."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from ..._internal.coercion import EXACT_FLOAT_INTEGERS
from ..._internal.optional import require
from ..parameters import Categorical, Float, Int, Parameter
from ..parameters.base import Number
from .inexact import Inexact


def read(distribution: Any) -> Parameter:
    """Return the parameter of a ``FloatDistribution``, ``IntDistribution`` or ``CategoricalDistribution``."""
    kind = type(distribution).__name__
    if kind == "CategoricalDistribution":
        return Categorical(distribution.choices)
    if kind not in ("IntDistribution", "FloatDistribution"):
        raise Inexact(kind, "tt.Float, tt.Int or tt.Categorical")
    make = Int if kind == "IntDistribution" else Float
    return make(distribution.low, distribution.high, log=distribution.log, step=distribution.step)


def write(parameter: Parameter, choices: Sequence[Any] | None = None) -> Any:
    """Return the distribution of a parameter; ``choices`` take the place of its labels."""
    distributions = require("optuna.distributions", extra="optuna", needed_by="tanteo.integrations.optuna")
    number = parameter._number()
    if number is None:
        return distributions.CategoricalDistribution(parameter._labels() if choices is None else choices)
    kind = distributions.IntDistribution if number._type is int else distributions.FloatDistribution
    low, high, step = _as_floats_hold(number)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Optuna warns of a range that is not a multiple of its step
        return kind(low, high, log=number.log, step=step)


def _as_floats_hold(number: Number) -> tuple[float, float, float | None]:
    """Return low, high and step; large integers are widened, because Optuna stores floats, which round them."""
    low, high = number.low, number.high
    if number._type is float or max(abs(low), abs(high)) <= EXACT_FLOAT_INTEGERS:
        return low, high, number.step
    return min(low, int(float(low))), max(high, int(float(high))), 1
