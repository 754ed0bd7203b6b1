"""Pauses, resumes and gives up trials, and tells the searcher and the limiters."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from .experiment import Experiment
from .trials import Trials

_LOG = logging.getLogger(__name__)


def record_pauses(trials: Trials, experiment: Experiment) -> None:
    """Record trials that Tune has paused since the last call; Tune saves their checkpoints first."""
    for number in sorted(trials.pausing):
        trial = trials.of_tune(number)
        if trial is not None and trial.status == trial.RUNNING:
            continue
        trials.pausing.discard(number)
        if trial is not None and trial.status == trial.PAUSED:
            trials.tell(number, state="paused")
            experiment.announce(trial.trial_id, paused=True)


def next_to_resume(trials: Trials, experiment: Experiment, of_experiment: Sequence[Any]) -> Any:
    """Return the paused trial of the experiment that resumes next; None if there is none.

    Trials resume one at a time, so that each choice uses all results up to then.
    """
    if trials.next is not None:
        trial = trials.of_tune(trials.next)
        if trial is not None and trial in of_experiment and trial.status in (trial.PENDING, trial.PAUSED):
            return trial
        trials.next = None
    number = _promoted(trials) if trials.may_promote else None
    if number is None:
        return None
    trial = trials.of_tune(number)
    if trial is None or trial not in of_experiment or trial.status != trial.PAUSED:
        # A trial of an earlier experiment with the same searcher.
        trials.tell(number, state="pruned")
        return None
    trials.next, trials.idle = number, 0
    experiment.announce(trial.trial_id, paused=False)
    return trial


def _promoted(trials: Trials) -> int | None:
    """Return the number of the trial that the pruner resumes; it is pending then."""
    try:
        promoted = trials.optimizer._promoted()
    except Exception:  # what a pruner of the user's own raises
        _LOG.exception("the pruner could not be asked which paused trial should go on")
        promoted = None
    trials.may_promote = promoted is not None
    return None if promoted is None else promoted.id


def give_up(trials: Trials, experiment: Experiment, number: int) -> None:
    """Stop a trial for good that is paused or waits."""
    state = trials.optimizer.trials[number]
    if state.paused:
        trials.optimizer._core.resume(number)
        trial = trials.of_tune(number)
        if trial is not None:
            experiment.announce(trial.trial_id, paused=False)
    trials.tell(number, state="pruned", reason=state.reason)
