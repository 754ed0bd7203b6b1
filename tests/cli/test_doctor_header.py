"""A study with a damaged header: the doctor reports the damage and rescues every row."""

import contextlib
import random
import sqlite3

import pytest

import tanteo as tt
from tanteo.cli import main
from tanteo.study import check


@pytest.fixture
def path(tmp_path):
    with tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1)}, seed=0, durability="off") as study:
        for value in range(5):
            study.tell(study.ask(), float(value))
    return tmp_path / "s.db"


def damage_byte(path, offset):
    data = bytearray(path.read_bytes())
    data[offset] ^= random.Random(offset).randrange(1, 256)
    path.write_bytes(data)


@pytest.mark.parametrize("offset", [0, 15, 16, 18, 19, 21, 28, 31, 47, 59, 68, 72])
def test_a_study_with_a_damaged_header_is_rescued(path, doctor, offset):
    damage_byte(path, offset)
    original, new = path.read_bytes(), path.with_name("new.db")
    assert "the header of the file is damaged" in doctor(path, code=1)
    doctor(path, "--repair", new)
    assert check(new) == []
    with tt.Study(new, read_only=True) as study:
        assert [trial.value for trial in study.trials] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert path.read_bytes() == original


@pytest.mark.parametrize("offset", range(24, 100, 10))
def test_no_trial_is_lost_to_a_damaged_byte_of_the_header(path, capsys, offset):
    damage_byte(path, offset)
    new = path.with_name("new.db")
    assert main(["doctor", str(path), "--repair", str(new)]) == 0 or not new.exists()
    with tt.Study(new if new.exists() else path, read_only=True) as study:
        assert [trial.value for trial in study.trials] == [0.0, 1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("damage", ["zeros", "random"])
@pytest.mark.parametrize(("start", "end"), [(0, 100), (0, 24), (16, 100), (16, 24), (60, 100)])
def test_a_study_without_its_header_is_rescued(path, doctor, start, end, damage):
    data = bytearray(path.read_bytes())
    data[start:end] = bytes(end - start) if damage == "zeros" else random.Random(start).randbytes(end - start)
    path.write_bytes(data)
    new = path.with_name("new.db")
    assert "the header of the file is damaged" in doctor(path, code=1)
    with pytest.raises(tt.StudyError, match=r"tanteo doctor|not a study of Tanteo"):
        tt.Study(path)
    doctor(path, "--repair", new)
    assert check(new) == []
    with tt.Study(new, read_only=True) as study:
        assert [trial.value for trial in study.trials] == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_the_error_for_a_damaged_first_byte_refers_to_the_doctor(path, capsys):
    damage_byte(path, 0)
    for open_study in (tt.Study, lambda file: tt.minimize(lambda p: p["x"], study=file, n_trials=9)):
        with pytest.raises(tt.StudyError, match=f"if it was a study, run `tanteo doctor {path}`"):
            open_study(path)
    assert main(["best", str(path)]) == 1
    assert f"if it was a study, run `tanteo doctor {path}`" in capsys.readouterr().err


def test_other_files_get_a_plain_error_message(tmp_path, doctor):
    page = doctor(tmp_path / "none.db", code=1)
    assert "there is no file" in page
    assert "Errno" not in page
    other = tmp_path / "notes.txt"
    other.write_text("milk and bread")
    page = doctor(other, code=1)
    assert "neither a study nor a snapshot" in page
    assert "checksum" not in page
    assert "is a folder" in doctor(tmp_path, code=1)


@pytest.mark.parametrize("statement", ["PRAGMA journal_mode = DELETE", "PRAGMA page_size = 8192; VACUUM"])
def test_settings_that_other_programs_change_are_not_damage(path, doctor, statement):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.executescript(statement)
    assert "is whole" in doctor(path)


def test_an_open_study_is_reported_whole(path, tmp_path, doctor):
    assert "is whole" in doctor(path)
    with tt.Study(tmp_path / "new.db", {"x": tt.Float(0, 1)}, seed=0) as study:
        study.tell(study.ask(), 1.0)
        assert "is whole" in doctor(study.path)
