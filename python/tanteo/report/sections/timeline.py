"""Time: which trial ran where and when, and how much of the time workers were idle."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from tanteo import inside
from tanteo.report.document import Axis, Chart, Part, Role, Section, Spans, lead, missing, numbers
from tanteo.report.subject import Subject, counted, percent
from tanteo.study import Study
from tanteo.trials.schema import STOPPED

if TYPE_CHECKING:
    from tanteo.run.history import Mask, Numbers

# The latest evaluations that are drawn, and the most lanes.
_SPANS, _LANES = 600, 40
# Seconds in a unit of the axis.
_UNITS = (("days", 86_400.0), ("hours", 3_600.0), ("minutes", 60.0), ("seconds", 1.0))


def timeline(subject: Subject) -> Section:
    """Return the section."""
    return Section(id="time", title="Time", parts=list(_parts(subject)))


def _parts(subject: Subject) -> Iterator[Part]:
    import numpy as np

    trials = subject.trials
    # False for NaN too.
    timed = np.flatnonzero(trials.finished >= trials.started)
    if len(timed) < 2:
        yield missing("When trials ran is known of a study, or of a run of minimize, and of two trials at least.")
        return
    timed = timed[np.argsort(trials.started[timed], kind="stable")]
    places = _places(subject, timed)
    lanes = lanes_of(trials.started[timed].tolist(), trials.finished[timed].tolist(), places)
    n_lanes = max(lanes) + 1
    busy = float((trials.finished[timed] - trials.started[timed]).sum())
    whole = float(trials.finished[timed].max() - trials.started[timed].min())
    idle = 1.0 - busy / (n_lanes * whole) if whole > 0.0 else 0.0
    yield lead(f"{_answer(whole, len(timed), n_lanes, idle)}")
    yield _picture(subject, timed[-_SPANS:], lanes[-_SPANS:], places[-_SPANS:])


def _places(subject: Subject, ids: Numbers) -> list[str]:
    """Return the process that ran each trial."""
    if not isinstance(subject.search, Study):
        return ["this process"] * len(ids)
    recorded = inside.recorded(subject.search)
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


def _answer(whole: float, n: int, n_lanes: int, idle: float) -> str:
    name, seconds = _unit(whole)
    workers = counted(n_lanes, "worker")
    start = f"{counted(n, 'trial')} took {whole / seconds:.3g} {name} on {workers}"
    return f"{start}, which {'was' if n_lanes == 1 else 'were'} idle {percent(max(idle, 0.0))} of the time."


def _unit(seconds: float) -> tuple[str, float]:
    return next((unit for unit in _UNITS if seconds >= 2.0 * unit[1]), _UNITS[-1])


def _picture(subject: Subject, ids: Numbers, lanes: list[int], places: list[str]) -> Chart:
    import numpy as np

    trials = subject.trials
    used = sorted(set(lanes))[:_LANES]
    row_of = {lane: row for row, lane in enumerate(used)}
    origin = float(trials.started[ids].min())
    whole = float(trials.finished[ids].max()) - origin
    name, unit = _unit(whole)
    marks = []
    for role, label, mask in _kinds(subject, ids):
        chosen = [k for k in np.flatnonzero(mask) if lanes[k] in row_of]
        if chosen:
            starts, ends = ((column[ids[chosen]] - origin) / unit for column in (trials.started, trials.finished))
            rows = [row_of[lanes[k]] for k in chosen]
            marks.append(
                Spans(
                    role=role,
                    label=label,
                    rows=rows,
                    starts=numbers(starts),
                    ends=numbers(ends),
                    ids=ids[chosen].tolist(),
                )
            )
    lengths = trials.finished[ids] - trials.started[ids]
    longest = int(ids[int(lengths.argmax())])
    began = time.strftime("%Y-%m-%d %H:%M", time.gmtime(origin))
    where = dict(zip(lanes, places, strict=True))
    return Chart(
        title="Timeline of workers",
        how=f"Each bar is a trial, in the row of its worker; gaps are idle time ({name} since {began} UTC).",
        shows=f"The longest is trial {longest} with {float(lengths.max()):.3g} s; half of them took up to "
        f"{float(np.median(lengths)):.3g} s." + (f" The last {_SPANS} trials are drawn." if len(ids) == _SPANS else ""),
        x=Axis(label=name, low=0.0, high=(whole / unit) or 1.0),
        y=Axis(
            label="worker",
            low=-0.6,
            high=len(used) - 0.4,
            ticks=[(row, where[lane]) for lane, row in row_of.items()] if len(used) <= 12 else None,
        ),
        marks=marks,
    )


def _kinds(subject: Subject, ids: Numbers) -> Iterator[tuple[Role, str, Mask]]:
    trials = subject.trials
    failed, stopped = trials.are("failed")[ids], trials.are(*STOPPED)[ids]
    yield "trial", "complete", ~failed & ~stopped
    yield "stopped", "stopped", stopped
    yield "failed", "failed", failed
