"""One function for each command; each writes to standard output and raises what went wrong."""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from tanteo.cli import figures
from tanteo.cli.order import in_order
from tanteo.exceptions import ArgumentError
from tanteo.importance import param_importances
from tanteo.optimizer import Optimizer
from tanteo.run.report import as_text, flat_params, recommended_instead, show_value, with_error
from tanteo.text import printable, safe_repr
from tanteo.trial import FrozenTrial

# What a cell begins with that spreadsheets run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def demo(options: argparse.Namespace) -> None:
    """``tanteo demo``."""
    from tanteo.demo import run

    run(options.seconds, options.out, options.seed)


def show(options: argparse.Namespace) -> None:
    """``tanteo show FILE``."""
    optimizer = Optimizer.load(options.file)
    states = Counter(trial.state for trial in optimizer.trials)
    if options.json:
        _say_json(_search_as_json(optimizer, states))
        return
    rows = [
        ("directions", ", ".join(optimizer.directions)),
        ("sampler", repr(optimizer.sampler)),
        ("seed", str(optimizer.seed)),
        ("trials", ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"),
        *((f"  {name}", repr(parameter)) for name, parameter in optimizer.space.parameters.items()),
    ]
    _say(as_text(str(options.file), rows))
    if len(optimizer.directions) == 1:
        _say_best(optimizer)
    else:
        _say_front(optimizer)


def best(options: argparse.Namespace) -> None:
    """``tanteo best FILE``."""
    optimizer = Optimizer.load(options.file)
    if len(optimizer.directions) > 1:
        n = len(optimizer.directions)
        raise ArgumentError(f"best needs a single direction, {options.file} has {n}; use tanteo front (pareto_front)")
    if options.json:
        _say_json(_best_as_json(optimizer))
    else:
        _say_best(optimizer)


def front(options: argparse.Namespace) -> None:
    """``tanteo front FILE``."""
    optimizer = Optimizer.load(options.file)
    if options.json:
        _say_json([_as_json(trial) for trial in optimizer.pareto_front])
    else:
        _say_front(optimizer)


def trials(options: argparse.Namespace) -> None:
    """``tanteo trials FILE``."""
    optimizer = Optimizer.load(options.file)
    chosen = [trial for trial in optimizer.trials if options.state in (None, trial.state)]
    chosen = in_order(optimizer, chosen, options.sort)[: options.limit]
    if options.json:
        _say_json([_as_json(trial) for trial in chosen])
        return
    for trial in chosen:
        _say(_line(trial))


def export(options: argparse.Namespace) -> None:
    """``tanteo export FILE``."""
    ending = ".csv" if options.out is None else options.out.suffix.lower()
    if options.format is None and ending not in (".csv", ".json"):
        raise ArgumentError(f"--out {options.out}: give it the ending .csv or .json, or say --format csv or json")
    is_json = (options.format or ending[1:]) == "json"
    optimizer = Optimizer.load(options.file)
    extra = {"steps": options.steps, "replicates": options.replicates}
    text = optimizer.to_json(**extra) + "\n" if is_json else _as_csv(optimizer.to_dict(**extra))
    if options.out is None:
        sys.stdout.write(text)
    else:
        # Line ends as written: those of CSV are the same on every system.
        options.out.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")


def plot(options: argparse.Namespace) -> None:
    """``tanteo plot FILE KIND --out FILE``."""
    figures.draw(Optimizer.load(options.file), options.kind, options.out, options.params)


def importance(options: argparse.Namespace) -> None:
    """``tanteo importance FILE``."""
    shares = param_importances(
        Optimizer.load(options.file), method=options.method, objective=options.objective, quantile=options.quantile
    )
    if options.json:
        _say_json(shares)
        return
    width = max(map(len, map(printable, shares)), default=0)
    for name, share in ((printable(name), share) for name, share in shares.items()):
        _say(f"{name:<{width}}  {share:.3f}  {'#' * round(40 * share)}".rstrip())


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _say_json(data: object) -> None:
    _say(json.dumps(data, indent=2, default=safe_repr))


def _say_front(optimizer: Optimizer) -> None:
    _say(f"Pareto front of {len(optimizer.pareto_front)} trials")
    for trial in optimizer.pareto_front:
        _say(_line(trial))


def _say_best(optimizer: Optimizer) -> None:
    found = optimizer.best
    if found is None:
        _say("no trial is complete and feasible with a finite value")
        return
    rows = [(name, show_value(value)) for name, value in flat_params(found.params).items()]
    _say(as_text(f"best: trial {found.id}", [("value", with_error(found.value, found.sem)), *rows]))
    better = recommended_instead(optimizer)
    if better is not None:
        told = f"trial {better.id} ({with_error(better.value, better.sem)})"
        _say(printable(f"recommended, as results are noisy: {told}  {_params(better)}".rstrip()))


def _line(trial: FrozenTrial) -> str:
    """One trial: id, state, values or reason, configuration."""
    errors = trial.sems or (None,) * len(trial.values or ())
    values = ", ".join(map(with_error, trial.values or (), errors))
    told = values or trial.reason or ""
    return printable(f"{trial.id:>5}  {trial.state:<8}  {told:<14}  {_params(trial)}".rstrip())


def _params(trial: FrozenTrial) -> str:
    return " ".join(f"{name}={show_value(value)}" for name, value in flat_params(trial.params).items())


def _as_json(trial: FrozenTrial) -> dict[str, Any]:
    """One trial for programs; a choice that JSON cannot hold is its repr, as is an infinite value."""
    return {
        "id": trial.id,
        "state": trial.state,
        "origin": trial.origin,
        "values": [value if math.isfinite(value) else repr(value) for value in trial.values or ()],
        "sems": trial.sems,
        "constraints": dict(trial.constraints),
        "cost": trial.cost,
        "reason": trial.reason,
        "params": trial.params,
    }


def _search_as_json(optimizer: Optimizer, states: Mapping[Any, int]) -> dict[str, Any]:
    return {
        "directions": optimizer.directions,
        "sampler": repr(optimizer.sampler),
        "seed": optimizer.seed,
        "trials": states,
        "parameters": {name: repr(parameter) for name, parameter in optimizer.space.parameters.items()},
        "constraints": [repr(constraint) for constraint in optimizer.space.constraints],
    }


def _best_as_json(optimizer: Optimizer) -> dict[str, Any] | None:
    found = optimizer.best
    if found is None:
        return None
    return {**_as_json(found), "recommended": _as_json(recommended_instead(optimizer) or found)}


def _as_csv(columns: dict[str, Any]) -> str:
    """Every trial as a row; missing values are empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(_cell, columns))
    for row in zip(*(column.tolist() for column in columns.values()), strict=True):
        writer.writerow(map(_cell, row))
    return text.getvalue()


def _cell(value: object) -> object:
    """A cell of CSV: numbers as they are; text that a spreadsheet would run as a formula behind an apostrophe."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool | float):
        return value
    text = value if isinstance(value, str) else safe_repr(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
