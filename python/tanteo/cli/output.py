"""What commands write: text for the eye with control characters as escapes, and JSON for programs."""

from __future__ import annotations

import json
import math
import select
import sys
from typing import Any

from tanteo._internal.text import printable, safe_repr
from tanteo.optimizer import Optimizer
from tanteo.run.report import flat_params, show_value, with_error
from tanteo.trials.trial import FrozenTrial

# What a trial of a study has beyond one of an optimizer.
OF_STUDIES = ("host", "process", "sampler", "retries", "note", "excluded", "artifacts")


def say(text: str) -> None:
    """Write a line."""
    sys.stdout.write(text + "\n")


def is_read() -> bool:
    """Whether anybody can read what is said: a pipe knows when its reader has ended, anything else is taken to be read.

    Without this, who says little would learn of it late, or never.
    """
    try:
        watched = select.poll()
        watched.register(sys.stdout.fileno(), 0)
        return not watched.poll(0)
    except (AttributeError, OSError, ValueError):  # a system without poll, a stream without a file
        return True


def say_json(data: object) -> None:
    """Write a document; what JSON cannot hold is its repr."""
    say(json.dumps(data, indent=2, default=safe_repr))


def directions_text(search: Optimizer) -> str:
    """What a search is after: ``minimize``, or ``loss: minimize`` for an objective with a name."""
    names = search.objective_names
    if names is None:
        return ", ".join(search.directions)
    return ", ".join(f"{name}: {direction}" for name, direction in zip(names, search.directions, strict=True))


def rules_as_json(search: Optimizer) -> dict[str, Any]:
    """What a search stops trials by, and what it may spend."""
    return {"pruner": repr(search.pruner), "pausing": search.pausing, "budget": search.budget}


def rules_text(search: Optimizer) -> dict[str, str]:
    """What a search stops trials by and what it may spend, in words; empty where it does not."""
    spent, budget = search.spent, search.budget
    rules = {"pruner": repr(search.pruner), "pausing": "yes" if search.pausing else ""}
    if budget is None:
        return {**rules, "spent": f"{spent:g}" if spent else ""}
    return {**rules, "spent": f"{spent:g} of a budget of {budget:g}"}


def line(trial: FrozenTrial, extra: str = "") -> str:
    """One trial: id, state, values or reason, configuration, ``more``; behind it why it was stopped at its values."""
    errors = trial.sems or (None,) * len(trial.values or ())
    values = ", ".join(map(with_error, trial.values or (), errors))
    outcome = values or trial.reason or ""
    reason = f"  ({trial.reason})" if values and trial.reason else ""
    state = "paused" if trial.paused else trial.state
    details = f"{params_text(trial)}{'  ' if extra else ''}{extra}{reason}"
    return printable(f"{trial.id:>5}  {state:<8}  {outcome:<14}  {details}".rstrip())


def params_text(trial: FrozenTrial) -> str:
    """A configuration on one line."""
    return " ".join(f"{name}={show_value(value)}" for name, value in flat_params(trial.params).items())


def trial_as_json(trial: FrozenTrial) -> dict[str, Any]:
    """One trial for programs; a choice that JSON cannot hold is its repr, as is an infinite value."""
    fields = {
        "id": trial.id,
        "state": trial.state,
        "origin": trial.origin,
        "values": [number(value) for value in trial.values or ()],
        "sems": trial.sems,
        "constraints": dict(trial.constraints),
        "cost": trial.cost,
        "reason": trial.reason,
        "paused": trial.paused,
        "params": trial.params,
        "steps": {str(step): _numbers(values) for step, values in trial.steps.items()},
        "folds": {str(fold): number(value) for fold, value in trial.folds.items()},
        "step_constraints": {str(step): dict(named) for step, named in trial.step_constraints.items()},
        "attrs": dict(trial.attrs),
        "started": trial.started,
        "finished": trial.finished,
    }
    return {**fields, **{name: getattr(trial, name) for name in OF_STUDIES if hasattr(trial, name)}}


def _numbers(values: Any) -> Any:
    """What was reported at a step: a number with one objective, a list with several."""
    return [number(value) for value in values] if isinstance(values, tuple) else number(values)


def number(value: float | None) -> float | str | None:
    """A number as JSON has it."""
    return value if value is None or math.isfinite(value) else repr(value)
