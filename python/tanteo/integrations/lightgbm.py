"""Stops hopeless trials of LightGBM.

>>> import lightgbm                                                                           # doctest: +SKIP
>>> from tanteo.integrations.lightgbm import pruning                                          # doctest: +SKIP
>>> lightgbm.train(params, data, valid_sets=[valid], callbacks=[pruning(trial, "auc")])       # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._internal.optional import require
from .training import Metric, ReportingTrial

# Before `early_stopping` (30), which raises an exception of its own.
_ORDER = 15
# The names of the training data: of `train` and of `cv`.
_TRAINING = ("training", "train")


def pruning(trial: ReportingTrial, metric: str, *, dataset: str | None = None) -> Callable[[Any], None]:
    """Return a callback of ``train``, ``cv`` and ``fit`` that reports a metric after each iteration.

    It raises :class:`tanteo.Pruned` where the pruner would stop the trial, which ends the training and, if the
    objective lets it pass, the trial.

    Parameters
    ----------
    trial
        The trial: the second argument of an objective, or what ``ask`` returns.
    metric
        The name of the metric, such as ``"auc"``.
    dataset
        The name of the data set, such as ``"valid_0"``; by default the only one that is not the training data.

    Raises
    ------
    ArgumentError
        While training: if there is no such metric or data set, or if the search has another direction than the metric.
    ImportError
        If LightGBM is not installed (``pip install 'tanteo[lightgbm]'``).
    """
    require("lightgbm", extra="lightgbm", needed_by="pruning")
    return _Pruning(Metric(trial, metric), dataset)


class _Pruning:
    """The callback; LightGBM reads the attributes."""

    order = _ORDER
    before_iteration = False

    def __init__(self, metric: Metric, dataset: str | None) -> None:
        self._metric, self._dataset = metric, dataset

    def __call__(self, env: Any) -> None:
        datasets: dict[str, dict[str, Any]] = {}
        for row in env.evaluation_result_list or ():
            # Before version 4.7, `cv` put the data set into the name of the metric: ("cv_agg", "valid auc", ...).
            place, name = row[1].split(" ", 1) if row[0] == "cv_agg" else row[:2]
            datasets.setdefault(place, {})[name] = row
        row = self._metric.of_dataset(datasets, self._dataset, _TRAINING)
        self._metric.check_direction(is_higher_better=row[3])
        if self._metric.report(env.iteration, row[2]):
            raise self._metric.stop()


__all__ = ["pruning"]
