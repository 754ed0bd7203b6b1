"""A search whose first trials all fail alike is more likely a mistake in its objective than bad luck."""

from __future__ import annotations

import warnings
from contextlib import suppress

from tanteo.caller import stacklevel
from tanteo.run.loop import Run
from tanteo.trial import FrozenTrial

# Few enough that little time is lost.
FIRST_TRIALS = 5


class Doubt:
    """Warns, once, when the first trials of a run have all failed with the same kind of reason.

    The kind of a reason is what stands before its first colon: of an exception, its type. A callback of the run;
    :meth:`at_end` looks at runs that ended before :data:`FIRST_TRIALS` trials were told.
    """

    def __init__(self) -> None:
        self._reasons: list[str] = []

    def __call__(self, run: Run, trial: FrozenTrial) -> None:
        """Notes how a trial ended."""
        if run.n_failed == run.n_told <= FIRST_TRIALS:
            self._reasons.append(trial.reason or "no reason given")
            if run.n_told == FIRST_TRIALS:
                self._warn_if_alike()

    def at_end(self, run: Run) -> None:
        """Warns of a run that ended early; what was stopped on purpose needs no warning."""
        if 0 < run.n_told == run.n_failed < FIRST_TRIALS and run.stopped not in ("callback", "interrupted"):
            self._warn_if_alike()

    def _warn_if_alike(self) -> None:
        if len({reason.partition(":")[0] for reason in self._reasons}) > 1:
            return
        n = len(self._reasons)
        trials = "The first trial" if n == 1 else f"The first {n} trials"
        # A warning raises ValueError where the objective has closed standard error.
        with suppress(ValueError):
            warnings.warn(
                f"{trials} of this run failed: {self._reasons[-1]}. If that is a mistake in the objective, mend it: "
                "catch= says which exceptions make a failed trial (by default every Exception), all others end the "
                "search, and with catch=() an exception shows where it comes from",
                RuntimeWarning,
                stacklevel=stacklevel(),
            )
