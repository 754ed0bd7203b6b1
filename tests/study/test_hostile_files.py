"""Files that are not what they look like are refused at once, in bounded memory, and without a change."""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

import tanteo as tt
from support.processes import python
from tanteo.cli import main, rescue
from tanteo.study import check, guard
from tanteo.study.cache import checksum_of

SPACE = {"x": tt.Float(0.0, 1.0)}
_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, 'tell', '{}', 0, 0 FROM n"


@pytest.fixture
def path(tmp_path):
    with tt.Study(tmp_path / "study.db", SPACE, seed=0, sampler="random", durability="off") as study:
        study.tell(study.ask(), 1.0)
    return tmp_path / "study.db"


def alter(path, *statements):
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for statement in statements:
            file.execute(statement)


def doors(path):
    """Return the calls that read a study."""
    return [
        lambda: tt.Study(path),
        lambda: tt.Study(path, read_only=True),
        lambda: check(path),
        lambda: tt.minimize(lambda _: 0.0, SPACE, study=path, n_trials=1, progress=False),
    ]


@pytest.mark.parametrize(
    ("statements", "problem"),
    [
        (("DROP TABLE log", f"CREATE VIEW log (seq, kind, body, sum, chain) AS {_ENDLESS}"), "it has a view 'log'"),
        (("DROP TABLE beat", f"CREATE VIEW beat (trial, count) AS {_ENDLESS}"), "it has a view 'beat'"),
        (("CREATE TRIGGER t AFTER INSERT ON log BEGIN DELETE FROM log; END",), "it has a trigger 't'"),
        (("CREATE VIRTUAL TABLE v USING fts5(a)",), "it has a table 'v'"),
        (("DROP TABLE log",), "its table 'log' is missing, .*; `.recover` of SQLite does not repair this"),
        (
            ("DROP TABLE log", "CREATE TABLE log (seq, kind, body, sum, chain)"),
            "its table 'log' is missing, or declared",
        ),
        (("ALTER TABLE snapshot RENAME TO snapshop",), "its table 'snapshot' is missing"),
    ],
)
def test_a_file_with_other_tables_is_refused_before_it_is_read(path, capsys, statements, problem):
    alter(path, *statements)
    original = path.read_bytes()
    for call in doors(path):
        with pytest.raises(tt.StudyError, match=problem):
            call()
    for command in ("best", "show", "doctor"):
        assert main([command, str(path)]) == 1
    assert path.read_bytes() == original
    assert capsys.readouterr().out.count("\n") < 5


def test_tables_and_indexes_of_others_do_no_harm(path):
    alter(path, "CREATE TABLE mine (a)", "CREATE INDEX mine_a ON mine (a)", "ANALYZE")
    assert check(path) == []
    with tt.Study(path) as study:
        study.tell(study.ask(), 2.0)


@pytest.mark.parametrize("seq", [2**40, 2**62, -5])
def test_a_row_with_an_impossible_number_ends_no_loop(path, capsys, seq):
    alter(path, f"UPDATE log SET seq = {seq} WHERE seq = 4", "DELETE FROM snapshot")
    with pytest.raises(tt.StudyError, match="is missing"):
        tt.Study(path)
    assert "is missing" in check(path)[0]
    assert main(["doctor", str(path)]) == 1
    assert "is damaged" in capsys.readouterr().err
    assert main(["doctor", str(path), "--repair", str(path.with_name("new.db"))]) == 0
    assert check(path.with_name("new.db")) == []


def test_a_cached_state_with_an_impossible_number_ends_no_loop(tmp_path, capsys, monkeypatch):
    with tt.Study(tmp_path / "study.db", SPACE, seed=0, sampler="random", durability="off") as study:
        for _ in range(300):
            study.observe({"x": 0.5}, 1.0)
    looked_at, row = [], rescue._row
    monkeypatch.setattr(rescue, "_row", lambda database, seq: looked_at.append(seq) or row(database, seq))
    with closing(sqlite3.connect(study.path, isolation_level=None)) as file:
        ((core_length,),) = file.execute("SELECT core FROM snapshot")
        content = b"".join(part for (part,) in file.execute("SELECT content FROM part ORDER BY rowid"))
        file.execute("UPDATE snapshot SET seq = ?, sum = ?", (10**6, checksum_of(10**6, core_length, content)))
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert main(["doctor", str(study.path)]) == 1
    assert "(of an unknown kind), which are damaged or missing" in capsys.readouterr().out
    assert 300 < len(looked_at) <= study.path.stat().st_size // 8


def test_a_value_that_is_longer_than_the_files_takes_no_memory(path):
    """As a damaged page may claim; here a function of SQLite makes it."""
    with tt.Study(path, read_only=True) as study:
        with pytest.raises(tt.StudyError, match="is damaged"):
            study._session.rows("SELECT zeroblob(50000000)")
        assert len(study._session.rows("SELECT zeroblob(1000000)")[0][0]) == 1_000_000


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_or_a_device_is_not_waited_for(tmp_path, capsys):
    pipe = tmp_path / "pipe.db"
    os.mkfifo(pipe)
    for path, kind in ((pipe, "a pipe"), (Path("/dev/null"), "a device")):
        for call in doors(path):
            with pytest.raises(tt.StudyError, match=f"is {kind}; give the path of a regular file"):
                call()
        for command in ("best", "show", "doctor"):
            assert main([command, str(path)]) != 0
            assert kind in capsys.readouterr().err


def test_the_doctor_does_not_call_a_later_version_damaged(path, capsys):
    alter(path, "PRAGMA user_version = 9")
    new = path.with_name("new.db")
    assert main(["doctor", str(path), "--repair", str(new)]) == 1
    assert "has version 9 of the tables, and this version of Tanteo reads up to 1" in (page := capsys.readouterr().err)
    assert "damaged" not in page
    assert not new.exists()


def test_a_file_system_without_locks_is_named(path, monkeypatch):
    def no_locks(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(guard.fcntl, "fcntl", no_locks)
    with pytest.raises(tt.StudyError, match=r"its file system has no working locks .* keep the study on a local disk"):
        tt.Study(path)


_THROUGH_A_LINK = """
import os, sys, tanteo as tt, tanteo.study.environment
os.setgid(65534), os.setuid(65534)
study = tt.Study({link!r}, read_only=True)
print([trial.value for trial in study.trials])
"""


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can switch to another user")
def test_a_link_in_a_protected_folder_leads_to_the_latest_results():
    with tempfile.TemporaryDirectory() as folder:
        links, files = Path(folder) / "links", Path(folder) / "files"
        for place, mode in ((links, 0o755), (files, 0o777), (Path(folder), 0o755)):
            place.mkdir(exist_ok=True)
            place.chmod(mode)
        (links / "study.db").symlink_to(files / "study.db")
        with tt.Study(files / "study.db", SPACE, seed=0, sampler="random") as study:
            for value in range(3):
                study.tell(study.ask(), float(value))
            for file in files.iterdir():
                file.chmod(0o666)
            printed = python(_THROUGH_A_LINK.format(link=str(links / "study.db"))).stdout
        assert printed.strip() == "[0.0, 1.0, 2.0]"
