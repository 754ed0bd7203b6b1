"""The SQLite file of a study: opened once, written in transactions, and checked for being replaced meanwhile."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar
from urllib.parse import quote

from .._internal.coercion import shown
from .._internal.files import SNAPSHOT
from ..exceptions import ArgumentError, StudyError
from . import schema

Durability: TypeAlias = Literal["full", "normal", "off"]
_T = TypeVar("_T")

#: The seconds to wait for other processes, which hold the lock for milliseconds to write and a few seconds to ask.
PATIENCE = 120.0
# The seconds between two attempts, at first and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.01
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
# Connections inherited by a forked process. Closing one would remove files that the parent uses.
_INHERITED: list[sqlite3.Connection] = []


class Database:
    """A connection to a study file.

    Parameters
    ----------
    path
        An absolute path.
    durability
        When writes are synchronized to disk: with every transaction, occasionally, or by the system.
    read_only
        Whether nothing may be written.

    Attributes
    ----------
    is_new
        Whether the file is empty.

    Raises
    ------
    StudyError
        If the file cannot be opened, or is not a study.
    """

    def __init__(self, path: Path, durability: Durability, *, read_only: bool) -> None:
        self.path, self._read_only, self.pid = path, read_only, os.getpid()
        self._check_kind()
        # Whether this connection creates the files that SQLite puts beside the study, and must remove them.
        self._is_tidied = read_only and _may_tidy(path)
        with self.translated():
            self._connection = _connect(path, read_only=read_only)
            try:
                # Bytes, so that damaged text does not raise before its checksum is compared.
                self._connection.text_factory = bytes
                self._identity = self._file()
                self.is_new = self.retried(self._inspect)
                if not read_only:
                    self._connection.execute(f"PRAGMA synchronous = {durability}")
            except BaseException:
                self._connection.close()
                raise

    def _check_kind(self) -> None:
        """Refuse folders and snapshots with a specific message."""
        if self.path.is_dir():
            raise StudyError(f"{self._shown()} is a folder; give the path of a file in it")
        try:
            with self.path.open("rb") as file:
                start = file.read(len(SNAPSHOT))
        except OSError:  # the file may not exist yet; SQLite reports other errors
            return
        if start == SNAPSHOT:
            raise StudyError(
                f"{self._shown()} is a snapshot written by Optimizer.save, not a study; load it with "
                "tt.Optimizer.load(path)"
            )

    def _inspect(self) -> bool:
        """Return whether the file is empty; refuse a file of another application before changing anything."""
        application, version, is_empty = self._look()
        if application == 0 and is_empty:
            return True
        if application != schema.APPLICATION:
            raise StudyError(f"{self._shown()} is an SQLite file, but not a study of Tanteo; give another path")
        if version > schema.VERSION:
            raise StudyError(
                f"{self._shown()} has version {version} of the tables, and this version of Tanteo reads up to "
                f"{schema.VERSION}; update tanteo"
            )
        if version < schema.VERSION and not self._read_only:
            with self.transaction():
                schema.migrate(self._connection, self._pragma("user_version"))
        return False

    def _look(self) -> tuple[int, int, bool]:
        """Return the application id, the version, and whether there are no tables, read in one transaction."""
        self._connection.execute("BEGIN")
        try:
            is_empty = not self.rows("SELECT name FROM sqlite_master LIMIT 1")
            return self._pragma("application_id"), self._pragma("user_version"), is_empty
        finally:
            self.rollback()

    def create(self) -> bool:
        """Begin the first transaction of a new file; return False if another process was first."""
        self.retried(lambda: self._connection.execute("PRAGMA journal_mode = WAL"))
        try:
            self._begin()
            if self.rows("SELECT name FROM sqlite_master LIMIT 1"):
                self.rollback()
                return False
            schema.create(self._connection)
        except BaseException:
            self.rollback()
            raise
        return True

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock; the changes inside are written completely or not at all."""
        try:
            # Inside the `try`, because Ctrl-C may come just after the lock was taken.
            self._begin()
            yield
            self.commit()
        except BaseException:
            self.rollback()
            raise

    def _begin(self) -> None:
        with self.translated():
            if self._read_only:
                raise StudyError(f"{self._shown()} was opened with read_only=True; open it without to change it")
            self.check_place()
            self.retried(lambda: self._connection.execute("BEGIN IMMEDIATE"))

    def commit(self) -> None:
        """Make a transaction durable."""
        with self.translated():
            self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Undo a transaction, if one is open."""
        # A full disk may have ended the transaction already.
        with contextlib.suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def rows(self, statement: str, arguments: tuple[Any, ...] = ()) -> list[Any]:
        """Return the rows of a query."""
        try:
            return self._connection.execute(statement, arguments).fetchall()
        except UnicodeDecodeError as error:
            # The message of SQLite contains damaged bytes that Python cannot decode.
            damage = sqlite3.DatabaseError(f"a name in its tables is no text: {error.object!r}")
            damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise damage from error

    def execute(self, statement: str, arguments: tuple[Any, ...] = ()) -> None:
        """Execute a statement; called inside a transaction."""
        self._connection.execute(statement, arguments)

    def retried(self, work: Callable[[], _T]) -> _T:
        """Repeat ``work`` while other processes hold the lock.

        Unlike waiting in SQLite, this can be interrupted by Ctrl-C, and retries sooner.
        """
        deadline, pause = time.monotonic() + PATIENCE, _FIRST_PAUSE
        while True:
            try:
                return work()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    @contextlib.contextmanager
    def translated(self) -> Iterator[None]:
        """Convert errors of SQLite to :class:`StudyError`."""
        try:
            yield
        except sqlite3.Error as error:
            raise StudyError(f"{self._shown()}: {_explained(error, self.path)}") from error

    def check_place(self) -> None:
        """Refuse to write if the file is no longer at its path, where nobody would find the changes."""
        identity = self._file()
        if identity != self._identity:
            problem = "is gone" if identity is None else "was replaced by another file"
            raise StudyError(
                f"{self._shown()} {problem} since it was opened; nothing was written, open the study again"
            )

    def _file(self) -> tuple[int, int] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _pragma(self, name: str) -> int:
        return int(self.rows(f"PRAGMA {name}")[0][0])

    def _shown(self) -> str:
        return repr(str(self.path))

    def look_again(self) -> None:
        """Make later writes of other processes visible in a read-only folder, by opening the file again.

        The connection to a file in such a folder was opened as immutable.
        """
        if self._read_only and not os.access(self.path.parent, os.W_OK):
            with self.translated():
                previous, self._connection = self._connection, _connect(self.path, read_only=True)
                self._connection.text_factory = bytes
                previous.close()

    def close(self) -> None:
        """Close the connection; in a forked process, leave that of the parent open."""
        if self.pid == os.getpid():
            self._connection.close()
            if self._is_tidied:
                _tidy(self.path)
        else:
            _INHERITED.append(self._connection)


def checked_durability(value: Any) -> Durability:
    """Return the checked durability."""
    if isinstance(value, str):
        for durability in ("full", "normal", "off"):
            if value == durability:
                return durability
    raise ArgumentError(f"durability is 'full', 'normal' or 'off', got {shown(value)}")


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    # One connection serves all threads, which are serialized by a lock of the session.
    if not read_only:
        return sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    address = "file:" + quote(os.fsencode(path)) + "?mode=ro"
    if not os.access(path.parent, os.W_OK) and not _has_log(path):
        # SQLite cannot create its index of the write-ahead log beside the file, and needs none without such a log.
        address += "&immutable=1"
    return sqlite3.connect(address, timeout=0, isolation_level=None, check_same_thread=False, uri=True)


def _has_log(path: Path) -> bool:
    log = _log_of(path)
    return log.exists() and log.stat().st_size > 0


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


@contextlib.contextmanager
def tidied(path: Path) -> Iterator[None]:
    """Remove the files that read-only connections create beside a study inside this context."""
    is_tidied = _may_tidy(path)
    try:
        yield
    finally:
        if is_tidied:
            _tidy(path)


def _may_tidy(path: Path) -> bool:
    """Return whether files that will appear beside a study are not those of another process, and can be removed."""
    return not _log_of(path).exists() and os.access(path, os.W_OK)


def _tidy(path: Path) -> None:
    """Remove the files beside a study that a read-only connection has created but cannot remove.

    SQLite removes them when the last writable connection is closed. Nothing is written, because the write-ahead log is
    empty.
    """
    if not _log_of(path).exists() or _has_log(path):
        return
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path, timeout=0)) as connection:
        connection.execute("SELECT name FROM sqlite_master LIMIT 1").fetchall()


def remedy(path: Path) -> str:
    """Return advice for a damaged file."""
    return f"`tanteo doctor {path}` says what is lost, and with --repair NEW puts what is left into a new file"


def _explained(error: sqlite3.Error, path: Path) -> str:
    extended = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    if extended == sqlite3.SQLITE_READONLY_ROLLBACK:
        return "a process ended while it created the file; open it once without read_only=True to repair it"
    hints = {
        sqlite3.SQLITE_NOTADB: "this is not a study of Tanteo, and not even an SQLite file; give another path, or, if "
        f"it was a study, run `tanteo doctor {path}`",
        sqlite3.SQLITE_FULL: "the disk is full; nothing was lost, make room and repeat the call",
        sqlite3.SQLITE_READONLY: "the file or its folder cannot be written; open the study with read_only=True",
        sqlite3.SQLITE_CANTOPEN: "the file cannot be opened: its folder is missing, or may not be read or written",
        sqlite3.SQLITE_CORRUPT: f"the file is damaged; {remedy(path)}",
    }
    if code in _BUSY:
        return f"another process has kept the file locked for {PATIENCE:g} s"
    return f"{hints[code]} ({error})" if code in hints else f"SQLite says: {error}"
