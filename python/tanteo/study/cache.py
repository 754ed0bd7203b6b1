"""The state of a study after one of its operations, kept in the file so that opening need not repeat them all.

It is a cache and no more: one that is damaged, missing, or written by a version that this one cannot read is passed
over, and everything follows from the log as well.
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
from .state import State

#: Operations after which the state is kept: at least so many, and so large a share of those before. Keeping it takes
#: time in proportion to the history, so that all of it together takes time in proportion to the history too.
_LEAST, _SHARE = 256, 8


class CachedState(NamedTuple):
    """A state, and the operation after which it was kept."""

    seq: int
    sum: int
    state: State


def is_due(seq: int, cached: int) -> bool:
    """Whether to keep the state after operation ``seq``, when it was last kept after ``cached``."""
    return seq - cached >= max(_LEAST, seq // _SHARE)


def read(database: Database) -> CachedState | None:
    """Return what the file holds, None if that is nothing that can be used."""
    try:
        rows = database.retried(lambda: database.rows("SELECT seq, core, record, sum FROM snapshot"))
        return _restored(*rows[0]) if rows else None
    except _UNUSABLE:
        return None


# What a damaged page, a value of another type and a record of another version raise.
_UNUSABLE = (sqlite3.DatabaseError, SnapshotError, TypeError, ValueError, KeyError, RecursionError)


def _restored(seq: int, core: bytes, text: bytes, checksum: int) -> CachedState | None:
    if _checksum(seq, core, text) != checksum:
        return None
    data = json.loads(text)
    restored, _ = CoreOptimizer.restore(core)
    return CachedState(seq, data["sum"], State(restored, Record.from_data(data["record"]), data["header"]))


def write(database: Database, cached: CachedState) -> None:
    """Keep a state, unless a later one is there; inside a transaction."""
    if any(seq >= cached.seq for (seq,) in database.rows("SELECT seq FROM snapshot")):
        return
    content = {"header": cached.state.header, "record": cached.state.record.to_data(), "sum": cached.sum}
    text, core = json.dumps(content, separators=(",", ":")).encode("ascii"), cached.state.core.snapshot(b"")
    checksum = _checksum(cached.seq, core, text)
    statement = "INSERT OR REPLACE INTO snapshot (one, seq, core, record, sum) VALUES (1, ?, ?, ?, ?)"
    database.execute(statement, (cached.seq, core, text, checksum))


def _checksum(seq: int, core: bytes, text: bytes) -> int:
    return zlib.crc32(text, zlib.crc32(core, zlib.crc32(b"%d" % seq)))
