"""Costs and durations of trials, including those before a pause, in one unit throughout the search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tanteo import inside
from tanteo.optimizer import Optimizer
from tanteo.run.evaluation import Evaluation
from tanteo.trials.trial import Trial, seconds_between


@dataclass(frozen=True, slots=True)
class Previous:
    """The record of a trial when it was paused; the core drops it when the trial goes on.

    Attributes
    ----------
    cost, seconds : float or None
        The cost and the duration until the pause.
    n_reports : int
        The number of reports until the pause.
    """

    cost: float | None
    seconds: float | None
    n_reports: int


class Legs:
    """Adds up the legs of trials, that is, their evaluations between pauses.

    With a budget, the cost of a trial that returns no cost is its duration in seconds. Once a trial returns a cost, the
    budget is in the unit of that cost, and durations are no longer used. Another process that shares the study may set
    the first budget at any time.

    Parameters
    ----------
    optimizer : Optimizer
        The search.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer = optimizer
        self._is_shared = hasattr(optimizer, "_sharing")
        # Whether a trial has returned a cost; None until the trials before this run are looked through.
        self._has_costs: bool | None = None
        self._waiting: dict[int, Previous] = {}
        self._going_on: dict[int, Previous] = {}

    def look(self) -> None:
        """Read the records of paused trials; to be called before one may go on."""
        if self._optimizer.pausing:
            # Other processes that share a study may have resumed and paused a trial since the last call.
            known = {} if self._is_shared else self._waiting
            self._waiting = {
                number: known.get(number) or _previous(inside.stored(self._optimizer, number))
                for number in inside.paused(self._optimizer)
            }

    def start(self, trial: Trial) -> None:
        """Record that a trial was handed out."""
        if trial.id in self._waiting:
            self._going_on[trial.id] = self._waiting.pop(trial.id)

    def is_stuck(self, trial: Trial) -> bool:
        """Return whether a resumed trial has reported nothing new."""
        previous = self._going_on.get(trial.id)
        return previous is not None and len(inside.stored(self._optimizer, trial.id)["curve"]) == previous.n_reports

    def whole(self, trial: Trial, evaluation: Evaluation) -> Evaluation:
        """Return the last leg of a trial combined with the earlier ones; it ends when the last leg ended."""
        previous = self._going_on.get(trial.id)
        started = evaluation.started
        if previous is not None and previous.seconds is not None and started is not None:
            started -= previous.seconds
        seconds = seconds_between(started, evaluation.finished)
        return replace(evaluation, started=started, cost=self._cost(evaluation.cost, previous, seconds))

    def end(self, trial: Trial, evaluation: Evaluation) -> None:
        """Record that a trial was told, with the evaluation of its last leg."""
        self._going_on.pop(trial.id, None)
        if evaluation.cost is not None:
            self._has_costs = True

    @property
    def _counts_seconds(self) -> bool:
        """Whether a trial that returns no cost costs its duration."""
        if self._optimizer.budget is None:
            return False
        if self._has_costs is None:
            self._has_costs = any(
                trial.cost is not None and trial.cost != trial.duration for trial in self._optimizer.trials
            )
        return not self._has_costs

    def _cost(self, cost: Any, previous: Previous | None, seconds: float | None) -> Any:
        """Return the cost of all legs; an invalid cost is returned unchanged, and ``tell`` refuses it."""
        if cost is None and self._counts_seconds:
            return seconds
        earlier_cost = None if previous is None or previous.cost == previous.seconds else previous.cost
        if cost is None or earlier_cost is None:
            return earlier_cost if cost is None else cost
        return cost + earlier_cost if isinstance(cost, int | float) and cost >= 0 else cost


def _previous(record: dict[str, Any]) -> Previous:
    return Previous(record["cost"], seconds_between(record["started"], record["finished"]), len(record["curve"]))
