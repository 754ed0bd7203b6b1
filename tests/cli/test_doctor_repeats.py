"""A repaired study opens: the doctor restores a lost operation, or leaves out the operations that depend on it."""

import sqlite3

import pytest

import tanteo as tt
from tanteo.cli import main
from tanteo.study import check

SPACE = {"x": tt.Float(0, 1), "c": tt.Categorical(["a", "b"])}


@pytest.fixture
def study(tmp_path):
    with tt.Study(tmp_path / "s.db", SPACE, seed=0, durability="off", pausing=True) as opened:
        yield opened


def repaired(study, capsys, *damaged):
    """Damage log entries, given as pairs ``(kind, n)``; repair the study; return the new study and the output."""
    study.close()
    with sqlite3.connect(study.path) as connection:
        for kind, n in damaged:
            rows = connection.execute("SELECT seq FROM log WHERE kind = ? ORDER BY seq", (kind,)).fetchall()
            connection.execute("UPDATE log SET sum = sum + 1 WHERE seq = ?", rows[n])
        connection.execute("DELETE FROM snapshot")
    connection.close()
    new = study.path.with_name("new.db")
    assert main(["doctor", str(study.path), "--repair", str(new)]) == 0
    assert check(new) == []
    return tt.Study(new), capsys.readouterr().out


def complete_trials(study, *values):
    for value in values:
        study.tell(study.ask(), value)


def test_a_lost_enqueue_is_restored_from_the_trial_that_used_its_point(study, capsys):
    for x in (0.25, 0.5):
        study.enqueue({"x": x, "c": "a"})
    complete_trials(study, 1.0, 2.0, 3.0)
    study.enqueue({"x": 0.75, "c": "b"})
    params = [trial.params for trial in study.trials]
    new, _ = repaired(study, capsys, ("enqueue", 0))
    assert [trial.params for trial in new.trials] == params
    assert [trial.value for trial in new.trials] == [1.0, 2.0, 3.0]
    assert new.ask().params == {"x": 0.75, "c": "b"}, "the queue keeps its length"


def test_an_exclusion_of_a_trial_whose_result_is_lost_is_left_out(study, capsys):
    complete_trials(study, 1.0, 2.0)
    study.exclude(0)
    new, page = repaired(study, capsys, ("tell", 0))
    assert "exclude of trial 0, which cannot be repeated" in page
    assert [trial.state for trial in new.trials] == ["pending", "complete"]
    new.tell(0, 1.0)
    assert not new.trials[0].excluded


def test_a_retraction_of_a_lost_result_is_left_out(study, capsys):
    complete_trials(study, 1.0, 2.0)
    study.retract(0)
    study.tell(0, 5.0)
    new, page = repaired(study, capsys, ("tell", 0))
    assert "retract of trial 0, which cannot be repeated" in page
    assert [trial.value for trial in new.trials] == [5.0, 2.0]


def test_a_second_result_shows_that_the_first_was_retracted(study, capsys):
    complete_trials(study, 1.0, 2.0)
    study.retract(0)
    study.tell(0, 5.0)
    new, _ = repaired(study, capsys, ("retract", 0))
    assert [trial.value for trial in new.trials] == [5.0, 2.0]


def test_nothing_is_repeated_after_a_lost_change_of_the_space(study, capsys):
    complete_trials(study, 1.0, 2.0)
    study.change_space({"x": tt.Float(0, 2), "c": SPACE["c"]})
    study.enqueue({"x": 1.5, "c": "a"})
    complete_trials(study, 3.0, 4.0)
    study.close()
    with sqlite3.connect(study.path) as connection:
        connection.execute("DELETE FROM log WHERE kind = 'space'")
    connection.close()
    new, page = repaired(study, capsys, ("run", 0))
    assert "(of an unknown kind)" in page
    assert "enqueue, which cannot be repeated: the space may have been changed" in page
    assert 'tell of trial 3: {"values": [4.0]}' in page
    assert [trial.value for trial in new.trials] == [1.0, 2.0]


def test_a_lost_ask_before_a_change_of_the_space_loses_only_its_own_trial(study, capsys):
    complete_trials(study, *map(float, range(4)))
    study.change_space({"x": tt.Float(0, 2), "c": SPACE["c"]})
    complete_trials(study, 4.0, 5.0)
    new, page = repaired(study, capsys, ("ask", 3))
    assert "lost: the configuration of trial 3" in page
    assert [trial.value for trial in new.trials] == [0.0, 1.0, 2.0, None, 4.0, 5.0]
    assert new.space["x"].high == 2.0


def test_a_repair_that_fails_its_check_is_an_error(study, capsys, monkeypatch):
    from tanteo.cli import rescue

    complete_trials(study, 1.0)
    findings = iter([["row 2 cannot be repeated"]])
    monkeypatch.setattr(rescue, "check", lambda _: next(findings))
    study.close()
    with sqlite3.connect(study.path) as connection:
        connection.execute("UPDATE log SET sum = sum + 1 WHERE kind = 'tell'")
    connection.close()
    assert main(["doctor", str(study.path), "--repair", str(study.path.with_name("new.db"))]) == 1
    assert "could not be made whole: row 2" in capsys.readouterr().err


def test_a_budget_that_was_raised_is_kept(study, capsys):
    complete_trials(study, 1.0)
    tt.Study(study.path, budget=9.0).close()
    study.refresh()
    complete_trials(study, 2.0)
    new, _ = repaired(study, capsys, ("tell", 0))
    assert new.budget == 9.0


def pause_trial(study):
    trial = study.ask()
    study.report(trial, 1, 0.5)
    study.tell(trial, state="paused", reason="others first")
    return trial.id


def test_a_trial_whose_pause_is_lost_is_pending_until_its_result(study, capsys):
    number = pause_trial(study)
    study._core.resume(number)
    study.report(number, 2, 0.25)
    study.tell(number, 0.25)
    new, page = repaired(study, capsys, ("tell", 0))
    assert "resume of trial 0, which cannot be repeated" in page
    assert (new.trials[number].steps, new.trials[number].value) == ({1: 0.5, 2: 0.25}, 0.25)


@pytest.mark.parametrize("reports", [True, False])
def test_a_report_or_a_result_shows_that_a_paused_trial_was_resumed(study, capsys, reports):
    number = pause_trial(study)
    study._core.resume(number)
    if reports:
        study.report(number, 2, 0.25)
    study.tell(number, 0.25)
    new, page = repaired(study, capsys, ("resume", 0))
    assert "left out" not in page
    assert new.trials[number].value == 0.25
    assert new.trials[number].steps == ({1: 0.5, 2: 0.25} if reports else {1: 0.5})
