"""Estimated values of trials in place of told ones, if the results of a search with several objectives are noisy."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from tanteo.optimizer import Optimizer
from tanteo.run.answer_text import is_estimated
from tanteo.run.history import Outcomes
from tanteo.trials.front import ParetoFront

_Trials = TypeVar("_Trials", bound=Outcomes)


def with_estimates(search: Optimizer, trials: _Trials, front: ParetoFront) -> _Trials:
    """Return the trials with the values by which the front was chosen: as told, or the estimates of noisy objectives.

    The best told values of noisy objectives were lucky. ``trials`` and ``front`` are those of the search.
    """
    import numpy as np

    if not is_estimated(front):
        return trials
    values, ids = trials.values.copy(), np.flatnonzero(trials.usable)
    configurations = [search.trials[number].params for number in ids.tolist()]
    for k in range(len(search.directions)):
        predicted = search.predict(configurations, objective=k) if any(m.deviations[k] > 0.0 for m in front) else None
        if predicted is not None:
            values[ids, k] = [median for median, _, _ in predicted]
    return replace(trials, values=values)
