"""Warnings about the first trials of a search: if they fail, the objective is probably at fault."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches

from tanteo._internal.caller import stacklevel
from tanteo.run.loop import Run
from tanteo.trials.outcome import TELL_ARGUMENTS
from tanteo.trials.trial import FrozenTrial

# So few that little time is lost before the warning.
FIRST_TRIALS = 5
# "constraint" and "costs" are near; "stats" is not near enough to "state".
_SIMILARITY = 0.85


class EarlyFailures:
    """Warns, once, when the first trials of a run look like a mistake in the objective.

    If the first trial failed with an exception such as TypeError or KeyError in the caller's own code, the warning
    comes at once and names file and line. Otherwise it comes once all of the first trials have failed for the same kind
    of reason: the text before its first colon, which is the type of an exception. This is a callback of the run;
    :meth:`at_end` covers runs that ended before :data:`FIRST_TRIALS` trials were told.
    """

    def __init__(self) -> None:
        self._reasons: list[str] = []
        self._warned = False

    def __call__(self, run: Run, trial: FrozenTrial) -> None:
        """Notes how a trial ended."""
        if run.n_told == 1:
            _warn_of_misspelled(trial.attrs)
        if run.n_told == 1 and run.mistake is not None:
            whole = f"the whole traceback is that of trial {trial.id}, result.trials[{trial.id}].traceback"
            self._warn(f"The first trial of this run failed in {run.mistake}: {trial.reason} ({whole})")
        elif run.n_failed == run.n_told <= FIRST_TRIALS:
            self._reasons.append(trial.reason or "no reason given")
            if run.n_told == FIRST_TRIALS:
                self._warn_if_alike()

    def at_end(self, run: Run) -> None:
        """Warns of a run that ended early; what was stopped on purpose needs no warning."""
        if 0 < run.n_told == run.n_failed < FIRST_TRIALS and run.stopped not in ("callback", "interrupted"):
            self._warn_if_alike()

    def _warn_if_alike(self) -> None:
        if len({reason.partition(":")[0] for reason in self._reasons}) == 1:
            n = len(self._reasons)
            trials = "The first trial" if n == 1 else f"The first {n} trials"
            self._warn(f"{trials} of this run failed: {self._reasons[-1]}")

    def _warn(self, message: str) -> None:
        if self._warned:
            return
        self._warned = True
        _warn(
            f"{message}. If that is a mistake in the objective, fix it. The exceptions in catch= (by default every "
            "Exception) make a failed trial, and the search goes on; all others end it. With catch=() an exception "
            "shows where it comes from"
        )


def _warn_of_misspelled(attrs: Iterable[str]) -> None:
    """Warns of attributes that are called nearly as something that is told: a constraint might be ignored."""
    for name in attrs:
        for argument in get_close_matches(name, TELL_ARGUMENTS, n=1, cutoff=_SIMILARITY):
            _warn(
                f"The first trial of this run has the attribute {name!r}: if {argument!r} is meant, an objective that "
                "returns a mapping has to call it so"
            )


def _warn(message: str) -> None:
    # A warning raises ValueError where the objective has closed standard error.
    with suppress(ValueError):
        warnings.warn(message, RuntimeWarning, stacklevel=stacklevel())
