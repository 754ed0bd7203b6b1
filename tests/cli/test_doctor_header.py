"""The doctor and a damaged header: what can be said of the file, and that its rows are rescued all the same."""

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


def said(capsys, *arguments, code=0):
    assert main(["doctor", *map(str, arguments)]) == code
    captured = capsys.readouterr()
    return captured.out + captured.err


def spoil(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= random.Random(at).randrange(1, 256)
    path.write_bytes(data)


@pytest.mark.parametrize("at", [0, 15, 16, 17, 18, 19, 20, 21, 22, 23, 28, 31, 47, 59, 63, 68, 71, 72])
def test_a_study_with_a_damaged_header_is_rescued(path, capsys, at):
    spoil(path, at)
    before, new = path.read_bytes(), path.with_name("new.db")
    assert "the header of the file is damaged" in said(capsys, path, code=1)
    assert main(["best", str(path)]) == 1
    assert f"damaged in its header; `tanteo doctor {path}`" in capsys.readouterr().err
    said(capsys, path, "--repair", new)
    assert check(new) == []
    with tt.Study(new, read_only=True) as study:
        assert [trial.value for trial in study.trials] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert path.read_bytes() == before


@pytest.mark.parametrize("at", range(24, 100, 5))
def test_whichever_byte_of_the_header_is_damaged_nothing_is_lost(path, capsys, at):
    spoil(path, at)
    new = path.with_name("new.db")
    assert main(["doctor", str(path), "--repair", str(new)]) == 0 or not new.exists()
    with tt.Study(new if new.exists() else path, read_only=True) as study:
        assert [trial.value for trial in study.trials] == [0.0, 1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("damage", ["zeros", "random"])
@pytest.mark.parametrize(("start", "end"), [(0, 100), (0, 24), (16, 100), (16, 24), (60, 100)])
def test_a_study_without_its_header_is_rescued(path, capsys, start, end, damage):
    data = bytearray(path.read_bytes())
    data[start:end] = bytes(end - start) if damage == "zeros" else random.Random(start).randbytes(end - start)
    path.write_bytes(data)
    new = path.with_name("new.db")
    assert "the header of the file is damaged" in said(capsys, path, code=1)
    with pytest.raises(tt.StudyError, match=r"tanteo doctor|not a study of Tanteo"):
        tt.Study(path)
    said(capsys, path, "--repair", new)
    assert check(new) == []
    with tt.Study(new, read_only=True) as study:
        assert [trial.value for trial in study.trials] == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_a_study_with_a_damaged_first_byte_refers_to_the_doctor(path):
    spoil(path, 0)
    for open_it in (tt.Study, lambda file: tt.minimize(lambda p: p["x"], study=file, n_trials=9)):
        with pytest.raises(tt.StudyError, match=f"if it was a study, run `tanteo doctor {path}`"):
            open_it(path)


def test_what_is_no_file_of_ours_is_said_in_words(tmp_path, capsys):
    page = said(capsys, tmp_path / "none.db", code=1)
    assert "there is no file" in page
    assert "Errno" not in page
    other = tmp_path / "notes.txt"
    other.write_text("milk and bread")
    page = said(capsys, other, code=1)
    assert "neither a study nor a snapshot" in page
    assert "checksum" not in page
    assert "is a folder" in said(capsys, tmp_path, code=1)


@pytest.mark.parametrize("statement", ["PRAGMA journal_mode = DELETE", "PRAGMA page_size = 8192; VACUUM"])
def test_what_other_programs_may_change_is_no_damage(path, capsys, statement):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.executescript(statement)
    assert "is whole" in said(capsys, path)


def test_a_study_that_is_open_is_no_damage(path, tmp_path, capsys):
    assert "is whole" in said(capsys, path)
    with tt.Study(tmp_path / "new.db", {"x": tt.Float(0, 1)}, seed=0) as study:
        study.tell(study.ask(), 1.0)
        assert "is whole" in said(capsys, study.path)
