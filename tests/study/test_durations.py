"""Durations of trials are never negative, also if the clock is set back while a trial runs."""

from __future__ import annotations

import itertools
import time

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0)}
HOUR = 3600.0


@pytest.fixture
def clock(monkeypatch):
    """Let the clock go back an hour at every look."""
    times = itertools.count(1.7e9, -HOUR)
    monkeypatch.setattr(time, "time", lambda: next(times))


@pytest.mark.usefixtures("clock")
def test_a_trial_that_was_asked_for_and_told_took_no_time(tmp_path):
    with tt.Study(tmp_path / "study.db", SPACE, seed=0) as study:
        study.tell(study.ask(), 1.0)
        [trial] = study.trials
        assert trial.finished < trial.started, "the times stay those of the clock"
        assert trial.duration == 0.0
        assert study.to_dict()["duration"].tolist() == [0.0]


@pytest.mark.usefixtures("clock")
def test_no_duration_in_optuna_is_negative(tmp_path):
    pytest.importorskip("optuna")
    from tanteo.integrations.optuna import to_optuna

    with tt.Study(tmp_path / "study.db", SPACE, seed=0) as study:
        study.tell(study.ask(), 1.0)
        [trial] = to_optuna(study).trials
    assert trial.duration.total_seconds() == 0.0


@pytest.mark.usefixtures("clock")
def test_minimize_measures_with_a_clock_that_cannot_be_set(tmp_path):
    def fn(params):
        time.sleep(0.002)
        return params["x"]

    result = tt.minimize(fn, SPACE, study=tmp_path / "study.db", n_trials=2, budget=10.0, seed=0)
    assert all(0.002 <= trial.duration < HOUR for trial in result.trials)
    assert all(trial.cost == pytest.approx(trial.duration, abs=1e-6) for trial in result.trials)


@pytest.mark.usefixtures("clock")
def test_a_leg_of_a_paused_trial_takes_nothing_off_its_other_legs(tmp_path):
    """The first leg is told by hand, with the clock set back; the second one is evaluated by ``minimize``."""
    with tt.Study(tmp_path / "study.db", SPACE, seed=0, pausing=True) as study:
        trial = study.ask()
        trial.report(1, 0.5)
        study.tell(trial, state="paused")

    def fn(params, trial):
        trial.report(2, 0.25)
        return params["x"]

    result = tt.minimize(fn, study=tmp_path / "study.db", n_trials=1, seed=0)
    assert result.trials[0].state == "complete"
    assert 0.0 <= result.trials[0].duration < HOUR
    assert result.trials[0].finished >= result.trials[0].started
