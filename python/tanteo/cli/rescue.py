"""Inspects a damaged study and writes what is left of it to a new study.

A study is a log of operations, each with a checksum, and a cached state. There are two ways to recover it:

* The intact operations are replayed, and the ones that can be are written to a new log (:mod:`.replay`). A trial whose
  result is lost is pending again. If its configuration is lost, an excluded failure takes its number.
* If a change of the space is lost, or an early study lacks the numbers of trials, later operations cannot be
  interpreted. The trials then come from the cached state, if that is intact, otherwise from the log up to the damage.

The new file is checked completely before it is reported as recovered.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tanteo._internal.json_text import to_json
from tanteo.cli.replay import Replay, replay_log
from tanteo.exceptions import StudyError
from tanteo.study import Study, cache, check
from tanteo.study.database import Database
from tanteo.study.faults import RefusedError
from tanteo.study.header import space_of
from tanteo.study.log import Log, Operation
from tanteo.study.rows import ROWS, Row
from tanteo.study.sidefiles import log_of, size_of, tidied
from tanteo.study.state import OPERATIONS, State

if TYPE_CHECKING:
    from tanteo.integrations.imported_trials import ImportedTrial
    from tanteo.trials.trial import FrozenTrial

# No row is shorter: each has a kind, a body and two checksums.
_SHORTEST_ROW = 8
# The state code of excluded trials in the core.
_SET_ASIDE = 4


class Inspection(NamedTuple):
    """The result of inspecting a study.

    ``operations`` are intact. ``damaged`` maps the number of each damaged operation to its kind, or to None if that is
    unknown. ``problems`` are those outside the log.
    """

    operations: list[Operation]
    damaged: dict[int, str | None]
    problems: list[str]


def examine(file: Path) -> Inspection:
    """Read every operation of a study and run the integrity check of SQLite.

    Raises
    ------
    StudyError
        If the file is not a study, or one that is refused for another reason than damage.
    """
    _require_acceptable(file)
    address = f"{file.absolute().as_uri()}?mode=ro"
    with tidied(file.absolute()), closing(sqlite3.connect(address, uri=True)) as connection:
        connection.text_factory = bytes
        problems = list(_integrity_problems(connection))
        operations, damaged = _log(connection, file)
    if not damaged and not problems:
        problems += _check_problems(file)
    return Inspection(operations, damaged, problems)


def _require_acceptable(file: Path) -> None:
    try:
        Database(file.absolute(), "full", read_only=True).close()
    except RefusedError:
        raise
    except StudyError:  # damage is what follows
        return


def _check_problems(file: Path) -> list[str]:
    try:
        return check(file)
    except StudyError as error:
        return [str(error)]


def _integrity_problems(connection: sqlite3.Connection) -> Iterator[str]:
    try:
        for (line,) in connection.execute("PRAGMA integrity_check(20)"):
            if line != b"ok":
                yield f"SQLite says: {line.decode(errors='replace')}"
    except sqlite3.DatabaseError as error:
        yield f"SQLite says: {error}"


def _log(connection: sqlite3.Connection, file: Path) -> tuple[list[Operation], dict[int, str | None]]:
    rows: list[Operation] = []
    damaged: dict[int, str | None] = {}
    # One by one, because a damaged page ends a query of them all.
    for seq in range(1, _last(connection, file) + 1):
        row = _row(connection, seq)
        if row is None:
            damaged[seq] = None
        elif row.is_whole:
            rows.append(Operation(seq, row.kind.decode("ascii"), json.loads(row.body)))
        else:
            kind = row.kind.decode("ascii", "replace") if isinstance(row.kind, bytes) else None
            # The kind itself may be damaged.
            damaged[seq] = kind if kind in OPERATIONS else None
    return rows, damaged


def _row(connection: sqlite3.Connection, seq: int) -> Row | None:
    try:
        record = connection.execute(f"{ROWS} WHERE seq = ?", (seq,)).fetchone()
    except sqlite3.DatabaseError:
        return None
    return None if record is None else Row._make(record)


def _last(connection: sqlite3.Connection, file: Path) -> int:
    """Return the number of the last row, but no more than there is room for in the file."""
    try:
        (last,) = connection.execute("SELECT max(seq) FROM log").fetchone()
    except sqlite3.DatabaseError as error:
        raise StudyError(f"{file} is not a study, or its log cannot be read at all ({error})") from error
    n_bytes = size_of(file) + size_of(log_of(file))
    return min(int(last or 0), n_bytes // _SHORTEST_ROW)


def write_to(inspection: Inspection, file: Path, new: Path) -> list[str]:
    """Write what is left to a new study and return lines that describe what is lost.

    Raises
    ------
    StudyError
        If the new path exists, the first operation of the log is lost, or the new file fails its check.
    """
    if new.exists():
        raise StudyError(f"{new} exists; name a new file (--repair)")
    if not inspection.operations or inspection.operations[0].kind != "create":
        raise StudyError(f"{file}: the first operation, which holds the space, is lost; nothing can be rescued")
    cached = _cached_state(file)
    replay = replay_log(inspection.operations, inspection.damaged, cached)
    if replay.stop is None or cached is None or cached.seq < replay.stop:
        _write(replay.operations, new)
        lines = [*_lost(inspection), *_changed(replay), *_left_out(inspection, replay.stop)]
    else:
        lines = [
            f"the trials are those of the state that was kept after operation {cached.seq}; who ran them is lost",
            *_write_trials(cached.state, new),
            *_lost(inspection, since=cached.seq),
            *_left_out(inspection, cached.seq + 1),
        ]
    _require_intact(new)
    return lines


def _require_intact(new: Path) -> None:
    """Raise an error if the new file has any problem."""
    problems = check(new)
    if problems:
        raise StudyError(f"{new} could not be made whole: {problems[0]}; keep the damaged file")


def _cached_state(file: Path) -> cache.CachedState | None:
    try:
        database = Database(file.absolute(), "full", read_only=True)
        try:
            return cache.read(database)
        finally:
            database.close()
    except StudyError:  # the file cannot be opened; an unreadable cached state is ignored
        return None


def _write(rows: Sequence[Operation], new: Path) -> None:
    """Write a log of these operations with new numbers."""
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
    """Write a study with the trials of a state as observed results, and return what is lost."""
    from tanteo.integrations.imported_trials import ImportNotes
    from tanteo.integrations.searches import fill
    from tanteo.trials.belonging import SearchToken
    from tanteo.trials.trial import Trials

    header: dict[str, Any] = state.header  # type: ignore[assignment]  # a header is JSON, whose values have any type
    space = space_of(header, None, new)
    _write([Operation(1, "create", header)], new)
    trials = Trials(state.core, space._codec, SearchToken(header["seed"], space._codec.names, header["nonce"]))
    excluded = state.core.view()["state"] == _SET_ASIDE
    included = [trial for trial in range(len(trials)) if trial not in state.record.aside]
    omitted = ImportNotes()
    with Study(new) as study:
        fill(study, (_imported_trial(trials[trial], excluded=bool(excluded[trial])) for trial in included), omitted)
        is_renumbered = len(study) < len(trials)
    renumbered = ["the trials after one that is left out have smaller numbers than they had"] if is_renumbered else []
    return [*omitted.left_aside(), *omitted.reasons, *renumbered, *_not_transferred(state)]


def _imported_trial(trial: FrozenTrial, *, excluded: bool) -> ImportedTrial:
    from tanteo.integrations.imported_trials import ImportedTrial

    return ImportedTrial(
        name=f"trial {trial.id}",
        params=trial.params,
        state="running" if trial.state == "pending" else trial.state,
        values=trial.values,
        constraints=trial.constraints,
        cost=trial.cost,
        sems=trial.sems,
        reason=trial.reason,
        replicates=trial.replicates,
        # The steps of folds are computed from the folds.
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


def _not_transferred(state: State) -> Iterator[str]:
    """Describe the data of a state that observed results cannot carry."""
    yield "lost: points that were queued and not yet asked for, if there were any; queue them again"
    record = state.record
    for trial, params in sorted(record.aside.items()):
        trial_data = state.core.trial(trial)
        description = f"{trial_data['state']}, {to_json(dict(params))}: {to_json(trial_data['values'])}"
        yield f"left out: trial {trial}, which does not fit into the space, {description}"
    for trial, note in sorted(record.notes.items()):
        yield f"left out: the note of trial {trial}: {to_json(note)}"
    for trial, paths in sorted(record.artifacts.items()):
        yield f"left out: the artifacts of trial {trial}: {to_json(paths)}"


def damages(inspection: Inspection) -> Iterator[tuple[int, str]]:
    """Iterate over the numbers and descriptions of the damaged operations."""
    for seq, kind in inspection.damaged.items():
        yield seq, f"operation {seq} ({kind or 'of an unknown kind'})"


def _lost(inspection: Inspection, since: int = 0) -> Iterator[str]:
    for seq, description in damages(inspection):
        if seq > since:
            yield f"lost: {description}"


def _changed(replay: Replay) -> Iterator[str]:
    """Describe the operations that were dropped as inconsistent, and the ones that were reconstructed."""
    for trial in replay.placeholders:
        yield (
            f"lost: the configuration of trial {trial}; an excluded failure takes its place, "
            "so that later trials keep their numbers"
        )
    for row, reason in replay.dropped:
        yield f"left out: {_describe(row)}, which cannot be repeated without what is lost: {reason}"
    for row, source in replay.reconstructed:
        trial = row.body.get("trial", row.body.get("first"))
        yield f"put in: the {row.kind}{'' if trial is None else f' of trial {trial}'} {source}"


def _left_out(inspection: Inspection, stop: int | None) -> Iterator[str]:
    """Describe the intact operations from number ``stop`` on."""
    for row in inspection.operations:
        if stop is not None and row.seq >= stop:
            yield f"left out: {_describe(row)}"


def _describe(row: Operation) -> str:
    subject = f" of trial {row.body['trial']}" if isinstance(row.body, dict) and "trial" in row.body else ""
    result = f": {to_json(row.body['told'])}" if row.kind in ("tell", "observe") else ""
    return f"operation {row.seq}, {row.kind}{subject}{result}"
