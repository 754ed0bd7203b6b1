"""A repaired study opens: the doctor restores a lost operation, or leaves out the operations that depend on it."""

import sqlite3

import pytest

import tanteo as tt
from support.doctor import repaired
from tanteo.cli import main

SPACE = {"x": tt.Float(0, 1), "c": tt.Categorical(["a", "b"])}


@pytest.fixture
def study(tmp_path):
    with tt.Study(tmp_path / "s.db", SPACE, seed=0, durability="off") as opened:
        yield opened


def complete_trials(study, *values):
    for value in values:
        study.tell(study.ask(), value)


def test_a_lost_enqueue_is_restored_from_the_trial_that_used_its_point(study, capsys):
    for x in (0.25, 0.5):
        study.enqueue({"x": x, "c": "a"})
    complete_trials(study, 1.0, 2.0, 3.0)
    study.enqueue({"x": 0.75, "c": "b"})
    params = [trial.params for trial in study.trials]
    new, page = repaired(study, capsys, ("enqueue", 0), keep=False)
    assert "put in: the enqueue that operation" in page
    assert [trial.params for trial in new.trials] == params
    assert [trial.value for trial in new.trials] == [1.0, 2.0, 3.0]
    assert new.ask().params == {"x": 0.75, "c": "b"}, "the queue keeps its length"


def test_an_exclusion_of_a_trial_whose_result_is_lost_is_left_out(study, capsys):
    complete_trials(study, 1.0, 2.0)
    study.exclude(0)
    new, page = repaired(study, capsys, ("tell", 0), keep=False)
    assert "exclude of trial 0, which cannot be repeated" in page
    assert [trial.state for trial in new.trials] == ["pending", "complete"]
    new.tell(0, 1.0)
    assert not new.trials[0].excluded


def test_a_retraction_of_a_lost_result_is_left_out(study, capsys):
    complete_trials(study, 1.0, 2.0)
    study.retract(0)
    study.tell(0, 5.0)
    new, page = repaired(study, capsys, ("tell", 0), keep=False)
    assert "retract of trial 0, which cannot be repeated" in page
    assert [trial.value for trial in new.trials] == [5.0, 2.0]


def test_a_second_result_shows_that_the_first_was_retracted(study, capsys):
    complete_trials(study, 1.0, 2.0)
    study.retract(0)
    study.tell(0, 5.0)
    new, page = repaired(study, capsys, ("retract", 0), keep=False)
    assert "put in: the retract of trial 0 that operation" in page
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
    new, page = repaired(study, capsys, ("run", 0), keep=False)
    assert "(of an unknown kind)" in page
    assert "enqueue, which cannot be repeated without what is lost: the space may have been changed" in page
    assert 'tell of trial 3: {"values": [4.0]}' in page
    assert [trial.value for trial in new.trials] == [1.0, 2.0]


def test_a_lost_ask_before_a_change_of_the_space_loses_only_its_own_trial(study, capsys):
    complete_trials(study, *map(float, range(4)))
    study.change_space({"x": tt.Float(0, 2), "c": SPACE["c"]})
    complete_trials(study, 4.0, 5.0)
    new, page = repaired(study, capsys, ("ask", 3), keep=False)
    assert "lost: the configuration of trial 3" in page
    assert [trial.value for trial in new.trials] == [0.0, 1.0, 2.0, None, 4.0, 5.0]
    assert new.space["x"].high == 2.0


def test_the_cached_state_keeps_exclusions_and_trials_outside_the_space_are_named(study, capsys):
    complete_trials(study, *map(float, range(60)))
    study.exclude(0)
    study.annotate(1, "look")
    ids_outside = study.change_space({"x": tt.Float(0.1, 1), "c": SPACE["c"]})
    assert 0 < len(ids_outside) < 60
    assert 0 not in ids_outside
    new, page = repaired(study, capsys, ("space", 0), keep=True)
    assert "the state that was kept" in page
    assert 'the note of trial 1: "look"' in page
    assert all(f"left out: trial {trial}, which does not fit into the space" in page for trial in ids_outside)
    assert "smaller numbers" in page
    remaining_values = [float(k) for k in range(60) if k not in ids_outside]
    assert [trial.value for trial in new.trials] == remaining_values
    assert [trial.excluded for trial in new.trials] == [value == 0.0 for value in remaining_values]


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
    new, _ = repaired(study, capsys, ("tell", 0), keep=False)
    assert new.budget == 9.0
