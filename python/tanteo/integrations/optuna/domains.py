"""Converts parameters of Tanteo to distributions of Optuna."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any

from ... import inside
from ..._internal.optional import require
from ..._internal.text import safe_repr
from ...space.parameters import Categorical, Constant, Float, Int, Ordinal, Parameter
from ...space.search_space import SearchSpace

# Optuna stores numbers as floats, which round larger integers.
_EXACT = 2**53
_PLAIN = (str, int, float, bool, type(None))


class Domain:
    """The distribution of a parameter, and the conversion of its values.

    Parameters
    ----------
    parameter
        The parameter. Ordinals become categoricals. Choices that Optuna's storages cannot keep or distinguish (objects,
        lists, ``1`` next to ``True``) are replaced by text.
    """

    def __init__(self, parameter: Parameter) -> None:
        self._labels = inside.labels(parameter)
        self._texts = None if self._labels is None else exported_labels(self._labels)
        self._parameter = parameter
        self.distribution = _distribution(parameter, self._texts)

    def value(self, value: Any, name: str) -> Any:
        """Return a value of the parameter in the form of Optuna."""
        return value if self._texts is None else self._texts[inside.index_of(self._parameter, value, name)]

    def is_rounded(self, value: Any) -> bool:
        """Whether a storage of Optuna, which stores a float, would round the value."""
        return type(value) is int and self._texts is None and int(float(value)) != value


def domains(space: SearchSpace) -> dict[str, Domain]:
    """Return the domain of every parameter by flat name, without constants, which cannot be plotted."""
    return {
        name: Domain(parameter) for name, parameter in space.parameters.items() if not isinstance(parameter, Constant)
    }


def constants(space: SearchSpace) -> dict[str, Any]:
    """Return the constants by flat name; values that JSON cannot represent become text."""
    fixed = {name: parameter.value for name, parameter in space.parameters.items() if isinstance(parameter, Constant)}
    return {name: value if type(value) in _PLAIN else safe_repr(value) for name, value in fixed.items()}


def exported_labels(labels: Sequence[Any]) -> list[Any]:
    """Return labels that JSON can represent and ``==`` distinguishes; others become text, numbered if necessary."""
    exported: list[Any] = []
    for label in labels:
        is_plain = type(label) in _PLAIN and not (type(label) is float and not math.isfinite(label))
        exported.append(label if is_plain and label not in exported else _new_text(label, exported))
    return exported


def _new_text(label: Any, existing: Sequence[Any]) -> str:
    text = label if isinstance(label, str) else safe_repr(label)
    numbered = (text if number == 1 else f"{text} ({number})" for number in itertools.count(1))
    return next(candidate for candidate in numbered if candidate not in existing)


def _distribution(parameter: Parameter, texts: Sequence[Any] | None) -> Any:
    distributions = require("optuna.distributions", extra="optuna", needed_by="tanteo.integrations.optuna")
    if isinstance(parameter, Categorical | Ordinal):
        return distributions.CategoricalDistribution(texts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Optuna warns of a range that is not a multiple of its step
        if isinstance(parameter, Int):
            low, high, step = _as_floats_hold(parameter)
            return distributions.IntDistribution(low, high, log=parameter.log, step=step)
        assert isinstance(parameter, Float)
        return distributions.FloatDistribution(parameter.low, parameter.high, log=parameter.log, step=parameter.step)


def _as_floats_hold(parameter: Int) -> tuple[int, int, int]:
    """Return low, high and step, widened so that values rounded to floats stay inside."""
    low, high = parameter.low, parameter.high
    if max(abs(low), abs(high)) <= _EXACT:
        return low, high, parameter.step
    return min(low, int(float(low))), max(high, int(float(high))), 1
