"""``tanteo best`` and ``tanteo front``."""

from __future__ import annotations

import argparse
from typing import Any

from tanteo.cli.compromise import choice_as_json, choose, rule_of, say_choice
from tanteo.cli.files import open_search
from tanteo.cli.output import heading, line, say, say_json, trial_as_json
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.run.answer_text import (
    comparison_text,
    front_marks,
    front_notes,
    front_title,
    front_values,
    is_estimated,
    recommendation_rows,
    recommended_instead,
)
from tanteo.run.report import as_text, shown_params, with_error
from tanteo.trials.front import FrontTrial, ParetoFront, why_no_knee
from tanteo.trials.objectives import labels


def best(options: argparse.Namespace) -> None:
    """``tanteo best FILE``."""
    search = open_search(options.file)
    if len(search.directions) > 1:
        known = ", ".join(labels(len(search.directions), search.objective_names))
        raise ArgumentError(
            f"best needs one objective, and {options.file} has several ({known}); tanteo front lists the best trials, "
            "and chooses one of them with --knee, --weight or --threshold"
        )
    if options.json:
        say_json(_best_as_json(search))
    else:
        say_best(search)


def front(options: argparse.Namespace) -> None:
    """``tanteo front FILE``."""
    search = open_search(options.file)
    if len(search.directions) == 1:
        raise ArgumentError(
            f"front needs several objectives, and {options.file} has one; tanteo best shows the best trial"
        )
    rule, found = rule_of(options), search.front()
    if rule is not None:
        chosen = choose(search, found, rule, options)
        if options.json:
            say_json(choice_as_json(chosen))
        else:
            say_choice(search, found, rule, chosen)
        return
    if options.json:
        marked = front_marks(search, found)
        say_json([{**_member_as_json(member), "marks": marked.get(member.trial.id, [])} for member in found])
        return
    say_front(search, found)
    reason = why_no_knee(found)
    if len(found) > 1 and reason is not None:
        say(reason)


def _member_as_json(member: FrontTrial) -> dict[str, Any]:
    estimates = {"estimates": member.values, "deviations": member.deviations, "probability": member.probability}
    return {**trial_as_json(member.trial), **estimates}


def say_front(search: Optimizer, found: ParetoFront) -> None:
    """Print the Pareto front, with the marks of its trials."""
    if not found:
        say("no trial is complete and feasible with finite values")
        return
    say(f"Pareto front of {front_title(search, found)}")
    say(heading(search))
    notes, are_estimates = front_notes(found, front_marks(search, found)), is_estimated(found)
    for member in found:
        note = f"({', '.join(notes[member.trial.id])})" if member.trial.id in notes else ""
        say(line(search, member.trial, note, front_values(member) if are_estimates else None))


def say_best(search: Optimizer) -> None:
    """Print the best trial, and the recommended trial if it is another one."""
    best = search.best
    if best is None:
        say("no trial is complete and feasible with a finite value")
        return
    value = "value" if search.objective_names is None else search.objective_names[0]
    say(as_text(f"best: trial {best.id}", [(value, with_error(best.value, best.sem)), *shown_params(search, best)]))
    comparison = search.comparison()
    for name, text in recommendation_rows(search, comparison):
        say(f"{name}: {text}")
    if comparison is not None:
        say(comparison_text(comparison))


def _best_as_json(search: Optimizer) -> dict[str, Any] | None:
    best = search.best
    if best is None:
        return None
    return {
        **trial_as_json(best),
        "recommended": trial_as_json(recommended_instead(search, search.comparison()) or best),
    }
