"""What is left in a damaged study, and a new study made of it.

A study is a log of operations, each with a checksum, and one kept state, which is a cache. Two ways lead to a new file,
and the first that loses nothing but what is damaged is taken:

* The operations that are whole are written into a new log. An operation that is damaged may be left out if no later one
  is numbered by it: a result, a report, an attribute, a note. A trial whose result is lost is pending again.
* Where an ask or a missing row is among the damage, later operations speak of trials by numbers that are no longer
  known. Then the kept state, if it is whole, gives its trials; else the log up to the damage does.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from tanteo.exceptions import StudyError, TanteoError
from tanteo.study import Study, cache, check
from tanteo.study.database import Database
from tanteo.study.header import space_of
from tanteo.study.log import Log, Operation, checksum_of
from tanteo.study.state import State

# Operations after which trials have other numbers, or other parameters.
_NUMBERING = ("create", "ask", "observe", "run", "space")


class Found(NamedTuple):
    """The log of a file: the operations that are whole, the word of each that is not (None if even that is gone)."""

    rows: list[Operation]
    damaged: dict[int, str | None]
    problems: list[str]


def examine(file: Path) -> Found:
    """Read every operation of a study, and what SQLite says of the file.

    Raises
    ------
    StudyError
        If the file is no study.
    """
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        problems = list(_said_by_sqlite(connection))
        rows, damaged = _log(connection, file)
    problems += [f"operation {seq} ({kind or 'of an unknown kind'}) is damaged" for seq, kind in damaged.items()]
    if not damaged and not problems:
        problems += check(file)
    return Found(rows, damaged, problems)


def _said_by_sqlite(connection: sqlite3.Connection) -> Iterator[str]:
    try:
        for (line,) in connection.execute("PRAGMA integrity_check(20)"):
            if line != b"ok":
                yield f"SQLite says: {line.decode(errors='replace')}"
    except sqlite3.DatabaseError as error:
        yield f"SQLite says: {error}"


def _log(connection: sqlite3.Connection, file: Path) -> tuple[list[Operation], dict[int, str | None]]:
    rows: list[Operation] = []
    damaged: dict[int, str | None] = {}
    last = _last(connection, file)
    for seq in range(1, last + 1):
        try:
            found = connection.execute("SELECT kind, body, sum FROM log WHERE seq = ?", (seq,)).fetchone()
        except sqlite3.DatabaseError:
            found = None
        if found is None:
            damaged[seq] = None
            continue
        kind, body, checksum = found
        if isinstance(kind, bytes) and isinstance(body, bytes) and checksum_of(seq, kind, body) == checksum:
            rows.append(Operation(seq, kind.decode("ascii"), json.loads(body)))
        else:
            damaged[seq] = kind.decode("ascii", "replace") if isinstance(kind, bytes) else None
    return rows, damaged


def _last(connection: sqlite3.Connection, file: Path) -> int:
    try:
        (last,) = connection.execute("SELECT max(seq) FROM log").fetchone()
    except sqlite3.DatabaseError as error:
        raise StudyError(f"{file} is no study, or nothing of its log can be read ({error})") from error
    return int(last or 0)


def into(found: Found, file: Path, new: Path) -> list[str]:
    """Write what is left into a new study, and return what is lost, line by line.

    Raises
    ------
    StudyError
        If there is something at the new path, or not even the beginning of the log is left.
    """
    if new.exists():
        raise StudyError(f"{new} exists; name a new file (--repair)")
    if not found.rows or found.rows[0].kind != "create":
        raise StudyError(f"{file}: the first operation, which holds the space, is lost; nothing can be rescued")
    stop = next((seq for seq, kind in found.damaged.items() if kind is None or kind in _NUMBERING), None)
    kept = None if stop is None else _kept(file)
    if stop is None or kept is None or kept.seq < stop:
        whole = [row for row in found.rows if stop is None or row.seq < stop]
        _write(whole, new)
        return list(_lost(found, whole, stop))
    _write_trials(kept.state, found, kept.seq, new)
    return [
        f"the trials are those of the state that was kept after operation {kept.seq}; who ran them is lost",
        *_lost(found, [row for row in found.rows if row.seq <= kept.seq], kept.seq + 1, since=kept.seq),
    ]


def _kept(file: Path) -> cache.Kept | None:
    try:
        database = Database(file.absolute(), "full", read_only=True)
        try:
            return cache.read(database)
        finally:
            database.close()
    except (TanteoError, sqlite3.DatabaseError, ValueError, KeyError):  # as damaged as the rest
        return None


def _write(rows: Sequence[Operation], new: Path) -> None:
    """Write a log of these operations, numbered anew."""
    database = Database(new.absolute(), "full", read_only=False)
    try:
        with database.translated():
            database.create()
            log = Log(database)
            for row in rows:
                log.append(row.kind, row.body)
            database.commit()
    finally:
        database.close()


def _write_trials(state: State, found: Found, seq: int, new: Path) -> None:
    """Write a study with the trials of a state, as results from elsewhere."""
    from tanteo.belonging import SearchToken
    from tanteo.integrations.arrivals import Arrival, LeftAside
    from tanteo.integrations.searches import fill
    from tanteo.trial import Trials

    header: dict[str, Any] = state.header  # type: ignore[assignment]  # JSON
    space = space_of(header, None, new)
    _write([Operation(1, "create", header)], new)
    trials = Trials(state.core, space._codec, SearchToken(header["seed"], space._codec.names, header["nonce"]))
    states = {"pending": "running"}
    with Study(new) as study:
        arrivals = (
            Arrival(
                name=f"trial {trial.id}",
                params=trial.params,
                state=states.get(trial.state, trial.state),  # type: ignore[arg-type]  # those of trials
                values=trial.values,
                constraints=trial.constraints,
                cost=trial.cost,
                sems=trial.sems,
                reason=trial.reason,
                steps=trial.steps,
                attrs=trial.attrs,
                started=trial.started,
                finished=trial.finished,
                traceback=trial.traceback,
            )
            for trial in trials
        )
        fill(study, arrivals, LeftAside())


def _lost(found: Found, whole: Sequence[Operation], stop: int | None, since: int = 0) -> Iterator[str]:
    """Iterate over what is lost, in words."""
    for seq, kind in found.damaged.items():
        if seq > since:
            yield f"lost: operation {seq} ({kind or 'of an unknown kind'})"
    after = [row for row in found.rows if stop is not None and row.seq >= stop and row not in whole]
    for row in after:
        about = f" of trial {row.body['trial']}" if isinstance(row.body, dict) and "trial" in row.body else ""
        told = f": {json.dumps(row.body['told'])}" if row.kind in ("tell", "observe") else ""
        yield f"left out: operation {row.seq}, {row.kind}{about}{told}"
