"""The file that a command is about: a study, or a snapshot of an optimizer."""

from __future__ import annotations

from pathlib import Path

from tanteo._internal.files import SNAPSHOT, SQLITE
from tanteo.cli.header import is_damaged
from tanteo.cli.viewing import needs, view_of_snapshot, view_of_study
from tanteo.exceptions import ArgumentError, StudyError
from tanteo.optimizer import Optimizer
from tanteo.study import Study
from tanteo.study.checking import verify
from tanteo.study.database import remedy
from tanteo.trials.objectives import place_of


def is_study(path: Path) -> bool:
    """Whether a file is an SQLite file, as studies are."""
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def may_be_replaced(path: Path) -> Path:
    """Return the path of a file to be written.

    Raises
    ------
    ArgumentError
        If a search is in it: what is exported is no search, so that one would be lost.
    """
    if path.is_file():
        with path.open("rb") as file:
            start = file.read(len(SQLITE))
        if start == SQLITE or start.startswith(SNAPSHOT):
            raise ArgumentError(f"--out {path}: there is a search in this file, which would be lost; give another path")
    return path


def open_search(path: Path) -> Optimizer:
    """Return the search in a file, to be looked at; see :mod:`tanteo.cli.viewing`.

    Raises
    ------
    StudyError, SnapshotError
        If it is none, or damaged. Opening a study reads a kept state and what came after it; a command compares every
        operation with its checksum, so that no page is made of a file that cannot be trusted.
    OSError
        If it cannot be read.
    """
    if not _verify_kind(path):
        return view_of_snapshot(path)
    return view_of_study(path)


def open_to_write(path: Path) -> Optimizer:
    """Return the search in a file, to be changed.

    Raises
    ------
    ArgumentError
        If that takes what only its own program has.
    StudyError, SnapshotError, OSError
        As :func:`open_search`.
    """
    holds_study = _verify_kind(path)
    missing = needs(path, is_study=holds_study)
    if missing:
        raise ArgumentError(
            f"to change {path} takes {', '.join(missing)}, which only the program of the search has; call "
            "enqueue(...) on the search there"
        )
    return Study(path) if holds_study else Optimizer.load(path)


def _verify_kind(path: Path) -> bool:
    """Return whether a file is a study, and look at its checksums."""
    if path.is_dir():
        raise ArgumentError(f"{path} is a folder; name a study, or a file that Optimizer.save wrote")
    if is_damaged(path):
        raise StudyError(f"{path} is damaged in its header; {remedy(path)}")
    if not is_study(path):
        return False
    verify(path)
    return True


def objective_of(search: Optimizer, text: str) -> int:
    """Return the place of an objective that a command line gives by its name, or by its place, from 0.

    Raises
    ------
    ArgumentError
        If there is none.
    """
    names = search.objective_names
    is_place = text.isdecimal() and (names is None or text not in names)
    return place_of(int(text) if is_place else text, len(search.directions), names, "--objective")


def refreshed(search: Optimizer, path: Path) -> Optimizer:
    """Return the search as it is now: what other processes have written is read."""
    if isinstance(search, Study):
        search.refresh()
        return search
    return view_of_snapshot(path)
