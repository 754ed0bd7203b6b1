"""Stops hopeless trials of CatBoost.

>>> from tanteo.integrations.catboost import Pruning                                          # doctest: +SKIP
>>> pruning = Pruning(trial, "AUC")                                                           # doctest: +SKIP
>>> model.fit(x, y, eval_set=(x_valid, y_valid), callbacks=[pruning])                         # doctest: +SKIP
>>> pruning.raise_if_stopped()                                                                # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

from .._internal.optional import require
from .training import Metric, ReportingTrial

_TRAINING = ("learn",)


class Pruning:
    """A callback of ``fit`` that reports a metric after each iteration, and ends the training of a hopeless trial.

    CatBoost turns exceptions of callbacks into its own. Call :meth:`raise_if_stopped` after ``fit``. CatBoost takes
    callbacks neither on GPUs nor in ``cv``.

    Parameters
    ----------
    trial
        The trial: the second argument of an objective, or what ``ask`` returns.
    metric
        The name of the metric, such as ``"AUC"``. The search must have its direction.
    dataset
        The name of the data set; by default the only one other than ``"learn"``.

    Raises
    ------
    ImportError
        If CatBoost is not installed (``pip install 'tanteo[catboost]'``).
    """

    def __init__(self, trial: ReportingTrial, metric: str, *, dataset: str | None = None) -> None:
        require("catboost", extra="catboost", needed_by="Pruning")
        self._metric, self._dataset = Metric(trial, metric), dataset
        self._error: Exception | None = None

    def after_iteration(self, info: Any) -> bool:
        """Report the metric of the last iteration; return whether to go on."""
        try:
            values = self._metric.of_dataset(info.metrics, self._dataset, _TRAINING)
            decision = self._metric.report(info.iteration, values[-1])
        except Exception as error:  # CatBoost would hide it: kept for `raise_if_stopped`
            self._error = error
            return False
        return not decision

    def raise_if_stopped(self) -> None:
        """End the trial if its training was stopped.

        Raises
        ------
        Pruned
            If the pruner stopped it.
        ArgumentError
            If there is no such metric or data set.
        """
        if self._error is not None:
            raise self._error
        self._metric.raise_if_stopped()


__all__ = ["Pruning"]
