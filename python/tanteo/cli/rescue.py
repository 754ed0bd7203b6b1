"""Finds the operations that a study has lost, and writes the rest to a new study.

The shell of SQLite restores the file: ``sqlite3 OLD .recover | sqlite3 NEW`` reads past a damaged header, past a lost
page that leads to others and past the end of a truncated file, and copies every row that is left. It does not restore
the study. Every row of the log follows the one before it, so a log with a lost or changed row is refused, before
``.recover`` and after it. Only the rest is done here: the operations are repeated without the lost ones, and their rows
are numbered and chained again.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from tanteo.cli.salvage import Salvage
from tanteo.exceptions import StudyError
from tanteo.study import cache, check
from tanteo.study.checking import pages
from tanteo.study.connection import Connection
from tanteo.study.database import Database
from tanteo.study.faults import recovery
from tanteo.study.log import Log, Operation
from tanteo.study.rows import ROWS, LogRow
from tanteo.study.sidefiles import log_of, size_of
from tanteo.study.state import OPERATIONS

# No row is shorter: each has a kind, a body and two checksums.
_SHORTEST_ROW = 8


class Inspection(NamedTuple):
    """The result of inspecting a study.

    ``operations`` are intact. ``damaged`` maps the number of each damaged operation to its kind, or to None if that is
    unknown. ``problems`` are those outside the log.
    """

    operations: list[Operation]
    damaged: dict[int, str | None]
    problems: list[str]

    @property
    def is_whole(self) -> bool:
        """Whether no damage was found."""
        return not self.damaged and not self.problems

    def described(self) -> list[str]:
        """Return a line for each problem, and for damaged operations of one kind that follow each other."""
        groups = groupby(enumerate(self.damaged.items()), key=_run)
        return [*self.problems, *(_lost([seq for _, (seq, _) in group], kind) for (_, kind), group in groups)]

    def salvage(self, file: Path) -> Salvage:
        """Replay the intact operations."""
        if not self.operations or self.operations[0].kind != "create":
            raise StudyError(
                f"{file} is damaged: its first operation, which holds the space, is lost; restore it from a copy, or, "
                f"if its pages are damaged, {recovery(file)}"
            )
        return Salvage(self.operations, self.damaged)


def _run(each: tuple[int, tuple[int, str | None]]) -> tuple[int, str | None]:
    """Return what operations have in common that follow each other: their numbers grow as their places do."""
    place, (seq, kind) = each
    return seq - place, kind


def _lost(seqs: list[int], kind: str | None) -> str:
    is_one, of = len(seqs) == 1, kind or "of an unknown kind"
    subject = (
        f"operation {seqs[0]} ({of}), which is" if is_one else f"operations {seqs[0]} to {seqs[-1]} ({of}), which are"
    )
    return f"lost: {subject} damaged or missing"


def examine(file: Path) -> Inspection:
    """Read every operation of a study, check its pages and, if both are intact, replay it.

    Raises
    ------
    StudyError
        If the file is not a study, or SQLite cannot open it.
    """
    with closing(Database(file.absolute(), "full", read_only=True)) as database:
        found = Inspection([], {}, pages(database))
        # One by one, because a damaged page ends a query of them all.
        for seq in range(1, _last(database, file) + 1):
            _sort_in(seq, _row(database, seq), found)
    if found.is_whole:
        found.problems.extend(check(file))
    return found


def write_to(new: Path, salvage: Salvage) -> None:
    """Write a study of the operations that are left.

    Raises
    ------
    StudyError
        If the new file fails its check.
    """
    with closing(Database(new.absolute(), "full", read_only=False)) as database, database.translated():
        database.create()
        log = Log(database)
        for operation in salvage.operations:
            log.append(operation.kind, operation.body)
        database.commit()
    problems = check(new)
    if problems:
        raise StudyError(f"{new} could not be made whole: {problems[0]}; keep the damaged file")


def _last(database: Connection, file: Path) -> int:
    """Return the number of the last row, also of a lost one before the cached state; 0 if there is no log.

    It is no more than there is room for in the file.
    """
    try:
        ((last,),) = database.rows("SELECT max(seq) FROM log")
    except sqlite3.DatabaseError:
        return 0
    n_bytes = size_of(file) + size_of(log_of(file))
    cached = cache.read(database)
    return min(max(int(last or 0), 0 if cached is None else cached.seq), n_bytes // _SHORTEST_ROW)


def _row(database: Connection, seq: int) -> LogRow | None:
    with suppress(sqlite3.DatabaseError):
        return next((LogRow._make(row) for row in database.rows(f"{ROWS} WHERE seq = ?", (seq,))), None)
    return None


def _sort_in(seq: int, row: LogRow | None, found: Inspection) -> None:
    if row is not None and row.is_whole:
        found.operations.append(Operation(seq, row.kind.decode("ascii"), json.loads(row.body)))
        return
    kind = row.kind.decode("ascii", "replace") if row is not None and isinstance(row.kind, bytes) else None
    # The kind itself may be damaged.
    found.damaged[seq] = kind if kind in OPERATIONS else None
