"""What is accepted as the file of a study: its kind, the files beside it, and its tables."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable
from pathlib import Path

from .._internal.files import kind_of
from .._internal.optuna_names import IMPORT_FILE, TABLES
from ..exceptions import StudyError
from . import schema, stale
from .connection import Connection
from .faults import fork_problem
from .guard import StudyGuard, was_open_at_fork
from .sidefiles import Places, log_of

# The seconds in which a process that opens a file has its log beside it, and those between two looks.
_TO_OPEN, _PAUSE = 1.0, 0.01
_OPEN_ELSEWHERE = (
    "it was renamed while it was open, or its -wal file was deleted; close the study in the processes that have it "
    "open, which then put their results into it, and open it again"
)


def check_kind(path: Path, real: Path) -> None:
    """Refuse what SQLite would wait for or misread, before it opens the file.

    Parameters
    ----------
    path
        The path that was given.
    real
        The path with links resolved.
    """
    try:
        status = real.stat()
    except OSError:  # the file may not exist yet; SQLite reports other errors
        _refuse(path, _lasting(lambda: stale.problem_with(real)))
        return
    if not stat.S_ISREG(status.st_mode):
        raise StudyError(f"{str(path)!r} is {kind_of(status.st_mode)}; give the path of a regular file")
    if was_open_at_fork((status.st_dev, status.st_ino)):
        raise StudyError(fork_problem(path))
    _refuse(path, Places.of(real).link_problem)


def check_side_files(path: Path, real: Path, guard: StudyGuard) -> None:
    """Refuse a file whose log is that of another study, or is kept under another name."""
    log = log_of(real)
    _refuse(path, _lasting(lambda: _OPEN_ELSEWHERE if guard.is_open_elsewhere(log) else None))
    if guard.is_used_by_other(log):
        _refuse(
            path,
            "the -wal file beside it is that of a study which was in its place, and which a process still has open; "
            "close that one first",
        )
    _refuse(path, _lasting(lambda: None if guard.is_open_with(log) else stale.problem_with(real)))


def _lasting(problem: Callable[[], str | None]) -> str | None:
    """Return a problem if every look finds one: at a single look, a process may be creating or closing the file."""
    deadline = time.monotonic() + _TO_OPEN
    while (found := problem()) is not None and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    return found


def _refuse(path: Path, problem: str | None) -> None:
    if problem is not None:
        raise StudyError(f"{str(path)!r}: {problem}")


def is_empty(connection: Connection) -> bool:
    """Return whether a file is empty; refuse one of another application. It is called inside a transaction."""
    entries = connection.rows(schema.ENTRIES)
    application, version = (_pragma(connection, name) for name in ("application_id", "user_version"))
    if application == 0 and not entries:
        return True
    path = str(connection.path)
    if application != schema.APPLICATION:
        if {name for _, name, _ in entries} >= {name.encode() for name in TABLES}:
            raise StudyError(f"{path!r} is a database of Optuna, not a study of Tanteo; {IMPORT_FILE}")
        raise StudyError(f"{path!r} is an SQLite file, but not a study of Tanteo; give another path")
    _check_version(path, version)
    foreign = schema.hostile(entries)
    if foreign is not None:
        raise StudyError(f"{path!r} is not a study as Tanteo writes it: {foreign}; restore it from a copy")
    problem = schema.problem_with(entries)
    if problem is not None:
        raise StudyError(
            f"{path!r} is damaged: {problem}; `.recover` of SQLite does not repair this, restore it from a copy"
        )
    return False


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.rows(f"PRAGMA {name}")[0][0])


def _check_version(path: str, version: int) -> None:
    if version > schema.VERSION:
        raise StudyError(
            f"{path!r} has version {version} of the tables, and this version of Tanteo reads up to {schema.VERSION}; "
            "update tanteo"
        )
    if version < schema.VERSION:
        raise StudyError(
            f"{path!r} has version {version} of the tables, which never existed: the file is damaged; restore it from "
            "a copy"
        )
