"""``tanteo show``: a one-page summary of a search."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from typing import Any

from tanteo.cli.best import say_best, say_front
from tanteo.cli.files import open_search
from tanteo.cli.output import directions_text, rules_text, say, say_json, search_as_json, states_text
from tanteo.exceptions import TanteoError
from tanteo.importance import param_importances
from tanteo.importance.shown import bar, method_text
from tanteo.optimizer import Optimizer
from tanteo.run.report import as_text, common_reasons, show_value
from tanteo.run.result import n_ended
from tanteo.study import Study
from tanteo.trials.trial import FrozenTrial

# Largest numbers of failure reasons, parameters and environment changes on the page.
_REASONS, _PARAMETERS, _CHANGES = 5, 8, 10
# Numbers of trials at which the best value so far is shown.
_MARKS = (1, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000)


def show(options: argparse.Namespace) -> None:
    """``tanteo show FILE``."""
    search = open_search(options.file)
    trials = list(search.trials)
    if options.json:
        say_json(_as_json(search, trials))
        return
    say(as_text(str(options.file), [*_settings(search, trials), *_progress_rows(search, trials)]))
    if len(search.directions) == 1:
        say_best(search)
    else:
        say_front(search)
    n = n_ended(search)
    for title, rows in (
        ("failures", [(f"{count} x", reason) for reason, count in common_reasons(trials, _REASONS)]),
        (f"importance ({method_text(n)})", [(name, bar(share, n)) for name, share in _shares(search)]),
        ("environment", _environment(search)),
    ):
        if rows:
            say(as_text(title, rows))


def _settings(search: Optimizer, trials: Sequence[FrozenTrial]) -> list[tuple[str, str]]:
    return [
        *([("name", search.name)] if isinstance(search, Study) else []),
        ("directions", directions_text(search)),
        ("sampler", repr(search.sampler)),
        *((name, text) for name, text in rules_text(search).items() if text),
        ("seed", str(search.seed)),
        ("trials", states_text(trials)),
        *((f"  {name}", repr(parameter)) for name, parameter in search.space.parameters.items()),
    ]


def best_so_far(search: Optimizer, trials: Sequence[FrozenTrial]) -> list[tuple[int, float]]:
    """Return (number of ended trials, value) for each new best value of a search with one objective."""
    sign = -1.0 if search.directions[0] == "maximize" else 1.0
    improvements: list[tuple[int, float]] = []
    n_trials = 0
    for trial in trials:
        n_trials += trial.state != "pending"
        value = trial.value
        is_eligible = trial.state == "complete" and trial.feasible and value is not None and math.isfinite(value)
        is_eligible = is_eligible and not getattr(trial, "excluded", False)  # only trials of studies can be excluded
        if is_eligible and (not improvements or sign * value < sign * improvements[-1][1]):
            improvements.append((n_trials, value))
    return improvements


def best_after(improvements: Sequence[tuple[int, float]], n: int) -> float | None:
    """Return the best value after ``n`` trials."""
    return next((value for n_trials, value in reversed(improvements) if n_trials <= n), None)


def marks(n: int) -> list[int]:
    """Return the numbers of trials at which progress is shown, with ``n`` as the last one."""
    return [*(mark for mark in _MARKS if mark < n), n] if n else []


def _progress_rows(search: Optimizer, trials: Sequence[FrozenTrial]) -> list[tuple[str, str]]:
    if len(search.directions) > 1:
        return []
    improvements, n_trials = best_so_far(search, trials), n_ended(search)
    if not improvements:
        return []
    best_values = [
        f"{n}: {show_value(value)}" for n in marks(n_trials) if (value := best_after(improvements, n)) is not None
    ]
    n_since = n_trials - improvements[-1][0]
    return [
        ("best after", ", ".join(best_values)),
        ("no better for", f"{n_since} {'trial' if n_since == 1 else 'trials'}"),
    ]


def _shares(search: Optimizer) -> list[tuple[str, float]]:
    try:
        shares = param_importances(search)
    except TanteoError:  # too few trials
        return []
    return list(shares.items())[:_PARAMETERS] if any(shares.values()) else []


def _environment(search: Optimizer) -> list[tuple[str, str]]:
    """The environment of the last run of a study, and its changes since the run before."""
    environment = search.environment if isinstance(search, Study) else None
    if environment is None or not isinstance(search, Study):
        return []
    changed = search.environment_changes()
    n_hidden = len(changed) - _CHANGES
    names = ("python", "os", "cpu", "gpus", "host")
    rows = [(name, _joined(environment[name])) for name in names if environment.get(name)]
    if environment.get("commit"):
        rows.append(("commit", f"{environment['commit']}{' (changed)' if environment['dirty'] else ''}"))
    if environment.get("argv"):
        rows.append(("command", " ".join(map(str, environment["argv"]))))
    rows += [("changed", change) for change in changed[:_CHANGES]]
    if n_hidden > 0:
        rows.append(("changed", f"and {n_hidden} more"))
    return rows


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _as_json(search: Optimizer, trials: Sequence[FrozenTrial]) -> Mapping[str, Any]:
    fields: dict[str, Any] = {
        **search_as_json(search),
        "parameters": {name: repr(parameter) for name, parameter in search.space.parameters.items()},
        "constraints": [repr(constraint) for constraint in search.space.constraints],
        "failures": dict(common_reasons(trials, _REASONS)),
        "importance": dict(_shares(search)),
    }
    if len(search.directions) == 1:
        improvements = best_so_far(search, trials)
        fields["best_after"] = {str(n): best_after(improvements, n) for n in marks(n_ended(search))}
    if isinstance(search, Study):
        fields |= {"name": search.name, "environment": search.environment, "changes": search.environment_changes()}
    return fields


__all__ = ["best_after", "best_so_far", "marks", "show"]
