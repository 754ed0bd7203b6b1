"""``tanteo tell``, ``observe`` and ``retract``: how trials ended, and results that are withdrawn."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from shlex import quote
from typing import Any

from tanteo import inside
from tanteo._internal.coercion import short
from tanteo._internal.states import CANCELLED, called
from tanteo._internal.text import show_value
from tanteo.cli.files import keep, open_to_write
from tanteo.cli.named_numbers import numbers_by_name, per_objective
from tanteo.cli.output import say
from tanteo.exceptions import ArgumentError, TrialStateError
from tanteo.optimizer import Optimizer
from tanteo.trials.objectives import labels
from tanteo.trials.trial import FrozenTrial


def tell(options: argparse.Namespace) -> None:
    """``tanteo tell FILE ID VALUE``: record the result of a trial, or cancel it."""
    is_cancelled = options.state == CANCELLED
    search = open_to_write(options.file, "cancel(...)" if is_cancelled else "tell(...)")
    _refuse_told(search, options)
    (_cancel if is_cancelled else _record)(search, options)
    keep(search, options.file)
    say(_ended(search, options.id, CANCELLED if is_cancelled else None))


def observe(options: argparse.Namespace) -> None:
    """``tanteo observe FILE VALUE --params JSON``: add the result of a configuration that was not asked for."""
    search = open_to_write(options.file, "observe(...)")
    value, result = _result(search, options)
    number = search.observe(_params(options.params), value, **result)
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
    """Return which usual constraints a complete trial lacks: an option is easily forgotten."""
    usual = inside.usual_constraints(search) if trial.state == "complete" else []
    missing = [name for name in usual if name not in trial.constraints]
    return f" (counts as satisfying {', '.join(missing)}, without --constraint {missing[0]}=...)" if missing else ""


def _params(text: str) -> dict[str, Any]:
    """Return the configuration of ``--params``."""
    try:
        params = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ArgumentError(f"--params {short(text, 80)}: this is not JSON: {error}") from None
    if not isinstance(params, dict):
        raise ArgumentError(f"""--params {short(text, 80)}: write an object, such as '{{"lr": 0.01}}'""")
    return params


def _record(search: Optimizer, options: argparse.Namespace) -> None:
    """Tell what the arguments say."""
    value, result = _result(search, options)
    search.tell(options.id, value, **result)


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
        state = called(trial.state, excluded=trial.excluded)
        raise TrialStateError(
            f"trial {options.id} is already {state} and takes no more results; to replace its result, withdraw it "
            f"first: tanteo retract {quote(str(options.file))} {options.id}"
        )


def _constraints(texts: Sequence[str]) -> dict[str, float] | None:
    return numbers_by_name(texts, "--constraint", "write NAME=NUMBER, such as size=-3 (feasible when <= 0)") or None
