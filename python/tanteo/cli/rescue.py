"""What is left in a damaged study, and a new study made of it.

A study is a log of operations, each with a checksum, and one kept state, which is a cache. Two ways lead to a new file,
and the first that loses nothing but what is damaged is taken:

* The operations that are whole are repeated, and those that can be are written into a new log (:mod:`.repeating`). A
  trial whose result is lost is pending again; where its configuration is lost, a failure that does not count has its
  number.
* Where a change of the space is lost, or early studies lack the numbers of trials, later operations speak of what is
  not known. Then the kept state, if it is whole, gives its trials; else the log up to the damage does.

A new file is looked at as a whole before it is called done.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tanteo.cli.repeating import Repeated, repeated
from tanteo.exceptions import StudyError
from tanteo.study import Study, cache, check
from tanteo.study.database import Database
from tanteo.study.header import space_of
from tanteo.study.log import Log, Operation, is_whole
from tanteo.study.state import OPERATIONS, State

if TYPE_CHECKING:
    from tanteo.integrations.arrivals import Arrival
    from tanteo.trials.trial import FrozenTrial

# How the core shows a trial that does not count.
_SET_ASIDE = 4


class Found(NamedTuple):
    """The log of a file: the operations that are whole, the word of each that is not (None if even that is gone).

    ``others`` is what is wrong beside the log.
    """

    rows: list[Operation]
    damaged: dict[int, str | None]
    others: list[str]


def examine(file: Path) -> Found:
    """Read every operation of a study, and what SQLite says of the file.

    Raises
    ------
    StudyError
        If the file is no study.
    """
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        others = list(_said_by_sqlite(connection))
        rows, damaged = _log(connection, file)
    if not damaged and not others:
        others += _checked(file)
    return Found(rows, damaged, others)


def _checked(file: Path) -> list[str]:
    try:
        return check(file)
    except StudyError as error:
        return [str(error)]


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
        if is_whole(seq, kind, body, checksum):
            rows.append(Operation(seq, kind.decode("ascii"), json.loads(body)))
        else:
            word = kind.decode("ascii", "replace") if isinstance(kind, bytes) else None
            # It may be what is damaged.
            damaged[seq] = word if word in OPERATIONS else None
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
        If there is something at the new path, not even the beginning of the log is left, or what was written is not
        whole.
    """
    if new.exists():
        raise StudyError(f"{new} exists; name a new file (--repair)")
    if not found.rows or found.rows[0].kind != "create":
        raise StudyError(f"{file}: the first operation, which holds the space, is lost; nothing can be rescued")
    kept = _kept(file)
    chosen = repeated(found.rows, found.damaged, kept)
    if chosen.stop is None or kept is None or kept.seq < chosen.stop:
        _write(chosen.rows, new)
        lines = [*_lost(found), *_changed(chosen), *_left_out(found, chosen.stop)]
    else:
        lines = [
            f"the trials are those of the state that was kept after operation {kept.seq}; who ran them is lost",
            *_write_trials(kept.state, new),
            *_lost(found, since=kept.seq),
            *_left_out(found, kept.seq + 1),
        ]
    _look_at(new)
    return lines


def _look_at(new: Path) -> None:
    """Refuse a new file that is not whole: one that cannot be opened is no rescue."""
    problems = check(new)
    if problems:
        raise StudyError(f"{new} could not be made whole: {problems[0]}; keep the damaged file")


def _kept(file: Path) -> cache.CachedState | None:
    try:
        database = Database(file.absolute(), "full", read_only=True)
        try:
            return cache.read(database)
        finally:
            database.close()
    except StudyError:  # it cannot be opened; a state that cannot be read is passed over
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


