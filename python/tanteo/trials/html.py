"""Display of a search in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from .._internal.text import show_value, tell_apart

if TYPE_CHECKING:
    from .trial import FrozenTrial


def summary_table(title: str, trials: Sequence[FrozenTrial]) -> str:
    """Return trials as an HTML table with escaped text, and a column for each parameter."""
    text = f"<p>{escape(title)}</p>"
    if not trials:
        return text
    names = list(dict.fromkeys(name for trial in trials for name in trial.params))
    texts = tell_apart(value for trial in trials for value in trial.values or ())
    told = [", ".join(texts[value] for value in trial.values or ()) for trial in trials]
    rows = [_cells("td", [str(t.id), value, *_values(t, names)]) for t, value in zip(trials, told, strict=True)]
    head = _cells("th", ["trial", "value", *names])
    return f"{text}<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def _cells(tag: str, texts: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts) + "</tr>"


def _values(trial: FrozenTrial, names: Iterable[str]) -> Iterable[str]:
    """Iterate over the texts of the values of parameters; empty text for an inactive one."""
    return (show_value(trial.params[name]) if name in trial.params else "" for name in names)
