"""What a search found."""

from __future__ import annotations

from typing import Any

from tanteo.optimizer import Optimizer
from tanteo.run.gain import Gain, gain
from tanteo.run.loop import Stopped
from tanteo.run.report import as_html, as_text, rows_of
from tanteo.trials.trial import FrozenTrial, Trials


class Result:
    """What ``minimize`` and ``maximize`` return; prints as a table, also in notebooks.

    Attributes
    ----------
    optimizer, study : Optimizer
        The search; pass it as ``study=`` to go on, or ``save`` it.
    stopped : str or None
        Why it ended: ``"n_trials"``, ``"until"``, ``"timeout"``, ``"space exhausted"``, ``"callback"`` or
        ``"interrupted"``.
    wall_time : float
        Seconds the run took.
    """

    def __init__(self, optimizer: Optimizer, *, stopped: Stopped | None, wall_time: float) -> None:
        self.optimizer = optimizer
        self.study = optimizer
        self.stopped = stopped
        self.wall_time = wall_time

    @property
    def best(self) -> FrozenTrial | Any:
        """The best feasible complete trial, None if there is none; see :attr:`tanteo.Optimizer.best`."""
        return self.optimizer.best

    @property
    def best_params(self) -> dict[str, Any]:
        """The configuration of :attr:`best`; see :attr:`tanteo.Optimizer.best_params`."""
        return self.optimizer.best_params

    @property
    def best_value(self) -> float:
        """The value of :attr:`best`; see :attr:`tanteo.Optimizer.best_value`."""
        return self.optimizer.best_value

    @property
    def trials(self) -> Trials:
        """Every trial in the order of ids, pending ones and those of earlier runs included."""
        return self.optimizer.trials

    @property
    def pareto_front(self) -> list[FrozenTrial]:
        """The feasible complete trials that no other one dominates."""
        return self.optimizer.pareto_front

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the run."""
        return self.stopped == "interrupted"

    @property
    def default(self) -> FrozenTrial | None:
        """The trial of the space's defaults, if it is complete."""
        found = (t for t in self.trials if t.origin == "default" and t.state == "complete")
        return next(found, None)

    @property
    def gain(self) -> Gain | None:
        """What the best trial gained over the defaults; None if either is missing or there are several objectives."""
        directions, default = self.optimizer.directions, self.default
        if len(directions) > 1 or default is None or self.best is None:
            return None
        return gain(self.best, default, maximize=directions[0] == "maximize")

    def __repr__(self) -> str:
        return as_text("Result", rows_of(self))

    def _repr_html_(self) -> str:
        return as_html("Result", rows_of(self))
