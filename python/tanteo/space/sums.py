"""Warnings of mixtures in another unit: shares in parts of 1 where the total is 100."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._internal.caller import warn
from .._internal.coercion import names_text
from .constraints import ROUNDED, Linear

if TYPE_CHECKING:
    from .search_space import SearchSpace


def warn_of_sums(space: SearchSpace, params: Mapping[str, Any]) -> None:
    """Warn of sums in a configuration; see :func:`warn_of_flat_sums`."""
    if any(isinstance(constraint, Linear) for constraint in space.constraints):
        warn_of_flat_sums(space, space._codec.flat(params))


def warn_of_flat_sums(space: SearchSpace, flat: Mapping[str, Any]) -> None:
    """Warn of sums that are far from the only one that a constraint allows, as that of a simplex.

    A point that is not suggested may break a constraint, but such a sum is most likely a mistake in the unit. The text
    is the same for all points, so that Python shows it once for all rows of a table.

    Parameters
    ----------
    space
        The space that has the constraints.
    flat
        The values by flat name; sums of which one is missing are not checked.
    """
    for constraint in space.constraints:
        if isinstance(constraint, Linear) and constraint._is_sum_far_off(flat):
            warn(
                f"the sum of {names_text(constraint.weights)} should be {constraint.lower:g} and is more than "
                f"{100 * ROUNDED:g} % off; check the unit of these values"
            )
