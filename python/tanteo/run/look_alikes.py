"""Warnings about keys of a returned mapping that look like an argument of ``tell`` or like an objective."""

from __future__ import annotations

from collections.abc import Sequence

from tanteo._internal.caller import warn
from tanteo._internal.resemblance import resembled
from tanteo.run.loop import Run
from tanteo.trials.outcome import TELL_ARGUMENTS
from tanteo.trials.trial import FrozenTrial

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
    return next(alike, None) or resembled(name, TELL_ARGUMENTS) or _ELSEWHERE.get(small)
