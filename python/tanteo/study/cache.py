"""A cache in the file of the state after one of the operations, so that opening a study need not replay all of them.

A cache that is missing, damaged or written by an incompatible version is ignored: the state can always be computed from
the log. It is written in parts, each within the transaction of a later operation, so that no operation waits for all of
a large state.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from typing import NamedTuple

from .._core import CoreOptimizer
from ..exceptions import SnapshotError
from .connection import Connection
from .record import StudyRecord
from .rows import Tail
from .state import StudyState

#: The state is cached after at least this many further operations, and at least 1 / `_SHARE` of all operations. Writing
#: it takes time proportional to the history, and with a constant share so does the sum of all writes.
_LEAST, _SHARE = 256, 8


class CachedState(NamedTuple):
    """A state, and the row of the log after which it was cached."""

    tail: Tail
    state: StudyState

    @property
    def seq(self) -> int:
        """The number of the operation."""
        return self.tail.seq


# The bytes of a part, which take about as long to write as a hundred operations.
_PART = 2**17


def is_due(seq: int, cached: int) -> bool:
    """Return whether to cache the state after operation ``seq``, if it was last cached after ``cached``."""
    return seq - cached >= max(_LEAST, seq // _SHARE)


def latest(database: Connection) -> int:
    """Return the number of the operation after which any process has last cached the state, or has begun to."""
    return _number(database, "SELECT max(seq) FROM (SELECT seq FROM snapshot UNION ALL SELECT seq FROM part)")


def finished(database: Connection) -> int | None:
    """Return the number of the operation after which any version cached the state; None if damaged."""
    try:
        return _number(database, "SELECT max(seq) FROM snapshot")
    except sqlite3.DatabaseError:
        return None


def _number(database: Connection, query: str) -> int:
    ((seq,),) = database.rows(query)
    # Text, in a damaged column, is larger than any number.
    return seq if isinstance(seq, int) else 0


def read(database: Connection) -> CachedState | None:
    """Return the cached state, or None if there is none that can be used."""
    try:
        return database.retried(lambda: _read(database))
    except _UNUSABLE:
        return None


def _read(database: Connection) -> CachedState | None:
    rows = database.rows("SELECT seq, name, core, sum FROM snapshot")
    if not rows:
        return None
    seq, name, core_length, checksum = rows[0]
    parts = database.rows("SELECT content FROM part WHERE name = ? ORDER BY rowid", (name,))
    return _restored(seq, core_length, b"".join(content for (content,) in parts), checksum)


# The errors of a damaged page, a value of another type and a core of another version.
_UNUSABLE = (sqlite3.DatabaseError, SnapshotError, TypeError, ValueError, KeyError, RecursionError)


def _restored(seq: int, core_length: int, content: bytes, checksum: int) -> CachedState | None:
    if checksum_of(seq, core_length, content) != checksum:
        return None
    core, data = content[:core_length], json.loads(content[core_length:])
    restored, _ = CoreOptimizer.restore(core)
    return CachedState(
        Tail(seq, data["chain"]), StudyState(restored, StudyRecord.from_data(data["record"]), data["header"])
    )


class Writing:
    """A state that is written in parts; its methods are called inside transactions.

    Parameters
    ----------
    cached
        The state, which is copied.
    """

    def __init__(self, cached: CachedState) -> None:
        text = {"header": cached.state.header, "record": cached.state.record.to_data(), "chain": cached.tail.chain}
        core = cached.state.core.snapshot(b"")
        # Tells the parts from those of another process after the same operation.
        self._name = int.from_bytes(os.urandom(7))
        self._seq, self._core_length = cached.seq, len(core)
        self._content = core + json.dumps(text, separators=(",", ":")).encode("ascii")
        self._n_written = 0

    def write_part(self, database: Connection) -> None:
        """Write the next part, which counts after :meth:`confirm`, when the transaction is over."""
        part = self._content[self._n_written : self._n_written + _PART]
        database.execute("INSERT INTO part (seq, name, content) VALUES (?, ?, ?)", (self._seq, self._name, part))
        if self._n_written + _PART >= len(self._content):
            self._replace(database)

    def confirm(self) -> bool:
        """Go on to the next part; return whether there is none."""
        self._n_written += _PART
        return self._n_written >= len(self._content)

    def _replace(self, database: Connection) -> None:
        """Make this the cached state, unless the file has a later one, and delete the others."""
        if any(seq >= self._seq for (seq,) in database.rows("SELECT seq FROM snapshot")):
            database.execute("DELETE FROM part WHERE name = ?", (self._name,))
            return
        checksum = checksum_of(self._seq, self._core_length, self._content)
        statement = "INSERT OR REPLACE INTO snapshot (one, seq, name, core, sum) VALUES (1, ?, ?, ?, ?)"
        database.execute(statement, (self._seq, self._name, self._core_length, checksum))
        database.execute("DELETE FROM part WHERE seq <= ? AND name != ?", (self._seq, self._name))


def checksum_of(seq: int, core_length: int, content: bytes) -> int:
    """Return the checksum of a cached state."""
    return zlib.crc32(content, zlib.crc32(b"%d %d" % (seq, core_length)))
