"""Optuna's TPE with each of its pruners, in memory: ``optuna-tpe+<pruner>``."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from benches.fidelity.peers.protocol import Observed, State
from benches.fidelity.problem import Task
from benches.python.peers.optuna_peer import configuration, tpe_sampler
from benches.quality.problem import Params


def pruners() -> dict[str, Callable[[Task], Any]]:
    """Return the pruners with their defaults, or with the arguments of their documentation.

    Percentile has 25, as in its example. Hyperband has the resources 1 and the number of steps. Median and Percentile
    start after five trials, their default, without the warm-up of their examples, which suits 100 steps.
    """
    from optuna import pruners as p

    return {
        "none": lambda task: p.NopPruner(),
        "median": lambda task: p.MedianPruner(),
        "percentile": lambda task: p.PercentilePruner(25.0),
        "sha": lambda task: p.SuccessiveHalvingPruner(),
        "hyperband": lambda task: p.HyperbandPruner(min_resource=1, max_resource=task.steps, reduction_factor=3),
        "wilcoxon": lambda task: p.WilcoxonPruner(p_threshold=0.1),
    }


class Optuna:
    """One study.

    On folds, the Wilcoxon pruner is given the value of every fold, and the other pruners the mean so far. A trial that
    the Wilcoxon pruner stops is told with the mean so far, as its documentation recommends; a trial that another pruner
    stops is told as pruned. The recommendation is ``study.best_trial``; before any trial is complete, the trial with
    the best last value.
    """

    def __init__(self, task: Task, seed: int, pruner: str) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.reads_folds = self._tells_stopped = pruner == "wilcoxon"
        self._space, self._pruned = task.space, optuna.trial.TrialState.PRUNED
        self._complete = (optuna.trial.TrialState.COMPLETE,)
        self._prunes, self._observed = pruner != "none", Observed()
        with warnings.catch_warnings():
            # The Wilcoxon pruner is experimental.
            warnings.simplefilter("ignore")
            pruner_ = pruners()[pruner](task)
        self._study = optuna.create_study(sampler=tpe_sampler(task.space, seed), pruner=pruner_)
        self._trials: dict[int, Any] = {}

    def ask(self) -> tuple[Any, Params]:
        """Suggest one trial, define-by-run."""
        trial = self._study.ask()
        params = configuration(trial, self._space)
        self._trials[trial.number] = trial
        self._observed.add(trial.number, params)
        return trial.number, params

    def report(self, key: Any, step: int, value: float) -> bool:
        """Call ``report``, then ``should_prune``. Steps count from 1. Without a pruner nothing is reported."""
        self._observed.report(key, step, value)
        if not self._prunes:
            return False
        self._trials[key].report(value, step)
        return bool(self._trials[key].should_prune())

    def finish(self, key: Any, value: float, state: State, cost: float) -> None:
        """Tell the result; see the class."""
        trial = self._trials.pop(key)
        if state == "complete" or self._tells_stopped:
            self._study.tell(trial, value)
        else:
            self._study.tell(trial, state=self._pruned)

    def recommend(self) -> Params | None:
        """Return the recommendation; see the class."""
        if self._study.get_trials(deepcopy=False, states=self._complete):
            return dict(self._study.best_trial.params)
        return self._observed.best_last()
