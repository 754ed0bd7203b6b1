"""What the shell of SQLite restores with ``.recover``, and what is left for ``tanteo doctor --repair``."""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

import tanteo as tt
from tanteo.cli import main
from tanteo.study import check

ROOT = Path(__file__).parents[2]
N_TRIALS = 200


@pytest.fixture
def path(tmp_path):
    with tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1)}, seed=0, sampler="random", durability="off") as study:
        for value in range(N_TRIALS):
            study.tell(study.ask(), float(value))
    # Without the cached state, opening the study reads the whole log.
    execute(study.path, "DELETE FROM snapshot", "DELETE FROM part")
    return study.path


def execute(path, *statements):
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as file:
        for statement in (*statements, "PRAGMA wal_checkpoint(TRUNCATE)"):
            file.execute(statement)


def overwrite(path, offset, content):
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


@pytest.fixture
def recover():
    """Return a function that restores a file with the shell of SQLite."""
    shell = shutil.which("sqlite3", path=os.pathsep.join((str(ROOT / ".tools" / "bin"), os.environ["PATH"])))
    if shell is None or subprocess.run([shell, ":memory:", ".recover"], capture_output=True).returncode:
        pytest.skip("needs a shell of SQLite with .recover; `make sqlite` builds one")

    def run(old, new):
        sql = subprocess.run([shell, old, ".recover"], capture_output=True, timeout=60, check=True).stdout
        subprocess.run([shell, new], input=sql, timeout=60, check=True)
        return new

    return run


def values(path):
    with tt.Study(path, read_only=True) as study:
        return [trial.value for trial in study.trials]


def assert_whole(path):
    assert check(path) == []
    assert values(path) == [*map(float, range(N_TRIALS))]


OFFSETS = [0, 15, 16, 21, 28, 31, 47]


def damage_header(path, offset):
    overwrite(path, offset, bytes([path.read_bytes()[offset] ^ 0xA5]))


@pytest.mark.parametrize("offset", OFFSETS)
def test_a_damaged_header_is_refused_with_the_command_for_it(path, offset):
    damage_header(path, offset)
    with pytest.raises(
        tt.StudyError, match=r"`sqlite3 .*s\.db \.recover \| sqlite3 NEW`, with the shell from sqlite\.org"
    ):
        tt.Study(path)


@pytest.mark.parametrize("offset", OFFSETS)
def test_recover_restores_a_study_with_a_damaged_header(path, recover, tmp_path, offset):
    damage_header(path, offset)
    new = recover(path, tmp_path / "new.db")
    assert_whole(new)


def statements_of_the_page(word):
    page = (ROOT / "docs" / "reference" / "study.md").read_text(encoding="utf-8")
    (text,) = re.findall(rf'`sqlite3 new\.db "([^"]*{word}[^"]*)"`', page)
    return text.split(";")


def test_the_two_numbers_of_the_page_make_a_file_a_study(path):
    execute(path, "PRAGMA application_id = 0", "PRAGMA user_version = 0")
    with pytest.raises(tt.StudyError, match="not a study of Tanteo"):
        tt.Study(path)
    execute(path, *statements_of_the_page("application_id"))
    assert check(path) == []


def test_the_statement_of_the_page_puts_rows_back_that_were_found(path):
    """A table as ``.recover`` writes it: the key is in ``id``, and empty among the columns."""
    execute(
        path,
        "CREATE TABLE lost_and_found(rootpgno INTEGER, pgno INTEGER, nfield INTEGER, id INTEGER, c0, c1, c2, c3, c4)",
        "INSERT INTO lost_and_found SELECT 9, 9, 5, seq, NULL, kind, body, sum, chain FROM log WHERE seq != 7",
        "INSERT INTO lost_and_found VALUES (9, 9, 3, 1, NULL, 2, 3, NULL, NULL)",
        "DELETE FROM log WHERE seq != 7",
    )
    assert check(path) != []
    execute(path, *statements_of_the_page("lost_and_found"))
    assert_whole(path)


