"""``tanteo tell``: how a trial ended."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tanteo._internal.states import CANCELLED, called
from tanteo._internal.text import show_value
from tanteo.cli.files import keep, open_to_write
from tanteo.cli.named_numbers import numbers_by_name, per_objective
from tanteo.cli.output import say
from tanteo.exceptions import ArgumentError, TrialStateError
from tanteo.optimizer import Optimizer
from tanteo.study import Study
from tanteo.trials.objectives import labels


def tell(options: argparse.Namespace) -> None:
    """``tanteo tell FILE ID VALUE``: record the result of a trial, or cancel it."""
    is_cancelled = options.state == CANCELLED
    search = open_to_write(options.file, "cancel(...)" if is_cancelled else "tell(...)")
    _refuse_told(search, options)
    (_cancel if is_cancelled else _record)(search, options)
    keep(search, options.file)
    told = search.trials[options.id]
    outcome = told.reason or "" if told.values is None else ", ".join(map(show_value, told.values))
    say(f"trial {told.id} is {options.state if is_cancelled else told.state}{': ' if outcome else ''}{outcome}")


def _record(search: Optimizer, options: argparse.Namespace) -> None:
    """Tell what the arguments say."""
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
    search.tell(options.id, values or None, state=options.state, sem=sems or None, **extra)


def _cancel(search: Optimizer, options: argparse.Namespace) -> None:
    """Cancel a trial, from which nothing is learned."""
    if options.value or options.sem or options.constraint:
        raise ArgumentError(
            "nothing is learned from a cancelled trial; leave out VALUE, --sem and --constraint, or --state"
        )
    reason = {} if options.reason is None else {"reason": options.reason}
    search.cancel(options.id, cost=options.cost, **reason)


def _refuse_told(search: Optimizer, options: argparse.Namespace) -> None:
    """Say how to replace a result: no command withdraws one."""
    trial = search.trials[options.id] if options.id < len(search) else None
    if trial is not None and trial.state not in ("pending", "paused"):
        state = called(trial.state, excluded=trial.excluded)
        raise TrialStateError(
            f"trial {options.id} is already {state} and takes no more results; to replace its result, withdraw it "
            f"first, in Python: import tanteo as tt; {_retraction(search, str(options.file), options.id)}"
        )


def _retraction(search: Optimizer, path: str, number: int) -> str:
    """Return the code that withdraws a result, also from the file of a snapshot."""
    if isinstance(search, Study):
        return f"tt.Study({path!r}).retract({number})"
    return f"search = tt.Optimizer.load({path!r}); search.retract({number}); search.save({path!r})"


def _constraints(texts: Sequence[str]) -> dict[str, float] | None:
    return numbers_by_name(texts, "--constraint", "write NAME=NUMBER, such as size=-3 (feasible when <= 0)") or None
