"""Promises 14 and 15 for studies: damage raises an error that names it, or changes nothing; no content is executed."""

from __future__ import annotations

import random
import sqlite3

import pytest

import tanteo as tt
from support.profile import count
from support.study_rows import forge
from tanteo.study import cache
from tanteo.study.connection import Connection

SPACE = {"x": tt.Float(0.0, 1.0), "kind": tt.Categorical(["a", "b"])}


@pytest.fixture
def path(tmp_path):
    with tt.Study(tmp_path / "study.db", SPACE, seed=0, sampler="random", durability="off") as study:
        for number in range(40):
            trial = study.ask()
            study.tell(trial, number / 8, constraints={"memory": -1.0})
    return tmp_path / "study.db"


def read_study(path):
    """Return the trials that a reader sees, or the error that refuses the file."""
    try:
        study = tt.Study(path, read_only=True)
        trials = [(trial.params, trial.values, dict(trial.constraints), trial.host) for trial in study.trials]
        study.close()
    except tt.StudyError as error:
        return error
    return trials


@pytest.mark.parametrize("has_cache", [True, False])
def test_any_flipped_bit_is_an_error_or_changes_nothing(path, has_cache):
    if not has_cache:
        with sqlite3.connect(path) as file:
            file.execute("DELETE FROM snapshot")
        file.close()
        with sqlite3.connect(path, isolation_level=None) as file:
            file.execute("VACUUM")
        file.close()
    original, expected = path.read_bytes(), read_study(path)
    assert len(expected) == 40
    generator, refused = random.Random(1), 0
    damaged = path.with_name("damaged.db")
    for _ in range(count(40, 5000)):
        data = bytearray(original)
        data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
        damaged.write_bytes(data)
        result = read_study(damaged)
        refused += isinstance(result, tt.StudyError)
        assert isinstance(result, tt.StudyError) or result == expected
    # With a cached state, most of the log is not read.
    assert has_cache or refused > 5


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused_unless_nothing_is_missing(path, share):
    data, expected = path.read_bytes(), read_study(path)
    truncated = path.with_name("truncated.db")
    truncated.write_bytes(data[: int(share * len(data))])
    result = read_study(truncated)
    assert isinstance(result, tt.StudyError) or (share > 0.5 and result == expected)


@pytest.mark.parametrize("name", [b"CREATE TABLE log", b"CREATE TABLE beat", b"CREATE TABLE snapshot"])
def test_a_table_name_that_is_not_text_is_damage(path, name):
    """SQLite quotes it in its message, which Python cannot decode."""
    path.write_bytes(path.read_bytes().replace(name, name[:7] + b"\xef" + name[8:]))
    with pytest.raises(tt.StudyError, match="is damaged"):
        tt.Study(path)


def damage_log(path, statement):
    with sqlite3.connect(path) as file:
        file.execute("DELETE FROM snapshot")
        file.execute(statement)
    file.close()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE log SET body = replace(body, '0.5', '0.25') WHERE seq = 12", "row 12 of its log does not match"),
        ("UPDATE log SET kind = 'tell' WHERE seq = 3", "row 3 of its log does not match its checksum"),
        ("UPDATE log SET sum = sum + 1 WHERE seq = 30", "row 30 of its log does not match its checksum"),
        ("DELETE FROM log WHERE seq = 20", "row 20 of its log is missing"),
        ("DELETE FROM log WHERE seq = 1", "row 1 of its log is missing"),
    ],
)
def test_a_damaged_row_is_named(path, statement, message):
    damage_log(path, statement)
    with pytest.raises(tt.StudyError, match=message):
        tt.Study(path)
    assert any(message in line for line in tt.study.check(path))


@pytest.mark.parametrize(("first", "has_cache"), [(1, False), (1, True), (30, True)])
def test_rows_that_are_lost_at_the_end_are_detected(path, first, has_cache):
    """Without a cached state, a log may end after any row."""
    with sqlite3.connect(path) as file:
        file.execute("DELETE FROM log WHERE seq >= ?", (first,))
        if not has_cache:
            file.execute("DELETE FROM snapshot")
    file.close()
    last = 82 if has_cache else 1
    assert tt.study.check(path) == [f"its log ends after row {first - 1}, and row {last} was written"]
    with pytest.raises(tt.StudyError, match="is damaged"):
        tt.Study(path)


