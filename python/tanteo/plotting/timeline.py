"""The data of the timeline: which trial ran when, in the lane of its worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

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

# The start and the end of a time in which a search ran.
Session: TypeAlias = tuple[float, float]
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
    sessions : list of (float, float)
        The times in which a run of the search was under way, in order; see :func:`sessions_of`.
    """

    ids: Numbers
    starts: Vector
    ends: Vector
    lanes: list[int]
    places: list[str]
    kinds: list[str]
    sessions: list[Session]

    @property
    def spans(self) -> tuple[Vector, Vector]:
        """Starts in seconds since the first start, without the pauses between sessions, and durations."""
        return self._elapsed(self.starts), self.ends - self.starts

    @property
    def n_lanes(self) -> int:
        """The number of workers."""
        return max(self.lanes) + 1

    @property
    def duration(self) -> float:
        """The seconds of all sessions together."""
        return sum(end - start for start, end in self.sessions)

    @property
    def idle(self) -> float:
        """The share of the time of the workers of each session in which no trial ran."""
        import numpy as np

        inside_of = np.searchsorted([start for start, _ in self.sessions], self.starts, side="right") - 1
        lanes = [len(set(np.array(self.lanes)[inside_of == k].tolist())) for k in range(len(self.sessions))]
        offered = sum(n * (end - start) for n, (start, end) in zip(lanes, self.sessions, strict=True))
        return max(0.0, 1.0 - float((self.ends - self.starts).sum()) / offered) if offered > 0.0 else 0.0

    def _elapsed(self, times: Vector) -> Vector:
        """Return the seconds of all sessions until ``times``, which lie in sessions."""
        import numpy as np

        begins, ends = np.array(self.sessions).T
        before = np.concatenate([[0.0], (ends - begins).cumsum()[:-1]])
        session = np.searchsorted(begins, times, side="right") - 1
        elapsed: Vector = before[session] + times - begins[session]
        return elapsed

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
    starts, ends = trials.started[ids], trials.finished[ids]
    places, runs = _places(optimizer, ids)
    lanes = lanes_of(starts.tolist(), ends.tolist(), runs)
    sessions = sessions_of(starts.tolist(), ends.tolist(), runs)
    return Timeline(ids, starts, ends, lanes, places, _kinds(trials)[ids].tolist(), sessions)


def _kinds(trials: History) -> npt.NDArray[np.object_]:
    import numpy as np

    kinds = np.array(trials.states, dtype=object)
    kinds[trials.are(*STOPPED)] = "stopped"
    kinds[trials.cancelled] = "cancelled"
    return kinds


def _places(optimizer: Optimizer, ids: Numbers) -> tuple[list[str], list[int]]:
    """Return the process that ran each trial, and the number of its run."""
    if not isinstance(optimizer, Study):
        return ["this process"] * len(ids), [0] * len(ids)
    trials, runs = [optimizer.trials[k] for k in ids], inside.runs(optimizer)
    return [f"{trial.host} {trial.process}" for trial in trials], [runs[k] for k in ids]


def lanes_of(starts: Sequence[float], ends: Sequence[float], runs: Sequence[int]) -> list[int]:
    """Return a lane for each evaluation, sorted by start: the first lane that is free for its run.

    One run that has several workers tells all their trials, so its lanes are its workers. Once a run has ended, its
    lanes are free for the next one.

    >>> lanes_of([0, 1, 2, 3, 7], [2, 4, 5, 6, 8], [0, 0, 0, 1, 2])
    [0, 1, 0, 2, 0]
    """
    last_ends = dict[int, float]()
    for end, run in zip(ends, runs, strict=True):
        last_ends[run] = max(end, last_ends.get(run, end))
    # The run to which each lane belongs, and when it is free.
    owners, lanes = list[tuple[int, float]](), list[int]()
    for start, end, run in zip(starts, ends, runs, strict=True):
        free = [lane for lane, (_, free_from) in enumerate(owners) if free_from <= start]
        own = (lane for lane in free if owners[lane][0] == run)
        left = (lane for lane in free if last_ends[owners[lane][0]] <= start)
        lane = next(chain(own, left), len(owners))
        owners[lane : lane + 1] = [(run, end)]
        lanes.append(lane)
    return lanes


def sessions_of(starts: Sequence[float], ends: Sequence[float], runs: Sequence[int]) -> list[Session]:
    """Return the times in which at least one run was under way, from its first start to its last end, in order.

    >>> sessions_of([0, 2, 3, 9], [1, 3, 4, 10], [0, 0, 1, 2])
    [(0, 4), (9, 10)]
    """
    spans = dict[int, Session]()
    for start, end, run in zip(starts, ends, runs, strict=True):
        first, last = spans.get(run, (start, end))
        spans[run] = (min(first, start), max(last, end))
    sessions = list[Session]()
    for start, end in sorted(spans.values()):
        if sessions and start <= sessions[-1][1]:
            sessions[-1] = (sessions[-1][0], max(end, sessions[-1][1]))
        else:
            sessions.append((start, end))
    return sessions
