"""Formatting of rows of names and values as text and HTML, and of single values."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from tanteo._internal.equality import same
from tanteo._internal.states import counts_text
from tanteo._internal.text import counted, printable, show_rounded, show_value
from tanteo.optimizer import Optimizer
from tanteo.run.history import Outcomes
from tanteo.space.search_space import flat_params
from tanteo.trials.objectives import labels
from tanteo.trials.trial import FrozenTrial

Rows = Sequence[tuple[str, str]]
#: What is said of a parameter that a configuration does not have.
INACTIVE = "inactive"
# The most constraints that are named beside the number of infeasible trials.
_BROKEN = 3


def as_text(title: str, rows: Rows) -> str:
    """Return rows as text in two aligned columns, with control characters escaped."""
    return "\n".join([printable(title), *(f"  {line}" for line in as_columns(rows))])


def as_html(title: str, rows: Rows) -> str:
    """Return rows as an HTML table with escaped text."""
    cell = "style='text-align:left'"
    line = f"<tr><th {cell}>{{}}</th><td {cell}>{{}}</td></tr>"
    body = "".join(line.format(html.escape(name.strip()), html.escape(text)) for name, text in rows)
    return f"<table><caption>{html.escape(title)}</caption><tbody>{body}</tbody></table>"


def as_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of text in aligned columns, one line each, with control characters escaped."""
    escaped = [[printable(text) for text in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*escaped, strict=True)]
    return ["  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip() for row in escaped]


def states_text(trials: Outcomes) -> str:
    """Return the number of trials by state, and how many of all trials are excluded, infeasible or not finite."""
    broke = sorted(((name, int(mask.sum())) for name, mask in trials.broke.items()), key=lambda entry: -entry[1])
    broke = [(name, n) for name, n in broke if n][:_BROKEN]
    by = f" by {broke[0][0]}" if len(broke) == 1 else "".join(f", {n} by {name}" for name, n in broke)
    notes = {
        f"infeasible{by}": trials.n_infeasible - trials.n_lacking,
        "without a constraint": trials.n_lacking,
        "with an infinite value": trials.n_infinite,
    }
    return counts_text(trials.called, trials.excluded.tolist(), notes)


def with_error(value: float, sem: float | None, texts: Mapping[float, str] | None = None) -> str:
    """Return a value as text, from ``texts`` if it is there, with its standard error if that is known."""
    return ((texts or {}).get(value) or show_value(value)) + ("" if sem is None else f" ± {show_rounded(sem)}")


def limit_text(name: str, value: float, *, maximize: bool) -> str:
    """Return the threshold of an objective as text, such as ``loss <= 0.5``."""
    return f"{name} {'>=' if maximize else '<='} {show_value(value)}"


def thresholds_text(optimizer: Optimizer) -> str:
    """Return the thresholds of a search as text, such as ``loss <= 0.5, speed >= 30``; empty without any."""
    n = len(optimizer.directions)
    names = labels(n, optimizer.objective_names)
    goals = zip(names, optimizer.directions, optimizer.thresholds or [None] * n, strict=True)
    limits = [(name, goal, limit) for name, goal, limit in goals if limit is not None]
    return ", ".join(limit_text(name, limit, maximize=goal == "maximize") for name, goal, limit in limits)


def space_rows(search: Optimizer) -> list[tuple[str, str]]:
    """Return the parameters with their domains and conditions, and the known constraints."""
    parameters = [(name, repr(parameter)) for name, parameter in search.space.parameters.items()]
    return [*parameters, *(("known constraint", repr(constraint)) for constraint in search.space.constraints)]


def shown_params(search: Optimizer, trial: FrozenTrial) -> list[tuple[str, str]]:
    """Return flat names and texts of the values of a configuration."""
    return [(name, show_value(value)) for name, value in flat_params(trial.params, search.space).items()]


def changed_params(search: Optimizer, trial: FrozenTrial) -> list[tuple[str, str, str]]:
    """Return flat names, values and the defaults that these replace as texts; what differs comes first.

    The last text is empty where the value is the default, and everywhere if the space lacks defaults.
    """
    params, defaults = flat_params(trial.params, search.space), search.space.default()
    known = params if defaults is None else flat_params(defaults, search.space)
    rows = []
    for name in {**params, **known}:
        value, default = (show_value(each[name]) if name in each else INACTIVE for each in (params, known))
        is_default = name in params and name in known and same(params[name], known[name])
        rows.append((name, value, "" if is_default else default))
    return sorted(rows, key=lambda row: not row[2])


def configuration_rows(search: Optimizer, trial: FrozenTrial) -> list[tuple[str, str]]:
    """Return flat names and values as texts, with the defaults that these replace; what differs comes first."""
    rows = changed_params(search, trial)
    return [(name, f"{value}  (default {default})" if default else value) for name, value, default in rows]


def params_text(search: Optimizer, trial: FrozenTrial) -> str:
    """Return the configuration of a trial on one line."""
    return " ".join(f"{name}={value}" for name, value in shown_params(search, trial))


def environment_rows(run: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a page says about the environment of a run, which :attr:`tanteo.Study.environments` lists."""
    rows = [(name, _joined(run[name])) for name in ("python", "os", "cpu", "gpus", "host") if run.get(name)]
    if run.get("commit"):
        dirty = {True: ", with changes that are not committed", False: ", unchanged", None: ""}
        rows.append(("code", f"commit {run['commit']}{dirty[run.get('dirty')]}"))
    n = len(run.get("packages", ()))
    return [*rows, ("packages", counted(n, "package"))]


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