@pytest.mark.parametrize(
    ("row", "kind", "body"),
    [
        (4, b"tell", b"{"),
        (4, b"tell", b"[" * 100_000),
        (4, b"tell", b"[]"),
        (4, b"t\xe9ll", b"{}"),
        (4, b"tell", b'{"trial": 99, "run": 0, "time": 0.0, "told": {}}'),
        (1, b"create", b"{}"),
        (1, b"create", b"[]"),
        (1, b"run", b"{}"),
    ],
)
def test_an_invalid_row_with_a_matching_checksum_is_named(path, row, kind, body):
    with sqlite3.connect(path) as file:
        file.execute("DELETE FROM snapshot")
    file.close()
    forge(path, lambda seq, *content: (kind, body) if seq == row else content)
    with pytest.raises(tt.StudyError, match=f"row {row} of "):
        tt.Study(path)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE snapshot SET core = 5",
        "UPDATE snapshot SET seq = seq - 1",
        "UPDATE part SET content = 'text'",
        "DELETE FROM part",
        "UPDATE snapshot SET sum = 'text'",
    ],
)
def test_an_invalid_cached_state_is_ignored(path, statement):
    expected = read_study(path)
    with sqlite3.connect(path) as file:
        file.execute(statement)
    file.close()
    assert read_study(path) == expected


@pytest.mark.parametrize(
    "record", [b"{}", b"[]", b"[" * 100_000, b'{"chain": 1, "header": {}, "record": {"runs": []}}']
)
def test_a_cached_record_of_another_version_is_ignored(path, record):
    expected = read_study(path)
    with sqlite3.connect(path) as file:
        ((seq, length),) = file.execute("SELECT seq, core FROM snapshot")
        ((content,),) = file.execute("SELECT content FROM part")
        forged = content[:length] + record
        file.execute("UPDATE part SET content = ?", (forged,))
        file.execute("UPDATE snapshot SET sum = ?", (cache.checksum_of(seq, length, forged),))
    file.close()
    assert read_study(path) == expected


def test_a_version_that_never_existed_is_damage(path):
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version = 0")
    file.close()
    with pytest.raises(tt.StudyError, match="version 0 of the tables, which never existed"):
        tt.Study(path)


def test_a_damaged_page_is_detected_and_named(path):
    data = bytearray(path.read_bytes())
    size = int.from_bytes(data[16:18], "big")
    n_detected = 0
    for page in range(1, len(data) // size):
        damaged = bytearray(data)
        damaged[page * size : (page + 1) * size] = b"\xa5" * size
        other = path.with_name("damaged.db")
        other.write_bytes(damaged)
        n_detected += any("page" in line or "malformed" in line or "row" in line for line in tt.study.check(other))
    # Pages no longer in use may hold anything.
    assert n_detected >= len(data) // size - 3
    assert tt.study.check(path) == []


def test_the_row_before_one_that_cannot_be_read_is_named(path, monkeypatch):
    """Rows are read several at a time."""

    def broken(database, statement, arguments=()):
        for row in stream(database, statement, arguments):
            if "FROM log" in statement and row[0] == 60:
                error = sqlite3.DatabaseError("malformed")
                error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
                raise error
            yield row

    damage_log(path, "DELETE FROM snapshot")
    stream = Connection.stream
    monkeypatch.setattr(Connection, "stream", broken)
    with pytest.raises(tt.StudyError, match="row 59 of its log or one after it cannot be read"):
        tt.Study(path)
    assert any("row 59 of its log" in line for line in tt.study.check(path))


def test_a_cached_state_that_contradicts_the_log_is_detected(path):
    with sqlite3.connect(path) as file:
        file.execute("DELETE FROM snapshot")
    file.close()
    with tt.Study(path) as study:
        study._session.state.core.tell(study._session.state.core.ask()[0], ("failed", None, None, None, [], None, None))
        study._session._write_cache()
    assert any("differs from what the first" in line for line in tt.study.check(path))


def test_nothing_in_a_file_is_executed(path):
    """Bodies are data: names of classes in them are compared as text, never looked up."""
    import pathlib

    sources = pathlib.Path(tt.study.__file__).parent.glob("*.py")
    forbidden = ("pickle.", "import pickle", "eval(", "exec(", "import_module", "__import__", "load_extension")
    assert [(file.name, call) for file in sources for call in forbidden if call in file.read_text()] == []
