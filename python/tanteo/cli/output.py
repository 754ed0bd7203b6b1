"""Output of the commands: text with escaped control characters, and JSON."""

from __future__ import annotations

import select
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tanteo import inside
from tanteo._internal.states import CANCELLED
from tanteo._internal.text import printable, printable_lines, to_json
from tanteo.optimizer import Optimizer
from tanteo.options import SETTINGS
from tanteo.run.history import Outcomes
from tanteo.run.report import params_text, thresholds_text, with_error
from tanteo.trials.objectives import labels
from tanteo.trials.schema import as_json
from tanteo.trials.trial import FrozenTrial

#: The formats of tables of trials.
FORMATS = ("csv", "json", "jsonl", "parquet")
_LINE = "{:>5}  {:<9}  {:<14}  {}"


def say(text: str) -> None:
    """Write one or more lines, with control characters escaped."""
    sys.stdout.write(printable_lines(text) + "\n")


def is_read() -> bool:
    """Whether standard output can still be read: False if it is a pipe whose reader has ended.

    A command that seldom writes would otherwise notice a closed pipe late or never.
    """
    try:
        watched = select.poll()
        watched.register(sys.stdout.fileno(), 0)
        return not watched.poll(0)
    except (AttributeError, OSError, ValueError):  # a system without poll, a stream without a file
        return True


def serve(server: Any, path: Path) -> None:
    """Say where a server shows a file, and serve it until Ctrl-C."""
    say(f"{server.url} shows {path}; Ctrl-C ends it")
    sys.stdout.flush()
    server.serve_forever()


def say_json(data: object) -> None:
    """Write a JSON document; see :func:`tanteo._internal.text.to_json` for values that JSON cannot represent."""
    say(to_json(data, indent=2))


def directions_text(search: Optimizer) -> str:
    """The directions of a search: ``minimize``, or ``loss: minimize`` for a named objective."""
    names = search.objective_names
    if names is None:
        return ", ".join(search.directions)
    return ", ".join(f"{name}: {direction}" for name, direction in zip(names, search.directions, strict=True))


def rules_text(search: Optimizer) -> dict[str, str]:
    """The pruner, pausing and spending of a search as text; empty for a setting that is not in use."""
    spent, budget = search.spent, search.budget
    limit = search.max_violation_probability
    rules = {
        "pruner": repr(search.pruner),
        "pausing": "yes" if search.pausing else "",
        "deduplicate": "" if search.deduplicate else "no",
        "probability of violations": "" if limit is None else f"at most {limit:g}",
        "thresholds": thresholds_text(search),
    }
    if budget is None:
        return {**rules, "spent": f"{spent:g}" if spent else ""}
    return {**rules, "spent": f"{spent:g} of a budget of {budget:g}"}


def search_as_json(search: Optimizer, trials: Outcomes) -> dict[str, Any]:
    """The settings of a search and the number of its trials by state, for :func:`to_json`."""
    return {
        "objective_names": search.objective_names,
        **{name: getattr(search, name) for name in SETTINGS},
        "sampler": repr(search.sampler),
        "pruner": repr(search.pruner),
        "spent": search.spent,
        "trials": trials.counts,
    }


def heading(search: Optimizer) -> str:
    """Return the heading of the lines that :func:`line` returns; it has the names of the objectives."""
    unnamed = "value" if len(search.directions) == 1 else "values"
    value = unnamed if search.objective_names is None else ", ".join(search.objective_names)
    return printable(_LINE.format("trial", "state", value, "parameters"))


def line(
    search: Optimizer,
    trial: FrozenTrial,
    extra: str = "",
    values: str | None = None,
    texts: Mapping[float, str] | None = None,
) -> str:
    """One trial on a line: id, state, ``values`` (by default those told) or reason, configuration, ``extra``.

    Last come the reason if the trial has values, and marks if it is infeasible, lacks a constraint or is excluded.
    ``texts`` has texts of told values.
    """
    errors = trial.sems or (None,) * len(trial.values or ())
    told = [with_error(value, error, texts) for value, error in zip(trial.values or (), errors, strict=True)]
    values = values or ", ".join(told) or _told_before(search, trial)
    outcome = values or trial.reason or ""
    reason = f"  ({trial.reason})" if values and trial.reason else ""
    marks = "" if trial.feasible else "  (infeasible)" if search.infeasible(trial.id) else "  (lacks a constraint)"
    state = inside.called(search, trial)
    marks += "  (excluded)" if trial.excluded and state != CANCELLED else ""
    details = f"{params_text(search, trial)}{'  ' if extra else ''}{extra}{reason}{marks}"
    return printable(_LINE.format(trial.id, state, outcome, details).rstrip())


def _told_before(search: Optimizer, trial: FrozenTrial) -> str:
    """The objectives that a trial without a result has told."""
    told = trial.partial_values or ()
    named = zip(labels(len(search.directions), search.objective_names), told, trial.sems or (), strict=False)
    return ", ".join(f"{name} {with_error(value, error)}" for name, value, error in named if value is not None)


def trial_as_json(trial: FrozenTrial) -> dict[str, Any]:
    """The fields of a trial, for :func:`to_json`."""
    return {**{name: as_json(value) for name, value in inside.fields(trial).items()}, "values": trial.values or ()}
