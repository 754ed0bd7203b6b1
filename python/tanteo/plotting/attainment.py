"""The data of attainment surfaces: the fronts of several searches with two objectives, such as those of several seeds.

A search attains a point if one of its trials is at least as good in both objectives. The surface of a ratio is the
border of the points that at least this share of the searches attain (Fonseca and Fleming 1996).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from tanteo._internal.coercion import as_float, shown
from tanteo.exceptions import ArgumentError
from tanteo.plotting.data import Search, require_any
from tanteo.plotting.front import FLAT, names_of
from tanteo.run.history import NO_RESULTS, outcomes
from tanteo.run.result import optimizer_of

if TYPE_CHECKING:
    from tanteo.plotting.data import Vector

#: Searches that differ in their seeds, or these by the name of a method.
Searches: TypeAlias = Search | Sequence[Search] | Mapping[str, Search | Sequence[Search]]


@dataclass(frozen=True, slots=True)
class Surfaces:
    """The surfaces of the searches of one method.

    Attributes
    ----------
    labels : list of str
        The labels of the surfaces; of a single search, only the name of the method, which may be empty.
    ratios : list of float
        The shares of searches, in increasing order; of those with the same surface, the largest one.
    middle : int
        The index of the surface that is drawn strong.
    x : array, shape (n,)
        Values of the first objective, from its best one on.
    y : array, shape (ratios, n)
        The best value of the second objective that each share of the searches attains together with ``x``, NaN where
        it attains none. It holds up to the next ``x``.
    worst : float
        The worst value of the second objective on all fronts.
    names : list of str
        The names of both objectives.
    """

    labels: list[str]
    ratios: list[float]
    middle: int
    x: Vector
    y: Vector
    worst: float
    names: list[str]

    @property
    def band(self) -> tuple[Vector, Vector]:
        """The first and the last surface, with the worst value where a share of the searches attains none."""
        import numpy as np

        first, last = (np.where(np.isnan(y), self.worst, y) for y in (self.y[0], self.y[-1]))
        return first, last


def attainment_surfaces(
    searches: Searches, ratios: Sequence[float] = (0.25, 0.5, 0.75), target_names: Sequence[str] | None = None
) -> list[Surfaces]:
    """Return the surfaces for each method; see :class:`Surfaces`.

    Raises
    ------
    ArgumentError
        If a search has another number of objectives than two or other directions than the first, a ratio is not in
        (0, 1], or no trial is complete and feasible with finite values.
    """
    import numpy as np

    methods = searches if isinstance(searches, Mapping) else {"": searches}
    optimizers = {name: [optimizer_of(search) for search in _as_list(given)] for name, given in methods.items()}
    require_any(optimizers, "there is no search")
    for listed in optimizers.values():
        require_any(listed, "there is no search")
    every = [optimizer for listed in optimizers.values() for optimizer in listed]
    directions = every[0].directions
    for optimizer in every:
        if len(optimizer.directions) != FLAT or optimizer.directions != directions:
            raise ArgumentError(
                "an attainment surface needs searches with two objectives and the same directions, got "
                f"{' and '.join(sorted({', '.join(one.directions) for one in every}))}"
            )
    shares, names = _checked(ratios), names_of(every[0], target_names)
    signs = np.array([-1.0 if direction == "maximize" else 1.0 for direction in directions])
    fronts = {name: [_front(optimizer, signs) for optimizer in listed] for name, listed in optimizers.items()}
    points = np.concatenate([front for listed in fronts.values() for front in listed])
    require_any(points, NO_RESULTS)
    found = [_surfaces(name, listed, shares, points.max(axis=0), names) for name, listed in fronts.items()]
    return [_signed(surfaces, signs) for surfaces in found]


def _as_list(searches: Any) -> list[Any]:
    return list(searches) if isinstance(searches, Sequence) else [searches]


def _checked(ratios: Any) -> list[float]:
    shares = sorted(as_float(ratio, "attainment_ratios") for ratio in _as_list(ratios))
    if not shares or not all(0.0 < share <= 1.0 for share in shares):
        raise ArgumentError(f"attainment_ratios must be shares above 0 and up to 1, got {shown(ratios)}")
    return shares


def _front(optimizer: Any, signs: Vector) -> Vector:
    """Return the losses of a search on its front, by increasing first objective; shape (n, 2)."""
    import numpy as np

    trials = outcomes(optimizer)
    losses: Vector = trials.values[trials.usable] * signs
    losses = losses[np.lexsort((losses[:, 1], losses[:, 0]))]
    best_before = np.concatenate([[np.inf], np.minimum.accumulate(losses[:, 1])])[: len(losses)]
    return losses[losses[:, 1] < best_before]


def _surfaces(name: str, fronts: Sequence[Vector], ratios: list[float], worst: Vector, names: list[str]) -> Surfaces:
    """Return the surfaces in losses, which end at the worst value of the first objective."""
    import numpy as np

    x = np.unique(np.concatenate([*(front[:, 0] for front in fronts), [worst[0]]]))
    attained = np.full((len(fronts), len(x)), np.inf)
    for row, front in zip(attained, fronts, strict=True):
        place = np.searchsorted(front[:, 0], x, side="right") - 1
        row[place >= 0] = front[place[place >= 0], 1]
    # The k-th best of the searches; 1e-9 is what rounding may add to a product such as 0.7 * 10.
    ranks = [math.ceil(ratio * len(fronts) - 1e-9) - 1 for ratio in ratios]
    drawn = dict(zip(ranks, ratios, strict=True))
    start = f"{name}: " if name else ""
    labels = [f"{start}{100 * ratio:g} % of the searches" for ratio in drawn.values()] if len(fronts) > 1 else [name]
    y, middle = np.sort(attained, axis=0)[[*drawn]], [*drawn].index(ranks[len(ranks) // 2])
    return Surfaces(labels, [*drawn.values()], middle, x, np.where(np.isinf(y), np.nan, y), float(worst[1]), names)


def _signed(surfaces: Surfaces, signs: Vector) -> Surfaces:
    x, y, worst = signs[0] * surfaces.x, signs[1] * surfaces.y, float(signs[1] * surfaces.worst)
    return replace(surfaces, x=x, y=y, worst=worst)
