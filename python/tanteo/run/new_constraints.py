"""Warnings about constraints whose name changes in the course of a search."""

from __future__ import annotations

from collections.abc import Iterable

from tanteo._internal.caller import warn
from tanteo.optimizer import Optimizer
from tanteo.run.loop import Run
from tanteo.trials.trial import FrozenTrial


class NewConstraints:
    """Warns once of each constraint that is new, if its trial lacks one that earlier trials have told.

    A trial counts as satisfying a constraint that it does not tell. So if a constraint has a new name, all later trials
    satisfy the old one. An instance is a callback of the run.
    """

    def __init__(self) -> None:
        self._known: set[str] | None = None

    def __call__(self, run: Run, trial: FrozenTrial) -> None:
        """Compare the constraints of a trial with those of all earlier ones, including those before the run."""
        if not trial.constraints:
            return
        if self._known is None:
            self._known = _told_by_others(run.optimizer, trial)
        new, missing = trial.constraints.keys() - self._known, self._known - trial.constraints.keys()
        self._known |= new
        if new and missing:
            warn(
                f"Trial {trial.id} tells {_listed(new)}, which no earlier trial tells, and lacks {_listed(missing)}. A "
                "trial counts as satisfying a constraint that it does not tell: if the same limit is meant, use one "
                "name for it"
            )


def _told_by_others(optimizer: Optimizer, trial: FrozenTrial) -> set[str]:
    """Return the names of the constraints of all other trials that have ended."""
    ended = (other for other in optimizer.trials if other.id != trial.id and other.state != "pending")
    return {name for other in ended for name in other.constraints}


def _listed(names: Iterable[str]) -> str:
    ordered = sorted(names)
    return f"the constraint{'s' if len(ordered) > 1 else ''} {', '.join(map(repr, ordered))}"
