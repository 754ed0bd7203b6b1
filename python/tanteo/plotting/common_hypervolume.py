"""The hypervolumes of several searches, measured from one reference point, so that they can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tanteo.plotting.front import names_of
from tanteo.plotting.hypervolume import OBJECTIVES, dominated_volumes, point_beyond, point_text

if TYPE_CHECKING:
    from tanteo.optimizer import Optimizer
    from tanteo.plotting.data import Numbers, Vector
    from tanteo.run.history import Outcomes


@dataclass(frozen=True, slots=True)
class CommonHypervolumes:
    """The shares of one box that the fronts of several searches dominate.

    The box lies between the best values of all searches and a reference point, which is a tenth of the range of all
    fronts beyond the worst value on them.

    Attributes
    ----------
    reference : dict of str to float
        The reference point by the names of the objectives.
    """

    reference: dict[str, float]
    # For each search the numbers of trials that had ended when one counted, and the share after each of these.
    _steps: list[tuple[Numbers, Vector]]

    @property
    def reference_text(self) -> str:
        """The reference point as text."""
        return point_text(self.reference)

    def after(self, place: int, n: int) -> float:
        """Return the share that a search, given by its place, dominates after ``n`` trials."""
        n_ended, shares = self._steps[place]
        k = int((n_ended <= n).sum())
        return float(shares[k - 1]) if k else 0.0


def common_hypervolumes(searches: Sequence[Optimizer], trials: Sequence[Outcomes]) -> CommonHypervolumes | None:
    """Return the hypervolumes of searches with the same two or three objectives; None if they cannot be compared.

    ``trials`` are those of the searches. Without any complete, feasible trial with finite values there is no box.
    """
    import numpy as np

    goals = {(search.directions, search.objective_names) for search in searches}
    fronts = [trial.values for search in searches for trial in search.pareto_front]
    if len(goals) > 1 or len(searches[0].directions) not in OBJECTIVES or not fronts:
        return None
    signs = np.where(trials[0].maximize, -1.0, 1.0)
    losses = [found.values[found.usable] * signs for found in trials]
    pooled = np.concatenate(losses)
    low, reference = pooled.min(axis=0), point_beyond(np.array(fronts) * signs, pooled)
    steps: list[tuple[Numbers, Vector]] = []
    for found, own in zip(trials, losses, strict=True):
        within = (own < reference).all(axis=1)
        n_ended: Numbers = np.cumsum(~found.are("pending"), dtype=np.int64)[found.usable][within]
        steps.append((n_ended, np.array(dominated_volumes((own[within] - low) / (reference - low)))))
    named = dict(zip(names_of(searches[0], None), (reference * signs).tolist(), strict=True))
    return CommonHypervolumes(named, steps)
