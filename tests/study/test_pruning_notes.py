"""What all processes of a study know of stopping its trials."""

from __future__ import annotations

import contextlib
import os
import sqlite3

import pytest

import tanteo as tt
from tanteo.study import cache, check, connection

SPACE = {"x": tt.Float(0.0, 1.0)}
REASON = "250 at step 1 is outside the bounds"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study.db"


def opened(path, **options):
    return tt.Study(path, SPACE, pruner=tt.pruners.Threshold(upper=100.0), seed=0, durability="off", **options)


def with_all_folds(study):
    trial = study.ask()
    for fold in study.fold_order(5):
        trial.report_fold(fold, 250.0)
    return trial


@contextlib.contextmanager
def locked(path, monkeypatch):
    """Hold the write lock, for which no other process waits long."""
    with monkeypatch.context() as patch, contextlib.closing(sqlite3.connect(path)) as other:
        patch.setattr(connection, "PATIENCE", 0.01)
        other.execute("BEGIN IMMEDIATE")
        yield


def kinds(study):
    return [kind for (kind,) in study._session.rows("SELECT kind FROM log ORDER BY seq")]


def test_every_process_knows_the_number_of_folds(path):
    with opened(path) as first, opened(path) as second:
        trial = with_all_folds(first)
        second.refresh()
        for study in (first, second, tt.Optimizer.from_bytes(first.to_bytes())):
            assert study.should_prune(trial.id).reason == "all 5 folds of fold_order(5) are reported"
        assert second.fold_order(5) == first.fold_order(5)
        assert kinds(first).count(b"order") == 1
        with tt.Study(path, read_only=True) as reader:
            assert reader.fold_order(3) == first.fold_order(3)
    assert second.fold_order(7)[0] < 7, "a closed study only reads"


def test_a_trial_that_another_process_tells_keeps_the_reason(path):
    with opened(path) as first, opened(path) as second:
        trial = first.ask()
        trial.report(1, 250.0)
        second.refresh()
        assert first.should_prune(trial).reason == REASON
        assert first.should_prune(trial).reason == REASON
        assert kinds(first).count(b"stop") == 1
        second.tell(trial.id, state="pruned")
        assert second.trials[0].reason == REASON
        first.refresh()
        assert first._session.state.record.pruning.reasons == {}


def test_a_reopened_study_keeps_the_reason(path):
    with opened(path) as study:
        trial = study.ask()
        trial.report(1, 250.0)
        assert trial.should_prune()
    with tt.Study(path) as study:
        study.tell(0, state="pruned")
        assert study.trials[0].reason == REASON


def test_a_trial_that_goes_on_after_all_has_no_reason(path):
    with opened(path) as study:
        trial = study.ask()
        trial.report(1, 250.0)
        assert trial.should_prune()
        trial.report(2, 0.5)
        assert not trial.should_prune()
    with tt.Study(path) as study:
        study.tell(0, state="pruned")
        assert study.trials[0].reason is None


def test_a_cached_state_has_the_notes(path):
    with opened(path) as study:
        whole = with_all_folds(study)
        stopped = study.ask()
        stopped.report(1, 250.0)
        assert stopped.should_prune()
        study._session._write_cache()
        cached = cache.read(study._session._database)
        assert cached is not None
        assert cached.state.record.pruning.to_data() == {"fold_orders": [5], "stops": [[stopped.id, REASON]]}
    assert check(path) == []
    with tt.Study(path) as study:
        assert not study.should_prune(whole.id)
        study.tell(stopped.id, state="pruned")
        assert study.trials[stopped.id].reason == REASON


def test_a_process_that_only_reads_or_has_lost_the_trial_notes_nothing(path):
    with opened(path) as study:
        trial = study.ask()
        trial.report(1, 250.0)
        with tt.Study(path, read_only=True) as reader:
            assert reader.should_prune(trial.id).reason == REASON
        other = tt.Study(path, lease=60.0)
        with other._session.change():
            other._leases.offer(trial.id, retried=True)
        assert study.should_prune(trial).reason == REASON
        other.refresh()
        other.tell(trial.id, state="pruned")
        assert other.trials[0].reason is None
        assert b"stop" not in kinds(study)
        other.close()


