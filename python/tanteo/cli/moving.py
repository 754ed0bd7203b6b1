"""``tanteo import``: converts an Optuna study or a table to a study of Tanteo."""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any

from tanteo import inside
from tanteo._internal.text import counted
from tanteo.cli.asking import directions_of, settings_of
from tanteo.cli.files import space_of
from tanteo.cli.output import say
from tanteo.exceptions import ArgumentError, SpaceError, StudyError
from tanteo.optimizer import Optimizer
from tanteo.trials.objectives import labels


def import_(options: argparse.Namespace) -> None:
    """``tanteo import SOURCE --out STUDY``.

    Raises
    ------
    StudyError
        If trials had to be left aside, unless ``--allow-dropped`` is given. No file is written then.
    """
    from tanteo.integrations.imported_trials import LeftAside

    # Those of other packages have classes of their own, such as Optuna's ExperimentalWarning.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        warnings.simplefilter("default", RuntimeWarning)
        search = _import_source(options)
    for warning in caught:
        if warning.category in (UserWarning, RuntimeWarning, LeftAside):
            say(f"note: {_in_shell(str(warning.message))}")
    n_left_aside = sum(each.message.number for each in caught if isinstance(each.message, LeftAside))
    if n_left_aside and not options.allow_dropped:
        search.close()
        options.out.unlink()
        raise StudyError(
            f"{n_left_aside} of the trials cannot be imported (see above), so {options.out} was not written; give "
            "--allow-dropped to leave them out"
        )
    n_queued = inside.n_queued(search)
    queued = f", and {n_queued} queued" if n_queued else ""
    n = counted(len(search), "trial")
    say(f"{options.out} holds {n} of {options.source}, {len(search.pending)} of them pending{queued}")
    say(_goals(search, is_assumed=options.source.lower().endswith(".csv") and not options.direction))


def _in_shell(text: str) -> str:
    """Return a message with the options of this command in place of arguments; where it has none, with the call."""
    from tanteo.integrations.optuna.names import GIVE_ONE, WITH_NAME
    from tanteo.integrations.tables import NAME_THEM

    options = {
        GIVE_ONE: "give --space FILE, a space written by SearchSpace.to_json",
        WITH_NAME: "(--study-name)",
        NAME_THEM: "in Python, from_frame of tanteo.integrations.tables keeps those in its constraints= or attrs=",
    }
    for argument, option in options.items():
        text = text.replace(argument, option)
    return text


def _goals(search: Optimizer, *, is_assumed: bool) -> str:
    """Return in words what a search minimizes and maximizes; a table does not say it."""
    n, names = len(search.directions), search.objective_names
    called = ["the value"] if n == 1 and names is None else labels(n, names)
    text = " and ".join(f"{goal}s {name}" for goal, name in zip(search.directions, called, strict=True))
    return f"it {text}{', since no --direction was given' if is_assumed else ''}"


def _import_source(options: argparse.Namespace) -> Any:
    from tanteo.integrations.optuna import from_optuna
    from tanteo.integrations.tables import from_frame

    space, settings = None if options.space is None else space_of(options.space), settings_of(options)
    if options.source.endswith((".pkl", ".pickle")):
        raise ArgumentError(
            f"{options.source}: reading a pickle executes its content; load Hyperopt's Trials yourself and use "
            "tanteo.integrations.hyperopt.from_hyperopt(trials, space, path=...)"
        )
    if options.source.lower().endswith(".csv"):
        if space is None:
            raise ArgumentError("a table has no space: give --space FILE, a space written by SearchSpace.to_json")
        _check_counts(options.value, options.direction)
        columns = options.value or ["value"]
        value = columns[0] if len(columns) == 1 else columns
        goals = directions_of(options.direction or ["minimize"] * len(columns))
        fill = _fill(options.fill)
        table = Path(options.source)
        return from_frame(table, space, value=value, fill=fill, path=options.out, **goals, **settings)
    if options.fill:
        raise ArgumentError("--fill is for tables: an Optuna study has the parameters of its trials; leave it out")
    try:
        return from_optuna(options.source, options.study_name, space=space, path=options.out, **settings)
    except (SpaceError, StudyError) as error:
        raise type(error)(_in_shell(str(error))) from None


def _fill(texts: list[str]) -> dict[str, str]:
    """Return the values of parameters without a column, as text."""
    if wrong := next((text for text in texts if not text.partition("=")[1]), None):
        raise ArgumentError(f"--fill {wrong}: write a name and a value, as in depth=4")
    return {name: value for name, _, value in (text.partition("=") for text in texts)}


def _check_counts(columns: list[str] | None, goals: list[str] | None) -> None:
    """Check that there is a goal for each column; without ``--value`` their number decides the columns."""
    if columns and goals and len(columns) != len(goals):
        raise ArgumentError(
            f"give one --direction for each --value, got {len(columns)} --value and {len(goals)} --direction"
        )
