"""``tanteo new`` and ``ask``: a search without a program, for a laboratory."""

from __future__ import annotations

import argparse
from typing import Any

from tanteo._internal.text import to_json
from tanteo.cli.files import keep, open_to_write, space_of
from tanteo.cli.named_numbers import numbers_by_objective
from tanteo.cli.output import say
from tanteo.exceptions import ArgumentError
from tanteo.run.report import params_text
from tanteo.study import Study

_GOALS = ("minimize", "maximize")


def new(options: argparse.Namespace) -> None:
    """``tanteo new FILE --space space.json``: create a study."""
    if options.file.exists():
        raise ArgumentError(f"{options.file} exists; give the path of a new file, or continue with tanteo ask")
    space = space_of(options.space)
    given = settings_of(options) | ({} if options.name is None else {"name": options.name})
    given |= {"thresholds": numbers_by_objective(options.threshold, "--threshold")} if options.threshold else {}
    with Study(options.file, space, **directions_of(options.direction or ["minimize"]), **given) as study:
        say(f"{options.file} is a new study with seed {study.seed}; tanteo ask {options.file} gives its first trial")


def settings_of(options: argparse.Namespace) -> dict[str, Any]:
    """Return the settings of a new search that were given, by the names of the options of ``Optimizer``."""
    settings = {name: getattr(options, name) for name in ("sampler", "pruner", "seed", "max_violation_probability")}
    return {name: value for name, value in settings.items() if value is not None}


def directions_of(texts: list[str]) -> dict[str, Any]:
    """Return the argument of a new search for ``minimize``, or ``loss=minimize accuracy=maximize``.

    Raises
    ------
    ArgumentError
        If a text is neither, or only some objectives have a name of their own.
    """
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
