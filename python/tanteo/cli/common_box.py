"""The box in which the fronts of several searches are measured, so that their hypervolumes can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tanteo.exceptions import ArgumentError
from tanteo.plotting.front import names_of
from tanteo.plotting.hypervolume import point_beyond
from tanteo.plotting.volumes import dominated_volume

if TYPE_CHECKING:
    from tanteo.optimizer import Optimizer
    from tanteo.plotting.data import Vector
    from tanteo.run.history import Outcomes


@dataclass(frozen=True, slots=True)
class CommonBox:
    """The box between the best values of all searches and a reference point.

    This point is a tenth of the range of all fronts beyond the worst value on them.

    Attributes
    ----------
    reference : dict of str to float
        The reference point by the names of the objectives.
    """

    reference: dict[str, float]
    # Both corners in losses, and the signs that turn values into losses.
    _low: Vector
    _high: Vector
    _signs: Vector

    def share_after(self, trials: Outcomes, n: int) -> float | None:
        """Return the share of the box that the first ``n`` trials of a search that ended dominate.

        None if too many of them are on its front; see :func:`dominated_volume`.
        """
        import numpy as np

        counted = trials.usable & (np.cumsum(~trials.are("pending")) <= n)
        losses = trials.values[counted] * self._signs
        within = losses[(losses < self._high).all(axis=1)]
        try:
            return dominated_volume((within - self._low) / (self._high - self._low))
        except ArgumentError:
            return None


def common_box(searches: Sequence[Optimizer], trials: Sequence[Outcomes]) -> CommonBox | None:
    """Return the box of searches with the same objectives, two or more; None if they cannot be compared.

    ``trials`` are those of the searches. Without any complete, feasible trial with finite values there is no box.
    """
    import numpy as np

    goals = {(search.directions, search.objective_names) for search in searches}
    fronts = [trial.values for search in searches for trial in search.pareto_front]
    if len(goals) > 1 or len(searches[0].directions) == 1 or not fronts:
        return None
    signs = np.where(trials[0].maximize, -1.0, 1.0)
    losses = np.concatenate([found.values[found.usable] for found in trials]) * signs
    high = point_beyond(np.array(fronts) * signs, losses)
    named = dict(zip(names_of(searches[0], None), (high * signs).tolist(), strict=True))
    return CommonBox(named, losses.min(axis=0), high, signs)
