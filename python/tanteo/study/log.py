"""The log of operations of a study."""

from __future__ import annotations

import contextlib
import json
import operator
import sqlite3
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

from ..exceptions import StudyError
from .connection import Connection
from .faults import primary_code, remedy
from .rows import ROWS, LogRow, Tail, follow


class Operation(NamedTuple):
    """One row of the log."""

    seq: int
    kind: str
    body: Any


# The number of rows that are compared with their checksums at once; few, because a damaged row may be long.
_AT_ONCE = 128


class Log:
    """The log of one file, read from the beginning.

    Attributes
    ----------
    tail
        The last row read or written.
    """

    def __init__(self, database: Connection) -> None:
        self._database = database
        self.tail = Tail()

    @property
    def seq(self) -> int:
        """The number of the last row read or written; 0 before the first."""
        return self.tail.seq

    def append(self, kind: str, body: Any) -> None:
        """Write an operation; called inside a transaction, after :meth:`read` has returned all earlier ones."""
        # `default` converts integers of NumPy.
        text = json.dumps(body, separators=(",", ":"), default=operator.index).encode("ascii")
        row = LogRow.after(self.tail, kind.encode("ascii"), text)
        statement = "INSERT INTO log (seq, kind, body, sum, chain) VALUES (?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?)"
        self._database.execute(statement, row)
        self.tail = row.tail

    def read(self) -> Iterator[Operation]:
        """Iterate over the operations after the last row read or written.

        Raises
        ------
        StudyError
            Naming the row that is damaged or missing, or if the last row has changed.
        """
        with self._after_last() as rows:
            for row in chain.from_iterable(self._checked(rows)):
                yield self._decoded(LogRow._make(row))
                self.tail = Tail(row[0], row[-1])

    def verify(self) -> None:
        """Compare the remaining rows with their checksums, without decoding them.

        Raises
        ------
        StudyError
            Naming the row that is damaged or missing.
        """
        with self._after_last() as rows:
            for *_, last in self._checked(rows):
                self.tail = Tail(last[0], last[-1])

    @contextlib.contextmanager
    def _after_last(self) -> Iterator[Iterator[Any]]:
        # Closed at once after an error too, because an unfinished query keeps its view of the file.
        # A number below 1 is damage as well.
        first = self.seq or -(2**63)
        with contextlib.closing(self._database.stream(f"{ROWS} WHERE seq >= ? ORDER BY seq", (first,))) as rows:
            if self.seq and [LogRow._make(row).tail for row in self._several(rows, 1, self.seq)] != [self.tail]:
                raise self._damaged(self.seq, "is not the one that was read before: an older file was put in its place")
            yield rows

    def _checked(self, rows: Iterator[Any]) -> Iterator[list[Any]]:
        """Iterate over the rows, several at a time, after comparing them with their checksums."""
        tail = self.tail
        while several := self._several(rows, _AT_ONCE, tail.seq):
            if not follow(several, tail):
                raise self._damaged(*self._first_problem(several, tail))
            yield several
            tail = LogRow._make(several[-1]).tail

    def _several(self, rows: Iterator[Any], n: int, seq: int) -> list[Any]:
        """Return the next rows, at most ``n``; ``seq`` is the number of the row before them."""
        several: list[Any] = []
        try:
            several.extend(islice(rows, n))
        except sqlite3.DatabaseError as error:
            if primary_code(error) not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_TOOBIG):
                raise
            # The list has the rows before the one that cannot be read.
            last = several[-1][0] if several else seq
            raise self._damaged(last, f"or one after it cannot be read ({error})") from error
        return several

    def _first_problem(self, rows: list[Any], tail: Tail) -> tuple[int, str]:
        for row in map(LogRow._make, rows):
            problem = row.problem_after(tail)
            if problem is not None:
                return problem
            tail = row.tail
        return rows[0][0], "does not match its checksum"

    def _decoded(self, row: LogRow) -> Operation:
        try:
            return Operation(row.seq, row.kind.decode("ascii"), json.loads(row.body))
        except (ValueError, RecursionError) as error:
            raise self._damaged(row.seq, f"matches its checksum and is no operation ({error})") from error

    def _damaged(self, seq: int, problem: str) -> StudyError:
        path = self._database.path
        return StudyError(f"{str(path)!r} is damaged: row {seq} of its log {problem}; {remedy(path)}")
