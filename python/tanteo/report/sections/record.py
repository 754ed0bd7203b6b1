"""The record: settings, environments and their changes, the state of the code, the command to continue."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tanteo._core import __version__
from tanteo._internal.text import counted
from tanteo.report.document import Part, Section, Table, Text, missing
from tanteo.report.subject import Subject
from tanteo.run.report import environment_rows, space_rows, states_text, thresholds_text
from tanteo.study import Study
from tanteo.study.environment import is_command

# The latest changes of the environment that are listed.
_CHANGES = 12


def record(subject: Subject) -> Section:
    """Return the section."""
    return Section(id="record", title="Record", parts=list(_parts(subject)))


def _parts(subject: Subject) -> Iterator[Part]:
    yield Table(title="The search", head=["", ""], rows=[list(row) for row in _settings(subject)])
    yield Table(title="Its space", head=["parameter", "values"], rows=[*map(list, space_rows(subject.search))])
    if not isinstance(subject.search, Study):
        yield missing("A search in memory has no record of its environment; tt.Study keeps one.")
        return
    yield from _of_study(subject.search, "raise the budget, and " if subject.is_spent else "")


def _settings(subject: Subject) -> Iterator[tuple[str, str]]:
    search = subject.search
    goals = zip(subject.objectives, search.directions, strict=True)
    yield "objectives", ", ".join(f"{name}: {goal}" for name, goal in goals)
    if search.thresholds is not None:
        yield "thresholds", thresholds_text(search)
    yield "sampler", repr(search.sampler)
    yield "pruner", repr(search.pruner)
    yield "seed", str(search.seed)
    yield "trials", states_text(subject.trials)
    if search.spent or search.budget is not None:
        yield "spent", f"{search.spent:g}" + ("" if search.budget is None else f" of {search.budget:g}")
    if isinstance(search, Study):
        yield "file", str(search.path)
    yield "page made by", f"Tanteo {__version__}"


def _of_study(study: Study, first: str) -> Iterator[Part]:
    """Iterate over the parts about the runs; ``first`` is what to do before the command."""
    runs = study.environments
    if not runs:
        yield missing("No process has written to the study yet.")
        return
    last = runs[-1]
    yield Table(title="Latest environment", head=["", ""], rows=[list(row) for row in environment_rows(last)])
    changed = study.environment_changes()
    if changed:
        title = f"Changed since the run before ({counted(len(changed), 'difference')})"
        yield Table(title=title, head=["change"], rows=[[change] for change in changed[:_CHANGES]])
    elif len(runs) > 1:
        yield Text(text=f"{counted(len(runs), 'process', 'processes')} wrote to the study; the last two are alike.")
    yield from _continuing(study.path, runs, first)


def _continuing(path: Path, runs: Sequence[Mapping[str, Any]], first: str) -> Iterator[Part]:
    """Return how to continue. Queueing a point from the shell does not make it the place where the search runs."""
    arguments = [run.get("argv") or [] for run in runs]
    own = [k for k, given in enumerate(arguments) if not (is_command(given) and given[1:2] == ["enqueue"])]
    last = own[-1] if own else -1
    if is_command(arguments[last]):
        yield Text(text="To continue, ask for the next trial:")
        yield Text(text=shlex.join(["tanteo", "ask", str(path)]), tone="code")
        return
    command = command_to_continue(runs[last])
    if command is None:
        yield missing("The program was not a file, so there is no command to continue it.")
    else:
        yield Text(text=f"To continue, {first}run the same command again:")
        yield Text(text=command, tone="code")


def command_to_continue(run: Mapping[str, Any]) -> str | None:
    """Return the command of a run for a shell; None if it was no file, as in a notebook or of ``python -c``."""
    arguments = [str(argument) for argument in run.get("argv") or ()]
    if not arguments or arguments[0] in ("", "-c", "-") or "ipykernel" in arguments[0]:
        return None
    start = [] if not str(arguments[0]).endswith(".py") else ["python"]
    folder = f"cd {shlex.quote(str(run['cwd']))} && " if run.get("cwd") else ""
    return folder + shlex.join([*start, *arguments])
