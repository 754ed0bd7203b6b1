"""Hyperparameters of ConfigSpace."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ..._internal.equality import equal
from ..._internal.optional import require
from ..parameters import Categorical, Constant, Float, Int, Ordinal, Parameter
from ..parameters.base import Number
from ..priors import Histogram, Normal
from .inexact import Inexact

# The bins of the histogram of a beta distribution.
_N_BINS = 64
# The largest number of levels that become an ordinal.
_MOST_LEVELS = 1000


def read(hyperparameter: Any) -> Parameter:
    """Return the parameter of a hyperparameter.

    Its default is not taken over, because ConfigSpace invents one where the user gives none.
    """
    kind = type(hyperparameter).__name__
    if kind == "CategoricalHyperparameter":
        return Categorical(hyperparameter.choices, weights=hyperparameter.weights)
    if kind == "OrdinalHyperparameter":
        return Ordinal(hyperparameter.sequence)
    if kind == "Constant":
        return Constant(hyperparameter.value)
    family, _, _ = kind.partition("Integer" if "Integer" in kind else "Float")
    if family not in ("Uniform", "Normal", "Beta"):
        raise Inexact(kind, "tt.Float(low, high) or tt.Int(low, high), with prior=tt.Normal or tt.Histogram")
    make: Any = Int if "Integer" in kind else Float
    prior = {"Uniform": lambda _: None, "Normal": _normal, "Beta": _beta}[family](hyperparameter)
    return make(hyperparameter.lower, hyperparameter.upper, log=bool(hyperparameter.log), prior=prior)  # type: ignore[no-any-return] # one of two classes


def _normal(hyperparameter: Any) -> Normal:
    if hyperparameter.log:
        # The spread that ConfigSpace draws with depends on mu and sigma in a way of its own.
        kind = type(hyperparameter).__name__
        raise Inexact(f"{kind} with log=True", "tt.Float(low, high, log=True, prior=tt.Normal(mean, std))")
    return Normal(float(hyperparameter.mu), float(hyperparameter.sigma))


def _beta(hyperparameter: Any) -> Histogram:
    """Return the masses of a beta distribution over the range, in bins that are equal on the scale of the parameter."""
    beta = require("scipy.stats", extra="configspace", needed_by="from_configspace").beta
    low, high = float(hyperparameter.lower), float(hyperparameter.upper)
    is_int = "Integer" in type(hyperparameter).__name__
    n = min(_N_BINS, int(high - low) + 1) if is_int else _N_BINS
    shares = [k / n for k in range(n + 1)]
    masses = [float(beta.cdf(share, hyperparameter.alpha, hyperparameter.beta)) for share in shares]
    ratio = high / low if hyperparameter.log else 1.0
    inner = [low * ratio**share if hyperparameter.log else low + share * (high - low) for share in shares[1:-1]]
    return Histogram([low, *inner, high], [right - left for left, right in pairwise(masses)])


def levels_of(parameter: Parameter) -> list[Any] | None:
    """Return the values that ConfigSpace has as a list: labels, and numbers with a step."""
    number = parameter._number()
    if number is None:
        return list(parameter._labels() or ())
    n_steps = number._n_steps()
    if number.step is None or number.step == 1 or n_steps is None:
        return None
    if n_steps >= _MOST_LEVELS:
        raise Inexact("it has a step", "it without the step, or with fewer levels")
    return [number._level(k) for k in range(n_steps + 1)]


def write(name: str, parameter: Parameter) -> Any:
    """Return the hyperparameter of a parameter, without its conditions."""
    library = require("ConfigSpace", extra="configspace", needed_by="tanteo.integrations.configspace")
    number = parameter._number()
    if number is not None:
        return _write_number(library, name, number)
    labels = list(parameter._labels() or ())
    if not parameter._varies:
        return library.Constant(name, parameter._only())
    if any(equal(labels[i], labels[j]) for i in range(len(labels)) for j in range(i)):
        raise Inexact("ConfigSpace holds some of its choices for equal", "choices that differ by ==")
    if getattr(parameter, "features", None) is not None:
        raise Inexact("it has features", "it without the features")
    default = {} if parameter._default is None else {"default_value": parameter._default}
    if parameter._order == "position":
        return library.OrdinalHyperparameter(name, labels, **default)
    weights = getattr(parameter, "weights", None)
    return library.CategoricalHyperparameter(name, labels, weights=weights, **default)


def _write_number(library: Any, name: str, number: Number) -> Any:
    kind = "Integer" if number._type is int else "Float"
    default = {} if number._default is None else {"default_value": number._default}
    levels = levels_of(number)
    if levels is not None and number.prior is None:
        return library.OrdinalHyperparameter(name, levels, **default)
    if levels is None and isinstance(number.prior, Normal) and not number.log:
        make = getattr(library, f"Normal{kind}Hyperparameter")
        return make(name, number.prior.mean, number.prior.std, number.low, number.high, **default)
    if number.prior is not None:
        raise Inexact("it has a prior", "it without the prior, or with tt.Normal and log=False")
    return getattr(library, f"Uniform{kind}Hyperparameter")(name, number.low, number.high, log=number.log, **default)
