"""A cache in the file of the state after one of the operations, so that opening a study need not replay all of them.

A cache that is missing, damaged or written by an incompatible version is ignored: the state can always be computed from
the log.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from typing import NamedTuple

from .._core import CoreOptimizer
from ..exceptions import SnapshotError
from .database import Database
from .record import Record
from .rows import Tail
from .state import State

#: The state is cached after at least this many further operations, and at least 1 / `_SHARE` of all operations. Writing
#: it takes time proportional to the history, and with a constant share so does the sum of all writes.
_LEAST, _SHARE = 256, 8


class CachedState(NamedTuple):
    """A state, and the row of the log after which it was cached."""

    tail: Tail
    state: State

    @property
    def seq(self) -> int:
        """The number of the operation."""
        return self.tail.seq


def is_due(seq: int, cached: int) -> bool:
    """Return whether to cache the state after operation ``seq``, if it was last cached after ``cached``."""
    return seq - cached >= max(_LEAST, seq // _SHARE)


def read(database: Database) -> CachedState | None:
    """Return the cached state, or None if there is none that can be used."""
    try:
        rows = database.retried(lambda: database.rows("SELECT seq, core, record, sum FROM snapshot"))
        return _restored(*rows[0]) if rows else None
    except _UNUSABLE:
        return None


# The errors of a damaged page, a value of another type and a record of another version.
_UNUSABLE = (sqlite3.DatabaseError, SnapshotError, TypeError, ValueError, KeyError, RecursionError)


def _restored(seq: int, core: bytes, text: bytes, checksum: int) -> CachedState | None:
    if _checksum(seq, core, text) != checksum:
        return None
    data = json.loads(text)
    restored, _ = CoreOptimizer.restore(core)
    return CachedState(Tail(seq, data["chain"]), State(restored, Record.from_data(data["record"]), data["header"]))


def write(database: Database, cached: CachedState) -> None:
    """Write a state unless the file has a later one; called inside a transaction."""
    if any(seq >= cached.seq for (seq,) in database.rows("SELECT seq FROM snapshot")):
        return
    content = {"header": cached.state.header, "record": cached.state.record.to_data(), "chain": cached.tail.chain}
    text, core = json.dumps(content, separators=(",", ":")).encode("ascii"), cached.state.core.snapshot(b"")
    checksum = _checksum(cached.seq, core, text)
    statement = "INSERT OR REPLACE INTO snapshot (one, seq, core, record, sum) VALUES (1, ?, ?, ?, ?)"
    database.execute(statement, (cached.seq, core, text, checksum))


def _checksum(seq: int, core: bytes, text: bytes) -> int:
    return zlib.crc32(text, zlib.crc32(core, zlib.crc32(b"%d" % seq)))
