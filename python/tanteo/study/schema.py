"""The tables of a study file.

| table | content |
| --- | --- |
| ``log`` | one row per operation, in the order of acknowledgement; everything else follows from it |
| ``snapshot`` | at most one row: describes the cached state after an operation, so that opening need not replay all |
| ``part`` | the bytes of cached states, also of one that is still being written |
| ``beat`` | the number of heartbeats of each pending trial |

The header of an SQLite file has two numbers: ``application_id`` identifies the application, ``user_version`` the
version of the tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, TypeAlias

#: "TANT" in ASCII.
APPLICATION = 0x54414E54
#: The version that is written, and the only one so far.
VERSION = 1

_TABLES = (
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, sum INTEGER NOT NULL, "
    "chain INTEGER NOT NULL)",
    "CREATE TABLE snapshot (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, name INTEGER NOT NULL, "
    "core INTEGER NOT NULL, sum INTEGER NOT NULL)",
    "CREATE TABLE part (seq INTEGER NOT NULL, name INTEGER NOT NULL, content BLOB NOT NULL)",
    "CREATE TABLE beat (trial INTEGER PRIMARY KEY, count INTEGER NOT NULL)",
)

#: Type, name and declaration of an entry of the schema, as bytes.
Entry: TypeAlias = tuple[Any, Any, Any]
ENTRIES = "SELECT type, name, sql FROM sqlite_master LIMIT 100"


def create(connection: sqlite3.Connection) -> None:
    """Create the tables; the caller has begun a transaction."""
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def hostile(entries: Iterable[Entry]) -> str | None:
    """Describe an entry that could make any query run without end, such as a view; None if there is none."""
    for kind, name, declaration in entries:
        if kind not in (b"table", b"index") or _text(declaration).upper().startswith("CREATE VIRTUAL"):
            return f"it has a {_text(kind)} {_text(name)!r}, which no study has"
    return None


def problem_with(entries: Iterable[Entry]) -> str | None:
    """Return what is wrong with the schema of a file, before anything else is read from it; None if nothing is.

    Other tables and indexes do no harm.
    """
    declared = {name: declaration for _, name, declaration in entries}
    for statement in _TABLES:
        name = statement.split(" ")[2]
        if declared.get(name.encode()) != statement.encode():
            return f"its table {name!r} is missing, or declared in another way"
    return None


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else repr(value)