def test_further_decisions_to_stop_write_nothing(path):
    with opened(path) as study, opened(path) as other:
        trial = study.ask()
        for step in range(1, 4):
            trial.report(step, 250.0)
            assert trial.should_prune()
        other.refresh()
        assert kinds(study).count(b"stop") == 1
        for search, step in [(other, 1), (study, 3)]:
            copied = tt.Optimizer.from_bytes(search.to_bytes())
            copied.tell(trial.id, state="pruned")
            assert copied.trials[0].reason == f"250 at step {step} is outside the bounds"
        study.tell(trial, state="pruned")
        assert study.trials[0].reason == "250 at step 3 is outside the bounds"
        study.retract(trial)
        study.tell(trial, state="pruned")
        assert study.trials[0].reason is None


def test_a_decision_is_returned_and_kept_if_the_file_is_locked(path, monkeypatch, caplog):
    with opened(path) as study:
        stopped, kept_on = study.ask(2)
        for trial in (stopped, kept_on):
            trial.report(1, 250.0)
        assert kept_on.should_prune()
        kept_on.report(2, 0.5)
        with locked(path, monkeypatch):
            assert stopped.should_prune().reason == REASON
            assert not kept_on.should_prune()
            assert sorted(study.fold_order(5)) == [0, 1, 2, 3, 4]
            assert [record.getMessage() for record in caplog.records] == [
                "the decision on a trial could not be written",
                "the decision on a trial could not be written",
                "the number of folds of an order could not be written",
            ]
            with pytest.raises(tt.StudyError, match="locked"):
                study.tell(stopped, state="pruned")
        for trial in (stopped, kept_on):
            study.tell(trial, state="pruned")
        assert [trial.reason for trial in study.trials] == [REASON, None]
        assert study._pruning_notes.orders == {5}
        study.fold_order(5)
        with tt.Study(path, read_only=True) as reader:
            assert reader._pruning_notes.orders == {5}, "the next call writes what could not be written"


def test_the_decision_on_a_trial_with_all_folds_needs_no_lock(path, monkeypatch):
    with opened(path) as study:
        trial = with_all_folds(study)
        with locked(path, monkeypatch):
            assert study.should_prune(trial).reason == "all 5 folds of fold_order(5) are reported"


def test_a_note_survives_the_state_that_a_failed_transaction_discards(path, monkeypatch):
    with opened(path) as study:
        trial = study.ask()
        trial.report(1, 250.0)
        with locked(path, monkeypatch):
            assert trial.should_prune()
        study._session._load()
        study.tell(trial, state="pruned")
        assert study.trials[0].reason == REASON


def test_a_forked_process_decides_and_notes_nothing(path, monkeypatch):
    with opened(path) as study:
        trial = study.ask()
        trial.report(1, 250.0)
        with monkeypatch.context() as patch:
            patch.setattr(os, "getpid", os.getppid)
            assert trial.should_prune().reason == REASON
            assert sorted(study.fold_order(3)) == [0, 1, 2]
            with pytest.raises(tt.StudyError, match="forked"):
                study.report(trial, 2, 250.0)
        assert not {b"stop", b"order"}.intersection(kinds(study))


def test_a_trial_that_another_worker_starts_again_has_no_reason(path):
    with opened(path) as study:
        trial = study.ask()
        trial.report(1, 250.0)
        assert trial.should_prune()
        with tt.Study(path, lease=60.0) as other:
            with other._session.change():
                other._leases.offer(trial.id, retried=True)
            other.tell(trial.id, state="pruned")
            assert other.trials[0].reason is None


def test_a_different_decision_of_another_process_is_replaced_once_it_is_read(path):
    with opened(path) as first, opened(path) as second:
        trial = first.ask()
        trial.report(1, 250.0)
        assert trial.should_prune()
        second.refresh()
        second.report(trial.id, 2, 0.5)
        assert not second.should_prune(trial.id)
        assert first.should_prune(trial), "it has not read the second report"
        assert kinds(first).count(b"stop") == 2
        trial.report(3, 250.0)
        assert trial.should_prune()
        assert kinds(first).count(b"stop") == 3
