"""Converts parameters of Tanteo to distributions of Optuna."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from ..._internal.text import safe_repr
from ...space.elsewhere.optuna import write
from ...space.parameters import Parameter
from ...space.search_space import SearchSpace

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
        self._labels = parameter._labels()
        self._texts = None if self._labels is None else exported_labels(self._labels)
        self._parameter = parameter
        self.distribution = write(parameter, self._texts)

    def value(self, value: Any, name: str) -> Any:
        """Return a value of the parameter in the form of Optuna."""
        return value if self._texts is None else self._texts[int(self._parameter._to_raw(value, name))]

    def is_rounded(self, value: Any) -> bool:
        """Whether a storage of Optuna, which stores a float, would round the value."""
        return type(value) is int and self._texts is None and int(float(value)) != value


def domains(space: SearchSpace) -> dict[str, Domain]:
    """Return the domain of every parameter by flat name, without constants, which cannot be plotted."""
    return {name: Domain(parameter) for name, parameter in space.parameters.items() if parameter._varies}


def constants(space: SearchSpace) -> dict[str, Any]:
    """Return the constants by flat name; values that JSON cannot represent become text."""
    fixed = {name: parameter._only() for name, parameter in space.parameters.items() if not parameter._varies}
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
