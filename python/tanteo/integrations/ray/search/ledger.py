"""The records of all trials, and what the optimizer is told of them.

The log of a study cannot replace them, because what the optimizer is told of a trial is not final: it follows from the
whole curve, and is retracted and told anew when the leading budget moves. Tune also restores a searcher with its trials
as they were at the last save, and a log would then be ahead of both.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from itertools import takewhile
from math import isfinite
from typing import Any, TypeAlias

from .... import inside
from ....exceptions import TanteoError
from ....optimizer import Optimizer
from ..metrics import Reported, Values
from .budget import LeadingBudget
from .commands import Adopt, Finish, Pause, Report
from .record import End, TrialRecord, is_known

_LOG = logging.getLogger(__name__)
#: The outcome of a trial for the optimizer: None, ``"failed"``, ``"pruned"`` (stopped, without a value), or the values.
ToldOutcome: TypeAlias = str | Values | None
# The outcomes that are states of the optimizer.
_TOLD = {"failed": "failed", "pruned": "pruned"}
#: Ends, final or temporary, that the scheduler decided.
_STOPS = (End.STOPPED, End.PAUSED)


class Ledger:
    """Records by ticket, and an optimizer that is synchronized with them.

    Reports change records only. :meth:`synchronize`, called before each ask, tells the optimizer what has changed. This
    keeps reports cheap, and the optimizer learns at the same moments in every run.

    Attributes
    ----------
    optimizer
        The optimizer that suggests trials. Its values are those at the leading budget; trials that were stopped before
        it are pruned.
    records
        The records by ticket.
    outdated
        Tickets of records that have changed since the last synchronization.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.records: list[TrialRecord] = []
        self.outdated: set[int] = set()
        self.budget = LeadingBudget(len(optimizer.space))
        # Whether any trial was stopped after a report. From then on, trials are compared at the leading budget.
        self._has_stopped_trials = False
        self._maximize = [direction == "maximize" for direction in optimizer.directions]

    def ask(self) -> dict[str, Any]:
        """Ask the optimizer and return the params; slow if a model is fitted. Call :meth:`synchronize` first."""
        return self.optimizer.ask().params

    def record_ask(self, *, has_suggestion: bool) -> None:
        """Assign a ticket to the suggestion of :meth:`ask`, or to an empty record if it failed."""
        self.records.append(TrialRecord(len(self.optimizer) - 1 if has_suggestion else -1))

    def adopt(self, command: Adopt) -> None:
        """Add a trial that was not suggested; the optimizer is told of it with its first value."""
        self.records.append(TrialRecord(-1, command.params))

    def report(self, command: Report) -> None:
        """Add values to a curve. Reports after the end are ignored, unless the trial failed or is paused."""
        record = self.records[command.ticket]
        if record.end in (End.FAILED, End.PAUSED):
            if record.end is End.FAILED:
                self.budget.move(-1, record.reach)
            record.end = End.RUNNING
            self.outdated.add(command.ticket)
        if record.end is End.RUNNING and self._add_values(command.ticket, command.step, command.values):
            record.constraints |= command.constraints

    def pause(self, command: Pause) -> None:
        """Record that a running trial is paused, or a paused one resumed."""
        record = self.records[command.ticket]
        if record.end is (End.RUNNING if command.paused else End.PAUSED):
            record.end = End.PAUSED if command.paused else End.RUNNING
            self.outdated.add(command.ticket)
            self._note_stop(record)

    def finish(self, command: Finish) -> None:
        """End a trial; only a failed trial can end a second time."""
        record = self.records[command.ticket]
        if record.end in (End.STOPPED, End.FINAL) or (command.failed and record.end is End.FAILED):
            return
        if record.end is End.FAILED:
            self.budget.move(-1, record.reach)
        previous_reach = record.reach
        self._add_final_values(command, record)
        record.end = _end_of(command, is_new=record.reach > previous_reach, has_curve=record.reach >= 0)
        record.constraints |= command.constraints
        record.reason = command.reason
        if record.end is End.FAILED:
            self.budget.move(record.reach, -1)
        self.outdated.add(command.ticket)
        self._note_stop(record)

    def _note_stop(self, record: TrialRecord) -> None:
        if record.end in _STOPS and record.steps and not self._has_stopped_trials:
            self._has_stopped_trials = True
            self.outdated.update(range(len(self.records)))

    def synchronize(self) -> None:
        """Tell the optimizer what has changed since the last call."""
        if not self.outdated:
            return
        if self.budget.update():
            self.outdated.update(range(len(self.records)))
        tickets, self.outdated = sorted(self.outdated), set()
        for ticket in tickets:
            self._tell(ticket, self._outcome(self.records[ticket]))

    def restore(self, records: Iterable[TrialRecord]) -> None:
        """Restore the records of a saved search."""
        for record in records:
            self.records.append(record)
            self._has_stopped_trials |= record.end in _STOPS and len(record.steps) > 0
            if record.end is not End.FAILED:
                self.budget.move(-1, record.reach)

    def _add_final_values(self, command: Finish, record: TrialRecord) -> None:
        """Add the values of the end, if any.

        Values without a step (a mean over repeated runs, an observed point) are appended to the curve.
        """
        if command.values is not None:
            step = record.reach + 1 if command.step is None else command.step
            self._add_values(command.ticket, step, command.values)

    def _add_values(self, ticket: int, step: float, values: Reported) -> bool:
        record = self.records[ticket]
        previous_reach = record.reach
        if not record.add(step, values):
            return False
        self.budget.move(previous_reach, record.reach)
        self.outdated.add(ticket)
        return True

    def _is_short(self, record: TrialRecord) -> bool:
        """Whether a trial was stopped before the leading budget."""
        return record.end in _STOPS and 0 <= record.reach < self.budget.step and is_known(record.last())

    def _outcome(self, record: TrialRecord) -> ToldOutcome:
        """Return the outcome of a trial for the optimizer."""
        if record.end is End.RUNNING or (record.end is End.PAUSED and not self._is_short(record)):
            values = record.at(self.budget.step) if record.reach >= self.budget.step else None
            return values if is_known(values) else None
        if record.has_failed:
            return "failed"
        if not is_known(record.last()) or self._is_short(record):
            return "pruned"
        values = (
            record.at(self.budget.step)
            if self._has_stopped_trials and record.reach >= self.budget.step
            else record.last()
        )
        return values if is_known(values) else record.last()

    def _tell(self, ticket: int, outcome: ToldOutcome) -> None:
        """Update a trial in the optimizer. Data that the optimizer refuses is logged and does not end the search."""
        record = self.records[ticket]
        if record.row < 0 and (record.params is None or outcome is None):
            return
        arguments: dict[str, Any] = (
            {"value": None, "state": outcome} if isinstance(outcome, str) else {"value": outcome}
        )
        if outcome != "failed":
            arguments["constraints"] = record.constraints
            # Their names are those of `constraints=`, and no mistake of a trial.
            inside.know_constraints(self.optimizer, record.constraints)
        try:
            if record.row < 0:
                record.row, record.params = self.optimizer.observe(record.params or {}, **arguments), None
            self._retell(record, outcome, arguments)
        except TanteoError:
            _LOG.warning("the optimizer refuses what was reported of a trial: %r", outcome, exc_info=True)
            record.params = None

    def _retell(self, record: TrialRecord, outcome: ToldOutcome, arguments: Mapping[str, Any]) -> None:
        """Report the new part of a curve and tell the outcome; a trial that was told is retracted first."""
        known = inside.stored(self.optimizer, record.row)
        told = tuple(known["values"]) if known["state"] == "complete" else _TOLD.get(known["state"])
        curve = self._unreported(record, outcome, known["curve"][-1][0] if known["curve"] else -1)
        if outcome == told and not curve and dict(known["constraints"]) == arguments.get("constraints", {}):
            return
        if told is not None:
            self.optimizer.retract(record.row)
        for step, values in curve.items():
            self.optimizer.report(record.row, step, values)
        if outcome is not None:
            self.optimizer.tell(record.row, **arguments)

    def _unreported(self, record: TrialRecord, outcome: ToldOutcome, last: int) -> dict[int, Values]:
        """Return the part of a curve up to the leading budget after the last step that the optimizer knows.

        Curves are passed on only if trials are stopped. The optimizer counts whole steps.
        """
        if not self._has_stopped_trials or outcome in (None, "failed"):
            return {}
        within_budget = takewhile(lambda point: point[0] <= self.budget.step, record.points())
        return {int(step): values for step, values in within_budget if int(step) > last and all(map(isfinite, values))}


def _end_of(command: Finish, *, is_new: bool, has_curve: bool) -> End:
    """Return how a trial ended.

    If a trainable returns, Tune sends its last report twice: first as a result, then as the end. If a scheduler or a
    stopping criterion stops it, Tune sends the last report only as the end. Therefore a known step means that the trial
    ended by itself, and so does a result without a step.
    """
    if command.failed or (command.reason is not None and not has_curve):
        return End.FAILED
    if command.stopped is not None:
        return End.STOPPED if command.stopped else End.FINAL
    if command.values is None:
        return End.STOPPED
    return End.STOPPED if is_new and command.step is not None else End.FINAL
