"""Records trials in Weights & Biases.

>>> import tanteo as tt
>>> from tanteo.integrations.wandb import WandbCallback
>>> with WandbCallback(project="sweep") as track:                                             # doctest: +SKIP
...     tt.minimize(train, space, n_trials=50, callbacks=[track])
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from .._internal.optional import require
from ..run import Run
from ..trials.trial import FrozenTrial
from .trackers import Facts, facts, reports


class WandbCallback:
    """A callback of ``minimize`` that records trials in Weights & Biases.

    By default the search is one run with a step for each trial, in the order of completion, that holds the parameters,
    the value and the best value so far. With ``each_trial`` every trial is its own run, with the configuration as its
    ``config`` and its reports by step.

    Parameters
    ----------
    each_trial
        Whether every trial is its own run.
    options
        Options of ``wandb.init``: ``project``, ``group``, ``mode="offline"``, ``dir``, ...

    Raises
    ------
    ImportError
        If wandb is not installed (``pip install 'tanteo[wandb]'``).

    Notes
    -----
    :meth:`close`, or the end of the ``with`` block, finishes the run of the search, even after an exception.
    """

    def __init__(self, *, each_trial: bool = False, **options: Any) -> None:
        self._wandb = require("wandb", extra="wandb", needed_by="WandbCallback")
        self._each_trial, self._options = each_trial, options
        self._run: Any = None
        self._n_logged = 0

    def __call__(self, run: Run, trial: FrozenTrial) -> None:
        """Record a completed trial."""
        trial_facts = facts(run.optimizer, trial)
        if self._each_trial:
            self._record_alone(trial_facts, trial, reports(run.optimizer, trial))
        else:
            self._record_step(trial_facts, run, trial)

    def _record_step(self, trial_facts: Facts, run: Run, trial: FrozenTrial) -> None:
        if self._run is None:
            settings = {"seed": run.optimizer.seed, "sampler": repr(run.optimizer.sampler)}
            self._run = self._wandb.init(config=settings, **self._options)
        best = run.best if len(run.optimizer.directions) == 1 else None
        entries = {"trial": trial.id, "state": trial_facts.end, **trial_facts.metrics}
        entries |= {f"params/{name}": value for name, value in trial_facts.params.items()}
        if best is not None:
            entries["best"] = best.value
        self._run.log(entries, step=self._n_logged)
        self._n_logged += 1

    def _record_alone(
        self, trial_facts: Facts, trial: FrozenTrial, steps: Iterator[tuple[int, dict[str, float]]]
    ) -> None:
        run = self._wandb.init(
            name=f"trial {trial.id}",
            config=trial_facts.params,
            reinit="create_new",
            tags=[trial_facts.end],
            **self._options,
        )
        for step, reported in steps:
            run.log(reported, step=step)
        run.summary.update({"trial": trial.id, **trial_facts.metrics, **trial_facts.notes})
        run.finish(exit_code=1 if trial_facts.end == "failed" else 0)

    def close(self) -> None:
        """Finish the run of the search, if there is one."""
        if self._run is not None:
            self._run.finish()
            self._run = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


__all__ = ["WandbCallback"]
