"""Arguments that the importance functions share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..run.result import optimizer_of
from ..trials.objectives import selected

if TYPE_CHECKING:
    from ..optimizer import Optimizer
    from ..run import Result

Method: TypeAlias = Literal["ped-anova", "fanova"]


def checked_objective(search: Optimizer | Result, objective: Any) -> int:
    """Return the index of an objective of the search; it must be given if there are several."""
    optimizer = optimizer_of(search)
    return selected(objective, len(optimizer.directions), optimizer.objective_names)
