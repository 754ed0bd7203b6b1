"""Stops hopeless trials of Lightning (``lightning`` and ``pytorch_lightning``).

>>> from tanteo.integrations.lightning import Pruning                                         # doctest: +SKIP
>>> lightning.Trainer(callbacks=[Pruning(trial, "val_loss")]).fit(model, data)                # doctest: +SKIP
"""

from __future__ import annotations

import sys
from typing import Any

from .._internal.optional import require
from .torch import check_shared
from .training import LibraryCallback, Metric, ReportingTrial


class Pruning(LibraryCallback):
    """A callback of ``Trainer`` that reports a metric after the validation of each epoch.

    Where the pruner would stop the trial, the training ends after the epoch (but not before ``min_epochs``), and
    :class:`tanteo.Pruned` is raised at the end of ``fit``.

    Parameters
    ----------
    trial
        The trial: the second argument of an objective, or what ``ask`` returns. With several processes a
        :class:`tanteo.integrations.torch.SharedTrial`; start them with ``torchrun``.
    metric
        The name under which the metric is logged, such as ``"val_loss"``. The search must have its direction. Of
        several validations in an epoch the first one counts.

    Raises
    ------
    ArgumentError
        While training, if the metric is not logged, or if the processes do not share the trial.
    ImportError
        If Lightning is not installed (``pip install 'tanteo[lightning]'``).
    """

    def __init__(self, trial: ReportingTrial, metric: str) -> None:
        super().__init__()
        self._metric = Metric(trial, metric)
        self._epoch = -1

    @classmethod
    def _bases(cls) -> tuple[type, ...]:
        # The two packages under which Lightning is published have different base classes.
        other = sys.modules.get("pytorch_lightning")
        if other is not None and "lightning.pytorch" not in sys.modules:
            return (other.Callback,)
        own = require("lightning.pytorch", extra="lightning", needed_by="Pruning").Callback
        return (own,) if other is None else (own, other.Callback)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Report the metric, and end the training of a hopeless trial."""
        is_over = trainer.state.fn != "fit"  # `validate` was called
        if is_over or trainer.sanity_checking or trainer.current_epoch <= self._epoch:
            return
        check_shared(self._metric.trial, trainer.world_size)
        self._epoch = trainer.current_epoch
        if self._metric.report(self._epoch, self._metric.of(trainer.callback_metrics)):
            trainer.should_stop = True

    def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
        """End a trial that was stopped."""
        self._metric.raise_if_stopped()


__all__ = ["Pruning"]
