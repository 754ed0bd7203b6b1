"""Why all importances of a search are zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core import MIN_IMPORTANCE_TRIALS
from ..run.history import outcomes
from ..run.result import n_ended, optimizer_of
from .arguments import checked_objective

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..optimizer import Optimizer
    from ..run import Result
    from .arguments import Method


def why_none(
    search: Optimizer | Result, shares: Mapping[str, float], method: Method, objective: int | str | None
) -> str | None:
    """Return why all importances are zero, by what the method needs; None if they are not."""
    import numpy as np

    if any(shares.values()):
        return None
    if not shares:
        return "no parameter of the space varies"
    told = outcomes(optimizer_of(search))
    measured = told.counted_as("complete") & np.isfinite(told.values[:, checked_objective(search, objective)])
    if method == "fanova":
        n, needed = int(measured.sum()), "are complete with a finite value"
    elif not (measured & told.feasible).any():
        return "no trial is complete and feasible with a finite value"
    else:
        n, needed = n_ended(search), "have ended"
    if n < MIN_IMPORTANCE_TRIALS:
        return f"{method} needs {MIN_IMPORTANCE_TRIALS} trials that {needed}, and there {'is' if n == 1 else 'are'} {n}"
    return "the parameters make no difference to the values"
