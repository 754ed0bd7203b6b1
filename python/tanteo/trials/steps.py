"""The check of the step of a report."""

from __future__ import annotations

from .._internal.coercion import as_index, shown
from .._internal.typing import TYPE_CHECKING
from ..exceptions import ArgumentError

if TYPE_CHECKING:
    from typing import Any


def step_number(step: Any) -> int:
    """Return the checked step of a report.

    A float is refused even if it is whole: in the order of Optuna, ``report(value, step)``, the first argument is a
    float and would be taken for the step.
    """
    number = as_index(step)
    if number is None:
        raise ArgumentError(
            f"step must be an int, got {shown(step)}; the order is report(step, value), the step first, and a step "
            "that was computed as a float needs int(...)"
        )
    if not 0 <= number < 2**63:
        raise ArgumentError(f"step must be from 0 to 2**63 - 1, got {shown(number)}")
    return number
