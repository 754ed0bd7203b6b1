"""Stops trials whose metric is NaN."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..._internal.coercion import as_count
from .metrics import check_names, look_up, number
from .tune import Stopper


class NanStopper(Stopper):  # type: ignore[misc]  # Ray has no types, and a class of type Any cannot be checked
    """Stop a trial whose metric is NaN. Schedulers do not, since every comparison with NaN is false.

    Parameters
    ----------
    metric
        The name of the metric, with slashes if it is nested. A metric that is missing or not a number stops nothing.
    patience
        The number of consecutive NaN results after which a trial is stopped.

    Raises
    ------
    ArgumentError
        If the metric is not text, or the patience is not a positive integer.

    Examples
    --------
    >>> from ray import tune                                                                      # doctest: +SKIP
    >>> tune.RunConfig(stop=NanStopper("loss"))                                                   # doctest: +SKIP
    """

    def __init__(self, metric: str, patience: int = 1) -> None:
        check_names([metric])
        self._metric = metric
        self._patience = as_count(patience, "patience")
        self._in_a_row: dict[str, int] = {}

    def __call__(self, trial_id: str, result: Mapping[str, Any]) -> bool:
        """Whether to stop the trial."""
        value = number(look_up(result, self._metric))
        if value is None or not math.isnan(value):
            self._in_a_row.pop(trial_id, None)
            return False
        count = self._in_a_row.pop(trial_id, 0) + 1
        if count < self._patience:
            self._in_a_row[trial_id] = count
        return count >= self._patience

    def stop_all(self) -> bool:
        """Never stop the experiment."""
        return False
