"""Every trial of a search, and what the optimizer is told of it."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any, TypeAlias

from ....exceptions import TanteoError
from ....optimizer import Optimizer
from ..metrics import Values
from .budget import LeadingBudget
from .commands import Adopt, Finish, Pause, Report
from .record import End, Record, is_known

_LOG = logging.getLogger(__name__)
#: What the optimizer is told: nothing yet, a failure, a stop without a value, or the values.
Told: TypeAlias = str | Values | None
#: Ends, for now or for good, that others decided.
_STOPS = (End.STOPPED, End.PAUSED)


class Ledger:
    """Records by ticket, and an optimizer that is kept in step with them.

    Reports change records only. :meth:`settle`, called before each ask, tells the optimizer what has become known:
    that keeps reports cheap, and the moments at which the optimizer learns the same in every run.

    Attributes
    ----------
    optimizer
        What chooses. Its values are those at the leading budget; trials that were stopped before are pruned there.
    records
        By ticket.
    told
        By ticket: what the optimizer was last told.
    reported
        By ticket: the last step that was reported to the optimizer, -1 before the first.
    unsettled
        Tickets of records that changed since.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.records: list[Record] = []
        self.told: list[Told] = []
        self.reported: list[int] = []
        self.unsettled: set[int] = set()
        self.budget = LeadingBudget(len(optimizer.space))
        # Whether any trial was stopped after a report: then those that were not are held against it at its budget.
        self._stops = False
        self._maximize = [direction == "maximize" for direction in optimizer.directions]

    def ask(self) -> dict[str, Any]:
        """Let the optimizer choose; return the configuration. Slow if a model is fitted. :meth:`settle` comes first."""
        return self.optimizer.ask().params

    def asked(self, *, found: bool) -> None:
        """Give a ticket to what :meth:`ask` has chosen, or to nothing if it could not."""
        self._open(Record(len(self.optimizer) - 1 if found else -1))

    def adopt(self, command: Adopt) -> None:
        """Take in a trial from elsewhere; the optimizer learns of it with its first value."""
        self._open(Record(-1, command.params))

    def report(self, command: Report) -> None:
        """Add to a curve. What comes after the end is late and ignored, but failed and paused trials may go on."""
        record = self.records[command.ticket]
        if record.end in (End.FAILED, End.PAUSED):
            if record.end is End.FAILED:
                self.budget.move(-1, record.reach)
            record.end = End.RUNNING
            self.unsettled.add(command.ticket)
        if record.end is End.RUNNING:
            self._extend(command.ticket, command.step, command.values)

    def pause(self, command: Pause) -> None:
        """Count a running trial as stopped for now, or a paused one as running."""
        record = self.records[command.ticket]
        if record.end is (End.RUNNING if command.paused else End.PAUSED):
            record.end = End.PAUSED if command.paused else End.RUNNING
            self.unsettled.add(command.ticket)
            self._note_stop(record)

    def finish(self, command: Finish) -> None:
        """End a trial; only a failed one can end a second time."""
        record = self.records[command.ticket]
        if record.end in (End.STOPPED, End.FINAL) or (command.failed and record.end is End.FAILED):
            return
        if record.end is End.FAILED:
            self.budget.move(-1, record.reach)
        record.end = _end(command, new=self._last(command, record))
        if record.end is End.FAILED:
            self.budget.move(record.reach, -1)
        self.unsettled.add(command.ticket)
        self._note_stop(record)

    def _note_stop(self, record: Record) -> None:
        if record.end in _STOPS and record.steps and not self._stops:
            self._stops = True
            self.unsettled.update(range(len(self.records)))

    def settle(self) -> None:
        """Tell the optimizer what has become known since the last time."""
        if not self.unsettled:
            return
        if self.budget.update():
            self.unsettled.update(range(len(self.records)))
        tickets, self.unsettled = sorted(self.unsettled), set()
        for ticket in tickets:
            self._tell(ticket, self._verdict(self.records[ticket]))

    def recount(self, records: Iterable[Record], told: Iterable[tuple[Told, int]]) -> None:
        """Take over the records of a saved search, with what the optimizer was told and last had reported of each."""
        for record, (each, step) in zip(records, told, strict=True):
            self.records.append(record)
            self.told.append(each)
            self.reported.append(step)
            self._stops |= record.end in _STOPS and len(record.steps) > 0
            if record.end is not End.FAILED:
                self.budget.move(-1, record.reach)

    def _open(self, record: Record) -> None:
        self.records.append(record)
        self.told.append(None)
        self.reported.append(-1)

    def _last(self, command: Finish, record: Record) -> bool:
        """Add the values that came with the end, if any; return whether they were new.

        What has no step (a mean over repeated runs, a point from elsewhere) comes after all there is.
        """
        step = record.reach + 1 if command.step is None else command.step
        return command.values is not None and self._extend(command.ticket, step, command.values)

    def _extend(self, ticket: int, step: float, values: Values) -> bool:
        record = self.records[ticket]
        before = record.reach
        if not record.add(step, values):
            return False
        self.budget.move(before, step)
        self.unsettled.add(ticket)
        return True

    def _is_short(self, record: Record) -> bool:
        """Whether a trial was stopped before the leading budget."""
        return record.end in _STOPS and 0 <= record.reach < self.budget.step and is_known(record.last())

    def _verdict(self, record: Record) -> Told:
        """Return what a trial counts with."""
        if record.end is End.FAILED:
            return "failed"
        if record.end is End.RUNNING or (record.end is End.PAUSED and not self._is_short(record)):
            values = record.at(self.budget.step) if record.reach >= self.budget.step else None
            return values if is_known(values) else None
        if not record.steps:
            return "pruned"
        if not is_known(record.last()):
            return "failed"
        if self._is_short(record):
            return "pruned"
        values = record.at(self.budget.step) if self._stops and record.reach >= self.budget.step else record.last()
        return values if is_known(values) else record.last()

    def _tell(self, ticket: int, verdict: Told) -> None:
        """Bring the optimizer's view of a trial up to date. Data that it refuses is no reason to end a search."""
        record = self.records[ticket]
        curve = self._unreported(ticket, verdict)
        if (verdict == self.told[ticket] and not curve) or (
            record.row < 0 and (record.params is None or verdict is None)
        ):
            return
        outcome: dict[str, Any] = {"value": None, "state": verdict} if isinstance(verdict, str) else {"value": verdict}
        try:
            if record.row < 0:
                record.row, record.params = self.optimizer.observe(record.params or {}, **outcome), None
                self.told[ticket] = verdict
            if curve or self.told[ticket] != verdict:
                self._tell_anew(ticket, verdict, curve, outcome)
        except TanteoError:
            _LOG.warning("the optimizer refuses what was reported of a trial: %r", verdict, exc_info=True)
            record.params = None

    def _tell_anew(self, ticket: int, verdict: Told, curve: Mapping[int, float], outcome: Mapping[str, Any]) -> None:
        """Report what is new of a curve, which a trial must be pending for, and tell its outcome."""
        row = self.records[ticket].row
        if self.told[ticket] is not None:
            self.optimizer.retract(row)
            self.told[ticket] = None
        for step, value in curve.items():
            self.optimizer.report(row, step, value)
            self.reported[ticket] = step
        if verdict is not None:
            self.optimizer.tell(row, **outcome)
        self.told[ticket] = verdict

    def _unreported(self, ticket: int, verdict: Told) -> dict[int, float]:
        """Return the part of a curve, up to the leading budget, that the optimizer lacks.

        It has a use for curves where trials are stopped, of one objective. It counts whole steps.
        """
        if not self._stops or len(self._maximize) > 1 or verdict in (None, "failed"):
            return {}
        record, last = self.records[ticket], self.reported[ticket]
        points = zip(record.steps, record.values, strict=True)
        upto = takewhile(lambda point: point[0] <= self.budget.step, points)
        return {int(step): value for step, value in upto if int(step) > last and math.isfinite(value)}


def _end(command: Finish, *, new: bool) -> End:
    """Return how a trial ended.

    A function that returns has its last report sent twice: first as a result, then as the end. A scheduler that stops
    a trial, or a criterion that does, sends it only as the end. So a step already seen means that the trial ended of
    its own accord, and so does a result without a step.
    """
    if command.failed:
        return End.FAILED
    if command.stopped is not None:
        return End.STOPPED if command.stopped else End.FINAL
    if command.values is None:
        return End.STOPPED
    return End.STOPPED if new and command.step is not None else End.FINAL
