"""``tanteo doctor``: whether a file is whole, and what can be rescued of one that is not."""

from __future__ import annotations

import argparse
from pathlib import Path

from tanteo._internal.text import printable
from tanteo.cli import rescue
from tanteo.cli.files import is_study
from tanteo.cli.output import say
from tanteo.cli.viewing import view_of_snapshot, view_of_study
from tanteo.exceptions import ArgumentError, SnapshotError, StudyError
from tanteo.optimizer import Optimizer


def doctor(options: argparse.Namespace) -> None:
    """``tanteo doctor FILE [--repair NEW]``: an error, and so the exit code 1, if the file is not whole."""
    file: Path = options.file
    if not is_study(file):
        _check_snapshot(file, options.repair)
        return
    found = rescue.examine(file)
    for problem in found.others:
        say(printable(f"{file}: {problem}"))
    if not found.damaged and not found.others:
        with view_of_study(file) as study:
            say(f"{file} is whole: {len(found.rows)} operations, each with the right checksum, make {_trials(study)}")
        return
    if options.repair is None:
        for _, words in rescue.damages(found):
            say(printable(f"{file}: {words} is damaged"))
        raise StudyError(f"{file} is damaged; `tanteo doctor {file} --repair NEW` rescues what is left into a new file")
    for line in rescue.into(found, file, options.repair):
        say(printable(line))
    with view_of_study(options.repair) as study:
        say(f"{options.repair} is whole and holds {_trials(study)}")


def _trials(search: Optimizer) -> str:
    return f"{len(search)} trials, {len(search.pending)} of them pending"


def _check_snapshot(file: Path, repair: Path | None) -> None:
    """A snapshot is one piece with one checksum: it is whole, or nothing of it can be trusted."""
    try:
        search = view_of_snapshot(file)
    except SnapshotError as error:
        raise SnapshotError(f"{error}; a snapshot has one checksum, so no part of it can be trusted") from error
    say(f"{file} is whole: a snapshot with {_trials(search)}")
    if repair is not None:
        raise ArgumentError("there is nothing to repair")
