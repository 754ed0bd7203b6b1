"""Stops hopeless trials of Keras.

>>> from tanteo.integrations.keras import Pruning                                             # doctest: +SKIP
>>> model.fit(x, y, validation_split=0.2, callbacks=[..., Pruning(trial, "val_loss")])        # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

from .._internal.optional import require
from .training import LibraryCallback, Metric, ReportingTrial


class Pruning(LibraryCallback):
    """A callback of ``fit`` that reports a metric after each epoch.

    Where the pruner would stop the trial, the training ends after the epoch, and :class:`tanteo.Pruned` is raised by
    ``on_train_end``. Put it last, so that the other callbacks come to their end first.

    Parameters
    ----------
    trial
        The trial: the second argument of an objective, or what ``ask`` returns.
    metric
        The name of the metric, such as ``"val_loss"``. The search must have its direction. An epoch without the metric
        (``validation_freq``) is not reported.

    Raises
    ------
    ArgumentError
        At the end of the training, if no epoch had the metric.
    ImportError
        If Keras is not installed (``pip install 'tanteo[keras]'``).
    """

    def __init__(self, trial: ReportingTrial, metric: str) -> None:
        super().__init__()
        self._metric = Metric(trial, metric)
        self._is_known = False
        self._last: dict[str, Any] = {}

    @classmethod
    def _bases(cls) -> tuple[type, ...]:
        return (require("keras", extra="keras", needed_by="Pruning").callbacks.Callback,)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Report the metric, and end the training of a hopeless trial."""
        self._last = logs or {}
        if self._metric.name not in self._last:
            return
        self._is_known = True
        if self._metric.report(epoch, self._metric.of(self._last)):
            training: Any = self
            training.model.stop_training = True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """End a trial that was stopped."""
        if not self._is_known:
            self._metric.of(self._last)
        self._metric.raise_if_stopped()


__all__ = ["Pruning"]