def _write_trials(state: State, new: Path) -> list[str]:
    """Write a study with the trials of a state, as results from elsewhere, and return what is lost."""
    from tanteo.integrations.arrivals import LeftAside
    from tanteo.integrations.searches import fill
    from tanteo.trials.belonging import SearchToken
    from tanteo.trials.trial import Trials

    header: dict[str, Any] = state.header  # type: ignore[assignment]  # a header is JSON, whose values have any type
    space = space_of(header, None, new)
    _write([Operation(1, "create", header)], new)
    trials = Trials(state.core, space._codec, SearchToken(header["seed"], space._codec.names, header["nonce"]))
    excluded = state.core.view()["state"] == _SET_ASIDE
    inside = [trial for trial in range(len(trials)) if trial not in state.record.aside]
    left = LeftAside()
    with Study(new) as study:
        fill(study, (_arrival(trials[trial], excluded=bool(excluded[trial])) for trial in inside), left)
        moved = len(study) < len(trials)
    renumbered = ["the trials after one that is left out have smaller numbers than they had"] if moved else []
    return [*left.reasons, *renumbered, *_beside(state)]


def _arrival(trial: FrozenTrial, *, excluded: bool) -> Arrival:
    from tanteo.integrations.arrivals import Arrival

    return Arrival(
        name=f"trial {trial.id}",
        params=trial.params,
        state="running" if trial.state == "pending" else trial.state,
        values=trial.values,
        constraints=trial.constraints,
        cost=trial.cost,
        sems=trial.sems,
        reason=trial.reason,
        replicates=trial.replicates,
        # The steps of folds follow from them.
        steps={} if trial.folds else trial.steps,
        folds=trial.folds,
        step_constraints=trial.step_constraints,
        attrs=trial.attrs,
        started=trial.started,
        finished=trial.finished,
        traceback=trial.traceback,
        paused=trial.paused,
        excluded=excluded,
    )


def _beside(state: State) -> Iterator[str]:
    """Iterate over what the trials of a state had that results from elsewhere have not."""
    yield "lost: points that were queued and not yet asked for, if there were any; queue them again"
    record = state.record
    for trial, noted in sorted(record.aside.items()):
        found = state.core.trial(trial)
        words = f"{found['state']}, {json.dumps(dict(noted))}: {json.dumps(found['values'])}"
        yield f"left out: trial {trial}, which does not fit into the space, {words}"
    for trial, note in sorted(record.notes.items()):
        yield f"left out: the note of trial {trial}: {json.dumps(note)}"
    for trial, paths in sorted(record.artifacts.items()):
        yield f"left out: the artifacts of trial {trial}: {json.dumps(paths)}"


def damages(found: Found) -> Iterator[tuple[int, str]]:
    """Iterate over the damaged operations by number, each in words."""
    for seq, kind in found.damaged.items():
        yield seq, f"operation {seq} ({kind or 'of an unknown kind'})"


def _lost(found: Found, since: int = 0) -> Iterator[str]:
    for seq, words in damages(found):
        if seq > since:
            yield f"lost: {words}"


def _changed(chosen: Repeated) -> Iterator[str]:
    """Iterate over what was dropped because it does not fit to what is left, and over what was put in."""
    for trial in chosen.stood_in:
        yield (
            f"lost: the configuration of trial {trial}; a failure that does not count stands there, "
            "so that later trials keep their numbers"
        )
    for row, why in chosen.dropped:
        yield f"left out: {_words(row)}, which cannot be repeated without what is lost: {why}"
    for row, how in chosen.put_in:
        trial = row.body.get("trial", row.body.get("first"))
        yield f"put in: the {row.kind}{'' if trial is None else f' of trial {trial}'} {how}"


def _left_out(found: Found, stop: int | None) -> Iterator[str]:
    """Iterate over the whole operations from one on, in words."""
    for row in found.rows:
        if stop is not None and row.seq >= stop:
            yield f"left out: {_words(row)}"


def _words(row: Operation) -> str:
    about = f" of trial {row.body['trial']}" if isinstance(row.body, dict) and "trial" in row.body else ""
    told = f": {json.dumps(row.body['told'])}" if row.kind in ("tell", "observe") else ""
    return f"operation {row.seq}, {row.kind}{about}{told}"
