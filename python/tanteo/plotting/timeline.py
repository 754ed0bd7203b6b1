"""The data of the timeline: which trial ran when, in the lane of its worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from tanteo import inside
from tanteo._internal.states import STOPPED
from tanteo.plotting.data import Search, require_any
from tanteo.run.history import history
from tanteo.run.result import optimizer_of
from tanteo.study import Study

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tanteo.optimizer import Optimizer
    from tanteo.run.history import History, Mask, Numbers, Vector

#: How an evaluation ended, in the order of drawing.
KINDS = ("complete", "stopped", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Timeline:
    """The evaluations with known times, in the order of their starts.

    Attributes
    ----------
    ids : array of int, shape (n,)
    starts, ends : arrays, shape (n,)
        Seconds since 1970.
    lanes : list of int
        The lane of each, from 0.
    places : list of str
        The process that ran each.
    kinds : list of str
        How each ended, one of :data:`KINDS`.
    """

    ids: Numbers
    starts: Vector
    ends: Vector
    lanes: list[int]
    places: list[str]
    kinds: list[str]

    @property
    def spans(self) -> tuple[Vector, Vector]:
        """Starts in seconds since the first start, and durations."""
        return self.starts - self.starts.min(), self.ends - self.starts

    @property
    def n_lanes(self) -> int:
        """The number of workers."""
        return max(self.lanes) + 1

    @property
    def duration(self) -> float:
        """The seconds from the first start to the last end."""
        return float(self.ends.max() - self.starts.min())

    @property
    def idle(self) -> float:
        """The share of the time of all workers in which no trial ran."""
        busy = float((self.ends - self.starts).sum())
        return max(0.0, 1.0 - busy / (self.n_lanes * self.duration)) if self.duration > 0.0 else 0.0

    @property
    def groups(self) -> list[tuple[str, Mask]]:
        """How the trials ended that are present, in the order of drawing, each with its mask."""
        import numpy as np

        masks = {kind: np.array([own == kind for own in self.kinds]) for kind in KINDS}
        return [(kind, mask) for kind, mask in masks.items() if mask.any()]


def timeline(search: Search) -> Timeline:
    """Return the timeline.

    Raises
    ------
    ArgumentError
        If no trial has a start and an end, which a study and ``minimize`` record.
    """
    import numpy as np

    optimizer = optimizer_of(search)
    trials = history(optimizer)
    # False for NaN too.
    ids = np.flatnonzero(trials.finished >= trials.started)
    require_any(ids, "no trial has a start and an end, which a study and minimize record")
    ids = ids[np.argsort(trials.started[ids], kind="stable")]
    starts, ends, places = trials.started[ids], trials.finished[ids], _places(optimizer, ids)
    lanes = lanes_of(starts.tolist(), ends.tolist(), places)
    return Timeline(ids, starts, ends, lanes, places, _kinds(trials)[ids].tolist())


def _kinds(trials: History) -> npt.NDArray[np.object_]:
    import numpy as np

    kinds = np.array(trials.states, dtype=object)
    kinds[trials.are(*STOPPED)] = "stopped"
    kinds[trials.cancelled] = "cancelled"
    return kinds


def _places(optimizer: Optimizer, ids: Numbers) -> list[str]:
    """Return the process that ran each trial."""
    if not isinstance(optimizer, Study):
        return ["this process"] * len(ids)
    recorded = inside.recorded(optimizer)
    return [f"{recorded['host'][k]} {recorded['process'][k]}" for k in ids]


def lanes_of(starts: Sequence[float], ends: Sequence[float], places: Sequence[str]) -> list[int]:
    """Return a lane for each evaluation, sorted by start: the first lane of its process that is free.

    One process that has several workers tells all their trials, so its lanes are its workers.

    >>> lanes_of([0, 1, 2, 3], [2, 4, 5, 6], ["a", "a", "a", "b"])
    [0, 1, 0, 2]
    """
    free: dict[str, list[int]] = {}
    busy: dict[str, list[tuple[float, int]]] = {}
    lanes, n = list[int](), 0
    for start, end, place in zip(starts, ends, places, strict=True):
        running, idle = busy.setdefault(place, []), free.setdefault(place, [])
        while running and running[0][0] <= start:
            heappush(idle, heappop(running)[1])
        if not idle:
            heappush(idle, n)
            n += 1
        lane = heappop(idle)
        heappush(running, (end, lane))
        lanes.append(lane)
    return lanes
