"""Records pauses, chooses the paused trial that resumes next, and tells the searcher and the limiters."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from .... import inside
from ....optimizer import Optimizer
from .experiment import Experiment

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
        last = self.last_step(number)
        if last is not None and step <= last:
            return False
        self.optimizer.report(number, step, value)
        return True

    def last_step(self, number: int) -> int | None:
        """Return the last step that a trial has reported; None before the first report."""
        curve = inside.stored(self.optimizer, number)["curve"]
        return int(curve[-1][0]) if curve else None

    def tell(self, number: int, **outcome: Any) -> None:
        """End a pending trial, or pause it with ``state="paused"``."""
        if self.optimizer.trials[number].state == "pending":
            self.optimizer.tell(number, **outcome)
        if outcome.get("state") != "paused":
            self.detach(number)


_LOG = logging.getLogger(__name__)
#: Consecutive steps of Tune's loop without a trial to start, after which paused trials are stopped for good.
_IDLE = 2


class Pauses:
    """The pauses of the trials of one experiment.

    Parameters
    ----------
    trials
        The trials; they end and report through this object.
    experiment
        The experiment, whose searcher and limiters are told.
    """

    def __init__(self, trials: Trials, experiment: Experiment) -> None:
        self.trials = trials
        self._experiment = experiment
        # The numbers of trials that Tune is about to pause or to stop.
        self._pausing: set[int] = set()
        self._stopping: set[int] = set()
        # The numbers of trials that have started again and have not come back to their last step.
        self._restarted: set[int] = set()
        # The number of the paused trial that resumes next.
        self._next: int | None = None
        self._idle = 0
        # False after the pruner chose no paused trial, until something new is reported.
        self._may_promote = True

    def expect_pause(self, number: int) -> None:
        """Remember that Tune is about to pause a trial."""
        self._pausing.add(number)

    def expect_stop(self, number: int) -> None:
        """Remember that Tune is about to stop a trial."""
        self._stopping.add(number)

    def is_stopping(self, number: int) -> bool:
        """Return whether Tune was told to stop a trial."""
        return number in self._stopping

    def expect_repeat(self, number: int) -> None:
        """Remember that a trial starts again, and may repeat steps that it reported before."""
        self._restarted.add(number)

    def report(self, number: int, step: int, value: float) -> bool:
        """Report a value, and return whether the pruner is to be asked. After a new step a paused trial may resume.

        It is asked at each new step. It is asked again if a trial that has started again repeats its last step: Tune
        may not have carried out the first decision, because a pause or a stop waits until a checkpoint is saved.
        """
        is_new = self.trials.report(number, step, value)
        self._may_promote |= is_new
        is_to_be_asked = is_new or (number in self._restarted and step == self.trials.last_step(number))
        if is_to_be_asked:
            self._restarted.discard(number)
        return is_to_be_asked

    def tell(self, number: int, **outcome: Any) -> None:
        """End a trial or record its pause; see :meth:`Trials.tell`. A paused trial may resume then."""
        self._pausing.discard(number)
        self._stopping.discard(number)
        self._next = None if self._next == number else self._next
        self._idle, self._may_promote = 0, True
        self.trials.tell(number, **outcome)

    def record_pauses(self) -> None:
        """Record trials that Tune has paused since the last call; Tune saves their checkpoints first."""
        for number in sorted(self._pausing):
            trial = self.trials.tune_trial(number)
            if trial is not None and trial.status == trial.RUNNING:
                continue
            self._pausing.discard(number)
            if trial is not None and trial.status == trial.PAUSED:
                self.tell(number, state="paused")
                self._experiment.announce(trial.trial_id, paused=True)

    def next_to_resume(self, tune_trials: Sequence[Any]) -> Any:
        """Return the paused trial of the experiment that resumes next; None if there is none.

        Trials resume one at a time, so that each choice uses all results up to then.
        """
        if self._next is not None:
            trial = self.trials.tune_trial(self._next)
            if trial is not None and trial in tune_trials and trial.status in (trial.PENDING, trial.PAUSED):
                return trial
            self._next = None
        number = self._promoted() if self._may_promote else None
        if number is None:
            return None
        trial = self.trials.tune_trial(number)
        if trial is None or trial not in tune_trials or trial.status != trial.PAUSED:
            # A trial of an earlier experiment with the same searcher.
            self.tell(number, state="pruned")
            return None
        self._next, self._idle = number, 0
        self._experiment.announce(trial.trial_id, paused=False)
        return trial

    def _promoted(self) -> int | None:
        """Return the number of the trial that the pruner resumes; it is pending then."""
        try:
            promoted = inside.promoted(self.trials.optimizer)
        except Exception:  # what a pruner of the user's own raises
            _LOG.exception("the pruner could not be asked which paused trial should go on")
            promoted = None
        self._may_promote = promoted is not None
        return None if promoted is None else promoted.id

    def stop_if_idle(self, tune_controller: Any, tune_trials: Sequence[Any]) -> None:
        """Stop the paused trials for good if this is the second step without a trial to start, and no trial runs.

        Otherwise Tune would wait for them for ever.
        """
        self._idle += 1
        if self._idle >= _IDLE and not any(trial.status == trial.RUNNING for trial in tune_trials):
            for trial in [trial for trial in tune_trials if trial.status == trial.PAUSED]:
                tune_controller.stop_trial(trial)

    def record_stop(self, number: int) -> None:
        """Record that a paused or waiting trial was stopped for good."""
        state = self.trials.optimizer.trials[number]
        if state.state == "paused":
            inside.resume(self.trials.optimizer, number)
            trial = self.trials.tune_trial(number)
            if trial is not None:
                self._experiment.announce(trial.trial_id, paused=False)
        self.tell(number, state="pruned", reason=state.reason)
