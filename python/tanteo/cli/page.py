"""``tanteo show``: a one-page summary of a search."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from itertools import islice
from typing import Any

from tanteo import inside
from tanteo._internal.text import counted, show_value
from tanteo.cli.best import say_best, say_front
from tanteo.cli.files import open_search
from tanteo.cli.output import directions_text, rules_text, say, say_json, search_as_json
from tanteo.exceptions import TanteoError
from tanteo.importance.shares import bar, for_objective, method_text, shares_of, standard_errors
from tanteo.optimizer import Optimizer
from tanteo.run.history import FEW, Outcomes, Reasons, common, first_lines, marks, outcomes
from tanteo.run.report import as_text, environment_rows, space_rows, states_text
from tanteo.study import Study
from tanteo.trials.objectives import labels

# Largest numbers of failure reasons, parameters and environment changes on the page.
_REASONS, _PARAMETERS, _CHANGES = 5, 8, 10


def show(options: argparse.Namespace) -> None:
    """``tanteo show FILE``."""
    search = open_search(options.file)
    trials = outcomes(search)
    if options.json:
        say_json(_as_json(search, trials))
        return
    say(as_text(str(options.file), [*_settings(search, trials), *_progress_rows(trials)]))
    if len(search.directions) == 1:
        say_best(search)
    else:
        say_front(search, search.front())
    for title, rows in (
        ("failures", _failures(common(_reasons(search, trials), _REASONS))),
        *_importances(search, trials),
        ("environment", _environment(search)),
    ):
        if rows:
            say(as_text(title, rows))


def _settings(search: Optimizer, trials: Outcomes) -> list[tuple[str, str]]:
    n_queued = inside.n_queued(search)
    return [
        *([("name", search.name)] if isinstance(search, Study) else []),
        ("directions", directions_text(search)),
        ("sampler", repr(search.sampler)),
        *((name, text) for name, text in rules_text(search).items() if text),
        ("seed", str(search.seed)),
        ("trials", states_text(trials)),
        *([("queued", f"{n_queued} to be tried next")] if n_queued else []),
        *((f"  {name}", text) for name, text in space_rows(search)),
    ]


def _progress_rows(trials: Outcomes) -> list[tuple[str, str]]:
    if len(trials.maximize) > 1 or not trials.improvements:
        return []
    best_values = [
        f"{n}: {show_value(value)}" for n in marks(trials.n_counting) if (value := trials.best_after(n)) is not None
    ]
    n_since = trials.n_since_best
    return [
        ("best after", ", ".join(best_values)),
        ("no better for", counted(n_since, "trial")),
    ]


def _failures(reasons: Reasons) -> list[tuple[str, str]]:
    """Return the rows of the common reasons, and how many more there are."""
    rows = [(f"{reason.n_trials} x", str(reason)) for reason in reasons.shown]
    return [*rows, ("...", reasons.rest)] if reasons.rest else rows


def _reasons(search: Optimizer, trials: Outcomes) -> list[str | None]:
    return inside.reasons(search, trials.failed.nonzero()[0])


def _importances(search: Optimizer, trials: Outcomes) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return a title and a table for each objective."""
    method = method_text(trials.n_usable)
    titles = (f"importance{for_objective(search, k)} ({method})" for k in range(len(search.directions)))
    found = enumerate(_shares(search, trials))
    tables = [_largest(shares, standard_errors(search, objective=k) if shares else {}) for k, shares in found]
    return list(zip(titles, tables, strict=True))


def _largest(shares: Mapping[str, float], errors: Mapping[str, float]) -> list[tuple[str, str]]:
    """Return the rows of the largest importances, and how many more there are."""
    rows = [(name, bar(share, errors.get(name))) for name, share in islice(shares.items(), _PARAMETERS)]
    more = len(shares) - len(rows)
    return [*rows, ("...", f"and {more} more: tanteo importance")] if more else rows


def _shares(search: Optimizer, trials: Outcomes) -> list[dict[str, float]]:
    """Return the importances for each objective; none if there are too few trials, as on the report page."""
    if trials.n_usable < FEW:
        return [{} for _ in search.directions]
    found = []
    for objective in range(len(search.directions)):
        try:
            shares = shares_of(search, objective=objective)
        except TanteoError:
            shares = {}
        found.append(shares if any(shares.values()) else {})
    return found


def _shares_as_json(search: Optimizer, trials: Outcomes) -> Mapping[str, Any]:
    """Return the importances of the parameters; with several objectives, by the name of the objective."""
    shares, n = _shares(search, trials), len(search.directions)
    return shares[0] if n == 1 else dict(zip(labels(n, search.objective_names), shares, strict=True))


def _environment(search: Optimizer) -> list[tuple[str, str]]:
    """The environment of the last run of a study, and its changes since the run before."""
    environment = search.environment if isinstance(search, Study) else None
    if environment is None or not isinstance(search, Study):
        return []
    changed = search.environment_changes()
    n_hidden = len(changed) - _CHANGES
    rows = environment_rows(environment)
    if environment.get("argv"):
        rows.append(("command", " ".join(map(str, environment["argv"]))))
    rows += [("changed", change) for change in changed[:_CHANGES]]
    if n_hidden > 0:
        rows.append(("changed", f"and {n_hidden} more"))
    return rows


def _as_json(search: Optimizer, trials: Outcomes) -> Mapping[str, Any]:
    fields: dict[str, Any] = {
        **search_as_json(search, trials),
        "queued": inside.n_queued(search),
        "parameters": {name: repr(parameter) for name, parameter in search.space.parameters.items()},
        "constraints": [repr(constraint) for constraint in search.space.constraints],
        "failures": dict(first_lines(_reasons(search, trials)).most_common(_REASONS)),
        "importance": _shares_as_json(search, trials),
    }
    if len(search.directions) == 1:
        fields["best_after"] = {str(n): trials.best_after(n) for n in marks(trials.n_counting)}
    if isinstance(search, Study):
        fields |= {"name": search.name, "environment": search.environment, "changes": search.environment_changes()}
    return fields
