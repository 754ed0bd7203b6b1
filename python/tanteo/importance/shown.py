"""How importances are printed: their objective, their method, and a note where the trials are few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..run.result import optimizer_of
from ..trials.objectives import labels
from .arguments import checked_objective

if TYPE_CHECKING:
    from ..optimizer import Optimizer
    from ..run import Result
    from .arguments import Method

# Over random searches of four parameters, a share has a standard deviation of 0.1 with 9 to 20 trials, and of about
# 0.05 with 100. With fewer than `_FEW` trials a note says so.
_FEW = 20


def share_text(share: float) -> str:
    """Return a share with two digits: with one, a small share would look like none."""
    return f"{share:.2f}"


def bar(share: float, *, length: int = 40) -> str:
    """Return a share as text and as a bar; ``length`` is that of the bar of 1."""
    return f"{share_text(share)}  {'#' * round(length * share)}".rstrip()


def for_objective(search: Optimizer | Result, objective: int | str | None) -> str:
    """Return the end of a title such as ``" for loss"``; it is empty for a single objective without a name."""
    optimizer = optimizer_of(search)
    n, names = len(optimizer.directions), optimizer.objective_names
    return "" if n == 1 and names is None else f" for {labels(n, names)[checked_objective(search, objective)]}"


def method_text(n_trials: int, method: Method = "ped-anova", quantile: float | None = None) -> str:
    """Return the name of the method, and a note if there are too few trials."""
    name = "fANOVA" if method == "fanova" else "PED-ANOVA of the best 5 to 95 %"
    name = name if quantile is None else f"PED-ANOVA of the best {100 * quantile:g} %"
    return name + (f"; {n_trials} trials are too few to tell" if n_trials < _FEW else "")
