"""``tanteo best`` and ``tanteo front``, and the choice of one trial of a front."""

from __future__ import annotations

import argparse
from typing import Any

from tanteo._internal.text import show_rounded
from tanteo.cli.files import open_search
from tanteo.cli.named_numbers import numbers_by_objective
from tanteo.cli.output import heading, line, say, say_json, trial_as_json
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.run.answer_text import (
    comparison_text,
    front_marks,
    front_notes,
    front_texts,
    front_title,
    front_values,
    is_estimated,
    recommendation,
    recommended_instead,
    value_name,
)
from tanteo.run.gain import gain_over_defaults, gain_text
from tanteo.run.history import NO_RESULT, NO_RESULTS
from tanteo.run.report import as_text, configuration_rows, with_error
from tanteo.trials.front import Compromise, FrontTrial, ParetoFront, as_weights, why_no_knee
from tanteo.trials.objectives import as_limits, labels


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
        say(NO_RESULTS)
        return
    say(f"Pareto front of {front_title(search, found)}")
    say(heading(search))
    notes, are_estimates = front_notes(found, front_marks(search, found)), is_estimated(found)
    texts = front_texts(found)
    for member in found:
        note = f"({', '.join(notes[member.trial.id])})" if member.trial.id in notes else ""
        values = ", ".join(front_values(member, texts)) if are_estimates else None
        say(line(search, member.trial, note, values, texts))


def say_best(search: Optimizer) -> None:
    """Print the best value, the configuration to take, its gain over the defaults, and how sure the choice is."""
    best, comparison = search.best, search.comparison()
    trial, text = recommendation(search, comparison)
    params = [] if trial is None else configuration_rows(search, trial)
    if best is None:
        say(NO_RESULT)
    else:
        value = (value_name(search), with_error(best.value, best.sem))
        say(as_text(f"best: trial {best.id}", [value] if text else [value, *params]))
    if text:
        say(as_text(f"recommended: {text}", params))
    gain = gain_text(search, comparison)
    if gain is not None:
        say(f"gain over the defaults: {gain}")
    if comparison is not None:
        say(comparison_text(comparison))


def _best_as_json(search: Optimizer) -> dict[str, Any] | None:
    best, comparison = search.best, search.comparison()
    recommended, gain = recommended_instead(search, comparison) or best, gain_over_defaults(search, comparison)
    if recommended is None:
        return None
    estimate = {"estimate": recommended.estimate, "deviation": recommended.deviation}
    found = {} if best is None else trial_as_json(best)
    gained = None if gain is None else {"value": gain.value, "sem": gain.sem, "probability": gain.probability}
    return {**found, "recommended": {**trial_as_json(recommended), **estimate}, "gain": gained}


#: The options that choose a trial, with what they choose by.
_RULES = {"knee": "knee", "weight": "by weights", "threshold": "by thresholds"}


def rule_of(options: argparse.Namespace) -> str | None:
    """Return the option that chooses a trial; None if there is none.

    Raises
    ------
    ArgumentError
        If there are several.
    """
    given = [name for name in _RULES if getattr(options, name)]
    if len(given) > 1:
        raise ArgumentError(
            f"{' and '.join(f'--{name}' for name in given)}: each chooses a trial by itself; give one of them"
        )
    return given[0] if given else None


def choose(search: Optimizer, front: ParetoFront, rule: str, options: argparse.Namespace) -> Compromise | None:
    """Return the trial that an option chooses.

    Raises
    ------
    ArgumentError
        For wrong weights or thresholds.
    """
    if rule == "knee":
        return front.knee
    n, names, option = len(search.directions), search.objective_names, f"--{rule}"
    numbers = numbers_by_objective(getattr(options, rule), option)
    # Checked here, so that errors name the option and not the argument of Python.
    if rule == "weight":
        return front.by_weights(as_weights(numbers, n, names, option))
    return front.by_thresholds(as_limits(numbers, n, names, option))


def say_choice(search: Optimizer, front: ParetoFront, rule: str, chosen: Compromise | None) -> None:
    """Print a trial that was chosen, or why there is none."""
    if chosen is None:
        say((why_no_knee(front) if rule == "knee" else None) or NO_RESULTS)
        return
    names = labels(len(search.directions), search.objective_names)
    rows = [(name, _objective_text(chosen, k)) for k, name in enumerate(names)]
    say(as_text(f"{_RULES[rule]}: trial {chosen.trial.id}", [*rows, *configuration_rows(search, chosen.trial)]))


def _objective_text(chosen: Compromise, k: int) -> str:
    """Return the value of an objective, what is given up of it, and by how much its threshold is missed."""
    parts = [with_error(chosen.values[k], chosen.deviations[k] or None)]
    for verb, amount in (("gives up", chosen.given_up[k]), ("misses its threshold by", chosen.misses[k])):
        parts += [f"{verb} {show_rounded(amount, 3)}"] if amount else []
    return ", ".join(parts)


def choice_as_json(chosen: Compromise | None) -> dict[str, Any] | None:
    """Return a trial that was chosen for JSON."""
    if chosen is None:
        return None
    numbers = {"estimates": chosen.values, "deviations": chosen.deviations}
    more = {name: getattr(chosen, name) for name in ("given_up", "misses", "rates")}
    return {**trial_as_json(chosen.trial), **numbers, **more}
