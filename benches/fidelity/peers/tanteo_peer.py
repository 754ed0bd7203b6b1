"""Tanteo through its public interface: ``tanteo-<sampler>+<pruner>``, and ``+<pruner>-pausing``."""

from __future__ import annotations

import inspect
from typing import Any

from benches.fidelity.peers.protocol import Observed, State
from benches.fidelity.problem import Task
from benches.python.peers.tanteo_peer import search_space
from benches.quality.problem import Params

# Behind the name of a pruner: stopped trials may go on.
PAUSING = "-pausing"


def options(pruner: str) -> dict[str, Any]:
    """``pruner=`` where there is such an argument; without it there is the median of completed trials alone."""
    import tanteo as tt

    if pruner.endswith(PAUSING):
        return {"pruner": pruner.removesuffix(PAUSING), "pausing": True}
    if "pruner" in inspect.signature(tt.Optimizer).parameters:
        return {"pruner": pruner}
    if pruner != "median":
        raise SystemExit(f"this version of Tanteo has no pruner {pruner!r}, but median")
    return {}


class Tanteo:
    """One optimizer, deduplication on, as is its default.

    With ``+none`` nothing is reported and nothing stopped, as without a pruner in one's code. Recommends
    ``Optimizer.recommend``, else ``Optimizer.best``; before anything is complete, the best of the last values of the
    trials that got furthest. On folds ``report_fold`` takes the place of ``report``, and a complete trial is told
    without a value: its folds speak for it.
    """

    def __init__(self, task: Task, seed: int, sampler: str, pruner: str) -> None:
        import tanteo as tt

        self._prunes = pruner != "none"
        pruner_options = options(pruner) if self._prunes else {}
        self.reads_folds = self._prunes and task.is_folds
        self._opt = tt.Optimizer(search_space(task.space), sampler=sampler, seed=seed, **pruner_options)
        self._observed = Observed()
        # Trials that may go on, of those that are told to stop.
        self._pausing: set[Any] = set()

    def ask(self) -> tuple[Any, Params]:
        """One trial."""
        trial = self._opt.ask()
        if trial.id not in self._pausing:
            self._observed.add(trial.id, trial.params)
        self._pausing.discard(trial.id)
        return trial.id, trial.params

    def report(self, key: Any, step: int, value: float) -> bool:
        """``report`` or ``report_fold``, then ``should_prune``."""
        if self.reads_folds:
            # The order of the folds is the same for all trials, so its places name them.
            self._opt.report_fold(key, step - 1, value)
            self._observed.report(key, step, self._opt.trials[key].steps[step])
        else:
            self._observed.report(key, step, value)
            if not self._prunes:
                return False
            self._opt.report(key, step, value)
        decision = self._opt.should_prune(key)
        if getattr(decision, "pause", False):
            self._pausing.add(key)
        return bool(decision)

    def finish(self, key: Any, value: float, state: State, cost: float) -> None:
        """A stopped trial is told as pruned, without a value: the reported ones speak for it."""
        if state == "complete":
            self._opt.tell(key, None if self.reads_folds else value, cost=cost)
        else:
            self._opt.tell(key, state="paused" if key in self._pausing else "pruned", cost=cost)

    def recommend(self) -> Params | None:
        """See the class."""
        trial = self._opt.recommend() or self._opt.best
        return self._observed.furthest() if trial is None else trial.params
