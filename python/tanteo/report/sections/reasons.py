"""The table of the reasons why trials failed, were stopped or were cancelled."""

from __future__ import annotations

from tanteo.report.document import Table
from tanteo.run.history import OF_ONE_TRIAL, Reasons


def reasons_table(title: str, reasons: Reasons) -> Table:
    """Return the common reasons with their numbers of trials, and how many more reasons there are."""
    rows: list[list[str | int]] = [[reason.text, reason.n_trials] for reason in reasons.shown]
    if reasons.rest:
        rows.append([reasons.rest, sum(reason.n_trials for reason in reasons.others)])
    differ = any(reason.differs for reason in reasons.shown)
    return Table(title=title, head=[f"reason {OF_ONE_TRIAL}" if differ else "reason", "trials"], rows=rows)
