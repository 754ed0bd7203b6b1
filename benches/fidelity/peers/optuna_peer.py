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
    """Each with its defaults, or with what its documentation passes.

    Percentile takes the 25 of its example; Hyperband the resources, 1 and the number of steps. Median and Percentile
    begin after the five trials of their defaults, without the warm-up of their examples, which suits 100 steps.
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

    On folds the Wilcoxon pruner is given every fold's value, the others the mean so far. What it stops is told with the
    mean so far, as its documentation asks for; what others stop is told as pruned. Recommends ``study.best_trial``;
    before any trial is complete, that with the best last value.
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
        """One trial, define-by-run."""
        trial = self._study.ask()
        params = configuration(trial, self._space)
        self._trials[trial.number] = trial
        self._observed.add(trial.number, params)
        return trial.number, params

    def report(self, key: Any, step: int, value: float) -> bool:
        """``report``, then ``should_prune``; steps count from 1. Without a pruner nothing is reported."""
        self._observed.report(key, step, value)
        if not self._prunes:
            return False
        self._trials[key].report(value, step)
        return bool(self._trials[key].should_prune())

    def finish(self, key: Any, value: float, state: State, cost: float) -> None:
        """See the class."""
        trial = self._trials.pop(key)
        if state == "complete" or self._tells_stopped:
            self._study.tell(trial, value)
        else:
            self._study.tell(trial, state=self._pruned)

    def recommend(self) -> Params | None:
        """See the class."""
        if self._study.get_trials(deepcopy=False, states=self._complete):
            return dict(self._study.best_trial.params)
        return self._observed.best_last()
