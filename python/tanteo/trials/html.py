"""Display of a search in a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from .._internal.text import safe_repr

if TYPE_CHECKING:
    from .trial import FrozenTrial


def summary_table(title: str, trials: Iterable[FrozenTrial]) -> str:
    """Return trials as an HTML table with escaped text."""
    head = "".join(f"<th>{title}</th>" for title in ("trial", "value", "params"))
    rows = "".join(_row(trial) for trial in trials)
    return f"<p>{escape(title)}</p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(trial: FrozenTrial) -> str:
    value = trial.value if trial.value is not None else trial.values
    cells = (str(trial.id), repr(value), safe_repr(trial.params))
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
