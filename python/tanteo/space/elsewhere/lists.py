"""The choices that a list stands for, where a library takes a list in place of a distribution."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ..labels import Choices, distinct
from ..parameters import Categorical, Ordinal, Parameter


def listed(values: list[Any]) -> Parameter:
    """Return the choices of a list. Repetitions are weights, and increasing or decreasing numbers have an order."""
    labels = distinct(values)
    numbers = all(type(label) in (int, float) for label in labels)
    if len(labels) < len(values):
        choices = Choices(labels)
        positions = [choices.find(value) for value in values]
        return Categorical(labels, weights=[float(positions.count(k)) for k in range(len(labels))])
    if numbers and len(labels) > 2 and len({left < right for left, right in pairwise(labels)}) == 1:
        return Ordinal(labels)
    return Categorical(labels)
