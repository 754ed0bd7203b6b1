"""The trial to take of several objectives: the choice of ``tanteo front``."""

from __future__ import annotations

import argparse
from typing import Any

from tanteo._internal.text import show_value
from tanteo.cli.named_numbers import numbers_by_objective
from tanteo.cli.output import say, trial_as_json
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.run.report import as_text, shown_params, with_error
from tanteo.trials.front import Compromise, ParetoFront, as_weights, why_no_knee
from tanteo.trials.objectives import as_limits, labels

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
        say((why_no_knee(front) if rule == "knee" else None) or "no trial is complete and feasible with finite values")
        return
    names = labels(len(search.directions), search.objective_names)
    rows = [(name, _objective_text(chosen, k)) for k, name in enumerate(names)]
    say(as_text(f"{_RULES[rule]}: trial {chosen.trial.id}", [*rows, *shown_params(search, chosen.trial)]))


def _objective_text(chosen: Compromise, k: int) -> str:
    """Return the value of an objective, what is given up of it, and by how much its threshold is missed."""
    parts = [with_error(chosen.values[k], chosen.deviations[k] or None)]
    for verb, amount in (("gives up", chosen.given_up[k]), ("misses its threshold by", chosen.misses[k])):
        parts += [f"{verb} {show_value(float(f'{amount:.3g}'))}"] if amount else []
    return ", ".join(parts)


def choice_as_json(chosen: Compromise | None) -> dict[str, Any] | None:
    """Return a trial that was chosen for JSON."""
    if chosen is None:
        return None
    numbers = {"estimates": chosen.values, "deviations": chosen.deviations}
    more = {name: getattr(chosen, name) for name in ("given_up", "misses", "rates")}
    return {**trial_as_json(chosen.trial), **numbers, **more}
