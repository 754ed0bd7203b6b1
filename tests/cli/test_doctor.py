"""``tanteo doctor`` reports every kind of damage and rescues all undamaged data."""

import contextlib
import re
import sqlite3

import pytest

import tanteo as tt
from tanteo.cli import main


def create_study(path, n=12):
    with tt.Study(path, {"x": tt.Float(0, 1), "k": tt.Categorical(["a", "b"])}, seed=0, durability="off") as study:
        for k in range(n):
            trial = study.ask()
            study.report(trial, 1, 0.5)
            study.tell(trial, float(k))
        study.annotate(3, "look")
    return path


def sequence_numbers(path, kind):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [seq for (seq,) in connection.execute("SELECT seq FROM log WHERE kind = ? ORDER BY seq", (kind,))]


def damage(path, seq, statement="UPDATE log SET body = replace(body, ':', ';') WHERE seq = ?"):
    with sqlite3.connect(path) as connection:
        connection.execute(statement, (seq,))
        connection.execute("DELETE FROM snapshot")
    connection.close()


def test_an_undamaged_study_is_not_repaired_and_no_file_is_left(tmp_path, doctor):
    path = create_study(tmp_path / "s.db")
    page = doctor(path, "--repair", tmp_path / "new.db")
    assert f"there is nothing to repair; {tmp_path / 'new.db'} is not written" in page
    assert sorted(file.name for file in tmp_path.iterdir()) == ["s.db"]


def test_an_undamaged_study_is_reported_whole(tmp_path, doctor):
    path = create_study(tmp_path / "s.db")
    original = path.read_bytes()
    assert "is whole: " in (page := doctor(path))
    assert "make 12 trials, 0 of them pending" in page
    assert path.read_bytes() == original


def test_only_an_undamaged_snapshot_is_reported_whole(tmp_path, doctor):
    path = tmp_path / "s.tanteo"
    tt.Optimizer({"x": tt.Float(0, 1)}, seed=0).save(path)
    assert "is whole: a snapshot with 0 trials" in doctor(path)
    path.write_bytes(path.read_bytes()[:-3])
    assert "no part of it can be trusted" in doctor(path, code=1)


def test_a_damaged_result_is_named_and_its_trial_is_pending_again(tmp_path, doctor):
    path, new = create_study(tmp_path / "s.db"), tmp_path / "new.db"
    seq = sequence_numbers(path, "tell")[4]
    damage(path, seq)
    assert f"lost: operation {seq} (tell), which is damaged" in (page := doctor(path, code=1))
    assert "--repair NEW" in page
    page = doctor(path, "--repair", new)
    assert f"lost: operation {seq} (tell)" in page
    assert "holds 12 trials, 1 of them pending" in page
    with tt.Study(new) as study:
        assert [trial.id for trial in study.pending] == [4]
        assert [trial.value for trial in study.trials] == [0, 1, 2, 3, None, *range(5, 12)]
        assert study.trials[3].note == "look"
        assert study.trials[4].steps == {1: 0.5}
        study.tell(4, 4.0)
    assert "is whole" in doctor(new)


@pytest.mark.parametrize("statement", ["UPDATE log SET sum = sum + 1 WHERE seq = ?", "DELETE FROM log WHERE seq = ?"])
def test_a_damaged_or_missing_ask_loses_only_its_own_trial(tmp_path, doctor, statement):
    path, new = create_study(tmp_path / "s.db"), tmp_path / "new.db"
    with tt.Study(path, read_only=True) as study:
        params = [trial.params for trial in study.trials]
    seq = sequence_numbers(path, "ask")[7]
    damage(path, seq, statement)
    page = doctor(path, "--repair", new)
    assert page.count(f"operation {seq} (") == 1, "each loss is reported once"
    assert "lost: the configuration of trial 7" in page
    assert 'tell of trial 7: {"values": [7.0]}' in page, "the output contains what is left out"
    assert "report of trial 7" in page
    assert "trial 8" not in page
    with tt.Study(new) as study:
        assert [trial.value for trial in study.trials] == [*map(float, range(7)), None, *map(float, range(8, 12))]
        assert [trial.params for trial in study.trials if trial.id != 7] == params[:7] + params[8:]
        lost_trial = study.trials[7]
        assert (lost_trial.state, lost_trial.excluded, lost_trial.host, lost_trial.steps) == ("failed", True, None, {})
        assert "configuration was lost" in lost_trial.reason
        assert study.trials[3].note == "look"
        assert study.ask().id == 12
    assert "is whole" in doctor(new)


def test_several_lost_operations_that_others_refer_to(tmp_path, doctor):
    path, new = tmp_path / "s.db", tmp_path / "new.db"
    for k in range(3):
        with tt.Study(path, {"x": tt.Float(0, 1)}, seed=0, durability="off") as study:
            study._session._run = None  # The study records another run, as for another process.
            study.tell(study.ask(), float(k))
            study.observe({"x": 0.5}, 5.0)
            study.tell(study.ask(2)[1], 7.0)
    for kind, positions in (("ask", (2, 3)), ("observe", (0,)), ("run", (1,))):
        seqs = sequence_numbers(path, kind)
        for position in positions:
            damage(path, seqs[position])
    page = doctor(path, "--repair", new)
    assert [f"configuration of trial {k};" in page for k in range(12)] == [k in (1, 4, 6, 7) for k in range(12)]
    with tt.Study(new) as study:
        values = [None if trial.state == "failed" else trial.value for trial in study.trials]
        assert values == [0.0, None, None, 7.0, None, 5.0, None, None, 2.0, 5.0, None, 7.0]
        assert [trial.id for trial in study.pending] == [2, 10]
        hosts = [run["host"] is None for run in study.environments]
        assert hosts == [False, True, False]
        assert study.trials[5].host is None, "the run that observed trial 5 is lost"
        assert study.ask().id == 12


