"""The tables of a study file, and how files of earlier versions become files of this one.

| table | holds |
| --- | --- |
| ``log`` | one row for each operation, in the order in which they were acknowledged; everything follows from it |
| ``snapshot`` | at most one row: the state after an operation, so that opening need not repeat all of them |
| ``beat`` | how often each pending trial was said to be alive; of no interest once it is told |

SQLite keeps two numbers in the header of a file. ``application_id`` says whose file it is, ``user_version`` which
version of the tables it has.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from ..exceptions import StudyError

#: "TANT" in ASCII.
APPLICATION = 0x54414E54
#: The version written, and the latest one read.
VERSION = 1

_TABLES = (
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, sum INTEGER NOT NULL)",
    "CREATE TABLE snapshot (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, core BLOB NOT NULL, "
    "record BLOB NOT NULL, sum INTEGER NOT NULL)",
    "CREATE TABLE beat (trial INTEGER PRIMARY KEY, count INTEGER NOT NULL)",
)

#: What makes a file of one version one of the next, by the version it starts from.
MIGRATIONS: dict[int, Callable[[sqlite3.Connection], None]] = {}


def create(connection: sqlite3.Connection) -> None:
    """Make the tables; the caller has begun a transaction."""
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables up to :data:`VERSION`; the caller has begun a transaction.

    Raises
    ------
    StudyError
        If there never was such a version.
    """
    for earlier in range(version, VERSION):
        if earlier not in MIGRATIONS:
            raise StudyError(
                f"the study has version {version} of the tables, which never was: the file is damaged; restore it from "
                "a copy"
            )
        MIGRATIONS[earlier](connection)
    connection.execute(f"PRAGMA user_version = {VERSION}")
