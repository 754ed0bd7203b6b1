"""Values of Tanteo as values of a distribution of Optuna."""

from __future__ import annotations

from typing import Any

from ...space.labels import Choices

# What stands for a value that is not in the range; None may be a choice.
OUTSIDE: Any = object()


def matched(value: Any, distribution: Any) -> Any:
    """Return a value as a distribution has it, on its grid; :data:`OUTSIDE` if it is not in its range.

    Optuna finds a choice by ``==``, so that ``True`` and ``1`` are one. The choice of the same type is returned.
    """
    if hasattr(distribution, "choices"):
        position = Choices(distribution.choices).find(value)
        return OUTSIDE if position is None else distribution.choices[position]
    low, high, step = distribution.low, distribution.high, distribution.step
    if step is None:
        return type(low)(value) if low <= value <= high else OUTSIDE
    # The last level of one library may exceed that of the other by a rounding error.
    position = round((value - low) / step)
    if not 0 <= position <= round((high - low) / step):
        return OUTSIDE
    is_level = low <= value <= high and distribution._contains(distribution.to_internal_repr(value))
    return type(low)(value if is_level else min(low + step * position, high))
