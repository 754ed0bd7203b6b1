"""The doctor: every kind of damage is found and named, and what can be rescued is."""

import json
import sqlite3

import pytest

import tanteo as tt
from tanteo.cli import main
from tanteo.study.log import checksum_of


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


def without_numbers(path):
    """Make the log one of an early version, whose operations do not say which trials they are about."""
    with sqlite3.connect(path) as connection:
        for seq, kind, text in connection.execute("SELECT seq, kind, body FROM log").fetchall():
            body = {
                name: found for name, found in json.loads(text).items() if name not in ("first", "changes", "number")
            }
            early = json.dumps(body)
            checksum = checksum_of(seq, kind.encode(), early.encode())
            connection.execute("UPDATE log SET body = ?, sum = ? WHERE seq = ?", (early, checksum, seq))
    connection.close()


def said(capsys, *arguments, code=0):
    assert main(["doctor", *map(str, arguments)]) == code
    captured = capsys.readouterr()
    return captured.out + captured.err


def test_a_whole_study_is_not_repaired_and_nothing_is_left_beside_it(tmp_path, capsys):
    path = searched(tmp_path / "s.db")
    page = said(capsys, path, "--repair", tmp_path / "new.db")
    assert f"there is nothing to repair; {tmp_path / 'new.db'} is not written" in page
    assert sorted(file.name for file in tmp_path.iterdir()) == ["s.db"]


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
def test_a_damaged_or_missing_ask_costs_its_own_trial_alone(tmp_path, capsys, statement):
    path, new = searched(tmp_path / "s.db"), tmp_path / "new.db"
    with tt.Study(path, read_only=True) as study:
        params = [trial.params for trial in study.trials]
    seq = operations(path, "ask")[7]
    spoil(path, seq, statement)
    page = said(capsys, path, "--repair", new)
    assert page.count(f"operation {seq} (") == 1, "what is lost is said once"
    assert "lost: the configuration of trial 7" in page
    assert 'tell of trial 7: {"values": [7.0]}' in page, "what is left out can be read"
    assert "report of trial 7" in page
    assert "trial 8" not in page
    with tt.Study(new) as study:
        assert [trial.value for trial in study.trials] == [*map(float, range(7)), None, *map(float, range(8, 12))]
        assert [trial.params for trial in study.trials if trial.id != 7] == params[:7] + params[8:]
        stands_in = study.trials[7]
        assert (stands_in.state, stands_in.excluded, stands_in.host, stands_in.steps) == ("failed", True, None, {})
        assert "configuration was lost" in stands_in.reason
        assert study.trials[3].note == "look"
        assert study.ask().id == 12
    assert "is whole" in said(capsys, new)


def test_several_lost_operations_of_every_kind_that_numbers_others(tmp_path, capsys):
    path, new = tmp_path / "s.db", tmp_path / "new.db"
    for k in range(3):
        with tt.Study(path, {"x": tt.Float(0, 1)}, seed=0, durability="off") as study:
            study._session._run = None  # as another process would be
            study.tell(study.ask(), float(k))
            study.observe({"x": 0.5}, 5.0)
            study.tell(study.ask(2)[1], 7.0)
    for kind, places in (("ask", (2, 3)), ("observe", (0,)), ("run", (1,))):
        seqs = operations(path, kind)
        for place in places:
            spoil(path, seqs[place])
    page = said(capsys, path, "--repair", new)
    assert [f"configuration of trial {k};" in page for k in range(12)] == [k in (1, 4, 6, 7) for k in range(12)]
    with tt.Study(new) as study:
        values = [None if trial.state == "failed" else trial.value for trial in study.trials]
        assert values == [0.0, None, None, 7.0, None, 5.0, None, None, 2.0, 5.0, None, 7.0]
        assert [trial.id for trial in study.pending] == [2, 10]
        hosts = [run["host"] is None for run in study.environments]
        assert hosts == [False, True, False]
        assert study.trials[5].host is None, "who told it is lost"
        assert study.ask().id == 12


@pytest.mark.parametrize("statement", ["UPDATE log SET sum = sum + 1 WHERE seq = ?", "DELETE FROM log WHERE seq = ?"])
def test_a_lost_ask_of_an_early_study_leaves_what_came_before_and_lists_the_rest(tmp_path, capsys, statement):
    path, new = searched(tmp_path / "s.db"), tmp_path / "new.db"
    without_numbers(path)
    seq = operations(path, "ask")[7]
    spoil(path, seq, statement)
    assert f"operation {seq} (" in said(capsys, path, code=1)
    page = said(capsys, path, "--repair", new)
    assert "configuration of trial 7" in page, "operations after it speak of it, and of no other"
    assert 'tell of trial 11: {"values": [11.0]}' in page, "what is left out can be read"
    with tt.Study(new, read_only=True) as study:
        assert [trial.value for trial in study.trials] == [0, 1, 2, 3, 4, 5, 6, None]


def test_the_kept_state_has_what_a_damaged_ask_and_a_damaged_result_said(tmp_path, capsys):
    path, new = searched(tmp_path / "s.db", n=20), tmp_path / "new.db"
    with tt.Study(path, read_only=True) as study:
        whole = [(trial.params, trial.values, trial.steps, trial.finished, trial.origin) for trial in study.trials]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM snapshot").fetchall() == [(1,)], "kept when it was closed"
        for seq in (operations(path, "ask")[7], operations(path, "tell")[9], operations(path, "ask")[19]):
            connection.execute("UPDATE log SET sum = sum + 1 WHERE seq = ?", (seq,))
    connection.close()
    page = said(capsys, path, "--repair", new)
    assert "put in: the ask of trial 7 as the state that was kept" in page
    assert "put in: the tell of trial 9 as the state that was kept" in page
    assert "configuration" not in page
    with tt.Study(new, read_only=True) as study:
        found = [(trial.params, trial.values, trial.steps, trial.finished, trial.origin) for trial in study.trials]
    assert found == whole


def test_the_kept_state_gives_the_trials_of_an_early_study(tmp_path, capsys):
    path, new = searched(tmp_path / "s.db", n=100), tmp_path / "new.db"
    without_numbers(path)
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
        assert len(study) == 200
        assert all(trial.value == trial.id for trial in study.trials if trial.value is not None)
        assert 100 < sum(trial.value is not None for trial in study.trials) < 200


@pytest.mark.parametrize("command", ["show", "best", "trials", "export", "importance", "tail", "enqueue", "compare"])
def test_every_command_refuses_a_damaged_study_and_names_the_row(tmp_path, capsys, command):
    """Also where the damage is in what opening the study need not read, because a state was kept later."""
    path = searched(tmp_path / "s.db")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE log SET sum = sum + 1 WHERE seq = 5")
        assert connection.execute("SELECT count(*) FROM snapshot").fetchall() == [(1,)]
    connection.close()
    tt.Study(path, read_only=True).close()
    assert main([command, str(path), *([str(path)] if command == "compare" else [])]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "row 5 of its log does not match its checksum" in captured.err
    assert f"`tanteo doctor {path}`" in captured.err


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
    assert "is not a study" in said(capsys, other, code=1)


def test_the_rescued_study_goes_on(tmp_path, capsys):
    path, new = searched(tmp_path / "s.db"), tmp_path / "new.db"
    spoil(path, operations(path, "report")[2])
    said(capsys, path, "--repair", new)
    with tt.Study(new) as study:
        trial = study.ask()
        study.tell(trial, 0.5)
        assert trial.id == 12
