"""The trials that a scheduler judges, by their number in its optimizer and by their id at Tune."""

from __future__ import annotations

from typing import Any

from .... import inside
from ....optimizer import Optimizer

#: The attribute that has the id of a trial at Tune.
_ID = "trial"


class Trials:
    """The trials of an optimizer, and those of Tune that belong to them.

    Parameters
    ----------
    optimizer
        It may have trials of an earlier run of the experiment.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self._numbers = {str(trial.attrs[_ID]): trial.id for trial in optimizer.trials}
        self._tune_trials: dict[int, Any] = {}

    def number_of(self, trial: Any) -> int | None:
        """Return the number of a trial of Tune; None if it was not added."""
        return self._numbers.get(trial.trial_id)

    def tune_trial(self, number: int) -> Any:
        """Return the trial of Tune; None if it ended, or is not part of this run of the experiment."""
        return self._tune_trials.get(number)

    def add(self, trial: Any) -> None:
        """Give a number to a new trial of Tune."""
        number = inside.ask_new(self.optimizer)
        self.optimizer.set_attr(number, _ID, trial.trial_id)
        self._numbers[trial.trial_id] = number
        self.attach(number, trial)

    def attach(self, number: int, trial: Any) -> None:
        """Set the trial of Tune that a number belongs to in this run of the experiment."""
        self._tune_trials[number] = trial

    def detach(self, number: int) -> None:
        """Forget the trial of Tune, which has ended."""
        self._tune_trials.pop(number, None)

    def report(self, number: int, step: int, value: float) -> bool:
        """Report a value to the optimizer; return False, and do nothing, if the step is not a new one."""
        curve = inside.stored(self.optimizer, number)["curve"]
        if curve and step <= curve[-1][0]:
            return False
        self.optimizer.report(number, step, value)
        return True

    def tell(self, number: int, **outcome: Any) -> None:
        """End a pending trial, or pause it with ``state="paused"``."""
        if self.optimizer.trials[number].state == "pending":
            self.optimizer.tell(number, **outcome)
        if outcome.get("state") != "paused":
            self.detach(number)
