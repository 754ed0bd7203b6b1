"""Estimated values of trials in place of told ones, if the results of a search with several objectives are noisy."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from tanteo import inside
from tanteo.run.history import Outcomes
from tanteo.trials.front import ParetoFront

_Trials = TypeVar("_Trials", bound=Outcomes)


def with_estimates(trials: _Trials, front: ParetoFront) -> _Trials:
    """Return the trials of a search with the values that decided its front: the told ones, or estimates under noise.

    If they are estimates, trials that were not compared have no values. These are repetitions of a configuration, and
    trials that the models left out.
    """
    import numpy as np

    compared = inside.compared(front)
    if compared is None:
        return trials
    values = np.full_like(trials.values, np.nan)
    for number, estimates in compared.items():
        values[number] = estimates
    return replace(trials, values=values, usable=trials.usable & np.isfinite(values).all(axis=1))
