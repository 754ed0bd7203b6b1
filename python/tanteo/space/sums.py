"""Warnings of mixtures in another unit: shares in parts of 1 where the total is 100."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

from .._core import MEASURED_TOLERANCE
from .._internal.caller import warn
from .._internal.coercion import names_text

if TYPE_CHECKING:
    from .search_space import SearchSpace


def warn_of_sums(space: SearchSpace, points: Iterable[Mapping[str, Any]]) -> None:
    """Warn of sums that are far from the only one that a constraint allows, as that of a simplex.

    A point that is not suggested may break a constraint, but such a sum is most likely a mistake in the unit. The text
    is the same for all points, so that Python shows it once for all rows of a table.

    Parameters
    ----------
    space
        The space that has the constraints.
    points
        Flat name to value; sums of which one is missing are not checked.
    """
    for point in points if space.constraints else ():
        values = (point.get(name) for name in space._codec.names)
        numbers = [_number(value) for value in values]
        for index, total in space._core.missed_sums(numbers):
            warn(
                f"the sum of {names_text(space.constraints[index]._parameters)} should be {total:g} and is more than "
                f"{100 * MEASURED_TOLERANCE:g} % off; check the unit of these values"
            )


def _number(value: Any) -> float | None:
    """Return a value as a float; None for one that is no number or too large, which other checks name."""
    try:
        return float(value) if isinstance(value, Real) else None
    except OverflowError:
        return None
