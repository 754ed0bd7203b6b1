"""Stops hopeless trials of the ``Trainer`` of transformers.

>>> from tanteo.integrations.transformers import PruningCallback                              # doctest: +SKIP
>>> Trainer(model, args, ..., callbacks=[PruningCallback(trial, "eval_loss")]).train()        # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

from .._internal.optional import require
from .torch import check_shared
from .training import LibraryCallback, Metric, ReportingTrial


class PruningCallback(LibraryCallback):
    """A callback of ``Trainer`` that reports a metric after each evaluation.

    Where the pruner would stop the trial, the training ends, and :class:`tanteo.Pruned` is raised at the end of
    ``train``, also with ``load_best_model_at_end``.

    Parameters
    ----------
    trial
        The trial: the second argument of an objective, or what ``ask`` returns. With several processes a
        :class:`tanteo.integrations.torch.SharedTrial`.
    metric
        The name of the metric, such as ``"eval_loss"``. The search must have its direction. The step is the epoch, or
        with ``eval_strategy="steps"`` the training step.

    Raises
    ------
    ArgumentError
        While training, if an evaluation lacks the metric, or if the processes do not share the trial.
    ImportError
        If transformers is not installed (``pip install 'tanteo[transformers]'``).
    """

    def __init__(self, trial: ReportingTrial, metric: str) -> None:
        super().__init__()
        self._metric = Metric(trial, metric)
        self._step = -1

    @classmethod
    def _bases(cls) -> tuple[type, ...]:
        return (require("transformers", extra="transformers", needed_by="PruningCallback").TrainerCallback,)

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: dict[str, Any], **_: Any) -> None:
        """Report the metric, and end the training of a hopeless trial."""
        if state.epoch is None:  # `evaluate` was called before the training
            return
        check_shared(self._metric.trial, args.world_size)
        step = state.global_step if args.eval_strategy == "steps" else round(state.epoch)
        if step <= self._step:  # `evaluate` was called after the training
            return
        self._step = step
        if self._metric.report(step, self._metric.of(metrics)):
            control.should_training_stop = True

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """End a trial that was stopped."""
        self._metric.raise_if_stopped()


__all__ = ["PruningCallback"]
