"""The trials of a page: columns, filtered and sorted rows, and everything about one trial."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tanteo import inside
from tanteo._internal.coercion import EXACT_FLOAT_INTEGERS
from tanteo._internal.tabular import is_missing
from tanteo._internal.text import safe_repr, show_value
from tanteo.exceptions import TanteoError
from tanteo.optimizer import Optimizer
from tanteo.report.document import plain, time_text
from tanteo.run.columns import (
    Columns,
    choices_of,
    columns_of,
    condition,
    ids_in_order,
    is_number,
    ranks_of,
    shown,
    standing,
    with_cancelled,
)
from tanteo.space.search_space import flat_params
from tanteo.trials.objectives import labels, suffixes
from tanteo.trials.schema import as_json
from tanteo.trials.trial import FrozenTrial

# Columns of the table after the values and the parameters, if a trial has an entry there.
_FURTHER = ("origin", "cost", "duration", "host", "note", "reason")
_LABELS = {"duration": "duration (s)"}
_PREFIX = re.compile("^(params|constraints|value)/")
# The number of hosts from which on their column is shown.
_HOSTS = 2
# The most characters of a text in the table, and of one about a trial; the most reports of a trial, of one among all
# and of a single one.
_CELL, _TEXT, _FEW_STEPS, _STEPS = 140, 4000, 24, 300


class Query(NamedTuple):
    """Which rows of the table are wanted.

    Attributes
    ----------
    where : str
        Conditions such as ``lr<0.01 optimizer=adam``, between spaces.
    sort : str
        A column; values are sorted best first, with trials that cannot be the best behind the others.
    """

    where: str = ""
    sort: str = "id"
    reverse: bool = False
    offset: int = 0
    limit: int = 50


class TrialTable:
    """The trials of a search as they are now."""

    def __init__(self, search: Optimizer) -> None:
        self._search, self._columns = search, with_cancelled(search, columns_of(search))
        names = [name for name in self._columns if name.partition("/")[0].partition("_")[0] in ("value", "params")]
        further = [name for name in self._columns if name.startswith("constraints/")]
        further += [name for name in _FURTHER if any(not _is_blank(e) for e in self._columns.get(name, ()))]
        if len(set(self._columns.get("host", ()))) < _HOSTS:
            further = [name for name in further if name != "host"]
        infeasible = [] if all(self._columns["feasible"]) else ["feasible"]
        self.names = ["id", "state", *infeasible, *names, *further]

    def __len__(self) -> int:
        return len(self._columns["id"])

    def head(self) -> list[dict[str, Any]]:
        """Return name and label of each column, whether its largest entry comes first, and what filters check."""
        ends = suffixes(len(self._search.directions), self._search.objective_names)
        pairs = zip(ends, self._search.directions, strict=True)
        maximized = {f"value{end}" for end, direction in pairs if direction == "maximize"}
        names = self._search.objective_names or ()
        own = {"value": names[0]} if len(names) == 1 else {}
        return [
            {
                "name": name,
                "label": own.get(name) or _LABELS.get(name) or _PREFIX.sub("", name),
                "descends": name in maximized,
                "numeric": any(map(is_number, self._columns[name])),
                "ordered": bool(ranks_of(self._search, name)),
                "choices": [shown(entry) for entry in choices_of(self._search, name, self._columns[name])],
            }
            for name in self.names
        ]

    def ids(self, query: Query) -> list[int]:
        """Return the ids of all rows that satisfy the conditions, in order.

        Raises
        ------
        ArgumentError
            If a condition or the name of the column is wrong.
        """
        columns: Columns = self._columns
        holds = [condition(columns, text, self._search) for text in query.where.split()]
        order = ids_in_order(columns, self._search, query.sort, reverse=query.reverse)
        return [number for number in order if all(is_met(number) for is_met in holds)]

    def standing(self, ids: Sequence[int]) -> dict[str, int]:
        """Return :func:`tanteo.run.columns.standing` of the trials that cannot be the best, by their ids as text."""
        places = standing(self._search)
        return {str(number): places[number] for number in ids if places[number]}

    def rows(self, ids: Sequence[int]) -> list[list[Any]]:
        """Return the cells of rows."""
        return [[plain(_cell(self._columns[name][number])) for name in self.names] for number in ids]


def _is_blank(entry: Any) -> bool:
    """Return whether the table shows nothing for an entry."""
    return is_missing(entry) or entry == []


def _cell(entry: Any) -> Any:
    if _is_blank(entry):
        return None
    if isinstance(entry, float):
        return entry if math.isfinite(entry) else str(entry)
    if isinstance(entry, bool) or (isinstance(entry, int) and abs(entry) > EXACT_FLOAT_INTEGERS):
        return str(entry)  # as filters take it, and exact
    if isinstance(entry, str | int):
        return _cut(entry, _CELL) if isinstance(entry, str) else entry
    return _cut(safe_repr(entry), _CELL)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."


def details(search: Optimizer, number: int, *, explained: bool = False) -> dict[str, Any]:
    """Return everything about a trial that the table does not have: texts by name, lists of texts, and the curve.

    Parameters
    ----------
    explained
        Whether to add why its configuration was proposed, for which a model is fitted.
    """
    trial = search.trials[number]
    values = trial.values or trial.partial_values
    params = flat_params(trial.params, search.space)
    texts = {name: value for name, value in _facts(search, trial).items() if value not in (None, "", [], {}, 0)}
    found: dict[str, Any] = {
        "id": trial.id,
        "state": trial.state,
        "values": None if values is None else ["not told" if v is None else show_value(v) for v in values],
        "params": [[name, _cut(show_value(value), _TEXT)] for name, value in params.items()],
        "facts": [[name.replace("_", " "), _cut(_text(value), _TEXT)] for name, value in texts.items()],
        "attributes": [[name, _cut(_text(value), _TEXT)] for name, value in trial.attrs.items()],
        "artifacts": list(getattr(trial, "artifacts", ())),
        "steps": _steps(trial, _STEPS if explained else _FEW_STEPS),
        "of_folds": bool(trial.folds),
    }
    if explained:
        found["explanation"] = _explanation(search, number)
    return dict(plain(found))


def _facts(search: Optimizer, trial: FrozenTrial) -> dict[str, Any]:
    """Return the fields of a trial that its page lists, in order."""
    named = {name: as_json(value) for name, value in inside.fields(trial).items()}
    return {
        "origin": named["origin"],
        "sampler": named.get("sampler"),
        "standard error": _by_objective(search, [[] if sem is None else [sem] for sem in named["sems"] or ()]),
        "replicates": _by_objective(search, named["replicates"] or ()),
        "constraints": named["constraints"],
        "feasible": "" if trial.feasible else "no",
        "excluded": "yes" if trial.excluded else "",
        "cost": named["cost"],
        "started": _time(trial.started),
        "finished": _time(trial.finished),
        "duration": "" if trial.duration is None else f"{trial.duration:.3g} s",
        **{
            name: named.get(name)
            for name in ("host", "process", "retries", "resume_from", "reason", "note", "traceback")
        },
    }


def _by_objective(search: Optimizer, numbers: Sequence[Sequence[float]]) -> str:
    """Return the numbers of every objective that has any, after its name if there are several objectives."""
    n = len(search.directions)
    names = [""] if n == 1 else [f"{label} " for label in labels(n, search.objective_names)]
    shown = [name + ", ".join(map(show_value, own)) for name, own in zip(names, numbers, strict=False) if own]
    return "; ".join(shown)


def _time(seconds: float | None) -> str:
    return "" if seconds is None else time_text(seconds)


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {show_value(item)}" for name, item in value.items())
    return value if isinstance(value, str) else show_value(value)


def _steps(trial: FrozenTrial, most: int) -> list[list[Any]]:
    """Return steps and values, evenly spaced if there are many."""
    steps = [[step, _cell(as_json(value))] for step, value in trial.steps.items()]
    return steps if len(steps) <= most else [steps[k * (len(steps) - 1) // (most - 1)] for k in range(most)]


def _explanation(search: Optimizer, number: int) -> str:
    try:
        return str(search.explain(number))
    except TanteoError as error:
        return str(error)
