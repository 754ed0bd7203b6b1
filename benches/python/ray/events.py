"""The calls of Tune's event loop on a searcher, each of them timed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from .searchers import SEARCHERS, loss, space


class Driver:
    """A stand-in for the event loop of one experiment.

    Parameters
    ----------
    name
        The name of the searcher.
    n_startup
        The number of random trials at the start.
    clock
        A function that returns seconds.

    Attributes
    ----------
    seconds
        The duration of each call by method.
    """

    def __init__(self, name: str, n_startup: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self.searcher: Any = SEARCHERS[name](0, n_startup)
        self._clock = clock
        assert self.searcher.set_search_properties("loss", "min", space(), num_samples=-1)
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self._number = 0
        self._losses: dict[str, float] = {}

    def suggest(self) -> str:
        """Start a trial and return its id."""
        self._number += 1
        trial_id = f"{self._number:08x}"
        config = self._timed("suggest", self.searcher.suggest, trial_id)
        self._losses[trial_id] = loss(config)
        return trial_id

    def report(self, trial_id: str, step: int) -> None:
        """Pass an intermediate result to the searcher."""
        self._timed("result", self.searcher.on_trial_result, trial_id, self._result(trial_id, step))

    def complete(self, trial_id: str, step: int) -> None:
        """End a trial."""
        result = {**self._result(trial_id, step), "done": True}
        self._timed("complete", self.searcher.on_trial_complete, trial_id, result)
        del self._losses[trial_id]

    def one_trial(self) -> None:
        """Run one trial; the last report is sent twice, as for a function that returns."""
        trial_id = self.suggest()
        self.report(trial_id, 1)
        self.complete(trial_id, 1)

    def _result(self, trial_id: str, step: int) -> dict[str, Any]:
        return {"loss": self._losses[trial_id] + 1 / step, "training_iteration": step, "trial_id": trial_id}

    def _timed(self, name: str, call: Any, *arguments: Any) -> Any:
        start = self._clock()
        answer = call(*arguments)
        self.seconds[name].append(self._clock() - start)
        return answer
