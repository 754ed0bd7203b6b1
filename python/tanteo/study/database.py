"""The SQLite file of a study: opened once, written in transactions, and checked for being replaced meanwhile."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

from .._internal.coercion import shown
from .._internal.files import kind_of
from ..exceptions import ArgumentError, StudyError
from . import schema, stale
from .faults import BUSY, RefusedError, explained, fork_problem, primary_code, remedy
from .guard import identity_of, join, was_open_at_fork
from .sidefiles import Places, address_of, has_frames, index_of, log_of, may_tidy, size_of, tidy

Durability: TypeAlias = Literal["full", "normal", "off"]
_T = TypeVar("_T")

#: The seconds to wait for other processes, which hold the lock for milliseconds to write and a few seconds to ask.
PATIENCE = 120.0
# The seconds between two attempts, at first and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.01
# The seconds in which a process that opens a file has its log beside it.
_TO_OPEN = 1.0
# The bytes of the longest value that SQLite can write, and what a value that is read may have beyond the files.
_LONGEST, _SLACK = 10**9, 2**20


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
        # SQLite puts the side files beside the file itself, not beside a link to it.
        self._real = Path(os.path.realpath(path))
        self._is_immutable, self._places = False, Places()
        self._check_kind()
        # Whether this connection creates the files that SQLite puts beside the study, and must remove them.
        self._is_tidied = read_only and may_tidy(self._real)
        with self.translated():
            self._connect()
            try:
                self._open(durability)
            except BaseException:
                self._guard.leave(self._connection)
                raise

    def _check_kind(self) -> None:
        """Refuse what SQLite would wait for or misread."""
        try:
            status = self._real.stat()
        except OSError:  # the file may not exist yet; SQLite reports other errors
            self._refuse(stale.problem_with(self._real))
            return
        if not stat.S_ISREG(status.st_mode):
            raise RefusedError(f"{self._shown()} is {kind_of(status.st_mode)}; give the path of a regular file")
        if was_open_at_fork((status.st_dev, status.st_ino)):
            raise RefusedError(fork_problem(self.path))
        self._refuse(Places.of(self._real).link_problem)

    def _connect(self) -> None:
        connection = self._connected()
        try:
            self._guard = join(self._real, connection)
        except OSError as error:
            connection.close()
            raise StudyError(
                f"{self._shown()}: its file system has no working locks ({error}), without which results would be "
                "lost; keep the study on a local disk"
            ) from error
        self._connection = connection

    def _connected(self) -> sqlite3.Connection:
        # One connection serves all threads, which are serialized by a lock of the session.
        options: dict[str, Any] = {"timeout": 0, "isolation_level": None, "check_same_thread": False}
        connection: sqlite3.Connection
        if not self._read_only:
            connection = sqlite3.connect(self._real, **options)
        else:
            # SQLite cannot create its index of the log in such a folder, and needs none without a log.
            self._is_immutable = self._is_in_protected_folder() and not has_frames(self._real)
            connection = sqlite3.connect(address_of(self._real, is_immutable=self._is_immutable), uri=True, **options)
        # Bytes, so that damaged text does not raise before its checksum is compared.
        connection.text_factory = bytes
        return connection

    def _is_in_protected_folder(self) -> bool:
        return not os.access(self._real.parent, os.W_OK)

    def _open(self, durability: Durability) -> None:
        self._check_side_files()
        self.is_new = self.retried(self._inspect)
        if self._read_only:
            self._settle()
            return
        self._connection.execute(f"PRAGMA synchronous = {durability}")
        if not self.is_new:
            self._start_log()

    def _check_side_files(self) -> None:
        """Refuse a file whose log is that of another study, or is kept under another name."""
        log, deadline = log_of(self._real), time.monotonic() + _TO_OPEN
        while self._guard.is_open_elsewhere(log) and time.monotonic() < deadline:
            time.sleep(_LONGEST_PAUSE)
        if self._guard.is_open_elsewhere(log):
            self._refuse(
                "it was renamed while it was open, or its -wal file was deleted; close the study in the processes that "
                "have it open, which then put their results into it, and open it again"
            )
        if self._guard.is_used_by_other(log):
            self._refuse(
                "the -wal file beside it is that of a study which was in its place, and which a process still has "
                "open; close that one first"
            )
        if not self._guard.is_open_with(log):
            self._refuse(stale.problem_with(self._real))

    def _refuse(self, problem: str | None) -> None:
        if problem is not None:
            raise RefusedError(f"{self._shown()}: {problem}")

    def _start_log(self) -> None:
        self.retried(lambda: self._connection.execute("PRAGMA journal_mode = WAL"))
        # Opens the log.
        self.rows("SELECT name FROM sqlite_master LIMIT 1")
        self._settle()

    def _settle(self) -> None:
        """Remember the files that are open, and keep the side files in place."""
        if self._is_immutable:
            self._places = Places(identity_of(self._real))
            return
        if log_of(self._real).exists():
            self.retried(lambda: self._guard.lock(log_of(self._real), index_of(self._real)))
        self._places = Places.of(self._real)

    def _inspect(self) -> bool:
        """Return whether the file is empty; refuse a file of another application before changing anything."""
        self._connection.execute("BEGIN")
        try:
            entries = self.rows(schema.ENTRIES)
            application, version = self._pragma("application_id"), self._pragma("user_version")
        finally:
            self.rollback()
        if application == 0 and not entries:
            return True
        if application != schema.APPLICATION:
            raise RefusedError(f"{self._shown()} is an SQLite file, but not a study of Tanteo; give another path")
        self._check_version(version)
        foreign = schema.hostile(entries)
        if foreign is not None:
            raise RefusedError(f"{self._shown()} is not a study as Tanteo writes it: {foreign}; restore it from a copy")
        problem = schema.problem_with(entries)
        if problem is not None:
            raise StudyError(f"{self._shown()} is damaged: {problem}; {remedy(self.path)}")
        return False

    def _check_version(self, version: int) -> None:
        if version > schema.VERSION:
            raise RefusedError(
                f"{self._shown()} has version {version} of the tables, and this version of Tanteo reads up to "
                f"{schema.VERSION}; update tanteo"
            )
        if version < schema.VERSION:
            raise StudyError(
                f"{self._shown()} has version {version} of the tables, which never existed: the file is damaged; "
                "restore it from a copy"
            )

    def create(self) -> bool:
        """Begin the first transaction of a new file; return False if another process was first."""
        self._start_log()
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
            self.retried(lambda: self._connection.execute("BEGIN IMMEDIATE"))
            self.check_place()

    def commit(self) -> None:
        """Make a transaction durable, unless it would be written to files that nobody else reads."""
        self.check_place()
        if not self._guard.may_write():
            raise StudyError(
                f"{self._shown()}: this process has opened and closed {str(index_of(self._real))!r}, which drops the "
                "lock of the study; nothing was written, repeat the call"
            )
        with self.translated():
            self._connection.execute("COMMIT")

    def checkpoint(self) -> None:
        """Copy the log into the file, and empty it, as far as other connections allow it."""
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def rollback(self) -> None:
        """Undo a transaction, if one is open."""
        # A full disk may have ended the transaction already.
        with contextlib.suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def rows(self, statement: str, arguments: tuple[Any, ...] = ()) -> list[Any]:
        """Return the rows of a query."""
        return list(self.stream(statement, arguments))

    def stream(self, statement: str, arguments: tuple[Any, ...] = ()) -> Generator[Any, None, None]:
        """Iterate over the rows of a query, each read when it is asked for, so that damage costs no memory."""
        # No value is longer than the files, whatever a damaged page says.
        limit = min(size_of(self._real) + size_of(log_of(self._real)) + _SLACK, _LONGEST)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limit)
        try:
            cursor = self.retried(lambda: self._connection.execute(statement, arguments))
            with contextlib.closing(cursor):
                yield from cursor
        except UnicodeDecodeError as error:
            # The message of SQLite contains damaged bytes that Python cannot decode.
            damage = sqlite3.DatabaseError(f"a name in its tables is no text: {error.object!r}")
            damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise damage from error

    def execute(self, statement: str, arguments: tuple[Any, ...] = ()) -> None:
        """Execute a statement; called inside a transaction."""
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        self._connection.execute(statement, arguments)

    def retried(self, work: Callable[[], _T]) -> _T:
        """Repeat ``work`` while other processes hold the lock.

        Unlike waiting in SQLite, this can be interrupted by Ctrl-C, and retries sooner.
        """
        deadline, pause = time.monotonic() + PATIENCE, _FIRST_PAUSE
        while True:
            try:
                return work()
            except (sqlite3.OperationalError, BlockingIOError) as error:
                is_busy = isinstance(error, BlockingIOError) or primary_code(error) in BUSY
                if not is_busy or time.monotonic() > deadline:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    @contextlib.contextmanager
    def translated(self) -> Iterator[None]:
        """Convert errors of SQLite to :class:`StudyError`."""
        try:
            yield
        except (sqlite3.Error, BlockingIOError) as error:
            raise StudyError(f"{self._shown()}: {explained(error, self.path, PATIENCE)}") from error

    def check_place(self) -> None:
        """Refuse to go on if the file or a side file is no longer at its path, where nobody would find the changes."""
        now = Places.of(self._real)
        problem = self._places.displaced(now) or now.link_problem
        if problem is not None:
            raise StudyError(
                f"{self._shown()}: {problem}; nothing was written. Close the study, which saves what was "
                "acknowledged, and open it again where it is now"
            )

    def _pragma(self, name: str) -> int:
        return int(self.rows(f"PRAGMA {name}")[0][0])

    def _shown(self) -> str:
        return repr(str(self.path))

    def look_again(self) -> None:
        """Make later writes of other processes visible in a read-only folder, by opening the file again.

        The connection to a file in such a folder was opened as immutable.
        """
        if self._read_only and self._is_in_protected_folder():
            with self.translated():
                guard, previous = self._guard, self._connection
                self._connect()
                guard.leave(previous)
                self._settle()

    def close(self) -> None:
        """Close the connection; in a forked process, leave that of the parent open."""
        if self.pid != os.getpid():
            return
        now = Places.of(self._real)
        is_in_place = self._places.displaced(now) is None
        if not is_in_place and not self._read_only and self._places.may_be_merged(now) and self._guard.is_alone():
            with contextlib.suppress(sqlite3.Error):
                self.checkpoint()
        self._guard.leave(self._connection, is_in_place=is_in_place)
        if self._is_tidied:
            tidy(self._real)


def checked_durability(value: Any) -> Durability:
    """Return the checked durability."""
    if isinstance(value, str):
        for durability in ("full", "normal", "off"):
            if value == durability:
                return durability
    raise ArgumentError(f"durability is 'full', 'normal' or 'off', got {shown(value)}")
