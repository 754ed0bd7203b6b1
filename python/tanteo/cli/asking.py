"""``tanteo new``, ``ask`` and ``tell``: a search without a program, for a laboratory."""

from __future__ import annotations

import argparse
import math
from typing import Any

from tanteo._internal.json_text import to_json
from tanteo._internal.text import show_value
from tanteo.cli.files import keep, open_to_write, space_of
from tanteo.cli.output import params_text, say
from tanteo.exceptions import ArgumentError, TrialStateError
from tanteo.optimizer import Optimizer
from tanteo.study import Study
from tanteo.trials.objectives import labels

_GOALS = ("minimize", "maximize")


def new(options: argparse.Namespace) -> None:
    """``tanteo new FILE --space space.json``: create a study."""
    if options.file.exists():
        raise ArgumentError(f"{options.file} exists; give the path of a new file, or continue with tanteo ask")
    space = space_of(options.space)
    settings = {"sampler": options.sampler, "seed": options.seed, "name": options.name}
    given = {name: value for name, value in settings.items() if value is not None}
    given |= {"thresholds": _thresholds(options.threshold)} if options.threshold else {}
    with Study(options.file, space, **_directions(options.direction or ["minimize"]), **given) as study:
        say(f"{options.file} is a new study with seed {study.seed}; tanteo ask {options.file} gives its first trial")


def _directions(texts: list[str]) -> dict[str, Any]:
    """Return the argument of ``Study`` for ``minimize``, or ``loss=minimize accuracy=maximize``."""
    pairs = [(text.partition("=") if "=" in text else ("", "", text))[::2] for text in texts]
    for text, (name, goal) in zip(texts, pairs, strict=True):
        if goal not in _GOALS or ("=" in text) != bool(name):
            raise ArgumentError(
                f"--direction {text}: write minimize or maximize, or a name as in loss=minimize; several objectives "
                "repeat the option"
            )
    if any(name for name, _ in pairs):
        if not all(name for name, _ in pairs) or len(dict(pairs)) < len(pairs):
            given = " ".join(f"--direction {text}" for text in texts)
            raise ArgumentError(f"{given}: give every objective a name of its own, or none")
        return {"directions": dict(pairs)}
    goals = [goal for _, goal in pairs]
    return {"direction": goals[0]} if len(goals) == 1 else {"directions": goals}


def _thresholds(texts: list[str]) -> dict[str | int, float]:
    """Return the thresholds of ``loss=0.5 1=30``."""
    found = _numbers(texts, "--threshold", "write a name and a number, as in loss=0.5")
    # "01" is no number of an objective: 1 is, and may be given too.
    return {int(name) if name.isdecimal() and str(int(name)) == name else name: each for name, each in found.items()}


def _numbers(texts: list[str], option: str, advice: str) -> dict[str, float]:
    """Return the numbers of ``loss=0.5 size=30`` by name.

    Raises
    ------
    ArgumentError
        If one is no number with a name, or a name is given twice.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, _, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not name or math.isnan(value):
            raise ArgumentError(f"{option} {text}: {advice}")
        if name in found:
            raise ArgumentError(f"{option} {text}: {name!r} is given twice")
        found[name] = value
    return found


def ask(options: argparse.Namespace) -> None:
    """``tanteo ask FILE``: hand out trials, one per line."""
    search = open_to_write(options.file, "ask()")
    trials = search.ask(options.n)
    keep(search, options.file)
    for trial in trials:
        if options.json:
            say(to_json({"id": trial.id, "params": trial.params}))
        else:
            say(f"trial {trial.id}  {params_text(search, search.trials[trial.id])}".rstrip())


def tell(options: argparse.Namespace) -> None:
    """``tanteo tell FILE ID VALUE``: record the result of a trial."""
    search = open_to_write(options.file, "tell(...)")
    _refuse_told(search, options)
    n = len(search.directions)
    known = ", ".join(labels(n, search.objective_names))
    if options.state == "complete" and len(options.value) != n:
        values = "1 value" if n == 1 else f"{n} values ({known})"
        raise ArgumentError(f"a complete trial of this search has {values}, got {len(options.value)}; see also --state")
    if options.sem and len(options.sem) != n:
        errors = "once" if n == 1 else f"{n} times ({known}; nan for an error that is not known)"
        raise ArgumentError(f"give --sem {errors}, got {len(options.sem)}")
    extra = {"sem": options.sem, "cost": options.cost, "constraints": _constraints(options.constraint)}
    search.tell(options.id, options.value or None, state=options.state, reason=options.reason, **extra)
    keep(search, options.file)
    told = search.trials[options.id]
    outcome = told.reason or "" if told.values is None else ", ".join(map(show_value, told.values))
    say(f"trial {told.id} is {told.state}{': ' if outcome else ''}{outcome}")


def _refuse_told(search: Optimizer, options: argparse.Namespace) -> None:
    """Say how to replace a result: no command withdraws one."""
    state = search.trials[options.id].state if options.id < len(search) else "pending"
    if state not in ("pending", "paused"):
        raise TrialStateError(
            f"trial {options.id} is already {state} and takes no more results; to replace its result, withdraw it "
            f"first, in Python: import tanteo as tt; {_retraction(search, str(options.file), options.id)}"
        )


def _retraction(search: Optimizer, path: str, number: int) -> str:
    """Return the code that withdraws a result, also from the file of a snapshot."""
    if isinstance(search, Study):
        return f"tt.Study({path!r}).retract({number})"
    return f"search = tt.Optimizer.load({path!r}); search.retract({number}); search.save({path!r})"


def _constraints(texts: list[str]) -> dict[str, float] | None:
    return _numbers(texts, "--constraint", "write NAME=NUMBER, such as size=-3 (feasible when <= 0)") or None
