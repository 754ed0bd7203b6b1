"""Inspects a damaged study and writes what is left of it to a new study.

The rows of the log are read one by one, so that a damaged page costs only the rows on it. The new file is checked
completely before it is reported as recovered.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from tanteo.cli.files import PAGE, declares_log
from tanteo.cli.salvage import Salvage
from tanteo.exceptions import StudyError
from tanteo.study import check
from tanteo.study.database import Database
from tanteo.study.faults import RefusedError
from tanteo.study.log import Log, Operation
from tanteo.study.rows import ROWS, Row
from tanteo.study.sidefiles import log_of, size_of, tidied
from tanteo.study.state import OPERATIONS

# No row is shorter: each has a kind, a body and two checksums.
_SHORTEST_ROW = 8
# The header of a file of SQLite (section 1.3 of "Database File Format"): its length, the number of pages, the versions
# for writing and reading, and the fields that are the same in every study.
_HEADER, _N_PAGES, _MODES = 100, slice(28, 32), slice(18, 20)
_FIXED = (slice(0, 16), slice(20, 24), slice(44, 48), slice(56, 60), slice(68, 92))


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
        """Return a line for each problem and each damaged operation."""
        operations = (f"operation {seq} ({kind or 'of an unknown kind'})" for seq, kind in self.damaged.items())
        return [*self.problems, *(f"lost: {operation}, which is damaged or missing" for operation in operations)]

    def salvage(self, file: Path) -> Salvage:
        """Replay the intact operations."""
        if not self.operations or self.operations[0].kind != "create":
            raise StudyError(
                f"{file} is damaged: its first operation, which holds the space, is lost, so nothing can be rescued; "
                "restore it from a copy"
            )
        return Salvage(self.operations, self.damaged)


def examine(file: Path) -> Inspection:
    """Read every operation of a study and run the integrity check of SQLite.

    Raises
    ------
    StudyError
        If the file is not a study, or one that is refused for another reason than damage.
    """
    header = _header_for(file)
    found = Inspection([], {}, []) if _has_other_header(file, header) else _read(file)
    if found.is_whole and found.operations:
        return found
    with tempfile.TemporaryDirectory() as folder:
        repaired = _read(_with_header(header, file, Path(folder)))
    if len(repaired.operations) <= len(found.operations):
        return found
    return repaired._replace(problems=[f"the header of the file is damaged (its first {_HEADER} bytes)"])


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


def _header_for(file: Path) -> bytes:
    """Return the header of a new study with the number of pages of a file."""
    with tempfile.TemporaryDirectory() as folder:
        new = Path(folder) / "new"
        with closing(Database(new, "full", read_only=False)) as database:
            database.create()
            database.commit()
        header = bytearray(new.read_bytes()[:_HEADER])
    header[_N_PAGES] = (file.stat().st_size // PAGE).to_bytes(4)
    return bytes(header)


def _has_other_header(file: Path, header: bytes) -> bool:
    """Whether a file has the tables of a study, and a header that no study has."""
    with file.open("rb") as opened:
        actual = opened.read(_HEADER)
    has_modes = actual[_MODES] in (b"\1\1", b"\2\2")
    is_fixed = all(actual[field] == header[field] for field in _FIXED)
    return declares_log(file) and not (has_modes and is_fixed)


def _with_header(header: bytes, file: Path, folder: Path) -> Path:
    """Return a copy of a file with another header."""
    copy = folder / file.name
    shutil.copyfile(file, copy)
    if log_of(file).exists():
        shutil.copyfile(log_of(file), log_of(copy))
    with copy.open("r+b") as opened:
        opened.write(header)
    return copy


def _read(file: Path) -> Inspection:
    problems: list[str] = []
    try:
        Database(file.absolute(), "full", read_only=True).close()
    except RefusedError:
        raise
    except StudyError as error:
        problems.append(str(error))
    address = f"{file.absolute().as_uri()}?mode=ro"
    with tidied(file.absolute()), closing(sqlite3.connect(address, uri=True)) as connection:
        connection.text_factory = bytes
        problems += _integrity_problems(connection)
        found = Inspection([], {}, problems)
        # One by one, because a damaged page ends a query of them all.
        for seq in range(1, _last(connection, file) + 1):
            _sort_in(seq, _row(connection, seq), found)
    if found.is_whole:
        problems += check(file)
    return found


def _integrity_problems(connection: sqlite3.Connection) -> Iterator[str]:
    try:
        for (line,) in connection.execute("PRAGMA integrity_check(20)"):
            if line != b"ok":
                yield f"SQLite says: {line.decode(errors='replace')}"
    except sqlite3.DatabaseError as error:
        yield f"SQLite says: {error}"


def _last(connection: sqlite3.Connection, file: Path) -> int:
    """Return the number of the last row, but no more than there is room for in the file; 0 if there is no log."""
    try:
        (last,) = connection.execute("SELECT max(seq) FROM log").fetchone()
    except sqlite3.DatabaseError:
        return 0
    n_bytes = size_of(file) + size_of(log_of(file))
    return min(int(last or 0), n_bytes // _SHORTEST_ROW)


def _row(connection: sqlite3.Connection, seq: int) -> Row | None:
    with suppress(sqlite3.DatabaseError):
        record = connection.execute(f"{ROWS} WHERE seq = ?", (seq,)).fetchone()
        return None if record is None else Row._make(record)
    return None


def _sort_in(seq: int, row: Row | None, found: Inspection) -> None:
    if row is not None and row.is_whole:
        found.operations.append(Operation(seq, row.kind.decode("ascii"), json.loads(row.body)))
        return
    kind = row.kind.decode("ascii", "replace") if row is not None and isinstance(row.kind, bytes) else None
    # The kind itself may be damaged.
    found.damaged[seq] = kind if kind in OPERATIONS else None
