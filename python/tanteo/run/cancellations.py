"""The end of a run whose trials are cancelled one after another."""

from __future__ import annotations

from tanteo._internal.caller import warn
from tanteo.run.loop import Run
from tanteo.trials.trial import FrozenTrial

# A cancelled trial may cost nothing, so that a budget alone would never end the run, and its configuration is not
# suggested again. A choice: larger than usual numbers of workers, all of which may lose a connection together.
MOST_IN_A_ROW = 100


class Cancellations:
    """Ends a run with a warning once :data:`MOST_IN_A_ROW` trials in a row were cancelled; a callback of the run."""

    def __init__(self) -> None:
        self._in_a_row = 0

    def __call__(self, run: Run, trial: FrozenTrial) -> None:
        """Count a cancelled trial; any other ends the row."""
        self._in_a_row = self._in_a_row + 1 if run.cancelled else 0
        if self._in_a_row == MOST_IN_A_ROW and run.stopped is None:
            run.stopped = "cancelled"
            last = f"trial {trial.id}: {trial.reason}"
            run.stop_reason = f"{MOST_IN_A_ROW} trials in a row were cancelled, the last of them {last}"
            warn(f"The run ends early: {run.stop_reason}. Mend the cause and continue with study=result.study")
