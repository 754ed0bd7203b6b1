"""Folds of trials: checks of their numbers, and their values as replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._internal.coercion import as_int, shown
from ..exceptions import ArgumentError, TanteoError
from .replicates import Replicates

if TYPE_CHECKING:
    from .._core import CoreOptimizer

#: The maximum number of folds of an order.
_MOST = 2**20


def fold_number(fold: Any) -> int:
    """Return the checked number of a fold."""
    try:
        number = as_int(fold, "fold")
    except ArgumentError as error:
        raise ArgumentError(f"{error}; {argument_order('report_fold', 'fold')}") from None
    if not 0 <= number < 2**63:
        raise ArgumentError(f"fold must be from 0 to 2**63 - 1, got {shown(number)}")
    return number


def argument_order(method: str, number: str) -> str:
    """Return the order of the arguments of a report, which differs between a trial and a search, for an error."""
    return f"the order is {method}({number}, value) of a trial and {method}(trial, {number}, value) of a search"


def fold_count(n: Any) -> int:
    """Return the checked count of folds."""
    count = as_int(n, "n")
    if not 1 <= count <= _MOST:
        raise ArgumentError(f"n must be a number of folds from 1 to 2**20, got {shown(count)}")
    return count


def folds_of(core: CoreOptimizer, number: Any) -> Replicates | None:
    """Return the values of a trial's folds, by increasing number, or None if there are none."""
    try:
        folds = core.folds(number)
    except TanteoError:
        return None  # `tell` raises the error
    return Replicates([value for _, value in sorted(folds)]) if folds else None
