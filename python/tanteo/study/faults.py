"""What goes wrong with the file of a study: what errors of SQLite mean, and what to do."""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import sqlite3
from pathlib import Path

from .._internal.files import SNAPSHOT
from .sidefiles import index_of, journal_of, log_of, size_of

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment] # a module that may be missing has no other type

# The size of a page of SQLite is a multiple of this one.
_LEAST_PAGE = 512
# The bytes of the longest path that SQLite opens on Unix, with the ending of the longest side file.
_LONGEST_PATH = 512
# More than SQLite adds to a file at once: the pages of a transaction, and a part of the index of the log.
_GROWTH = 2**17
_LOOP = "its path is a loop of symbolic links"
_NAMELESS = "its path or its name, with the -journal that SQLite appends, is too long; choose a shorter one"
_NO_ACCESS = "this user may not read or write it, or may not enter its folder; change the permissions"
_NO_DESCRIPTORS = "this process has no file descriptors left; close some files, or raise the limit (ulimit -n)"
_MISSING = "its folder is missing, or may not be read or written"
_READ_ONLY = "the file or its folder cannot be written; open the study with read_only=True"

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
    """Return advice for a file that does not begin like an SQLite file; none if its size is not that of whole pages."""
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
        sqlite3.SQLITE_FULL: "the disk is full; nothing was lost, free some space and repeat the call",
        sqlite3.SQLITE_READONLY: _READ_ONLY,
        sqlite3.SQLITE_CORRUPT: f"the file is damaged; {recovery(path)}",
        sqlite3.SQLITE_TOOBIG: f"the file is damaged; {recovery(path)}",
    }
    if code in BUSY or isinstance(error, BlockingIOError):
        return f"another process has kept the file locked for {patience:g} s"
    if code == sqlite3.SQLITE_CANTOPEN:
        return f"the file cannot be opened: {_unopened(path)} ({error})"
    if code == sqlite3.SQLITE_IOERR and _is_at_limit(path):
        return (
            "the file has reached the largest size that this process may write; nothing was lost, raise the limit "
            f"(ulimit -f) and repeat the call ({error})"
        )
    if code in hints:
        return f"{hints[code]} ({error})"
    return f"SQLite says: {error}; if the file is damaged, {recovery(path)}"


def path_problem(path: Path) -> str | None:
    """Return why a path can be that of no study, or None."""
    try:
        journal_of(path).stat()
    except OSError as error:
        known = {errno.ENAMETOOLONG: _NAMELESS, errno.ELOOP: _LOOP, errno.EACCES: _NO_ACCESS}
        return known.get(error.errno or 0)
    return None


def _unopened(path: Path) -> str:
    """Return why SQLite could not open a file, which is not opened again: to close it would drop locks of SQLite."""
    problem = path_problem(path)
    if problem is not None:
        return problem
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
        path.parent.stat()
        is_readable = os.access(path, os.R_OK) or not path.exists()
    except OSError as error:
        known = {errno.EMFILE: _NO_DESCRIPTORS, errno.ENFILE: _NO_DESCRIPTORS}
        return known.get(error.errno or 0, _MISSING)
    if os.name == "posix":
        if len(os.fsencode(journal_of(Path(os.path.realpath(path))))) >= _LONGEST_PATH:
            return _NAMELESS
        if os.statvfs(path.parent).f_flag & os.ST_RDONLY:
            return _READ_ONLY
    return _MISSING if is_readable and os.access(path.parent, os.W_OK) else _NO_ACCESS


def _is_at_limit(path: Path) -> bool:
    """Return whether the file or one beside it has reached the limit of RLIMIT_FSIZE."""
    if resource is None:
        return False
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    real = Path(os.path.realpath(path))
    largest = max(size_of(file) for file in (real, log_of(real), index_of(real), journal_of(real)))
    return limit != resource.RLIM_INFINITY and largest + _GROWTH > limit


def _is_snapshot(path: Path) -> bool:
    # SQLite does not use this file, so closing it drops no locks.
    with contextlib.suppress(OSError), path.open("rb") as file:
        return file.read(len(SNAPSHOT)) == SNAPSHOT
    return False
