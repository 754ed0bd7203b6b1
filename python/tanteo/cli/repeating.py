"""Which operations of a damaged log can be repeated, and which cannot without those that are lost.

An operation speaks of what earlier ones have done: a trial is excluded that was told, an ask takes points that were
queued. Where these are lost, two things are known all the same: a trial that is told a second time was retracted, and
the points that an ask took from the queue are those of its trials. Such operations are put in; whatever still cannot be
repeated is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tanteo.exceptions import TanteoError
from tanteo.study.header import stand_in_space
from tanteo.study.log import Operation
from tanteo.study.state import State

# Operations after which trials have other numbers, or other parameters.
NUMBERING = ("create", "ask", "observe", "run", "space")
# What an operation raises that does not fit to those before it.
_MISFITS = (TanteoError, LookupError, TypeError, ValueError)


@dataclass
class Repeated:
    """The operations that can be repeated one after the other.

    Attributes
    ----------
    rows
        These operations, those put in included.
    put_in
        Those that were lost and follow from others; each has the number of the one that it follows from.
    dropped
        Those that cannot be repeated, each with the reason.
    stop
        The number of the first operation that is not looked at, because later ones would speak of other trials.
    """

    stop: int | None
    rows: list[Operation] = field(default_factory=list)
    put_in: list[Operation] = field(default_factory=list)
    dropped: list[tuple[Operation, str]] = field(default_factory=list)


def repeated(found: Sequence[Operation], stop: int | None) -> Repeated:
    """Repeat the operations of a log whose first one is whole, as far as they can be.

    Parameters
    ----------
    found
        Those that are whole.
    stop
        The number of the first damaged one that others are numbered by, if there is one.
    """
    create, *others = found
    state = State.at_start(create.body, stand_in_space(create.body["space"])._core)
    chosen = Repeated(stop, [create])
    for row in others:
        if chosen.stop is not None and row.seq >= chosen.stop:
            break
        try:
            _repeat(state, row, chosen)
        except _MISFITS as error:
            if row.kind in NUMBERING:
                chosen.stop = row.seq
            else:
                chosen.dropped.append((row, str(error)))
    return chosen


def _repeat(state: State, row: Operation, chosen: Repeated) -> None:
    """Repeat one operation, after as many of those that it implies as it needs."""
    for implied in _implied(row):
        try:
            state.replay(row.kind, row.body)
        except TanteoError:
            state.replay(implied.kind, implied.body)
            chosen.put_in.append(implied)
            chosen.rows.append(implied)
        else:
            chosen.rows.append(row)
            return
    state.replay(row.kind, row.body)
    chosen.rows.append(row)


def _implied(row: Operation) -> Iterator[Operation]:
    """Iterate over the operations that must have come before, if they are not there."""
    if row.kind == "tell":
        yield Operation(row.seq, "retract", {"run": row.body["run"], "trial": row.body["trial"]})
    elif row.kind == "ask":
        for point, origin in row.body["trials"]:
            if origin == "enqueued":
                yield Operation(row.seq, "enqueue", {"row": point})
