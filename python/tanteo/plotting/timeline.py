"""The data of the timeline: which trial ran when, in the lane of its worker if a worker evaluated it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from tanteo import inside
from tanteo._internal.states import STOPPED
from tanteo.optimizer import Optimizer
from tanteo.plotting.data import Search, require_any
from tanteo.run.history import History, history
from tanteo.run.result import optimizer_of
from tanteo.study import Study

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tanteo.run.history import Mask, Numbers, Vector


# The start and the end of a time in which a search ran.
Session: TypeAlias = tuple[float, float]
#: How an evaluation ended, in the order of drawing.
KINDS = ("complete", "stopped", "failed", "cancelled")
# The share of the whole time that a bar takes at least: a pixel or two.
_NARROWEST = 1 / 300


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
    n_by_workers, n_workers : int
        How many of the trials were evaluated by workers, and by how many of them. Workers are those of ``minimize`` and
        of a ``RemoteOptimizer``. Of other trials only the ask and the tell are known, and not what ran between.
    idle : float or None
        The share of the time of the workers of each session in which no trial ran; None without workers.
    """

    ids: Numbers
    starts: Vector
    ends: Vector
    lanes: list[int]
    places: list[str]
    kinds: list[str]
    sessions: list[Session]
    n_by_workers: int
    n_workers: int
    idle: float | None

    @property
    def spans(self) -> tuple[Vector, Vector]:
        """Starts in seconds since the first start, without the pauses between sessions, and durations."""
        return self._elapsed(self.starts), self.ends - self.starts

    @property
    def bars(self) -> tuple[Vector, Vector]:
        """The spans as they are drawn: the shortest ones are wide enough to be seen."""
        starts, lengths = self.spans
        return starts, lengths.clip(min=_NARROWEST * (self.duration or 1.0))

    @property
    def n_lanes(self) -> int:
        """The number of lanes."""
        return max(self.lanes) + 1

    @property
    def is_of_workers(self) -> bool:
        """Whether workers evaluated all the trials, so that lanes are workers."""
        return self.n_by_workers == len(self.ids)

    @property
    def lane_name(self) -> str:
        """What a lane is called."""
        return "Worker" if self.is_of_workers else "Lane"

    def with_idle_time(self, text: str) -> str:
        """Return a label or a title, with the share of time in which workers were idle, if there were workers."""
        return text if self.idle is None else f"{text} (workers idle {100 * self.idle:.0f} % of the time)"

    @property
    def duration(self) -> float:
        """The seconds of all sessions together."""
        return sum(end - start for start, end in self.sessions)

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
    by_workers = _are_by_workers(optimizer, trials)[ids]
    return Timeline(
        ids=ids,
        starts=starts,
        ends=ends,
        lanes=lanes,
        places=places,
        kinds=_kinds(trials)[ids].tolist(),
        sessions=sessions_of(starts.tolist(), ends.tolist(), runs),
        n_by_workers=int(by_workers.sum()),
        n_workers=len({*np.array(lanes)[by_workers].tolist()}),
        idle=_idle(*(np.array(column)[by_workers] for column in (starts, ends, lanes, runs))),
    )


def _are_by_workers(optimizer: Optimizer, trials: History) -> Mask:
    """Return which trials were evaluated by workers: those with times of their own beside those of ask and tell.

    Imported trials have times too, of another program.
    """
    import numpy as np

    asked = inside.asked(optimizer) if isinstance(optimizer, Study) else [None] * len(trials)
    is_observed = np.array(trials.origins, dtype=object) == "observed"
    found: Mask = (trials.started != np.array(asked, dtype=np.float64)) & ~is_observed
    return found


def _idle(starts: Vector, ends: Vector, lanes: Numbers, runs: Numbers) -> float | None:
    """Return the share of the time of the workers of each session in which no trial ran; None without trials."""
    import numpy as np

    if not len(starts):
        return None
    sessions = sessions_of(starts.tolist(), ends.tolist(), runs.tolist())
    inside_of = np.searchsorted([start for start, _ in sessions], starts, side="right") - 1
    n_lanes = [len({*lanes[inside_of == k].tolist()}) for k in range(len(sessions))]
    offered = sum(n * (end - start) for n, (start, end) in zip(n_lanes, sessions, strict=True))
    return max(0.0, 1.0 - float((ends - starts).sum()) / offered) if offered > 0.0 else 0.0


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
