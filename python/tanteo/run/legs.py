"""What a trial costs: with what it had cost and taken before it was paused, and in one unit throughout the search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tanteo.optimizer import Optimizer
from tanteo.run.evaluation import Evaluation
from tanteo.trials.trial import Trial


@dataclass(frozen=True, slots=True)
class Previous:
    """What was told of a trial when it was paused; the core forgets it when the trial goes on.

    Attributes
    ----------
    cost, seconds : float or None
        What it had cost, and how long it had taken.
    n_reports : int
        How often it had reported.
    """

    cost: float | None
    seconds: float | None
    n_reports: int


class Legs:
    """Adds up the legs of trials that are paused and go on.

    Where a budget has to last, the seconds of a trial that told no cost are its cost. Once a trial was told a cost of
    its own, the budget is in that unit, and no seconds are added to it.

    Parameters
    ----------
    optimizer : Optimizer
        The search.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer = optimizer
        self._is_shared = hasattr(optimizer, "_sharing")
        self._has_budget = optimizer.budget is not None
        self._has_costs = self._has_budget and any(
            trial.cost is not None and trial.cost != trial.duration for trial in optimizer.trials
        )
        self._waiting: dict[int, Previous] = {}
        self._going_on: dict[int, Previous] = {}

    def look(self) -> None:
        """Reads what is known of paused trials; to be called before one may go on."""
        if self._optimizer.pausing:
            # Other processes that share a study may have let a trial go on, and paused it again, since the last look.
            known = {} if self._is_shared else self._waiting
            core = self._optimizer._core
            self._waiting = {number: known.get(number) or _previous(core.trial(number)) for number in core.paused()}

    def start(self, trial: Trial) -> None:
        """Notes that a trial was handed out."""
        if trial.id in self._waiting:
            self._going_on[trial.id] = self._waiting.pop(trial.id)

    def is_stuck(self, trial: Trial) -> bool:
        """Whether a trial has gone on without reporting anything new."""
        previous = self._going_on.get(trial.id)
        return previous is not None and len(self._optimizer._core.trial(trial.id)["curve"]) == previous.n_reports

    def whole(self, trial: Trial, evaluation: Evaluation) -> Evaluation:
        """The last leg of a trial together with those before it: one that ended when the last did."""
        previous = self._going_on.get(trial.id)
        started, finished = evaluation.started, evaluation.finished
        if previous is not None and previous.seconds is not None and started is not None:
            started -= previous.seconds
        seconds = None if started is None or finished is None else finished - started
        return replace(evaluation, started=started, cost=self._cost(evaluation.cost, previous, seconds))

    def end(self, trial: Trial, evaluation: Evaluation) -> None:
        """Notes that a trial was told, with what its objective had told of it."""
        self._going_on.pop(trial.id, None)
        self._has_costs |= self._has_budget and evaluation.cost is not None

    def _cost(self, cost: Any, previous: Previous | None, seconds: float | None) -> Any:
        """The cost of all legs; one that is none is left for ``tell`` to refuse."""
        if cost is None and self._has_budget and not self._has_costs:
            return seconds
        earlier_cost = None if previous is None or previous.cost == previous.seconds else previous.cost
        if cost is None or earlier_cost is None:
            return earlier_cost if cost is None else cost
        return cost + earlier_cost if isinstance(cost, int | float) and cost >= 0 else cost


def _previous(record: dict[str, Any]) -> Previous:
    started, finished = record["started"], record["finished"]
    seconds = None if started is None or finished is None else finished - started
    return Previous(record["cost"], seconds, len(record["curve"]))
