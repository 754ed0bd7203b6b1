"""How importances are printed: their method, and no more digits than the trials support."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .arguments import optimizer_of

if TYPE_CHECKING:
    from ..optimizer import Optimizer
    from ..run import Result
    from .shares import Method

# With 9 random trials of four parameters a share has a standard deviation of 0.1, with 20 of 0.1, with 100 of 0.04.
_FEW, _MANY = 20, 100


def n_ended(search: Optimizer | Result) -> int:
    """Return the number of trials that have ended."""
    optimizer = optimizer_of(search)
    return len(optimizer) - len(optimizer.pending)


def share_text(share: float, n_trials: int) -> str:
    """Return a share with one digit, or with two from 100 trials on."""
    return f"{share:.1f}" if n_trials < _MANY else f"{share:.2f}"


def method_text(n_trials: int, method: Method = "ped-anova", quantile: float | None = None) -> str:
    """Return the name of the method, and a note if there are too few trials."""
    name = "fANOVA" if method == "fanova" else "PED-ANOVA of the best 5 to 95 %"
    name = name if quantile is None else f"PED-ANOVA of the best {100 * quantile:g} %"
    return name + (f"; {n_trials} trials are too few to tell" if n_trials < _FEW else "")
