"""Tanteo through its public interface: ``tanteo-<sampler>+<pruner>``, and ``+<pruner>-pausing``."""

from __future__ import annotations

import inspect
from typing import Any

from benches.fidelity.peers.protocol import Observed, State
from benches.fidelity.problem import Task
from benches.python.peers.tanteo_peer import search_space
from benches.quality.problem import Params

# Suffix of a pruner whose stopped trials can be resumed.
PAUSING = "-pausing"


def options(pruner: str) -> dict[str, Any]:
    """Return ``pruner=`` if this version has that argument; otherwise only the median of completed trials exists."""
    import tanteo as tt

    if pruner.endswith(PAUSING):
        return {"pruner": pruner.removesuffix(PAUSING), "pausing": True}
    if "pruner" in inspect.signature(tt.Optimizer).parameters:
        return {"pruner": pruner}
    if pruner != "median":
        raise SystemExit(f"this version of Tanteo has no pruner {pruner!r}, only median")
    return {}


class Tanteo:
    """One optimizer with deduplication, its default.

    With ``+none`` nothing is reported or stopped, as in code without a pruner. The recommendation is
    ``Optimizer.recommend``; before that returns a trial, the best of the last values of the trials with the most
    steps. On folds, ``report_fold`` is used instead of ``report``, and a complete trial is
    told without a value, since its folds determine it.
    """

    def __init__(self, task: Task, seed: int, sampler: str, pruner: str) -> None:
        import tanteo as tt

        self._prunes = pruner != "none"
        pruner_options = options(pruner) if self._prunes else {}
        self.reads_folds = self._prunes and task.is_folds
        self._opt = tt.Optimizer(search_space(task.space), sampler=sampler, seed=seed, **pruner_options)
        self._observed = Observed()
        # Stopped trials that can be resumed.
        self._pausing: set[Any] = set()

    def ask(self) -> tuple[Any, Params]:
        """Ask for one trial."""
        trial = self._opt.ask()
        if trial.id not in self._pausing:
            self._observed.add(trial.id, trial.params)
        self._pausing.discard(trial.id)
        return trial.id, trial.params

    def report(self, key: Any, step: int, value: float) -> bool:
        """Call ``report`` or ``report_fold``, then ``should_prune``."""
        if self.reads_folds:
            # The order of the folds is the same for all trials, so their positions identify them.
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
        """Tell the result; a stopped trial is told as pruned without a value, since its reports determine it."""
        if state == "complete":
            self._opt.tell(key, None if self.reads_folds else value, cost=cost)
        else:
            self._opt.tell(key, state="paused" if key in self._pausing else "pruned", cost=cost)

    def recommend(self) -> Params | None:
        """Return the recommendation; see the class."""
        trial = self._opt.recommend()
        return self._observed.furthest() if trial is None else trial.params
