"""The improvement of one trial over another, with its standard error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tanteo import inside
from tanteo._internal.coercion import names_text
from tanteo.optimizer import Optimizer
from tanteo.trials.trial import FrozenTrial


@dataclass(frozen=True, slots=True)
class Gain:
    """The improvement of one trial over another.

    Attributes
    ----------
    value : float
        In the unit of the objective; positive means better, for both directions.
    sem : float or None
        The standard error over paired replicates (the same folds for both): ``std(d, ddof=1) / sqrt(n)`` of the ``n``
        differences ``d``. None without at least two pairs.

    Notes
    -----
    The best of many noisy trials looks better than it is. The standard error does not account for this selection; data
    held out of the search does.
    """

    value: float
    sem: float | None

    def __str__(self) -> str:
        return f"{self.value:+.4g}" if self.sem is None else f"{self.value:+.4g} ± {self.sem:.2g}"


def default_trial(search: Optimizer) -> FrozenTrial | None:
    """Return the first complete trial at the defaults of the space that is not excluded; None without one.

    It may also have been queued or observed. A search also starts at incomplete defaults; the values that it drew for
    this are no defaults.
    """
    defaults = search.space.default()
    found = [] if defaults is None else inside.with_configuration(search, defaults)
    return next((trial for trial in found if trial.state == "complete" and not trial.excluded), None)


def improvement(better: FrozenTrial, worse: FrozenTrial, *, maximize: bool) -> Gain | None:
    """Return the improvement of ``better`` over ``worse``; None if one of them has no single value."""
    if better.value is None or worse.value is None:
        return None
    sign = 1.0 if maximize else -1.0
    pairs = list(zip(_replicates(better), _replicates(worse), strict=False))
    paired = len(_replicates(better)) == len(_replicates(worse)) >= 2
    sem = standard_error([sign * (b - w) for b, w in pairs]) if paired else None
    return Gain(sign * (better.value - worse.value), sem)


def no_gain_text(search: Optimizer, worse: FrozenTrial) -> str:
    """Return why there is no improvement over an infeasible trial: it violates or lacks constraints."""
    violated = [name for name, value in worse.constraints.items() if value > 0.0]
    fault = f"violate {names_text(violated)}" if violated else f"lack {names_text(inside.left_out(search, worse.id))}"
    return f"none, as the defaults {fault} (trial {worse.id})"


def _replicates(trial: FrozenTrial) -> list[float]:
    return list(trial.replicates[0]) if trial.replicates else []


def standard_error(differences: Sequence[float]) -> float:
    """Return the standard error of the mean of paired differences, of which there are at least two."""
    n = len(differences)
    mean = math.fsum(differences) / n
    return math.sqrt(math.fsum((d - mean) ** 2 for d in differences) / (n - 1) / n)
