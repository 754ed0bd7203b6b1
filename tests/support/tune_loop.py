"""Makes the calls that Tune makes to a searcher, without Ray: fast, and in an order that a test controls."""

from __future__ import annotations

import math
from typing import Any


class Loop:
    """Drives one searcher through one experiment.

    Parameters
    ----------
    searcher
        The searcher, or a wrapper around it.
    space
        As ``param_space``; None if the searcher has its own space.
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
        """Report a result of a trial that continues."""
        self.searcher.on_trial_result(trial_id, self._result(trial_id, value, step, metric))

    def end(self, trial_id: str, value: Any, step: int = 1, metric: str = "loss") -> None:
        """End a trial as a function that returns does: the last report is sent twice."""
        self.report(trial_id, value, step, metric)
        self.stop(trial_id, value, step, metric)

    def stop(self, trial_id: str, value: Any, step: int = 1, metric: str = "loss") -> None:
        """End a trial as a scheduler does: the last report is sent once."""
        self.searcher.on_trial_complete(
            trial_id=trial_id, result={**self._result(trial_id, value, step, metric), "done": True}, error=False
        )

    def fail(self, trial_id: str) -> None:
        """Report a crash after the last retry."""
        self.searcher.on_trial_complete(trial_id=trial_id, result=None, error=True)

    def run(self, objective: Any, n: int) -> list[Any]:
        """Run trials one after another, and return their configurations; a MemoryError is reported as a crash."""
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
