"""The calls that Tune makes to a searcher, without Ray: fast, and in an order that a test decides."""

from __future__ import annotations

import math
from typing import Any


class Loop:
    """Drives one searcher through one experiment.

    Parameters
    ----------
    searcher
        Or a wrapper around one.
    space
        As ``param_space``; None if the searcher has one of its own.
    metric, mode
        As in ``TuneConfig``.
    """

    def __init__(
        self, searcher: Any, space: Any = None, *, metric: str = "loss", mode: str = "min", n: int = -1
    ) -> None:
        self.searcher = searcher
        self.configs: dict[str, Any] = {}
        self._number = 0
        if space is not None:
            assert searcher.set_search_properties(metric, mode, space, num_samples=n)

    def suggest(self) -> str:
        """Ask for a trial and return its id."""
        self._number += 1
        trial_id = f"{self._number:08x}"
        config = self.searcher.suggest(trial_id)
        assert isinstance(config, dict), config
        self.configs[trial_id] = config
        return trial_id

    def report(self, trial_id: str, value: Any, step: int, metric: str = "loss") -> None:
        """One result of a trial that goes on."""
        self.searcher.on_trial_result(trial_id, self._result(trial_id, value, step, metric))

    def end(self, trial_id: str, value: Any, step: int = 1, metric: str = "loss") -> None:
        """The way a function that returns ends: the last report comes twice."""
        self.report(trial_id, value, step, metric)
        self.stop(trial_id, value, step, metric)

    def stop(self, trial_id: str, value: Any, step: int = 1, metric: str = "loss") -> None:
        """The way a scheduler ends a trial: this report comes once."""
        self.searcher.on_trial_complete(
            trial_id=trial_id, result={**self._result(trial_id, value, step, metric), "done": True}, error=False
        )

    def fail(self, trial_id: str) -> None:
        """A crash, retries used up."""
        self.searcher.on_trial_complete(trial_id=trial_id, result=None, error=True)

    def run(self, objective: Any, n: int) -> list[Any]:
        """Run trials one after another; an objective that raises crashes."""
        configs = []
        for _ in range(n):
            trial_id = self.suggest()
            configs.append(self.configs[trial_id])
            try:
                value = objective(self.configs[trial_id])
            except MemoryError:
                self.fail(trial_id)
            else:
                self.end(trial_id, value)
        return configs

    def _result(self, trial_id: str, value: Any, step: int, metric: str) -> dict[str, Any]:
        config = {f"config/{key}": item for key, item in self.configs.get(trial_id, {}).items()}
        return {metric: value, "training_iteration": step, "trial_id": trial_id, "time_total_s": math.pi, **config}
