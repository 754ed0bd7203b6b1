"""Where evaluations happen: the interface of the loop to its workers, and the simplest of them."""

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
    """What the loop needs of its workers."""

    def free(self) -> int:
        """How many trials can be submitted now."""

    def busy(self) -> int:
        """How many are being evaluated."""

    def submit(self, trial: Trial) -> None:
        """Starts an evaluation. Only while :meth:`free` is positive."""

    def wait(self, tick: Callable[[], None]) -> Finished:
        """Returns the next evaluation that ends. Only while :meth:`busy` is positive.

        Calls ``tick`` a few times a second where it has nothing else to do meanwhile. Raises whatever the objective
        raised that it does not catch.
        """

    def close(self, *, at_once: bool) -> None:
        """Ends the workers; ``at_once`` gives up what they are doing."""


class InProcess:
    """Evaluates in the calling thread, one trial at a time."""

    def __init__(self, objective: Objective, channel: DirectChannel) -> None:
        self._objective = objective
        self._channel = channel
        self._trial: Trial | None = None

    def free(self) -> int:
        """1 while nothing is submitted."""
        return 1 - self.busy()

    def busy(self) -> int:
        """1 while a trial waits for :meth:`wait`."""
        return int(self._trial is not None)

    def submit(self, trial: Trial) -> None:
        """Keeps the trial for :meth:`wait`."""
        self._channel.begin(trial)
        self._trial = trial

    def wait(self, tick: Callable[[], None]) -> Finished:
        """Evaluates it here and now, which leaves no time to ``tick``."""
        trial, self._trial = self._trial, None
        if trial is None:
            raise RuntimeError("wait() without a submitted trial")
        running = RunningTrial(trial.id, copy_params(trial.params), self._channel, trial.resume_from)
        return Finished(trial, self._objective(running))

    def close(self, *, at_once: bool) -> None:
        """Nothing to end."""
