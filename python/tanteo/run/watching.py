"""What watches every run: a line of the log for each trial, and warnings about mistakes in the objective."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from tanteo._internal.caller import warn
from tanteo._internal.keywords import RESEMBLING, similar
from tanteo._internal.text import printable, show_value
from tanteo.run.evaluation import TIMED_OUT
from tanteo.run.loop import Run
from tanteo.space.search_space import flat_params
from tanteo.trials.outcome import TELL_ARGUMENTS
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
            warn(f"The run ends early: {run.stop_reason}. Fix the cause and continue with study=result.study")


# A small number, so that little time is lost before the warning.
FIRST_TRIALS = 5
_GOES_ON = "Failures do not stop the search"
_TO_SEE = f"{_GOES_ON}; catch=() shows the exception"


class EarlyFailures:
    """Warns if failures suggest a mistake in the objective.

    Two mistakes give one warning each, immediately and in any trial. Either what the objective returns is refused, such
    as a number where there are two objectives; or the objective uses a name that this package does not have, which
    cancels the trial.

    Unless there was such a warning, the first trials may give one. If the first trial fails with an exception such as
    TypeError or KeyError in the caller's own code, the warning comes immediately and names file and line. Otherwise it
    comes when all of the first trials have failed for the same kind of reason, that is, with the same text before the
    first colon (the type of an exception). An instance is a callback of the run; :meth:`at_end` covers runs that end
    before :data:`FIRST_TRIALS` trials are told.
    """

    def __init__(self) -> None:
        self._reasons: list[str] = []
        self._n_cancelled = 0
        self._last = 0
        self._warned: set[str] = set()

    def __call__(self, run: Run, trial: FrozenTrial) -> None:
        """Check how a trial ended."""
        if run.refused and run.cancelled:
            where = "" if run.mistake is None else f" in {run.mistake}"
            message = f"Trial {trial.id} was cancelled{where}: {trial.reason}"
            self._warn("misnamed", f"{message}; {MOST_IN_A_ROW} in a row end the run")
        elif run.refused:
            what = f"What the objective returned or raised for trial {trial.id}"
            self._warn("refused", f"{what} is no result of this search: {trial.reason}. {_TO_SEE}")
        elif not self._warned:
            self._check_first(run, trial)

    def at_end(self, run: Run) -> None:
        """Check a run that ended early, unless it was stopped on purpose."""
        is_early = 0 < run.n_told == run.n_failed < FIRST_TRIALS
        if is_early and not self._warned and run.stopped not in ("callback", "interrupted"):
            self._warn_if_alike()

    def _check_first(self, run: Run, trial: FrozenTrial) -> None:
        if run.n_told == 1 and run.mistake is not None:
            whole = f"the whole traceback is that of trial {trial.id}, result.trials[{trial.id}].traceback"
            self._warn(
                "first", f"The first trial of this run failed in {run.mistake}: {trial.reason} ({whole}). {_TO_SEE}"
            )
        elif run.n_failed == run.n_told <= FIRST_TRIALS:
            self._reasons.append(trial.reason or "no reason given")
            self._n_cancelled += run.cancelled
            self._last = trial.id
            if run.n_told == FIRST_TRIALS:
                self._warn_if_alike()

    def _warn_if_alike(self) -> None:
        if len({reason.partition(":")[0] for reason in self._reasons}) == 1:
            n = len(self._reasons)
            trials = "The first trial" if n == 1 else f"The first {n} trials"
            self._warn("first", f"{trials} of this run failed: {self._reasons[-1]}. {self._advice()}")

    def _advice(self) -> str:
        """Say what follows from the first failures, and what shows more of them."""
        if self._n_cancelled == len(self._reasons):
            where = f"result.trials[{self._last}].traceback"
            what = "It was" if len(self._reasons) == 1 else "All were"
            return f"{what} cancelled: {where} shows where, and {MOST_IN_A_ROW} in a row end the run"
        return _GOES_ON if self._reasons[-1].startswith(TIMED_OUT) else _TO_SEE

    def _warn(self, mistake: str, message: str) -> None:
        if mistake not in self._warned:
            self._warned.add(mistake)
            warn(message)


_LOG = logging.getLogger("tanteo")


def log_trial(run: Run, trial: FrozenTrial) -> None:
    """Log how a trial ended, at level INFO. This is a callback of the run."""
    if _LOG.isEnabledFor(logging.INFO):
        _LOG.info("%s", _line_of(run, trial))


def _line_of(run: Run, trial: FrozenTrial) -> str:
    result = ", ".join(map(show_value, trial.values or ())) or trial.reason or ""
    took = "" if trial.duration is None else f" in {trial.duration:.3g} s"
    parts = [
        f"trial {trial.id} {trial.state}{took}",
        result,
        f"params {flat_params(trial.params, run.optimizer.space)}",
    ]
    best = run.best if len(run.optimizer.directions) == 1 else None
    if best is not None:
        parts.append(f"best {show_value(best.value)} (trial {best.id})")
    return printable(" | ".join(" ".join(part.splitlines()) for part in parts if part))


# What other libraries call arguments.
_ELSEWHERE = {"stderr": "sem", "std": "sem", "feasible": "constraints"}


class LookAlikes:
    """Warns once of each attribute that resembles what ``tell`` takes, since such a result would be ignored.

    An instance is a callback of the run.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()

    def __call__(self, run: Run, trial: FrozenTrial) -> None:
        """Check the attributes of a trial that no earlier one had."""
        for name in trial.attrs:
            if name not in self._known:
                self._known.add(name)
                _warn_of(name, trial.id, run.optimizer.objective_names or ())


def _warn_of(name: str, trial: int, objectives: Sequence[str]) -> None:
    meant = _meant(name, objectives)
    if meant is not None:
        warn(
            f"Trial {trial} has the attribute {name!r}: if {meant!r} is meant, use that key in the mapping that the "
            "objective returns"
        )


def _meant(name: str, objectives: Sequence[str]) -> str | None:
    """Return the objective or the argument that a name resembles, if there is one."""
    small = name.lower()
    alike = (objective for objective in objectives if objective.lower() == small)
    return next(alike, None) or similar(name, TELL_ARGUMENTS, RESEMBLING) or _ELSEWHERE.get(small)
