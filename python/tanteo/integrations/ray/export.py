"""Exports a search in Tune as an optimizer with the names and values of the configuration."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ... import inside
from ...optimizer import Optimizer
from ...trials.objectives import as_given
from .search.ledger import Ledger
from .search.record import End, TrialRecord, is_known
from .space.translation import IdentityTranslation, Translation


def export(
    ledger: Ledger,
    translation: Translation | IdentityTranslation,
    hidden: Collection[int],
    sampler: Any,
    seed: int,
) -> Optimizer:
    """Return a new optimizer with all trials as they were reported; steps are rounded down to integers.

    Parameters
    ----------
    ledger
        The records of the search.
    translation
        Converts parameters to the names and values of the configuration.
    hidden
        Tickets of suggestions that are not assigned to a trial yet.
    sampler, seed
        As for :class:`tanteo.Optimizer`.
    """
    source = ledger.optimizer
    goals = as_given(source.directions, source.objective_names)
    optimizer = Optimizer(translation.space, directions=goals, sampler=sampler, seed=seed, thresholds=source.thresholds)
    visible = [record for ticket, record in enumerate(ledger.records) if ticket not in hidden]
    furthest = max((record.reach for record in visible), default=-1)
    for record in visible:
        params = source.trials[record.row].params if record.row >= 0 else record.params
        if params is not None:
            optimizer.enqueue(translation.to_declared(params))
            _tell(optimizer, optimizer.ask().id, record, furthest)
    return optimizer


def _tell(optimizer: Optimizer, number: int, record: TrialRecord, furthest: float) -> None:
    for step, reported in _whole_steps(record).items():
        optimizer.report(number, step, reported)
    values = record.last()
    if record.end is End.RUNNING:
        return
    inside.know_constraints(optimizer, record.constraints)
    if record.has_failed:
        unknown = None if record.end is End.FAILED else "its last report is not a number"
        optimizer.tell(number, state="failed", reason=record.reason or unknown)
    elif not is_known(values):
        optimizer.tell(number, state="pruned", constraints=record.constraints, reason=record.reason)
    else:
        is_short = record.end is End.PAUSED or (record.end is End.STOPPED and record.reach < furthest)
        optimizer.tell(number, values, state="pruned" if is_short else "complete", constraints=record.constraints)


def _whole_steps(record: TrialRecord) -> dict[int, Sequence[float]]:
    """Return the known values of a curve by whole step, as an optimizer counts; the last value of each step is kept."""
    curve: dict[int, Sequence[float]] = {}
    for step in record.steps:
        values = record.at(step)
        if values is not None and is_known(values):
            curve[int(step)] = values
    return curve
