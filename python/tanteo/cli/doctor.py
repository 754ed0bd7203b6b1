"""``tanteo doctor``: checks a file and recovers a damaged study."""

from __future__ import annotations

import argparse
from pathlib import Path

from tanteo._internal.text import printable
from tanteo.cli import rescue
from tanteo.cli.files import is_study, refuse_unknown, require_file
from tanteo.cli.header import is_damaged, readable
from tanteo.cli.output import say
from tanteo.cli.viewing import view_of_snapshot, view_of_study
from tanteo.exceptions import SnapshotError, StudyError
from tanteo.optimizer import Optimizer


def doctor(options: argparse.Namespace) -> None:
    """``tanteo doctor FILE [--repair NEW]``: raises an error, which gives exit code 1, if the file is damaged."""
    file: Path = options.file
    require_file(file)
    has_header = not is_damaged(file)
    if has_header and not is_study(file):
        _check_snapshot(file, options.repair)
        return
    with readable(file) as readable_file:
        inspection = rescue.examine(readable_file)
        if not has_header:
            inspection.problems.insert(
                0, "the header of the file is damaged (its first 100 bytes), or its end is missing"
            )
        _report(inspection, options, readable_file)


def _report(inspection: rescue.Inspection, options: argparse.Namespace, readable_file: Path) -> None:
    """Print the result of the inspection and, with ``--repair``, recover the study."""
    file: Path = options.file
    for problem in inspection.problems:
        say(printable(f"{file}: {problem}"))
    if not inspection.damaged and not inspection.problems:
        with view_of_study(file) as study:
            n = len(inspection.operations)
            say(f"{file} is whole: {n} operations, each with the right checksum, make {_trials(study)}")
        if options.repair is not None:
            say(f"there is nothing to repair; {options.repair} is not written")
        return
    if options.repair is None:
        for _, description in rescue.damages(inspection):
            say(printable(f"{file}: {description} is damaged"))
        raise StudyError(f"{file} is damaged; `tanteo doctor {file} --repair NEW` rescues what is left into a new file")
    for line in rescue.write_to(inspection, readable_file, options.repair):
        say(printable(line))
    with view_of_study(options.repair) as study:
        say(f"{options.repair} is whole and holds {_trials(study)}")


def _trials(search: Optimizer) -> str:
    return f"{len(search)} trials, {len(search.pending)} of them pending"


def _check_snapshot(file: Path, repair: Path | None) -> None:
    """Check a snapshot: it has a single checksum, so a damaged one cannot be recovered in part."""
    refuse_unknown(file)
    try:
        search = view_of_snapshot(file)
    except SnapshotError as error:
        raise SnapshotError(f"{error}; a snapshot has one checksum, so no part of it can be trusted") from error
    say(f"{file} is whole: a snapshot with {_trials(search)}")
    if repair is not None:
        say(f"there is nothing to repair; {repair} is not written")
