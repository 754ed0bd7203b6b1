"""Promises 14 and 15 for the file: what is damaged is an error that names it, never another result; nothing runs."""

from __future__ import annotations

import random
import sqlite3

import pytest

import tanteo as tt
from support.profile import count
from tanteo.study import cache
from tanteo.study.log import checksum_of

SPACE = {"x": tt.Float(0.0, 1.0), "kind": tt.Categorical(["a", "b"])}


@pytest.fixture
def path(tmp_path):
    with tt.Study(tmp_path / "study.db", SPACE, seed=0, sampler="random", durability="off") as study:
        for number in range(40):
            trial = study.ask()
            study.tell(trial, number / 8, constraints={"memory": -1.0})
            trial = study.trials[number]
    return tmp_path / "study.db"


def outcome_of(path):
    """What a reader sees of a file, or that it is refused."""
    try:
        study = tt.Study(path, read_only=True)
        seen = [(trial.params, trial.values, dict(trial.constraints), trial.host) for trial in study.trials]
        study.close()
    except tt.StudyError as error:
        return error
    return seen


@pytest.mark.parametrize("keeps_state", [True, False])
def test_any_flipped_bit_is_an_error_or_changes_nothing(path, keeps_state):
    if not keeps_state:
        with sqlite3.connect(path) as file:
            file.execute("DELETE FROM snapshot")
        file.close()
        with sqlite3.connect(path, isolation_level=None) as file:
            file.execute("VACUUM")
        file.close()
    good, whole = path.read_bytes(), outcome_of(path)
    assert len(whole) == 40
    draw, refused = random.Random(1), 0
    spoilt = path.with_name("spoilt.db")
    for _ in range(count(40, 5000)):
        data = bytearray(good)
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        spoilt.write_bytes(data)
        seen = outcome_of(spoilt)
        refused += isinstance(seen, tt.StudyError)
        assert isinstance(seen, tt.StudyError) or seen == whole
    # Beside a state that is kept, most of the log is not read.
    assert keeps_state or refused > 5


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused_unless_nothing_is_missing(path, share):
    data, whole = path.read_bytes(), outcome_of(path)
    cut = path.with_name("cut.db")
    cut.write_bytes(data[: int(share * len(data))])
    seen = outcome_of(cut)
    assert isinstance(seen, tt.StudyError) or (share > 0.5 and seen == whole)


@pytest.mark.parametrize("name", [b"CREATE TABLE log", b"CREATE TABLE beat", b"CREATE TABLE snapshot"])
def test_a_name_in_the_tables_that_is_no_text_is_damage(path, name):
    """SQLite quotes it in its message, which Python cannot decode."""
    path.write_bytes(path.read_bytes().replace(name, name[:7] + b"\xef" + name[8:]))
    with pytest.raises(tt.StudyError, match="is damaged"):
        tt.Study(path)


def spoil(path, statement):
    with sqlite3.connect(path) as file:
        file.execute("DELETE FROM snapshot")
        file.execute(statement)
    file.close()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE log SET body = replace(body, '0.5', '0.25') WHERE seq = 12", "row 12 of its log does not match"),
        ("UPDATE log SET kind = 'tell' WHERE seq = 3", "row 3 of its log does not match its checksum"),
        ("UPDATE log SET sum = sum + 1 WHERE seq = 30", "row 30 of its log does not match its checksum"),
        ("DELETE FROM log WHERE seq = 20", "row 20 of its log is missing"),
        ("DELETE FROM log", "its log is empty"),
        ("DELETE FROM log WHERE seq = 1", "row 1 of its log is missing"),
    ],
)
def test_a_damaged_row_is_named(path, statement, words):
    spoil(path, statement)
    with pytest.raises(tt.StudyError, match=words):
        tt.Study(path)
    assert any(words in line for line in tt.study.check(path)) or "empty" in words


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
def test_a_row_that_matches_its_checksum_and_means_nothing_is_named(path, row, kind, body):
    with sqlite3.connect(path) as file:
        file.execute("DELETE FROM snapshot")
        file.execute(
            "UPDATE log SET kind = CAST(? AS TEXT), body = CAST(? AS TEXT), sum = ? WHERE seq = ?",
            (kind, body, checksum_of(row, kind, body), row),
        )
    file.close()
    with pytest.raises(tt.StudyError, match=f"row {row} of "):
        tt.Study(path)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE snapshot SET core = 5",
        "UPDATE snapshot SET record = 'text'",
        "UPDATE snapshot SET sum = 'text'",
        "ALTER TABLE snapshot RENAME TO snapshop",
    ],
)
def test_a_kept_state_of_another_kind_is_passed_over(path, statement):
    whole = outcome_of(path)
    with sqlite3.connect(path) as file:
        file.execute(statement)
    file.close()
    assert outcome_of(path) == whole


@pytest.mark.parametrize("record", [b"{}", b"[]", b"[" * 100_000, b'{"sum": 1, "header": {}, "record": {"runs": []}}'])
def test_a_kept_record_of_another_version_is_passed_over(path, record):
    whole = outcome_of(path)
    with sqlite3.connect(path) as file:
        ((seq, core),) = file.execute("SELECT seq, core FROM snapshot")
        file.execute("UPDATE snapshot SET record = ?, sum = ?", (record, cache._checksum(seq, core, record)))
    file.close()
    assert outcome_of(path) == whole


def test_a_version_that_never_was_is_damage(path):
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version = 0")
    file.close()
    with pytest.raises(tt.StudyError, match="version 0 of the tables, which never existed"):
        tt.Study(path)


def test_a_page_that_is_damaged_is_found_and_named(path):
    data = bytearray(path.read_bytes())
    size = int.from_bytes(data[16:18], "big")
    found = 0
    for page in range(1, len(data) // size):
        spoilt = bytearray(data)
        spoilt[page * size : (page + 1) * size] = b"\xa5" * size
        other = path.with_name("spoilt.db")
        other.write_bytes(spoilt)
        found += any("page" in line or "malformed" in line or "row" in line for line in tt.study.check(other))
    # A page that nothing uses any more may hold anything.
    assert found >= len(data) // size - 3
    assert tt.study.check(path) == []


def test_a_kept_state_that_is_not_what_the_log_says_is_found(path):
    with sqlite3.connect(path) as file:
        file.execute("DELETE FROM snapshot")
    file.close()
    with tt.Study(path) as study:
        study._session.state.core.tell(study._session.state.core.ask()[0], ("failed", None, None, None, [], None, None))
        study._session._write_cache()
    assert any("is not what the first" in line for line in tt.study.check(path))


def test_nothing_in_a_file_is_run(path):
    """A body is data whatever it says: names of classes in it are compared as text, never looked up."""
    import pathlib

    sources = pathlib.Path(tt.study.__file__).parent.glob("*.py")
    words = ("pickle.", "import pickle", "eval(", "exec(", "import_module", "__import__", "load_extension")
    assert [(file.name, word) for file in sources for word in words if word in file.read_text()] == []
