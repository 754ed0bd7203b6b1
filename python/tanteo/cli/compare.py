"""``tanteo compare``: a comparison of two searches."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, TypeAlias

from tanteo._internal.text import printable, show_value
from tanteo.cli.best import n_in_front
from tanteo.cli.files import open_search
from tanteo.cli.output import directions_text, rules_text, say, say_json, search_as_json
from tanteo.optimizer import Optimizer
from tanteo.run.history import Outcomes, marks, outcomes
from tanteo.run.report import as_columns, states_text
from tanteo.space.difference import space_differences
from tanteo.space.nesting import flat_params
from tanteo.study import Study
from tanteo.study.environment import changes

Row: TypeAlias = tuple[str, ...]

#: The settings that limit a comparison if they differ.
_RULES = ("pruner", "pausing", "budget", "max_violation_probability", "thresholds")


def compare(options: argparse.Namespace) -> None:
    """``tanteo compare A B``."""
    searches = open_search(options.file), open_search(options.other)
    trials = outcomes(searches[0]), outcomes(searches[1])
    differences = _differences(*searches)
    if options.json:
        a, b = map(_as_json, searches, trials)
        say_json({"a": a, "b": b, "differences": differences})
        return
    rows: list[Row] = [("", str(options.file), str(options.other)), *_rows(searches, trials)]
    for row in as_columns(rows):
        say(row)
    for difference in differences:
        say(printable(f"differs: {difference}"))


def _rows(searches: tuple[Optimizer, Optimizer], trials: tuple[Outcomes, Outcomes]) -> list[Row]:
    counts = [found.n_ended for found in trials]
    is_by_trials = all(len(search.directions) == 1 for search in searches)
    shown = sorted({*marks(min(counts)), *counts} - {0}) if is_by_trials else []
    columns = [_column(search, found, shown) for search, found in zip(searches, trials, strict=True)]
    rows = ((name, *(column.get(name, "") for column in columns)) for name in dict.fromkeys([*columns[0], *columns[1]]))
    return [row for row in rows if any(row[1:])]


def _column(search: Optimizer, trials: Outcomes, counts: Sequence[int]) -> dict[str, str]:
    """The texts of one search by row: settings, result, the best value after numbers of trials, its configuration."""
    column = {
        "directions": directions_text(search),
        "sampler": repr(search.sampler),
        **rules_text(search),
        "seed": str(search.seed),
        "trials": states_text(trials),
        "found": _outcome_text(search),
    }
    if not counts:
        return column
    best = search.best
    values = {n: trials.best_after(n) if n <= trials.n_ended else None for n in counts}
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
    rules = ((name, getattr(first, name), getattr(second, name)) for name in _RULES)
    goals += [f"{name}: {a} and {b}" for name, a, b in rules if repr(a) != repr(b)]
    differences = [*goals, *space_differences(first.space, second.space, ("in the first", "in the second"))]
    if isinstance(first, Study) and isinstance(second, Study) and first.environment and second.environment:
        differences += changes(first.environment, second.environment)
    return differences


def _as_json(search: Optimizer, trials: Outcomes) -> dict[str, Any]:
    fields = search_as_json(search, trials)
    if len(search.directions) > 1:
        return {**fields, "front": [trial.id for trial in search.pareto_front]}
    best = search.best
    return {
        **fields,
        "best": None if best is None else {"id": best.id, "value": best.value, "params": best.params},
        "best_after": {str(n): trials.best_after(n) for n in marks(trials.n_ended)},
    }
