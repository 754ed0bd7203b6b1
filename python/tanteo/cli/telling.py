"""``tanteo tell``, ``observe`` and ``retract``: how trials ended, and results that are withdrawn."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from shlex import quote
from typing import Any

from tanteo import inside
from tanteo._internal.states import CANCELLED, PENDING
from tanteo._internal.text import show_value
from tanteo.cli.configurations import configuration
from tanteo.cli.files import keep, open_to_write
from tanteo.cli.named_numbers import numbers_by_name, per_objective
from tanteo.cli.output import say
from tanteo.exceptions import ArgumentError, TrialStateError
from tanteo.optimizer import Optimizer
from tanteo.run.sharing import sharing
from tanteo.trials.objectives import labels
from tanteo.trials.trial import FrozenTrial


def tell(options: argparse.Namespace) -> None:
    """``tanteo tell FILE ID VALUE``: record the result of a trial or a part of it, or cancel the trial."""
    is_cancelled = options.state == CANCELLED
    search = open_to_write(options.file, "cancel(...)" if is_cancelled else "tell(...)")
    _refuse_told(search, options)
    if options.state == PENDING:
        told = _tell_apart(search, options)
        keep(search, options.file)
        say(f"trial {options.id} is pending; recorded: {told}")
        return
    (_cancel if is_cancelled else _record)(search, options)
    keep(search, options.file)
    say(_ended(search, options.id, CANCELLED if is_cancelled else None))


def observe(options: argparse.Namespace) -> None:
    """``tanteo observe FILE VALUE --params NAME=VALUE``: add a result of a configuration that was not asked for."""
    search = open_to_write(options.file, "observe(...)")
    value, result = _result(search, options)
    number = search.observe(configuration(search, options.params, "--params"), value, **result)
    keep(search, options.file)
    say(_ended(search, number))


def retract(options: argparse.Namespace) -> None:
    """``tanteo retract FILE ID``: withdraw the result of a trial, which is then pending again."""
    search = open_to_write(options.file, "retract(...)")
    search.retract(options.id)
    keep(search, options.file)
    say(f"trial {options.id} is pending again, and can be told")


def _ended(search: Optimizer, number: int, state: str | None = None) -> str:
    """Return a line about the end of a trial."""
    trial = search.trials[number]
    outcome = trial.reason or "" if trial.values is None else ", ".join(map(show_value, trial.values))
    ended = f"trial {number} is {state or trial.state}{': ' if outcome else ''}{outcome}"
    return f"{ended}{_without_constraints(search, trial)}"


def _without_constraints(search: Optimizer, trial: FrozenTrial) -> str:
    """Return which constraint a complete trial lacks to be a result: an option is easily forgotten."""
    missing = [] if trial.feasible or search.infeasible(trial.id) else inside.left_out(search, trial.id)
    return f" (not a result without --constraint {missing[0]}=...)" if missing else ""


def _record(search: Optimizer, options: argparse.Namespace) -> None:
    """Tell what the arguments say."""
    value, result = _result(search, options)
    if options.state == "complete" and isinstance(value, dict):
        _refuse_partial(search, options.id, value)
    search.tell(options.id, value, **result)


def _refuse_partial(search: Optimizer, number: int, values: dict[Any, float]) -> None:
    """Say how to tell some objectives before the others."""
    trial = search.trials[number] if number < len(search) else None
    names = search.objective_names or range(len(search.directions))
    told = (trial.partial_values if trial else None) or [None] * len(names)
    missing = [repr(name) for name, known in zip(names, told, strict=True) if known is None and name not in values]
    if missing:
        raise ArgumentError(
            f"a complete trial of this search has {len(names)} values, and it lacks {', '.join(missing)}; to tell the "
            f"others before, add --state {PENDING}"
        )


def _tell_apart(search: Optimizer, options: argparse.Namespace) -> str:
    """Tell objectives and constraints before the result, and return which."""
    values, sems = per_objective(search, options.value, "VALUE"), per_objective(search, options.sem, "--sem")
    constraints = _constraints(options.constraint) or {}
    if options.cost is not None or options.reason is not None:
        raise ArgumentError(f"--cost and --reason are told with the result; leave them out with --state {PENDING}")
    if values and len(search.directions) == 1:
        raise ArgumentError(f"the search has one objective, whose value ends the trial; leave out --state {PENDING}")
    if any(isinstance(numbers, list) and numbers for numbers in (values, sems)):
        raise ArgumentError(f"with --state {PENDING}, write values and --sem as NAME=NUMBER")
    if not values and (sems or not constraints):
        raise ArgumentError(f"with --state {PENDING}, give values as NAME=NUMBER, or --constraint NAME=NUMBER")
    with sharing(search).together():  # all of a command is recorded, or nothing
        if isinstance(values, dict):
            search.tell_objectives(options.id, values, sem=sems if isinstance(sems, dict) else None)
        if constraints:
            search.tell_constraints(options.id, constraints)
    return ", ".join([*map(str, values), *constraints])


def _result(search: Optimizer, options: argparse.Namespace) -> tuple[Any, dict[str, Any]]:
    """Return the value and the other arguments of ``tell`` and ``observe``."""
    values, sems = per_objective(search, options.value, "VALUE"), per_objective(search, options.sem, "--sem")
    n = len(search.directions)
    known = ", ".join(labels(n, search.objective_names))
    if options.state == "complete" and isinstance(values, list) and len(values) != n:
        expected = "1 value" if n == 1 else f"{n} values ({known})"
        raise ArgumentError(f"a complete trial of this search has {expected}, got {len(values)}; see also --state")
    if isinstance(sems, list) and len(sems) not in (0, n):
        errors = "once" if n == 1 else f"{n} times ({known}; nan for an error that is not known)"
        raise ArgumentError(f"give --sem {errors}, got {len(sems)}")
    extra = {"cost": options.cost, "constraints": _constraints(options.constraint), "reason": options.reason}
    return values or None, {"state": options.state, "sem": sems or None, **extra}


def _cancel(search: Optimizer, options: argparse.Namespace) -> None:
    """Cancel a trial, from which nothing is learned."""
    if options.value or options.sem or options.constraint:
        raise ArgumentError(
            "nothing is learned from a cancelled trial; leave out VALUE, --sem and --constraint, or --state"
        )
    reason = {} if options.reason is None else {"reason": options.reason}
    search.cancel(options.id, cost=options.cost, **reason)


def _refuse_told(search: Optimizer, options: argparse.Namespace) -> None:
    """Say how to replace a result."""
    trial = search.trials[options.id] if options.id < len(search) else None
    if trial is not None and trial.state not in ("pending", "paused"):
        state = inside.called(search, trial)
        raise TrialStateError(
            f"trial {options.id} is already {state} and takes no more results; to replace its result, withdraw it "
            f"first: tanteo retract {quote(str(options.file))} {options.id}"
        )


def _constraints(texts: Sequence[str]) -> dict[str, float | bool] | None:
    advice = "write NAME=NUMBER, such as size=-3 (feasible when <= 0), or NAME=true if it holds and NAME=false if not"
    return numbers_by_name(texts, "--constraint", advice, read=_number_or_truth) or None


def _number_or_truth(text: str) -> float | bool:
    truth = {"true": True, "false": False}.get(text.lower())
    return float(text) if truth is None else truth
