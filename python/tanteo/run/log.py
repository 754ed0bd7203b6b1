"""One line per trial through :mod:`logging`, at a level that programs do not show by default."""

from __future__ import annotations

import logging

from tanteo._internal.text import printable
from tanteo.run.loop import Run
from tanteo.space.nesting import flat_params
from tanteo.trials.trial import FrozenTrial

_LOG = logging.getLogger("tanteo")


def log_trial(run: Run, trial: FrozenTrial) -> None:
    """Log how a trial ended, at level INFO. This is a callback of the run."""
    if _LOG.isEnabledFor(logging.INFO):
        _LOG.info("%s", _line(run, trial))


def _line(run: Run, trial: FrozenTrial) -> str:
    result = ", ".join(f"{value:.6g}" for value in trial.values or ()) or trial.reason or ""
    took = "" if trial.duration is None else f" in {trial.duration:.3g} s"
    parts = [
        f"trial {trial.id} {trial.state}{took}",
        result,
        f"params {flat_params(trial.params, run.optimizer.space)}",
    ]
    best = run.best if len(run.optimizer.directions) == 1 else None
    if best is not None:
        parts.append(f"best {best.value:.6g} (trial {best.id})")
    return printable(" | ".join(" ".join(part.splitlines()) for part in parts if part))
