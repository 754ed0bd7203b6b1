"""Domains of Ray Tune."""

from __future__ import annotations

import math
from typing import Any

from ..._internal.optional import require
from ...exceptions import ParameterError
from ..parameters import Categorical, Float, Int, Parameter
from .detection import holds_distribution
from .inexact import Inexact, normal


def read(domain: Any) -> Parameter:
    """Return the parameter of a ``uniform``, ``loguniform``, ``randint`` or ``choice``.

    The upper end of an integer is excluded in Tune.
    """
    kind, sampler = type(domain).__name__, domain.get_sampler()
    names = {base.__name__ for base in type(sampler).__mro__}
    if kind == "Categorical" and "Uniform" in names:
        if any(map(holds_distribution, domain.categories)):
            raise Inexact("choice", "tt.Categorical, and a tt.Group with when= for what only one choice has")
        return Categorical(domain.categories)
    if kind == "Float" and names & {"Uniform", "LogUniform"}:
        return Float(domain.lower, domain.upper, log="LogUniform" in names)
    if kind == "Integer" and "Uniform" in names:
        return Int(domain.lower, domain.upper - 1)
    raise Inexact(*_inexact(domain, kind, sampler))


def _inexact(domain: Any, kind: str, sampler: Any) -> tuple[str, str]:
    """Return what the domain is, and what to write instead."""
    name = type(sampler).__name__.strip("_")
    if kind == "Function":
        return "sample_from", "the parameters that it uses, and compute the value in the objective"
    if name == "Quantized" and kind in ("Float", "Integer"):
        made = "tt.Float" if kind == "Float" else "tt.Int"
        return f"quantized {kind}", f"{made}({domain.lower!r}, {domain.upper!r}, step={sampler.q!r})"
    if name == "Normal":
        return "normal", normal(sampler.mean, sampler.sd)
    if name == "LogUniform":
        return f"log-uniform {kind}", f"tt.Int({domain.lower!r}, {domain.upper - 1!r}, log=True)"
    return f"{name} {kind}", "tt.Float, tt.Int or tt.Categorical"


def write(parameter: Parameter, name: str) -> Any:
    """Return the domain of a parameter, or its value if it is constant.

    Raises
    ------
    ParameterError
        If Tune has no such domain.
    """
    tune = require("ray.tune", extra="ray", needed_by="a domain of Tune")
    number, labels = parameter._number(), parameter._labels()
    if number is None:
        return tune.choice(list(labels or ())) if parameter._varies else parameter._only()
    low, high, step, is_int = number.low, number.high, number.step, number._type is int
    if low == high or not (is_int or math.isfinite(high - low)):
        raise ParameterError(f"{name}: a range of one value, or one whose width overflows")
    if is_int and step == 1:
        return tune.lograndint(low, high + 1) if number.log else tune.randint(low, high + 1)
    if step is None:
        return tune.loguniform(low, high) if number.log else tune.uniform(low, high)
    if any(end / step != round(end / step) for end in (low, high)):
        raise ParameterError(f"{name}: Tune supports only ranges whose ends are multiples of the step")
    return tune.qrandint(low, high, step) if is_int else tune.quniform(low, high, step)
