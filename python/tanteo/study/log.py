"""The log of operations, as rows with checksums.

An operation has a kind and a body, which is JSON. Its row has the next number, so that a missing row is detected, and
the CRC-32 of number, kind and body, so that a flipped bit is detected.
"""

from __future__ import annotations

import json
import operator
import sqlite3
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..exceptions import StudyError
from .database import Database, remedy

# The number of rows that are read at once to compare their checksums.
_AT_ONCE = 10_000


class Operation(NamedTuple):
    """One row of the log."""

    seq: int
    kind: str
    body: Any


class Log:
    """The log of one file, read from the beginning.

    Attributes
    ----------
    seq, sum
        The number and the checksum of the last row read or written; 0 before the first.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.seq = self.sum = 0

    def append(self, kind: str, body: Any) -> None:
        """Write an operation; called inside a transaction, after :meth:`read` has returned all earlier ones."""
        # `default` converts integers of NumPy.
        text = json.dumps(body, separators=(",", ":"), default=operator.index).encode("ascii")
        seq = self.seq + 1
        checksum = checksum_of(seq, kind.encode("ascii"), text)
        statement = "INSERT INTO log (seq, kind, body, sum) VALUES (?, CAST(? AS TEXT), CAST(? AS TEXT), ?)"
        self._database.execute(statement, (seq, kind, text, checksum))
        self.seq, self.sum = seq, checksum

    def read(self) -> Iterator[Operation]:
        """Iterate over the operations after the last row read or written.

        Raises
        ------
        StudyError
            Naming the row that is damaged or missing, or if the last row has changed.
        """
        statement = "SELECT seq, kind, body, sum FROM log WHERE seq >= ? ORDER BY seq"
        rows = iter(self._rows(statement, (self.seq,)))
        if self.seq:
            last = next(rows, None)
            if last is None or (last[0], last[3]) != (self.seq, self.sum):
                raise self._damaged(self.seq, "is not the one that was read before: an older file was put in its place")
        for seq, kind, body, checksum in rows:
            self._compare(self.seq + 1, seq, kind, body, checksum)
            yield self._decoded(seq, kind, body)
            self.seq, self.sum = seq, checksum

    def verify(self) -> None:
        """Compare the remaining rows with their checksums, without decoding them.

        Raises
        ------
        StudyError
            Naming the row that is damaged or missing.
        """
        statement = f"SELECT seq, kind, body, sum FROM log WHERE seq > ? ORDER BY seq LIMIT {_AT_ONCE}"
        while rows := self._rows(statement, (self.seq,)):
            for seq, kind, body, checksum in rows:
                self._compare(self.seq + 1, seq, kind, body, checksum)
                self.seq, self.sum = seq, checksum

    def _compare(self, expected: int, seq: int, kind: Any, body: Any, checksum: Any) -> None:
        if seq != expected:
            raise self._damaged(expected, "is missing")
        if not is_whole(seq, kind, body, checksum):
            raise self._damaged(seq, "does not match its checksum")

    def _decoded(self, seq: int, kind: bytes, body: bytes) -> Operation:
        try:
            return Operation(seq, kind.decode("ascii"), json.loads(body))
        except (ValueError, RecursionError) as error:
            raise self._damaged(seq, f"matches its checksum and is no operation ({error})") from error

    def _rows(self, statement: str, arguments: tuple[Any, ...]) -> list[Any]:
        try:
            return self._database.retried(lambda: self._database.rows(statement, arguments))
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_CORRUPT:
                raise
            raise self._damaged(self.seq, f"or one after it cannot be read ({error})") from error

    def _damaged(self, seq: int, problem: str) -> StudyError:
        path = self._database.path
        return StudyError(f"{str(path)!r} is damaged: row {seq} of its log {problem}; {remedy(path)}")


def checksum_of(seq: int, kind: bytes, body: bytes) -> int:
    """Return the checksum of the row of an operation."""
    return zlib.crc32(b"%d %b " % (seq, kind) + body)


def is_whole(seq: int, kind: Any, body: Any, checksum: Any) -> bool:
    """Return whether a row is undamaged: its columns have their types and match its checksum."""
    return isinstance(kind, bytes) and isinstance(body, bytes) and checksum_of(seq, kind, body) == checksum
