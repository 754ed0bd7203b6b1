"""Statements and transactions on one database of SQLite."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar

from ..exceptions import StudyError
from . import schema
from .faults import BUSY, explained, primary_code

_T = TypeVar("_T")

#: The seconds to wait for other processes, which hold the lock for milliseconds to write and a few seconds to ask.
PATIENCE = 120.0
# The seconds between two attempts, at first and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.01
#: The bytes of the longest value that SQLite can write.
LONGEST = 10**9


class Connection:
    """A connection, whose errors become :class:`StudyError`.

    Parameters
    ----------
    path
        The path of the study, for messages.

    Attributes
    ----------
    pid
        The process that has opened it.
    is_new
        Whether there is no study in it yet.
    """

    _connection: sqlite3.Connection
    is_new: bool

    def __init__(self, path: Path) -> None:
        self.path, self.pid = path, os.getpid()

    def create(self) -> bool:
        """Begin the first transaction of a new study; return False if another process was first."""
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
            self.retried(lambda: self._connection.execute("BEGIN IMMEDIATE"))
            self.check_place()

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
        return list(self.stream(statement, arguments))

    def stream(self, statement: str, arguments: tuple[Any, ...] = ()) -> Generator[Any, None, None]:
        """Iterate over the rows of a query, each read when it is asked for, so that damage costs no memory."""
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, self._longest_value())
        try:
            cursor = self.retried(lambda: self._connection.execute(statement, arguments))
            with contextlib.closing(cursor):
                yield from cursor
        except UnicodeDecodeError as error:
            # The message of SQLite contains damaged bytes that Python cannot decode.
            damage = sqlite3.DatabaseError(f"a name in its tables is no text: {error.object!r}")
            damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise damage from error

    def _longest_value(self) -> int:
        """Return the largest size in bytes of a value that is read."""
        return LONGEST

    def execute(self, statement: str, arguments: tuple[Any, ...] = ()) -> None:
        """Execute a statement; called inside a transaction."""
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
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
            raise StudyError(f"{str(self.path)!r}: {explained(error, self.path, PATIENCE)}") from error

    def check_place(self) -> None:
        """Refuse to go on if others would not find the changes."""

    def look_again(self) -> None:
        """Make later writes of other processes visible, if they are not yet."""

    def checkpoint(self) -> None:
        """Bring what was written into the file itself."""

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class Memory(Connection):
    """A new study in memory, of this process alone."""

    is_new = True

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._connection = connect(":memory:")


def connect(address: str | Path, *, uri: bool = False) -> sqlite3.Connection:
    """Return a connection of SQLite whose text is bytes, so that damage is compared with checksums and raises nothing.

    It serves all threads, which a lock of the session serializes.
    """
    connection = sqlite3.connect(address, timeout=0, isolation_level=None, check_same_thread=False, uri=uri)
    connection.text_factory = bytes
    return connection
