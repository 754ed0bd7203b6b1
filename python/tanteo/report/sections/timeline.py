"""Time: which trial ran where and when, and how much of the time workers were idle, if there were workers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tanteo._internal.text import counted
from tanteo.exceptions import ArgumentError
from tanteo.plotting import timeline as plots
from tanteo.plotting.timeline import Timeline
from tanteo.report.document import Axis, Chart, Part, Role, Section, Spans, lead, missing, numbers
from tanteo.report.subject import Subject, percent

if TYPE_CHECKING:
    from tanteo.run.history import Mask

# The latest evaluations that are drawn, the most lanes, and the most lanes that are named.
_SPANS, _LANES, _NAMED = 600, 40, 12
# Seconds in a unit of the axis.
_UNITS = (("days", 86_400.0), ("hours", 3_600.0), ("minutes", 60.0), ("seconds", 1.0))
_ROLES: dict[str, Role] = {"complete": "trial", "stopped": "stopped", "failed": "failed", "cancelled": "cancelled"}


# How to read the picture: whether workers evaluated all trials.
_HOW = {
    True: "Each bar is a trial, in the row of its worker; gaps are idle time",
    False: "Each bar is a trial, from its ask to its tell or while a worker ran it; a row has one trial at a time",
}


def timeline(subject: Subject) -> Section:
    """Return the section."""
    return Section(id="time", title="Time", parts=list(_parts(subject)))


def _parts(subject: Subject) -> Iterator[Part]:
    try:
        drawn = plots.timeline(subject.search)
    except ArgumentError:
        yield missing("No trial has a start and an end yet; a study and minimize record them.")
        return
    name, seconds = _unit(drawn.duration)
    apart = f", without the pauses between {len(drawn.sessions)} sessions" if len(drawn.sessions) > 1 else ""
    took = f"{counted(len(drawn.ids), 'trial')} took {drawn.duration / seconds:.3g} {name}"
    yield lead(f"{took}{_workers(drawn)}{apart}.")
    yield _picture(drawn)


def _workers(drawn: Timeline) -> str:
    """Return how many workers there were and how long they were idle, as the end of a sentence; empty without any."""
    if drawn.idle is None:
        return ""
    some = "" if drawn.is_of_workers else f"; {drawn.n_by_workers:,} of them ran"
    were = f"{counted(drawn.n_workers, 'worker')}, which {'was' if drawn.n_workers == 1 else 'were'} idle"
    return f"{some} on {were} {percent(drawn.idle)} of the time"


def _unit(seconds: float) -> tuple[str, float]:
    return next((unit for unit in _UNITS if seconds >= 2.0 * unit[1]), _UNITS[-1])


def _picture(drawn: Timeline) -> Chart:
    first = max(0, len(drawn.ids) - _SPANS)
    starts, lengths = drawn.spans
    length = float((starts + lengths)[first:].max() - starts[first])
    name, unit = _unit(length)
    rows = {lane: row for row, lane in enumerate(sorted(set(drawn.lanes[first:]))[:_LANES])}
    # The processes that only asked and told, such as commands of a shell, are no names of lanes.
    where = dict(zip(drawn.lanes, drawn.places, strict=True)) if drawn.is_of_workers else {}
    if len(set(where.values())) < len(where):  # a process with several workers
        where = {lane: f"{lane}: {place}" for lane, place in where.items()}
    began = time.strftime("%Y-%m-%d %H:%M", time.gmtime(float(drawn.starts[first])))
    apart = ", without the pauses between sessions" if len(drawn.sessions) > 1 else ""
    return Chart(
        title="Timeline of workers" if drawn.is_of_workers else "Timeline",
        how=f"{_HOW[drawn.is_of_workers]} ({name} since {began} UTC{apart}).",
        shows=_lengths(drawn) + (f" The last {_SPANS} trials are drawn." if first else ""),
        x=Axis(label=name, low=0.0, high=(length / unit) or 1.0),
        y=Axis(
            label=drawn.lane_name.lower(),
            low=-0.6,
            high=len(rows) - 0.4,
            ticks=[(row, where.get(lane, str(lane))) for lane, row in rows.items()] if len(rows) <= _NAMED else None,
        ),
        marks=[_spans(drawn, kind, mask, first, rows, unit) for kind, mask in drawn.groups],
    )


def _lengths(drawn: Timeline) -> str:
    import numpy as np

    lengths = drawn.ends - drawn.starts
    longest = int(lengths.argmax())
    return (
        f"The longest is trial {drawn.ids[longest]} with {float(lengths[longest]):.3g} s; half of them took up to "
        f"{float(np.median(lengths)):.3g} s."
    )


def _spans(drawn: Timeline, kind: str, mask: Mask, first: int, rows: dict[int, int], unit: float) -> Spans:
    starts, lengths = drawn.spans
    begins = (starts - starts[first]) / unit
    chosen = [k for k in mask.nonzero()[0] if k >= first and drawn.lanes[k] in rows]
    return Spans(
        role=_ROLES[kind],
        label=kind,
        rows=[rows[drawn.lanes[k]] for k in chosen],
        starts=numbers(begins[chosen]),
        ends=numbers((begins + lengths / unit)[chosen]),
        ids=drawn.ids[chosen].tolist(),
    )
