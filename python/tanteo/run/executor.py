"""Executors of evaluations: their interface, and the one that evaluates in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tanteo.run.channel import DirectChannel
from tanteo.run.evaluation import Evaluation
from tanteo.run.objective import Objective, RunningTrial, copy_params
from tanteo.trials.trial import Trial


@dataclass(frozen=True, slots=True)
class Finished:
    """One evaluation that has ended."""

    trial: Trial
    evaluation: Evaluation


class Executor(Protocol):
    """The interface between the loop and its workers."""

    def free(self) -> int:
        """Return how many trials can be submitted now."""

    def busy(self) -> int:
        """Return how many trials are being evaluated."""

    def submit(self, trial: Trial) -> None:
        """Start an evaluation. Call it only while :meth:`free` is positive."""

    def wait(self, tick: Callable[[], None]) -> Finished:
        """Return the next evaluation that ends. Call it only while :meth:`busy` is positive.

        ``tick`` is called a few times a second while waiting. Exceptions that the objective does not catch are raised.
        """

    def close(self, *, at_once: bool) -> None:
        """End the workers; ``at_once`` aborts their evaluations."""


class InProcess:
    """Evaluates in the calling thread, one trial at a time."""

    def __init__(self, objective: Objective, channel: DirectChannel) -> None:
        self._objective = objective
        self._channel = channel
        self._trial: Trial | None = None

    def free(self) -> int:
        """Return 1 if nothing is submitted, else 0."""
        return 1 - self.busy()

    def busy(self) -> int:
        """Return 1 if a trial is submitted, else 0."""
        return int(self._trial is not None)

    def submit(self, trial: Trial) -> None:
        """Store the trial for :meth:`wait`."""
        self._channel.begin(trial)
        self._trial = trial

    def wait(self, tick: Callable[[], None]) -> Finished:
        """Evaluate the trial; ``tick`` is not called."""
        trial, self._trial = self._trial, None
        if trial is None:
            raise RuntimeError("wait() without a submitted trial")
        params = copy_params(trial.params)
        running = RunningTrial(trial.id, params, self._channel, trial.resume_from, index=trial.index)
        try:
            evaluation = self._objective(running)
        except Exception as error:
            evaluation = self._channel.dropped(trial.id, error)
        self._channel.check_pruner()
        return Finished(trial, evaluation)

    def close(self, *, at_once: bool) -> None:
        """Do nothing."""
