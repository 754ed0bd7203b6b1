"""Side files that a killed process has left, and whether they belong to the study that they stand beside.

SQLite replays a write-ahead log or a rollback journal that it finds beside a file without a question. If another file
has been moved into the place of the killed one, this overwrites it. So a study is looked at before SQLite may change
anything: with its log, it must be one whole history, and that history must contain the last operation that the file
holds by itself. A file that a kill has left in the middle of a checkpoint passes as well, because each of its rows is
one of that history.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from .faults import primary_code
from .rows import ROWS, LogRow, Tail
from .sidefiles import address_of, has_frames, journal_of, log_of, size_of

# The codes of errors with which a file cannot be read at the moment, so that nothing is known of it.
_UNREADABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR)


def problem_with(path: Path) -> str | None:
    """Return why a foreign side file forbids opening a study that no process has open; None if it may be opened.

    Parameters
    ----------
    path
        The file, with links resolved. It may be missing; SQLite would delete a log beside an empty file.
    """
    has_log = has_frames(path)
    if has_log and size_of(path) == 0:
        return _foreign(log_of(path))
    has_journal = size_of(journal_of(path)) > 0
    if not (has_log or has_journal):
        return None
    last = _last(path)
    if has_journal and last is not None:
        return _foreign(journal_of(path))
    if has_log and not _is_whole(path, last, with_log=True) and _is_whole(path, last, with_log=False):
        return _foreign(log_of(path))
    return None


def _foreign(side: Path) -> str:
    return (
        f"{str(side)!r} is not its side file, but was left by another study, or an older state of this one, in its "
        "place; nothing was read or changed. Move it to another folder, and open the study again"
    )


def _connect(path: Path, *, with_log: bool) -> contextlib.closing[sqlite3.Connection]:
    # An immutable file is read without its log.
    connection = sqlite3.connect(address_of(path, is_immutable=not with_log), uri=True, timeout=0)
    connection.text_factory = bytes
    return contextlib.closing(connection)


def _last(path: Path) -> Tail | None:
    """Return the last operation in the file itself; None if there is none that can be read.

    While a checkpoint is unfinished, pages may point to others that are not yet written.
    """
    try:
        with _connect(path, with_log=False) as connection:
            stored = connection.execute(f"{ROWS} ORDER BY seq DESC LIMIT 1").fetchall()
    except sqlite3.Error:
        return None
    return next((row.tail for row in map(LogRow._make, stored) if row.is_whole), None)


def _is_whole(path: Path, last: Tail | None, *, with_log: bool) -> bool:
    """Return whether a study is one history with the operation ``last`` in it; True if it cannot be opened."""
    try:
        with _connect(path, with_log=with_log) as connection:
            if connection.execute("PRAGMA quick_check(1)").fetchone() != (b"ok",):
                return False
            return _is_history(connection, last)
    except sqlite3.Error as error:
        return primary_code(error) in _UNREADABLE


def _is_history(connection: sqlite3.Connection, last: Tail | None) -> bool:
    tail, is_found = Tail(), last is None
    for row in map(LogRow._make, connection.execute(f"{ROWS} ORDER BY seq")):
        if row.problem_after(tail) is not None:
            return False
        tail = row.tail
        is_found |= tail == last
    return is_found
