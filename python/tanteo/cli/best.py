"""``tanteo best`` and ``tanteo front``."""

from __future__ import annotations

import argparse
from typing import Any

from tanteo._internal.text import printable, show_value
from tanteo.cli.files import open_search
from tanteo.cli.output import heading, line, params_text, say, say_json, trial_as_json
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.run.report import as_text, choice_text, recommended_instead, with_error
from tanteo.space.nesting import flat_params
from tanteo.trials.comparison import Comparison
from tanteo.trials.front import FrontTrial, ParetoFront, why_no_knee
from tanteo.trials.objectives import labels


def best(options: argparse.Namespace) -> None:
    """``tanteo best FILE``."""
    search = open_search(options.file)
    if len(search.directions) > 1:
        known = ", ".join(labels(len(search.directions), search.objective_names))
        raise ArgumentError(
            f"best needs one objective, and {options.file} has several ({known}); tanteo front lists the best trials"
        )
    if options.json:
        say_json(_best_as_json(search))
    else:
        say_best(search)


def front(options: argparse.Namespace) -> None:
    """``tanteo front FILE``."""
    search = open_search(options.file)
    found = search.front()
    marked = _marked(search, found)
    if options.json:
        say_json([{**_member_as_json(member), "marks": marked.get(member.trial.id, [])} for member in found])
        return
    is_estimated = any(deviation > 0.0 for member in found for deviation in member.deviations)
    note = ", estimated as results are noisy, with the chance to be on the front" if is_estimated else ""
    say(f"{_front_title(search, len(found))}{note}")
    say(heading(search))
    for member in found:
        notes = [f"{100 * member.probability:.0f} % sure"] if is_estimated else []
        notes += marked.get(member.trial.id, [])
        values = ", ".join(map(with_error, member.values, _errors(member))) if is_estimated else None
        say(line(search, member.trial, f"({', '.join(notes)})" if notes else "", values))
    reason = why_no_knee(found)
    if len(found) > 1 and reason is not None:
        say(reason)


def _marked(search: Optimizer, found: ParetoFront) -> dict[int, list[str]]:
    """Return the marks of the trials that have one: the knee, and the choice by the thresholds of the search."""
    by_thresholds = found.by_thresholds() if search.thresholds is not None else None
    marks: dict[int, list[str]] = {}
    if found.knee is not None:
        marks.setdefault(found.knee.trial.id, []).append("knee")
    if by_thresholds is not None:
        names = labels(len(search.directions), search.objective_names)
        marks.setdefault(by_thresholds.trial.id, []).append(choice_text(by_thresholds, names))
    return marks


def _errors(member: FrontTrial) -> list[float | None]:
    return [deviation or None for deviation in member.deviations]


def _member_as_json(member: FrontTrial) -> dict[str, Any]:
    estimates = {"estimates": member.values, "deviations": member.deviations, "probability": member.probability}
    return {**trial_as_json(member.trial), **estimates}


def n_in_front(search: Optimizer) -> str:
    """Return the number of trials in the Pareto front as text."""
    return _counted(len(search.pareto_front))


def _counted(n: int) -> str:
    return f"{n} trial{'' if n == 1 else 's'}"


def _front_title(search: Optimizer, n: int) -> str:
    names = search.objective_names
    values = "" if names is None else f", values: {printable(', '.join(names))}"
    return f"Pareto front of {_counted(n)}{values}"


def say_front(search: Optimizer) -> None:
    """Print the Pareto front of the told values, which needs no model."""
    say(_front_title(search, len(search.pareto_front)))
    say(heading(search))
    for trial in search.pareto_front:
        say(line(search, trial))


def say_best(search: Optimizer) -> None:
    """Print the best trial, and the recommended trial if it is another one."""
    best = search.best
    if best is None:
        say("no trial is complete and feasible with a finite value")
        return
    rows = [(name, show_value(value)) for name, value in flat_params(best.params, search.space).items()]
    value = "value" if search.objective_names is None else search.objective_names[0]
    say(as_text(f"best: trial {best.id}", [(value, with_error(best.value, best.sem)), *rows]))
    comparison = search.comparison()
    recommended = recommended_instead(search, comparison)
    if recommended is not None:
        description = f"trial {recommended.id} ({with_error(recommended.value, recommended.sem)})"
        say(printable(f"recommended, as results are noisy: {description}  {params_text(search, recommended)}".rstrip()))
    if comparison is not None:
        say(_comparison_text(comparison))


def _comparison_text(comparison: Comparison) -> str:
    """Return one line with the probability that the best trial is better than the second best."""
    first, second = comparison.first.id, comparison.second.id
    chance = f"{100 * comparison.probability:.0f} % sure that trial {first} is better than trial {second}"
    if comparison.runs is None:
        return f"{chance} ({comparison.method})"
    more_runs = f"; {comparison.runs} more runs of both would settle it" if comparison.runs else ""
    return f"{chance} ({comparison.method}{more_runs})"


def _best_as_json(search: Optimizer) -> dict[str, Any] | None:
    best = search.best
    if best is None:
        return None
    return {
        **trial_as_json(best),
        "recommended": trial_as_json(recommended_instead(search, search.comparison()) or best),
    }