def test_rows_that_are_lost_at_the_end_are_named(tmp_path, doctor):
    path = create_study(tmp_path / "s.db", n=40)
    last = sequence_numbers(path, "annotate")[0]
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM log WHERE seq >= 30")
    page = doctor(path, "--repair", tmp_path / "new.db")
    assert f"lost: operations 30 to {last} (of an unknown kind), which are damaged or missing" in page
    assert "is whole and holds 9 trials, 0 of them pending" in page


@pytest.mark.parametrize("seq", [1, 50])
def test_a_study_that_opens_from_its_cached_state_is_saved_first(tmp_path, doctor, seq):
    path = create_study(tmp_path / "s.db", n=40)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM log WHERE seq = ?", (seq,))
    first, second, *_ = doctor(path, code=1).splitlines()
    (call,) = re.findall(r"still opens from its cached state: in Python, `(.*)` keeps 40 trials", first)
    assert "lost: operation" in second
    with contextlib.chdir(tmp_path):
        eval(call, {"tt": tt})  # noqa: S307 - the text is what the command tells a user to run
        assert [trial.value for trial in tt.Optimizer.load("NEW.tanteo").trials] == [*map(float, range(40))]
    damage(path, seq)
    assert "still opens" not in doctor(path, code=1)


def test_a_study_of_objects_is_saved_with_its_space(tmp_path, doctor):
    """Only its program has the choices."""
    path, space = tmp_path / "s.db", {"kind": tt.Categorical([int, str])}
    with tt.Study(path, space, seed=0, durability="off") as study:
        for k in range(300):
            study.observe({"kind": str}, float(k))
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM log WHERE seq = 50")
    (call,) = re.findall(r"in Python, `(.*)`, with the space of its program, keeps 300 trials", doctor(path, code=1))
    with contextlib.chdir(tmp_path):
        eval(call, {"tt": tt, "space": space})  # noqa: S307 - the text is what the command tells a user to run
        assert len(tt.Optimizer.load("NEW.tanteo", space=space)) == 300


def test_damaged_pages_are_detected(tmp_path, doctor):
    path, new = create_study(tmp_path / "s.db", n=200), tmp_path / "new.db"
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM snapshot")
        ((body,),) = connection.execute("SELECT body FROM log WHERE seq = 300")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = bytearray(path.read_bytes())
    page_start = data.index(body.encode()) // 4096 * 4096
    data[page_start : page_start + 4096] = b"\xff" * 4096
    path.write_bytes(data)
    assert "is damaged" in doctor(path, code=1)
    page = doctor(path, "--repair", new)
    assert "lost: operation" in page
    with tt.Study(new, read_only=True) as study:
        assert len(study) == 200
        assert all(trial.value == trial.id for trial in study.trials if trial.value is not None)
        assert 100 < sum(trial.value is not None for trial in study.trials) < 200


@pytest.mark.parametrize("command", ["show", "best", "trials", "export", "importance", "tail", "enqueue", "compare"])
def test_every_command_refuses_a_damaged_study_and_names_the_row(tmp_path, capsys, command):
    """The damaged row lies before the cached state, so opening the study does not read it."""
    path = create_study(tmp_path / "s.db")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE log SET sum = sum + 1 WHERE seq = 5")
        assert connection.execute("SELECT count(*) FROM snapshot").fetchall() == [(1,)]
    connection.close()
    tt.Study(path, read_only=True).close()
    more = {"compare": [str(path)], "enqueue": ["x=0.5"]}.get(command, [])
    assert main([command, str(path), *more]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "row 5 of its log does not match its checksum" in captured.err
    assert f"`tanteo doctor {path}`" in captured.err


def test_a_failed_rescue_gives_its_reason(tmp_path, doctor):
    path = create_study(tmp_path / "s.db")
    damage(path, 1)
    assert "which holds the space, is lost" in doctor(path, "--repair", tmp_path / "new.db", code=1)
    assert not (tmp_path / "new.db").exists()
    assert "exists; name a new file" in doctor(path, "--repair", path, code=1)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (a)")
    connection.close()
    assert "not a study of Tanteo" in doctor(other, code=1)


def test_a_rescued_study_continues(tmp_path, doctor):
    path, new = create_study(tmp_path / "s.db"), tmp_path / "new.db"
    damage(path, sequence_numbers(path, "report")[2])
    doctor(path, "--repair", new)
    with tt.Study(new) as study:
        trial = study.ask()
        study.tell(trial, 0.5)
        assert trial.id == 12


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
def test_settings_that_other_programs_change_are_not_damage(tmp_path, doctor, statement):
    path = create_study(tmp_path / "s.db")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.executescript(statement)
    assert "is whole" in doctor(path)


def test_an_open_study_is_reported_whole(tmp_path, doctor):
    with tt.Study(tmp_path / "new.db", {"x": tt.Float(0, 1)}, seed=0) as study:
        study.tell(study.ask(), 1.0)
        assert "is whole" in doctor(study.path)
