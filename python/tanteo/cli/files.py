"""Opening the file of a command: a study, or a snapshot of an optimizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tanteo._internal.files import SNAPSHOT, SQLITE, kind_of
from tanteo.cli.viewing import needs, view_of_snapshot, view_of_study
from tanteo.exceptions import ArgumentError, SpaceError
from tanteo.optimizer import Optimizer
from tanteo.space.search_space import SearchSpace
from tanteo.study import Study
from tanteo.study.checking import verify
from tanteo.study.faults import recovery_without_header
from tanteo.trials.objectives import place_of


def is_study(path: Path) -> bool:
    """Whether a file is an SQLite file, which is the format of studies."""
    return _starts_with(path, SQLITE)


def _starts_with(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark)) == mark


def may_be_replaced(path: Path) -> Path:
    """Return the path of an output file.

    Raises
    ------
    ArgumentError
        If the file holds a search, which the output would overwrite.
    """
    if path.is_file() and (is_study(path) or _starts_with(path, SNAPSHOT)):
        raise ArgumentError(f"--out {path}: this file holds a search, which would be lost; give another path")
    return path


def name_of(search: Optimizer, path: Path) -> str:
    """Return the name of a search: that of a study, or that of its file."""
    return search.name if isinstance(search, Study) else path.name


def keep(search: Optimizer, path: Path) -> None:
    """Write a changed snapshot back; a study has recorded the change already."""
    if not isinstance(search, Study):
        search.save(path)


def open_search(path: Path) -> Optimizer:
    """Open the search in a file for reading; see :mod:`tanteo.cli.viewing`.

    Raises
    ------
    StudyError, SnapshotError
        If the file is neither a study nor a snapshot, or is damaged. Opening a study reads only the cached state and
        the operations after it. A command verifies the checksum of every operation, so that it never shows data of a
        damaged file.
    OSError
        If the file cannot be read.
    """
    if not _verify_kind(path):
        return view_of_snapshot(path)
    return view_of_study(path)


def open_to_write(path: Path, call: str) -> Optimizer:
    """Open the search in a file for writing; ``call`` is what does the same in Python.

    Raises
    ------
    ArgumentError
        If the search needs Python objects that only its own program has.
    StudyError, SnapshotError, OSError
        As for :func:`open_search`.
    """
    holds_study = _verify_kind(path)
    missing = needs(path, is_study=holds_study)
    if missing:
        raise ArgumentError(
            f"changing {path} needs {', '.join(missing)}, which only the program of the search has; call "
            f"{call} on the search there"
        )
    return _StudyOfCommand(path) if holds_study else Optimizer.load(path)


class _StudyOfCommand(Study):
    """A study in a command, which hands out trials to whoever calls it."""

    def _about_this_process(self) -> dict[str, Any]:
        # Trials of this command belong to its caller, so the end of the process must not free them.
        return {**super()._about_this_process(), "born": None}


def _verify_kind(path: Path) -> bool:
    """Return whether a file is a study; verify the checksums of a study."""
    require_file(path)
    if is_study(path):
        verify(path)
        return True
    refuse_unknown(path)
    return False


def require_file(path: Path) -> None:
    """Raise an error unless a path is that of a regular file; a pipe would be waited for."""
    if not path.exists():
        raise ArgumentError(f"there is no file {path}")
    if not path.is_file():
        kind = kind_of(path.stat().st_mode)
        raise ArgumentError(f"{path} is {kind}; name a study, or a file that Optimizer.save wrote")


def space_of(file: Path) -> SearchSpace:
    """Return the space in the file of ``--space``.

    Raises
    ------
    SpaceError
        If the file has no space.
    """
    try:
        return SearchSpace.from_json(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise SpaceError(f"--space {file}: this is not text; give what SearchSpace.to_json returns") from None
    except SpaceError as error:
        raise SpaceError(f"--space {file}: {error}") from None


def refuse_unknown(path: Path) -> None:
    """Raise an error for a file that is not a snapshot, and therefore not a search."""
    if not _starts_with(path, SNAPSHOT):
        raise ArgumentError(
            f"{path} is neither a study nor a snapshot: its first bytes are those of neither"
            f"{recovery_without_header(path)}"
        )


def objective_of(search: Optimizer, text: str, argument: str = "--objective") -> int:
    """Return the index of the objective that is given by its name or its index, from 0.

    ``argument`` is what it is called in messages.

    Raises
    ------
    ArgumentError
        If there is no such objective.
    """
    names = search.objective_names
    is_place = text.isdecimal() and (names is None or text not in names)
    return place_of(int(text) if is_place else text, len(search.directions), names, argument)


def refreshed(search: Optimizer, path: Path) -> Optimizer:
    """Return the current state of the search, including what other processes have written."""
    if isinstance(search, Study):
        search.refresh()
        return search
    return view_of_snapshot(path)
