"""What a notebook shows of a search."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from .._internal.text import safe_repr

if TYPE_CHECKING:
    from .results import Results
    from .trial import FrozenTrial

ROWS = 5


def summary_table(results: Results) -> str:
    """Return the head of a search and its best trials as HTML; every text in it is escaped."""
    shown = _best_trials(results)
    head = "".join(f"<th>{title}</th>" for title in ("trial", "value", "params"))
    rows = "".join(_row(trial) for trial in shown)
    return f"<p>{escape(repr(results))}</p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _best_trials(results: Results) -> list[FrozenTrial]:
    """Return the best feasible complete trials, best first; with several directions, the first of the Pareto front."""
    if len(results.directions) > 1:
        return results.pareto_front[:ROWS]
    columns = results.to_dict()
    found = ((columns["state"] == "complete") & columns["feasible"]).nonzero()[0]
    sign = -1.0 if results.directions[0] == "maximize" else 1.0
    order = (sign * columns["value"][found]).argsort(kind="stable")
    return [results.trials[int(number)] for number in found[order[:ROWS]]]


def _row(trial: FrozenTrial) -> str:
    value = trial.value if trial.value is not None else trial.values
    cells = (str(trial.id), repr(value), safe_repr(trial.params))
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
