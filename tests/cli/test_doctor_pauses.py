"""The doctor restores folds, pauses, resumed trials and the hosts of trials."""

import pytest

import tanteo as tt
from support.doctor import repaired

SPACE = {"x": tt.Float(0, 1), "c": tt.Categorical(["a", "b"])}


@pytest.fixture
def study(tmp_path):
    with tt.Study(tmp_path / "s.db", SPACE, seed=0, durability="off", pausing=True) as opened:
        yield opened


def complete_with_folds(study, values=(0.5, 1.0, 1.5)):
    trial = study.ask()
    study.report_fold(trial, 0, values[0])
    study.set_attr(trial, "machine", "fast")
    for fold in range(1, len(values)):
        study.report_fold(trial, fold, values[fold])
    study.tell(trial)
    return trial.id


def pause_trial(study, value=0.5):
    trial = study.ask()
    study.report(trial, 1, value)
    study.tell(trial, state="paused", reason="others first")
    return trial.id


def test_folds_survive_the_loss_of_an_attribute_and_a_result(study, capsys):
    number = complete_with_folds(study)
    new, page = repaired(study, capsys, ("attr", 0), ("tell", 0), keep=True)
    assert "put in: the tell of trial 0" in page
    assert "left out" not in page
    assert dict(new.trials[number].folds) == {0: 0.5, 1: 1.0, 2: 1.5}
    assert (new.trials[number].value, new.trials[number].replicates) == (1.0, ((0.5, 1.0, 1.5),))


def test_the_cached_state_restores_a_lost_pause(study, capsys):
    number = pause_trial(study)
    new, page = repaired(study, capsys, ("tell", 0), keep=True)
    assert "put in: the tell of trial 0" in page
    trial = new.trials[number]
    assert (trial.state, trial.paused, trial.reason) == ("pruned", True, "others first")


def test_a_resumed_trial_shows_that_it_was_paused(study, capsys):
    number = pause_trial(study)
    study._core.resume(number)
    study.report(number, 2, 0.25)
    study.tell(number, 0.25)
    new, page = repaired(study, capsys, ("tell", 0), keep=False)
    assert "put in: the tell of trial 0 that operation" in page
    assert "left out" not in page
    assert (new.trials[number].steps, new.trials[number].value) == ({1: 0.5, 2: 0.25}, 0.25)


@pytest.mark.parametrize("reports", [True, False])
def test_a_report_or_a_result_shows_that_a_paused_trial_was_resumed(study, capsys, reports):
    number = pause_trial(study)
    study._core.resume(number)
    if reports:
        study.report(number, 2, 0.25)
    study.tell(number, 0.25)
    new, page = repaired(study, capsys, ("resume", 0), keep=False)
    assert "put in: the resume of trial 0 that operation" in page
    assert "left out" not in page
    assert new.trials[number].value == 0.25
    assert new.trials[number].steps == ({1: 0.5, 2: 0.25} if reports else {1: 0.5})


def test_the_cached_state_restores_a_resume_and_the_result_after_it(study, capsys):
    number = pause_trial(study)
    study._core.resume(number)
    study.tell(number, 0.25)
    other = pause_trial(study, 0.75)
    study._core.resume(other)
    new, page = repaired(study, capsys, ("resume", 0), ("tell", 1), ("resume", 1), keep=True)
    assert "put in: the resume of trial 0 as the state" in page
    assert "put in: the resume of trial 1 as the state" in page
    assert (new.trials[number].state, new.trials[number].value) == ("complete", 0.25)
    assert [trial.id for trial in new.pending] == [other]


def test_a_lost_result_is_restored_after_a_change_of_the_host_of_its_trial(study, capsys):
    trial = study.ask()
    study.set_attr(trial, "a", 1)
    with study._session.change():
        study._session.do("place", {"trial": trial.id, "host": "elsewhere", "process": 7})
    study.tell(trial, 1.0)
    new, page = repaired(study, capsys, ("attr", 0), ("tell", 0), keep=True)
    assert "left out" not in page
    assert (new.trials[0].host, new.trials[0].process, new.trials[0].value) == ("elsewhere", 7, 1.0)


def test_the_cached_state_restores_folds_pauses_and_replicates(study, capsys):
    complete_with_folds(study, (1.5, 0.5))
    study.tell(study.ask(), tt.Replicates([1.0, 2.0]))
    study.report_fold(study.ask(), 3, 0.25)
    pause_trial(study)
    study.change_space({"x": tt.Float(0, 2), "c": SPACE["c"]})
    new, page = repaired(study, capsys, ("space", 0), keep=True)
    assert "the state that was kept" in page
    with_folds, replicated, pending, paused = new.trials
    assert (list(with_folds.folds.items()), with_folds.replicates) == ([(0, 1.5), (1, 0.5)], ((1.5, 0.5),))
    assert (paused.state, paused.paused, paused.steps) == ("pruned", True, {1: 0.5})
    assert replicated.replicates == ((1.0, 2.0),)
    assert (pending.state, dict(pending.folds)) == ("pending", {3: 0.25})
    new._core.resume(3)
    assert new.trials[3].state == "pending"
