"""The SQLite file of a study: opened once, kept in place while it is open, and closed."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Literal, TypeAlias

from ..exceptions import StudyError
from .acceptance import check_kind, check_side_files, is_empty
from .connection import LONGEST, Connection, connect
from .guard import identity_of, join
from .sidefiles import Places, address_of, has_frames, index_of, log_of, may_tidy, size_of, tidy

Durability: TypeAlias = Literal["full", "normal", "off"]
# How many bytes more than the files a value may have that is read.
_SLACK = 2**20


class Database(Connection):
    """A connection to a study file.

    Parameters
    ----------
    path
        An absolute path.
    durability
        When writes are synchronized to disk: with every transaction, occasionally, or by the system.
    read_only
        Whether nothing may be written.

    Raises
    ------
    StudyError
        If the file cannot be opened, or is not a study.
    """

    def __init__(self, path: Path, durability: Durability, *, read_only: bool) -> None:
        super().__init__(path)
        self._read_only = read_only
        # SQLite puts the side files beside the file itself, not beside a link to it.
        self._real = Path(os.path.realpath(path))
        self._is_immutable, self._places = False, Places()
        check_kind(path, self._real)
        # Whether this connection creates the files that SQLite puts beside the study, and must remove them.
        self._is_tidied = read_only and may_tidy(self._real)
        with self.translated():
            self._connect()
            try:
                self._open(durability)
            except BaseException:
                self._guard.leave(self._connection)
                raise

    def _connect(self) -> None:
        connection = self._connected()
        try:
            self._guard = join(self._real, connection)
        except OSError as error:
            connection.close()
            raise StudyError(
                f"{str(self.path)!r}: its file system has no working locks ({error}), without which results would be "
                "lost; keep the study on a local disk"
            ) from error
        self._connection = connection

    def _connected(self) -> sqlite3.Connection:
        if not self._read_only:
            return connect(self._real)
        # SQLite cannot create its index of the log in such a folder, and needs none without a log.
        self._is_immutable = self._is_in_protected_folder() and not has_frames(self._real)
        return connect(address_of(self._real, is_immutable=self._is_immutable), uri=True)

    def _is_in_protected_folder(self) -> bool:
        return not os.access(self._real.parent, os.W_OK)

    def _open(self, durability: Durability) -> None:
        check_side_files(self.path, self._real, self._guard)
        self.is_new = self.retried(self._inspect)
        if self._read_only:
            self._settle()
            return
        self._connection.execute(f"PRAGMA synchronous = {durability}")
        if not self.is_new:
            self._start_log()

    def _inspect(self) -> bool:
        """Return whether the file is empty; refuse a file of another application before changing anything."""
        self._connection.execute("BEGIN")
        try:
            return is_empty(self)
        finally:
            self.rollback()

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

    def create(self) -> bool:
        """Begin the first transaction of a new file; return False if another process was first."""
        self._start_log()
        return super().create()

    def _begin(self) -> None:
        if self._read_only:
            raise StudyError(f"{str(self.path)!r} was opened with read_only=True; open it without to change it")
        super()._begin()

    def commit(self) -> None:
        """Make a transaction durable, unless it would be written to files that nobody else reads."""
        self.check_place()
        if not self._guard.may_write():
            raise StudyError(
                f"{str(self.path)!r}: this process has opened and closed {str(index_of(self._real))!r}, which drops "
                "the lock of the study; nothing was written, repeat the call"
            )
        super().commit()

    def checkpoint(self) -> None:
        """Copy the log into the file, and empty it, as far as other connections allow it."""
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def _longest_value(self) -> int:
        # No value is longer than the files, whatever a damaged page says.
        return min(size_of(self._real) + size_of(log_of(self._real)) + _SLACK, LONGEST)

    def check_place(self) -> None:
        """Refuse to go on if the file or a side file is no longer at its path, where nobody would find the changes."""
        now = Places.of(self._real)
        problem = self._places.displaced(now) or now.link_problem
        if problem is not None:
            deleted = "; if it was deleted, only save('rescued.tanteo') of the study keeps its trials"
            raise StudyError(
                f"{str(self.path)!r}: {problem}; nothing was written. Close the study, which saves what was "
                f"acknowledged, and open it again where it is now{deleted if now.file is None else ''}"
            )

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
