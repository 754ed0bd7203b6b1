"""What goes wrong with the file of a study: what errors of SQLite mean, and what to do."""

from __future__ import annotations

import contextlib
import shlex
import sqlite3
from pathlib import Path

from .._internal.files import SNAPSHOT
from .sidefiles import size_of

# The size of a page of SQLite is a multiple of this one.
_LEAST_PAGE = 512

#: The codes of errors that another process causes, and that pass.
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)


def primary_code(error: Exception) -> int:
    """Return the code of an error of SQLite without its details; 0 for an error without a code."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def fork_problem(path: Path) -> str:
    """Return why a study cannot be used in a forked process, and what to do."""
    return (
        f"the study {str(path)!r} was open when this process was forked, and SQLite loses data in such a process; "
        "start processes with the method 'spawn' or 'forkserver', or close the study before the fork and open it in "
        "each process"
    )


def remedy(path: Path) -> str:
    """Return advice for a log with a damaged or missing row."""
    return f"`tanteo doctor {quoted(path)}` says what is lost, and with --repair NEW writes what is left to a new file"


def recovery(path: Path) -> str:
    """Return advice for a file that SQLite cannot read."""
    return (
        f"`sqlite3 {quoted(path)} .recover | sqlite3 NEW`, with the shell from sqlite.org, writes what is left to a "
        "new file; then run `tanteo doctor NEW`"
    )


def recovery_without_header(path: Path) -> str:
    """Return advice for a file that does not begin as those of SQLite; none if it is empty or no number of pages."""
    size = size_of(path)
    is_made_of_pages = size > 0 and size % _LEAST_PAGE == 0
    return f". If it was a study, its header is damaged: {recovery(path)}" if is_made_of_pages else ""


def quoted(path: Path) -> str:
    """Return a path as a shell reads it."""
    return shlex.quote(str(path))


def explained(error: sqlite3.Error | BlockingIOError, path: Path, patience: float) -> str:
    """Return what an error means for the study at a path, after ``patience`` seconds if the file was locked."""
    code = primary_code(error)
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_READONLY_ROLLBACK:
        return "a process ended while it created the file; open it once without read_only=True to repair it"
    if code == sqlite3.SQLITE_NOTADB and _is_snapshot(path):
        return "this is a snapshot written by Optimizer.save, not a study; load it with tt.Optimizer.load(path)"
    hints = {
        sqlite3.SQLITE_NOTADB: "this is not a study of Tanteo, and not even an SQLite file; give another path"
        + recovery_without_header(path),
        sqlite3.SQLITE_FULL: "the disk is full; nothing was lost, make room and repeat the call",
        sqlite3.SQLITE_READONLY: "the file or its folder cannot be written; open the study with read_only=True",
        sqlite3.SQLITE_CANTOPEN: "the file cannot be opened: its folder is missing, or may not be read or written",
        sqlite3.SQLITE_CORRUPT: f"the file is damaged; {recovery(path)}",
        sqlite3.SQLITE_TOOBIG: f"the file is damaged; {recovery(path)}",
    }
    if code in BUSY or isinstance(error, BlockingIOError):
        return f"another process has kept the file locked for {patience:g} s"
    if code in hints:
        return f"{hints[code]} ({error})"
    return f"SQLite says: {error}; if the file is damaged, {recovery(path)}"


def _is_snapshot(path: Path) -> bool:
    # SQLite does not use this file, so closing it drops no locks.
    with contextlib.suppress(OSError), path.open("rb") as file:
        return file.read(len(SNAPSHOT)) == SNAPSHOT
    return False
