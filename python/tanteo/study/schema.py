"""The tables of a study file, and the migration of files of earlier versions.

| table | content |
| --- | --- |
| ``log`` | one row per operation, in the order of acknowledgement; everything else follows from it |
| ``snapshot`` | at most one row: the cached state after an operation, so that opening need not replay all of them |
| ``beat`` | the number of heartbeats of each pending trial |

The header of an SQLite file has two numbers: ``application_id`` identifies the application, ``user_version`` the
version of the tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from ..exceptions import StudyError

#: "TANT" in ASCII.
APPLICATION = 0x54414E54
#: The version that is written, and the latest version that can be read.
VERSION = 1

#: The declaration of the log; its text is stored on the first page of the file.
LOG_TABLE = "CREATE TABLE log (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, sum INTEGER NOT NULL)"
_TABLES = (
    LOG_TABLE,
    "CREATE TABLE snapshot (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, core BLOB NOT NULL, "
    "record BLOB NOT NULL, sum INTEGER NOT NULL)",
    "CREATE TABLE beat (trial INTEGER PRIMARY KEY, count INTEGER NOT NULL)",
)

#: The migration from each version to the next.
MIGRATIONS: dict[int, Callable[[sqlite3.Connection], None]] = {}


def create(connection: sqlite3.Connection) -> None:
    """Create the tables; the caller has begun a transaction."""
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Migrate the tables to :data:`VERSION`; the caller has begun a transaction.

    Raises
    ------
    StudyError
        If the version never existed.
    """
    for earlier in range(version, VERSION):
        if earlier not in MIGRATIONS:
            raise StudyError(
                f"the study has version {version} of the tables, which never existed: the file is damaged; restore it "
                "from a copy"
            )
        MIGRATIONS[earlier](connection)
    connection.execute(f"PRAGMA user_version = {VERSION}")
