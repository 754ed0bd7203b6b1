"""Arguments that the importance functions share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._internal.coercion import shown
from ..exceptions import ArgumentError
from ..trials.objectives import place_of

if TYPE_CHECKING:
    from ..optimizer import Optimizer
    from ..run import Result


def optimizer_of(search: Optimizer | Result) -> Optimizer:
    """Return the optimizer of a search; raise an error for anything else."""
    from ..optimizer import Optimizer

    optimizer = getattr(search, "optimizer", search)
    if not isinstance(optimizer, Optimizer):
        raise ArgumentError(f"the search must be an Optimizer or a Result, got {shown(search)}")
    return optimizer


def checked_objective(search: Optimizer | Result, objective: Any) -> int:
    """Return the index of an objective of the search."""
    optimizer = optimizer_of(search)
    return place_of(objective, len(optimizer.directions), optimizer.objective_names)