def test_recover_restores_a_study_without_its_header_but_for_two_numbers(path, recover, tmp_path):
    overwrite(path, 0, bytes(100))
    new = recover(path, tmp_path / "new.db")
    with pytest.raises(tt.StudyError, match="not a study of Tanteo"):
        tt.Study(new)
    execute(new, *statements_of_the_page("application_id"))
    assert_whole(new)


def lose_first_page_of_log(path):
    with contextlib.closing(sqlite3.connect(path)) as file:
        ((root,),) = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'log'")
    overwrite(path, (root - 1) * 4096, bytes(4096))


def test_a_lost_page_that_leads_to_rows_is_refused_with_the_command_for_it(path, doctor):
    lose_first_page_of_log(path)
    assert "`sqlite3" in doctor(path, code=1)


def test_recover_finds_the_rows_behind_a_lost_page(path, recover, tmp_path):
    lose_first_page_of_log(path)
    new = recover(path, tmp_path / "new.db")
    with pytest.raises(tt.StudyError, match="its log is empty; restore it from a copy"):
        tt.Study(new)
    execute(new, *statements_of_the_page("lost_and_found"))
    assert_whole(new)


def truncate(path):
    execute(path, "VACUUM")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])


def test_a_truncated_study_is_refused_with_the_command_for_it(path):
    truncate(path)
    with pytest.raises(tt.StudyError, match=r"`sqlite3 .*s\.db \.recover \| sqlite3 NEW`"):
        tt.Study(path)


@pytest.mark.parametrize("n_bytes", [1, 100, 4000])
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_study_without_a_part_of_its_last_page_is_whole_only_with_all_trials(path, doctor, n_bytes, is_packed):
    """That page is one of the cached state, without which a study is whole, or one of the log."""
    if is_packed:
        execute(path, "VACUUM")
    path.write_bytes(path.read_bytes()[:-n_bytes])
    page = doctor(path, code=int(is_packed))
    assert "is damaged" in page if is_packed else values(path) == [*map(float, range(N_TRIALS))]


def test_recover_restores_the_beginning_of_a_truncated_study(path, recover, tmp_path):
    truncate(path)
    new = recover(path, tmp_path / "new.db")
    assert check(new) == []
    restored = values(new)
    assert 100 < len(restored) < N_TRIALS
    assert restored[:100] == [*map(float, range(100))]


@pytest.mark.parametrize("damage", ["row", "page"])
def test_recover_does_not_restore_a_log_with_a_gap_and_repair_does(path, recover, tmp_path, capsys, damage):
    if damage == "row":
        execute(path, "DELETE FROM log WHERE seq = 202")
    else:
        page = path.read_bytes().index(b"[100.0]") // 4096 * 4096
        overwrite(path, page, bytes(4096))
    with pytest.raises(tt.StudyError, match=r"`tanteo doctor .*s\.db`"):
        tt.Study(path)
    recovered = recover(path, tmp_path / "recovered.db")
    with pytest.raises(tt.StudyError, match=r"row \d+ of its log is missing"):
        tt.Study(recovered)
    for file in (path, recovered):
        new = file.with_name(f"repaired_{file.name}")
        assert main(["doctor", str(file), "--repair", str(new)]) == 0
        assert check(new) == []
    assert "lost: operation" in capsys.readouterr().out
    assert values(tmp_path / "repaired_s.db") == values(tmp_path / "repaired_recovered.db")
    kept = [value for value in values(new) if value is not None]
    assert len(values(new)) == N_TRIALS
    assert 150 < len(kept) < N_TRIALS


def test_a_file_without_the_first_bytes_of_a_study_is_refused_with_advice(path, capsys):
    path = path.rename(path.with_name("my study.db"))
    overwrite(path, 0, b"!")
    for command in ("best", "doctor"):
        assert main([command, str(path)]) == 1
        assert f"`sqlite3 '{path}' .recover | sqlite3 NEW`" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "milk and bread"])
def test_a_file_that_was_never_a_study_gets_no_advice_to_recover_it(tmp_path, doctor, text):
    path = tmp_path / "notes.txt"
    path.write_text(text)
    assert "recover" not in doctor(path, code=1)
    if text:
        with pytest.raises(tt.StudyError, match="not even an SQLite file; give another path") as caught:
            tt.Study(path)
        assert "recover" not in str(caught.value)
