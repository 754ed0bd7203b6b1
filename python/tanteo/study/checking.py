"""Checks of a whole study file for damage."""

from __future__ import annotations

import contextlib
import os
import sqlite3

from .._internal.files import as_path
from ..exceptions import StudyError
from ..space.shown import is_exact
from . import cache
from .connection import Connection
from .database import Database
from .header import stand_in_core
from .log import Log
from .state import StudyState


def check(path: str | os.PathLike[str]) -> list[str]:
    """Check a study file for damage, and return one sentence per problem; an empty list if there is none.

    Opening a study reads only what it needs, and detects damage there. This function checks everything: the pages of
    the file, every row of the log, whether the rows can be replayed, and whether the cached state agrees with them. The
    file is not changed.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    StudyError
        If it cannot be opened.
    """
    with _opened(path) as database:
        if database.is_new:
            return ["there is no study in the file"]
        return [*pages(database), *_rows(database)]


def verify(path: str | os.PathLike[str]) -> None:
    """Compare every row of the log of a study with its checksum, including rows that opening it does not read.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    StudyError
        If it is not a study, or is damaged; the message names the row.
    """
    with _opened(path) as database:
        # A study that is being created has no rows yet.
        if not database.is_new:
            with database.translated():
                Log(database).verify()


def _opened(path: str | os.PathLike[str]) -> contextlib.closing[Database]:
    return contextlib.closing(Database(as_path(path).absolute(), "full", read_only=True))


def pages(database: Connection) -> list[str]:
    """Return one sentence for each problem that SQLite finds in the pages of a file."""
    try:
        messages = [row[0].decode(errors="replace") for row in database.rows("PRAGMA integrity_check")]
    except sqlite3.DatabaseError as error:
        return [f"the pages of the file cannot be read: {error}"]
    return [] if messages == ["ok"] else [f"the pages of the file are damaged: {line}" for line in messages]


def _rows(database: Connection) -> list[str]:
    log, cached = Log(database), cache.read(database)
    last = 1 if cached is None else cached.seq
    state, problems = None, []
    try:
        for seq, kind, body in log.read():
            if kind == "create":
                state = StudyState.at_start(body, stand_in_core(body))
            elif state is not None:
                state.replay(kind, body)
            if cached is not None and state is not None and seq == cached.seq and not _is_same(cached.state, state):
                problems.append(f"the cached state differs from what the first {seq} rows of the log give")
        if log.seq < last:
            problems.append(f"its log ends after row {log.seq}, and row {last} was written")
    except StudyError as error:
        problems.append(str(error))
    except sqlite3.DatabaseError as error:
        problems.append(f"the log cannot be read after row {log.seq}: {error}")
    except Exception as error:  # replaying a damaged row may raise anything
        problems.append(f"row {log.seq + 1} of the log cannot be repeated: {error}")
    return problems


def _is_same(cached: StudyState, state: StudyState) -> bool:
    # Unknown defaults make the snapshots differ.
    same_core = cached.core.snapshot(b"") == state.core.snapshot(b"") or not is_exact(cached.header["space"])
    return same_core and cached.record.to_data() == state.record.to_data()
