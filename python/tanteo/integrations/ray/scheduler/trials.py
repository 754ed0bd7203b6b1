"""The trials that a scheduler judges, by their number in its optimizer and by their id at Tune."""

from __future__ import annotations

from typing import Any

from ....optimizer import Optimizer

#: The attribute that has the id of a trial at Tune.
_ID = "trial"


class Trials:
    """The trials of an optimizer, and those of Tune that belong to them.

    Parameters
    ----------
    optimizer
        It may have trials of an earlier run of the experiment.

    Attributes
    ----------
    pausing, stopped
        The numbers of trials that Tune is about to pause or to stop.
    next
        The number of the paused trial that resumes next.
    idle
        Consecutive steps of Tune's loop in which nothing happened.
    may_promote
        Whether a paused trial may resume: false after the pruner chose none, until something new is reported.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        earlier = list(optimizer.trials)
        self._numbers = {str(trial.attrs[_ID]): trial.id for trial in earlier}
        self._last_steps = {trial.id: max(trial.steps) for trial in earlier if trial.steps}
        self._of_tune: dict[int, Any] = {}
        self.pausing: set[int] = set()
        self.stopped: set[int] = set()
        self.next: int | None = None
        self.idle = 0
        self.may_promote = True

    def number_of(self, trial: Any) -> int | None:
        """Return the number of a trial of Tune; None if it was not added."""
        return self._numbers.get(trial.trial_id)

    def of_tune(self, number: int) -> Any:
        """Return the trial of Tune; None if it ended, or is not part of this run of the experiment."""
        return self._of_tune.get(number)

    def add(self, trial: Any) -> None:
        """Give a number to a new trial of Tune."""
        number, _ = self.optimizer._core.ask()
        self.optimizer.set_attr(number, _ID, trial.trial_id)
        self._numbers[trial.trial_id] = number
        self.attach(number, trial)

    def attach(self, number: int, trial: Any) -> None:
        """Set the trial of Tune that a number belongs to in this run of the experiment."""
        self._of_tune[number] = trial

    def detach(self, number: int) -> None:
        """Forget the trial of Tune, which has ended."""
        self._of_tune.pop(number, None)

    def report(self, number: int, step: int, value: float) -> bool:
        """Report a value to the optimizer; return False, and do nothing, if the step is not a new one."""
        if step <= self._last_steps.get(number, -1):
            return False
        self.optimizer.report(number, step, value)
        self._last_steps[number], self.may_promote = step, True
        return True

    def tell(self, number: int, **outcome: Any) -> None:
        """End a pending trial, or pause it with ``state="paused"``."""
        self.pausing.discard(number)
        self.stopped.discard(number)
        self.next = None if self.next == number else self.next
        self.idle, self.may_promote = 0, True
        if self.optimizer.trials[number].state == "pending":
            self.optimizer.tell(number, **outcome)
        if outcome.get("state") != "paused":
            self.detach(number)
