"""Stops hopeless trials of XGBoost.

>>> import xgboost                                                                            # doctest: +SKIP
>>> from tanteo.integrations.xgboost import Pruning                                           # doctest: +SKIP
>>> xgboost.train(params, data, evals=[(valid, "valid")], callbacks=[Pruning(trial, "auc")])  # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

from .._internal.optional import require
from .training import LibraryCallback, Metric, ReportingTrial

_TRAINING = ("train", "dtrain", "training")


class Pruning(LibraryCallback):
    """A callback of ``train``, ``cv`` and the estimators that reports a metric after each round.

    It raises :class:`tanteo.Pruned` where the pruner would stop the trial, which ends the training and, if the
    objective lets it pass, the trial. Put it before ``EarlyStopping``, because XGBoost skips the callbacks after one
    that stops.

    Parameters
    ----------
    trial
        The trial: the second argument of an objective, or what ``ask`` returns.
    metric
        The name of the metric, such as ``"auc"``. The search must have its direction.
    dataset
        The name of the data set, such as ``"validation_0"`` of the estimators; by default the only one that is not
        called ``"train"``.

    Raises
    ------
    ArgumentError
        While training, if there is no such metric or data set.
    ImportError
        If XGBoost is not installed (``pip install 'tanteo[xgboost]'``).
    """

    def __init__(self, trial: ReportingTrial, metric: str, *, dataset: str | None = None) -> None:
        super().__init__()
        self._metric, self._dataset = Metric(trial, metric), dataset

    @classmethod
    def _bases(cls) -> tuple[type, ...]:
        return (require("xgboost.callback", extra="xgboost", needed_by="Pruning").TrainingCallback,)

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """Report the metric of the last round; of ``cv``, the mean over the folds."""
        values = self._metric.of_dataset(evals_log, self._dataset, _TRAINING)
        last = values[-1]
        if self._metric.report(epoch, last[0] if isinstance(last, tuple) else last):
            raise self._metric.stop()
        return False


__all__ = ["Pruning"]
