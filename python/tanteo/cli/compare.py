"""``tanteo compare``: a comparison of two searches."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, TypeAlias

from tanteo._internal.text import printable
from tanteo.cli.best import n_in_front
from tanteo.cli.files import open_search
from tanteo.cli.output import directions_text, rules_text, say, say_json, search_as_json, states_text
from tanteo.cli.page import best_after, best_so_far, marks
from tanteo.optimizer import Optimizer
from tanteo.run.report import as_columns, flat_params, show_value
from tanteo.run.result import n_ended
from tanteo.space.difference import space_differences
from tanteo.study import Study
from tanteo.study.environment import changes

Row: TypeAlias = tuple[str, ...]


def compare(options: argparse.Namespace) -> None:
    """``tanteo compare A B``."""
    searches = open_search(options.file), open_search(options.other)
    differences = _differences(*searches)
    if options.json:
        say_json({"a": _as_json(searches[0]), "b": _as_json(searches[1]), "differences": differences})
        return
    rows: list[Row] = [("", str(options.file), str(options.other)), *_rows(*searches)]
    for row in as_columns(rows):
        say(row)
    for difference in differences:
        say(printable(f"differs: {difference}"))


def _rows(first: Optimizer, second: Optimizer) -> list[Row]:
    counts = [n_ended(search) for search in (first, second)]
    is_by_trials = len(first.directions) == len(second.directions) == 1
    shown = sorted({*marks(min(counts)), *counts} - {0}) if is_by_trials else []
    columns = [_column(search, shown) for search in (first, second)]
    rows = ((name, *(column.get(name, "") for column in columns)) for name in dict.fromkeys([*columns[0], *columns[1]]))
    return [row for row in rows if any(row[1:])]


def _column(search: Optimizer, counts: Sequence[int]) -> dict[str, str]:
    """The texts of one search by row: settings, result, the best value after numbers of trials, its configuration."""
    column = {
        "directions": directions_text(search),
        "sampler": repr(search.sampler),
        **rules_text(search),
        "seed": str(search.seed),
        "trials": states_text(search.trials),
        "found": _outcome_text(search),
    }
    if not counts:
        return column
    improvements, best = best_so_far(search, list(search.trials)), search.best
    values = {n: best_after(improvements, n) if n <= n_ended(search) else None for n in counts}
    column |= {f"best after {n}": "" if value is None else show_value(value) for n, value in values.items()}
    params = {} if best is None else flat_params(best.params, search.space)
    return column | {f"  {name}": show_value(value) for name, value in params.items()}


def _outcome_text(search: Optimizer) -> str:
    if len(search.directions) > 1:
        return f"a Pareto front of {n_in_front(search)}"
    return "nothing" if search.best is None else f"the best value {show_value(search.best.value)}"


def _differences(first: Optimizer, second: Optimizer) -> Sequence[str]:
    """Differences that limit a comparison: space, objectives, rules, machine and code."""
    n, m = len(first.directions), len(second.directions)
    goals = [f"{n} and {m} objectives, whose values cannot be compared"] if n != m else []
    a, b = search_as_json(first), search_as_json(second)
    goals += [f"{name}: {a[name]} and {b[name]}" for name in ("pruner", "pausing", "budget") if a[name] != b[name]]
    differences = [*goals, *space_differences(first.space, second.space, ("in the first", "in the second"))]
    if isinstance(first, Study) and isinstance(second, Study) and first.environment and second.environment:
        differences += changes(first.environment, second.environment)
    return differences


def _as_json(search: Optimizer) -> dict[str, Any]:
    fields = search_as_json(search)
    if len(search.directions) > 1:
        return {**fields, "front": [trial.id for trial in search.pareto_front]}
    improvements, best = best_so_far(search, list(search.trials)), search.best
    return {
        **fields,
        "best": None if best is None else {"id": best.id, "value": best.value, "params": best.params},
        "best_after": {str(n): best_after(improvements, n) for n in marks(n_ended(search))},
    }
