"""A trial whose worker vanished is handed out again, or failed after its retries."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np
import pytest

import tanteo as tt
from tanteo.study import environment

SPACE = {"x": tt.Float(0.0, 1.0)}


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study.db"


def worker(path, clock, **options):
    """A study as a process on another machine has it: nothing is known of its process, and it has no pulse."""
    study = tt.Study(path, SPACE, seed=0, lease=60.0, **options)
    study._leases._clock = clock
    study._leases.start = lambda: None
    study._session._clock = clock
    return study


@pytest.fixture
def elsewhere(monkeypatch):
    """No process is known to be of this machine."""
    monkeypatch.setattr(environment, "machine", lambda: None)


@pytest.mark.usefixtures("elsewhere")
def test_a_trial_is_offered_again_after_its_lease_and_not_before(path):
    clock = Clock()
    first, second = worker(path, clock), worker(path, clock)
    lost = first.ask()
    assert second.ask().id == 1
    clock.now += 59.0
    assert second.ask().id == 2
    clock.now += 2.0
    again = second.ask()
    assert (again.id, again.params) == (lost.id, lost.params)
    assert second.trials[0].retries == 1
    assert second.ask().id == 3


@pytest.mark.usefixtures("elsewhere")
def test_a_heartbeat_keeps_it(path):
    clock = Clock()
    first, second = worker(path, clock), worker(path, clock)
    kept = first.ask()
    for turn in range(1, 6):
        assert second.ask().id == turn
        clock.now += 40.0
        first.heartbeat(kept)
    first.tell(kept, 1.0)
    assert second.trials[0].retries == 0


@pytest.mark.usefixtures("elsewhere")
def test_whatever_a_process_does_shows_that_it_lives(path):
    clock = Clock()
    first, second = worker(path, clock), worker(path, clock)
    first.ask()
    for _ in range(4):
        assert second.ask().id > 0
        clock.now += 40.0
        first.enqueue({"x": 0.5})
        assert first.ask().id > 0


@pytest.mark.usefixtures("elsewhere")
def test_a_late_tell_of_a_lost_lease_is_refused_with_the_reason(path):
    clock = Clock()
    first, second = worker(path, clock), worker(path, clock)
    lost = first.ask()
    second.ask()
    clock.now += 61.0
    taken = second.ask()
    number = np.int64(lost.id)
    for late in (
        lambda: first.tell(lost, 1.0),
        lambda: first.report(lost, 1, 0.5),
        lambda: first.heartbeat(lost),
        lambda: first.tell(number, 1.0),
        lambda: first.report(number, 1, 0.5),
        lambda: first.heartbeat(number),
    ):
        with pytest.raises(tt.LostLeaseError, match="trial 0 was taken from this process"):
            late()
    second.tell(taken, 0.25)
    with pytest.raises(tt.TrialStateError):
        first.tell(lost, 1.0)
    assert second.trials[0].value == 0.25


@pytest.mark.usefixtures("elsewhere")
def test_the_space_can_be_changed_where_a_trial_was_lost(path):
    clock = Clock()
    first, second = worker(path, clock), worker(path, clock)
    lost = first.ask()
    second.ask()
    clock.now += 61.0
    assert second.ask().id == lost.id
    x = lost.params["x"]
    outside = {"x": tt.Float(0.0, x / 2) if x > 0.5 else tt.Float((1.0 + x) / 2, 1.0)}
    with pytest.warns(UserWarning, match="no trial fits"):
        assert lost.id in first.change_space(outside)
    second.refresh()
    for study in (first, second, tt.Study(path)):
        failed = study.trials[lost.id]
        assert (failed.state, failed.reason) == ("failed", "it does not fit into the space, which was changed")


@pytest.mark.usefixtures("elsewhere")
def test_it_fails_once_it_was_offered_too_often(path):
    clock = Clock()
    workers = [worker(path, clock, max_retries=2) for _ in range(4)]
    last = workers.pop()
    workers[0].ask()
    for study in (*workers[1:], last):
        # Whoever takes it over has to have seen it stand still.
        number = study.ask().id
        assert number != 0
        study.tell(number, 1.0)
        clock.now += 61.0
        taken = study.ask()
        if study is not last:
            assert taken.id == 0
        else:
            assert taken.id != 0
    failed = last.trials[0]
    assert (failed.state, failed.retries) == ("failed", 2)
    assert failed.reason == "its worker vanished, as 2 before it had"
    with pytest.raises(tt.LostLeaseError, match=r"given up \(retries: 2\)"):
        workers[-1].tell(0, 1.0)


_ASKS_AND_ENDS = "import sys, tanteo as tt; tt.Study(sys.argv[1], {'x': tt.Float(0.0, 1.0)}, seed=0).ask()"


@pytest.mark.skipif(environment.machine() is None, reason="processes cannot be told apart on this system")
def test_a_process_that_ended_on_this_machine_is_known_to_be_gone(path):
    subprocess.run([sys.executable, "-c", _ASKS_AND_ENDS, str(path)], check=True)
    with tt.Study(path) as study:
        assert study.ask().id == 1, "without a lease every trial stays with whoever asked for it"
        study.tell(0, 1.0)
    subprocess.run([sys.executable, "-c", _ASKS_AND_ENDS, str(path)], check=True)
    with tt.Study(path, lease=1000.0) as study:
        assert study.ask().id == 2


def test_a_process_is_not_taken_for_one_with_its_id():
    here = environment.environment()
    assert not environment.is_gone(here)
    assert environment.is_gone({**here, "born": "1"})
    assert not environment.is_gone({**here, "machine": "another"})
    assert not environment.is_gone({**here, "machine": None})


def test_the_pulse_of_a_living_process_keeps_its_trials(path):
    """With real time: a lease of a moment, held for many times as long."""
    with tt.Study(path, SPACE, seed=0, lease=0.2) as study:
        trial = study.ask()
        beats = []
        deadline = time.monotonic() + 30.0
        while len(beats) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
            counted = study._session.rows("SELECT count FROM beat WHERE trial = 0")
            beats += [count for count in counted if count not in beats]
        assert len(beats) == 3
        study.tell(trial, 1.0)
        pulse = study._leases._pulse
        pulse.join(timeout=30.0)
        assert not pulse.is_alive()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_forked_process_is_one_of_its_own(path):
    with tt.Study(path, SPACE, seed=0) as study:
        study.tell(study.ask(), 1.0)
        child = os.fork()
        if child == 0:
            study.tell(study.ask(), 2.0)
            study.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        study.tell(study.ask(), 3.0)
        assert [trial.value for trial in study.trials] == [1.0, 2.0, 3.0]
        assert [trial.process for trial in study.trials] == [os.getpid(), child, os.getpid()]


def test_nothing_is_kept_of_the_beats_of_a_trial_that_is_told(path):
    with tt.Study(path, SPACE, seed=0, lease=60.0) as study:
        trials = study.ask(3)
        for trial in trials:
            study.heartbeat(trial)
        study.tell(trials[0], 0.5)
        study.tell(trials[1], state="failed")
        study._leases.beat([0, 2])
        assert study._session.rows("SELECT trial, count FROM beat") == [(2, 2)]
