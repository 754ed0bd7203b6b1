"""The kinds of trials that figures mark, for both backends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tanteo.plotting.data import Observations, is_best
from tanteo.plotting.value_axis import ValueAxis

if TYPE_CHECKING:
    from tanteo.plotting.data import Mask


def groups(observed: Observations, axis: ValueAxis) -> list[tuple[str, Mask]]:
    """Return the kinds of trials that are present, in the order of drawing, each with its mask.

    The kinds are ``"trial"``, ``"infeasible"`` and ``"beyond"``, which exclude each other, and ``"best"``.
    """
    beyond = axis.is_beyond(observed.values)
    masks = {"trial": observed.feasible & ~beyond, "infeasible": ~observed.feasible & ~beyond, "beyond": beyond}
    masks["best"] = is_best(observed.badness, observed.feasible)
    return [(kind, mask) for kind, mask in masks.items() if mask.any()]
