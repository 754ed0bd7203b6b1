"""A warning about observed points whose values have a wrong sum, such as shares in another unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._internal.caller import warn
from .._internal.coercion import names_text
from .constraints import ROUNDED, Linear

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .search_space import SearchSpace


def warn_of_sums(space: SearchSpace, params: Mapping[str, Any]) -> None:
    """Warn of sums that are far from the only one that a constraint allows, as that of a simplex.

    An observed point may break a constraint, but such a sum is most likely a mistake in the unit. The text is the same
    for all points, so that Python shows it once for all rows of a table.
    """
    sums = [constraint for constraint in space.constraints if isinstance(constraint, Linear)]
    flat = space._codec.flat(params) if sums else {}
    for constraint in sums:
        if constraint._is_sum_far_off(flat):
            warn(
                f"the sum of {names_text(constraint.weights)} should be {constraint.lower:g} and is more than "
                f"{100 * ROUNDED:g} % off; check the unit of these values"
            )
