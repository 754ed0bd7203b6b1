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
from tanteo.importance.shown import n_ended
from tanteo.optimizer import Optimizer
from tanteo.run.report import as_columns, flat_params, show_value
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
    rows: list[Row] = [
        ("directions", *(directions_text(search) for search in (first, second))),
        ("sampler", repr(first.sampler), repr(second.sampler)),
        *_rules(first, second),
        ("seed", str(first.seed), str(second.seed)),
        ("trials", states_text(first.trials), states_text(second.trials)),
    ]
    if len(first.directions) != len(second.directions):
        return [*rows, ("found", *(_outcome_text(search) for search in (first, second)))]
    if len(first.directions) != 1:
        return [*rows, ("Pareto front", *(n_in_front(search) for search in (first, second)))]
    progress = [best_so_far(search, list(search.trials)) for search in (first, second)]
    counts = [n_ended(search) for search in (first, second)]
    for n in sorted({*marks(min(counts)), *counts} - {0}):
        values = (
            _value_text(best_after(improvements, n)) if n <= n_trials else ""
            for improvements, n_trials in zip(progress, counts, strict=True)
        )
        rows.append((f"best after {n}", *values))
    return [*rows, *_best_rows(first, second)]


def _rules(first: Optimizer, second: Optimizer) -> list[Row]:
    """The pruner, pausing and budget rows, for settings that at least one of the searches has."""
    texts = [rules_text(search) for search in (first, second)]
    return [(name, *(text[name] or "no" for text in texts)) for name in texts[0] if any(text[name] for text in texts)]


def _outcome_text(search: Optimizer) -> str:
    """The result of a search, if the other one has a different number of objectives."""
    if len(search.directions) > 1:
        return f"a Pareto front of {n_in_front(search)}"
    return "nothing" if search.best is None else f"the best value {show_value(search.best.value)}"


def _best_rows(first: Optimizer, second: Optimizer) -> list[Row]:
    """The configurations of both best trials, one parameter per row."""
    best = [
        flat_params(search.best.params, search.space) if search.best is not None else {} for search in (first, second)
    ]
    names = dict.fromkeys([*best[0], *best[1]])
    return [(f"  {name}", *(show_value(each[name]) if name in each else "" for each in best)) for name in names]


def _value_text(value: float | None) -> str:
    return "" if value is None else show_value(value)


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
