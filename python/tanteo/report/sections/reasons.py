"""The table of the reasons why trials failed, were stopped or were cancelled."""

from __future__ import annotations

from tanteo._internal.text import counted
from tanteo.report.document import Table
from tanteo.run.history import Reasons


def reasons_table(title: str, reasons: Reasons) -> Table:
    """Return the common reasons with their numbers of trials, and how many more reasons there are."""
    rows: list[list[str | int]] = [[reason.text, reason.n_trials] for reason in reasons.shown]
    if reasons.others:
        n_trials = sum(reason.n_trials for reason in reasons.others)
        rows.append([f"and {counted(len(reasons.others), 'other reason')}", n_trials])
    differ = any(reason.differs for reason in reasons.shown)
    return Table(
        title=title, head=["reason (with the numbers of one trial)" if differ else "reason", "trials"], rows=rows
    )
