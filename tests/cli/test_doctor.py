"""The doctor: every kind of damage is found and named, and what can be rescued is."""

import sqlite3

import pytest

import tanteo as tt
from tanteo.cli import main


def searched(path, n=12):
    with tt.Study(path, {"x": tt.Float(0, 1), "k": tt.Categorical(["a", "b"])}, seed=0, durability="off") as study:
        for k in range(n):
            trial = study.ask()
            study.report(trial, 1, 0.5)
            study.tell(trial, float(k))
        study.annotate(3, "look")
    return path


def operations(path, kind):
    with sqlite3.connect(path) as connection:
        return [seq for (seq,) in connection.execute("SELECT seq FROM log WHERE kind = ? ORDER BY seq", (kind,))]


def spoil(path, seq, statement="UPDATE log SET body = replace(body, ':', ';') WHERE seq = ?"):
    with sqlite3.connect(path) as connection:
        connection.execute(statement, (seq,))
        connection.execute("DELETE FROM snapshot")
    connection.close()


def said(capsys, *arguments, code=0):
    assert main(["doctor", *map(str, arguments)]) == code
    captured = capsys.readouterr()
    return captured.out + captured.err


def test_a_whole_study_is_whole(tmp_path, capsys):
    path = searched(tmp_path / "s.db")
    before = path.read_bytes()
    assert "is whole: " in (page := said(capsys, path))
    assert "make 12 trials, 0 of them pending" in page
    assert path.read_bytes() == before


def test_a_whole_snapshot_is_whole_and_a_damaged_one_is_not(tmp_path, capsys):
    path = tmp_path / "s.tanteo"
    tt.Optimizer({"x": tt.Float(0, 1)}, seed=0).save(path)
    assert "is whole: a snapshot with 0 trials" in said(capsys, path)
    path.write_bytes(path.read_bytes()[:-3])
    assert "no part of it can be trusted" in said(capsys, path, code=1)


def test_a_damaged_result_is_named_and_its_trial_is_pending_again(tmp_path, capsys):
    path, new = searched(tmp_path / "s.db"), tmp_path / "new.db"
    seq = operations(path, "tell")[4]
    spoil(path, seq)
    assert f"operation {seq} (tell) is damaged" in (page := said(capsys, path, code=1))
    assert "--repair NEW" in page
    page = said(capsys, path, "--repair", new)
    assert f"lost: operation {seq} (tell)" in page
    assert "holds 12 trials, 1 of them pending" in page
    with tt.Study(new) as study:
        assert [trial.id for trial in study.pending] == [4]
        assert [trial.value for trial in study.trials] == [0, 1, 2, 3, None, *range(5, 12)]
        assert study.trials[3].note == "look"
        assert study.trials[4].steps == {1: 0.5}
        study.tell(4, 4.0)
    assert "is whole" in said(capsys, new)


@pytest.mark.parametrize("statement", ["UPDATE log SET sum = sum + 1 WHERE seq = ?", "DELETE FROM log WHERE seq = ?"])
def test_a_damaged_or_missing_ask_leaves_what_came_before_and_lists_the_rest(tmp_path, capsys, statement):
    path, new = searched(tmp_path / "s.db"), tmp_path / "new.db"
    seq = operations(path, "ask")[7]
    spoil(path, seq, statement)
    assert f"operation {seq} (" in said(capsys, path, code=1)
    page = said(capsys, path, "--repair", new)
    assert "holds 7 trials, 0 of them pending" in page
    assert 'tell of trial 11: {"values": [11.0]}' in page, "what is left out can be read"
    with tt.Study(new, read_only=True) as study:
        assert [trial.value for trial in study.trials] == [0, 1, 2, 3, 4, 5, 6]


def test_the_kept_state_gives_the_trials_that_a_damaged_ask_took_away(tmp_path, capsys):
    path, new = searched(tmp_path / "s.db", n=100), tmp_path / "new.db"
    with sqlite3.connect(path) as connection:
        [(kept,)] = connection.execute("SELECT seq FROM snapshot").fetchall()
        seq = operations(path, "ask")[7]
        assert kept > seq
        connection.execute("UPDATE log SET sum = sum + 1 WHERE seq = ?", (seq,))
    connection.close()
    page = said(capsys, path, "--repair", new)
    assert f"the state that was kept after operation {kept}" in page
    told = sum(seq <= kept for seq in operations(path, "tell"))
    with tt.Study(new, read_only=True) as study:
        assert [trial.value for trial in study.trials][:told] == [float(k) for k in range(told)]
        assert study.trials[5].steps == {1: 0.5}


def test_damaged_pages_are_found(tmp_path, capsys):
    path, new = searched(tmp_path / "s.db", n=200), tmp_path / "new.db"
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM snapshot")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(data)
    assert "is damaged" in said(capsys, path, code=1)
    page = said(capsys, path, "--repair", new)
    assert "lost: operation" in page
    with tt.Study(new, read_only=True) as study:
        assert 20 < len(study) < 200
        assert all(trial.value == trial.id for trial in study.trials if trial.value is not None)


def test_what_cannot_be_rescued_is_said(tmp_path, capsys):
    path = searched(tmp_path / "s.db")
    spoil(path, 1)
    assert "which holds the space, is lost" in said(capsys, path, "--repair", tmp_path / "new.db", code=1)
    assert not (tmp_path / "new.db").exists()
    assert "exists; name a new file" in said(capsys, path, "--repair", path, code=1)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (a)")
    connection.close()
    assert "is no study" in said(capsys, other, code=1)


def test_the_rescued_study_goes_on(tmp_path, capsys):
    path, new = searched(tmp_path / "s.db"), tmp_path / "new.db"
    spoil(path, operations(path, "report")[2])
    said(capsys, path, "--repair", new)
    with tt.Study(new) as study:
        trial = study.ask()
        study.tell(trial, 0.5)
        assert trial.id == 12
