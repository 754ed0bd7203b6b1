"""The kinds of trials that figures mark, for both backends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tanteo.plotting.data import Observations, is_best
from tanteo.plotting.value_axis import ValueAxis

if TYPE_CHECKING:
    from tanteo.plotting.data import Mask, Vector


def groups(observed: Observations, axis: ValueAxis) -> list[tuple[str, Mask]]:
    """Return the kinds of trials that are present, in the order of drawing, each with its mask.

    The kinds are ``"trial"``, ``"infeasible"`` and ``"beyond"``, which exclude each other, and ``"best"``.
    """
    beyond = axis.is_beyond(observed.values)
    masks = {"trial": observed.feasible & ~beyond, "infeasible": ~observed.feasible & ~beyond, "beyond": beyond}
    masks["best"] = is_best(observed.badness, observed.feasible)
    return [(kind, mask) for kind, mask in masks.items() if mask.any()]


class Stopped(NamedTuple):
    """Trials that were stopped early and have the same mark: ``values`` are the places of those in ``mask``.

    The kinds are ``"stopped"``, and ``"stopped above"`` and ``"stopped below"`` for last reports beyond the ends of the
    axis, which are drawn there.
    """

    kind: str
    label: str
    mask: Mask
    values: Vector


def stopped_groups(last: Vector, axis: ValueAxis) -> list[Stopped]:
    """Return the kinds of stopped trials that are present, by their last reports.

    A last report is of an early step, so it may lie beyond both ends of an axis, which are those of complete trials.
    """
    import numpy as np

    above, below = last > axis.high, last < axis.low
    placed = last.clip(axis.low, axis.high)
    masks = {"stopped": ~above & ~below & ~np.isnan(last), "stopped above": above, "stopped below": below}
    return [
        Stopped(kind, kind if kind == "stopped" else f"{mask.sum()} {kind} the axis", mask, placed[mask])
        for kind, mask in masks.items()
        if mask.any()
    ]
