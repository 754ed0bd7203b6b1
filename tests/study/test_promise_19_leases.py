"""A trial whose worker vanished is offered again, or fails after its last retry."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest

import tanteo as tt
from tanteo.study import environment

SPACE = {"x": tt.Float(0.0, 1.0)}


class Clock:
    """A clock in seconds that only the test advances."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study.db"


def worker(path, clock, **options):
    """Open a study as on another machine: its process is unknown, and no thread sends heartbeats."""
    study = tt.Study(path, SPACE, seed=0, **{"lease": 60.0, **options})
    study._leases._clock = clock
    study._leases.start = lambda: None
    study._session._clock = clock
    return study


@pytest.fixture
def unknown_machine(monkeypatch):
    """Make the machine unknown, so that no process can be recognized as running on it."""
    monkeypatch.setattr(environment, "machine", lambda: None)


@pytest.mark.usefixtures("unknown_machine")
def test_a_trial_is_offered_again_after_its_lease_and_not_before(path):
    clock = Clock()
    first, second = worker(path, clock), worker(path, clock)
    lost = first.ask()
    assert second.ask().id == 1
    clock.now += 59.0
    assert second.ask().id == 2
    clock.now += 2.0
    reassigned = second.ask()
    assert (reassigned.id, reassigned.params) == (lost.id, lost.params)
    assert second.trials[0].retries == 1
    assert second.ask().id == 3


@pytest.mark.usefixtures("unknown_machine")
def test_a_heartbeat_keeps_a_lease(path):
    clock = Clock()
    first, second = worker(path, clock), worker(path, clock)
    trial = first.ask()
    for number in range(1, 6):
        assert second.ask().id == number
        clock.now += 40.0
        first.heartbeat(trial)
    first.tell(trial, 1.0)
    assert second.trials[0].retries == 0


@pytest.mark.usefixtures("unknown_machine")
def test_any_call_of_a_process_renews_its_leases(path):
    clock = Clock()
    first, second = worker(path, clock), worker(path, clock)
    first.ask()
    for _ in range(4):
        assert second.ask().id > 0
        clock.now += 40.0
        first.enqueue({"x": 0.5})
        assert first.ask().id > 0


@pytest.mark.usefixtures("unknown_machine")
def test_late_calls_on_a_lost_lease_are_refused_with_the_reason(path):
    clock = Clock()
    first, second = worker(path, clock), worker(path, clock)
    lost = first.ask()
    second.ask()
    clock.now += 61.0
    reassigned = second.ask()
    number = np.int64(lost.id)
    for late_call in (
        lambda: first.tell(lost, 1.0),
        lambda: first.report(lost, 1, 0.5),
        lambda: first.heartbeat(lost),
        lambda: first.tell(number, 1.0),
        lambda: first.report(number, 1, 0.5),
        lambda: first.heartbeat(number),
    ):
        with pytest.raises(tt.LostLeaseError, match="trial 0 was taken from this process"):
            late_call()
    second.tell(reassigned, 0.25)
    with pytest.raises(tt.TrialStateError):
        first.tell(lost, 1.0)
    assert second.trials[0].value == 0.25


@pytest.mark.usefixtures("unknown_machine")
def test_the_space_can_be_changed_after_a_lost_lease(path):
    clock = Clock()
    first, second = worker(path, clock), worker(path, clock)
    lost = first.ask()
    second.ask()
    clock.now += 61.0
    assert second.ask().id == lost.id
    x = lost.params["x"]
    space_without_x = {"x": tt.Float(0.0, x / 2) if x > 0.5 else tt.Float((1.0 + x) / 2, 1.0)}
    with pytest.warns(UserWarning, match="no trial fits"):
        assert lost.id in first.change_space(space_without_x)
    second.refresh()
    for study in (first, second, tt.Study(path)):
        failed = study.trials[lost.id]
        assert (failed.state, failed.reason) == ("failed", "it does not fit into the space, which was changed")


@pytest.mark.usefixtures("unknown_machine")
def test_a_trial_fails_after_its_last_retry(path):
    clock = Clock()
    workers = [worker(path, clock, max_retries=2) for _ in range(4)]
    last = workers.pop()
    workers[0].ask()
    for study in (*workers[1:], last):
        # A worker takes a trial over only if it saw no heartbeat for the whole lease.
        number = study.ask().id
        assert number != 0
        study.tell(number, 1.0)
        clock.now += 61.0
        suggested = study.ask()
        if study is not last:
            assert suggested.id == 0
        else:
            assert suggested.id != 0
    failed = last.trials[0]
    assert (failed.state, failed.retries) == ("failed", 2)
    assert failed.reason == "all 3 workers that had it vanished"
    with pytest.raises(tt.LostLeaseError, match=r"given up \(retries: 2\)"):
        workers[-1].tell(0, 1.0)


needs_machine = pytest.mark.skipif(
    environment.machine() is None, reason="processes cannot be identified on this system"
)
_ASKS_AND_ENDS = "import sys, tanteo as tt; tt.Study(sys.argv[1], {'x': tt.Float(0.0, 1.0)}, seed=0).ask()"


@needs_machine
def test_a_process_that_ended_on_this_machine_is_detected(path):
    subprocess.run([sys.executable, "-c", _ASKS_AND_ENDS, str(path)], check=True)
    with tt.Study(path) as study:
        assert study.ask().id == 1, "without a lease every trial stays with the process that asked for it"
        study.tell(0, 1.0)
    subprocess.run([sys.executable, "-c", _ASKS_AND_ENDS, str(path)], check=True)
    with tt.Study(path, lease=1000.0) as study:
        assert study.ask().id == 2


@pytest.mark.parametrize("reads_machine", [True, False])
def test_a_process_without_a_lease_keeps_its_trials_however_long_it_is_silent(path, monkeypatch, reads_machine):
    if not reads_machine:
        monkeypatch.setattr(environment, "machine", lambda: None)
    clock = Clock()
    with tt.Study(path, SPACE, seed=0) as first:
        trial = first.ask()
        second = worker(path, clock)
        assert second.ask().id == 1
        clock.now += 1000.0
        assert second.ask().id == 2
        first.tell(trial, 0.5)
    assert tt.Study(path).trials[0].value == 0.5


def assert_lost_after(seconds, taker, clock):
    """Assert that the first trial of a silent owner is taken over after so many seconds and not before."""
    assert taker.ask().id == 1
    clock.now += seconds - 1.0
    assert taker.ask().id == 2
    clock.now += 2.0
    assert taker.ask().id == 0


@pytest.mark.usefixtures("unknown_machine")
@pytest.mark.parametrize(("lease_of_owner", "lease_of_taker"), [(600.0, 60.0), (60.0, 600.0)])
def test_a_process_loses_its_trial_after_its_own_lease(path, lease_of_owner, lease_of_taker):
    clock = Clock()
    owner, taker = worker(path, clock, lease=lease_of_owner), worker(path, clock, lease=lease_of_taker)
    owner.ask()
    assert_lost_after(lease_of_owner, taker, clock)


@pytest.mark.usefixtures("unknown_machine")
def test_a_process_of_a_version_that_recorded_no_lease_loses_its_trial_after_the_lease_of_the_taker(path):
    clock = Clock()
    owner, taker = worker(path, clock), worker(path, clock)
    owner._session._about = {}
    owner.ask()
    assert "lease" not in owner.environment
    assert_lost_after(60.0, taker, clock)


@pytest.mark.usefixtures("unknown_machine")
def test_heartbeats_count_for_a_trial_that_was_asked_without_a_lease(path):
    clock = Clock()
    owner, taker = worker(path, clock, lease=None), worker(path, clock)
    trial = owner.ask()
    owner.ask()
    for number in range(2, 5):
        owner.heartbeat(trial)
        assert taker.ask().id == number
        clock.now += 40.0
    clock.now += 21.0
    assert [taker.ask().id for _ in range(2)] == [0, 5]


@pytest.mark.usefixtures("unknown_machine")
def test_heartbeats_of_the_previous_owner_say_nothing_about_one_without_a_lease(path):
    clock = Clock()
    first, second, third = worker(path, clock), worker(path, clock, lease=None), worker(path, clock)
    first.heartbeat(first.ask())
    with second._session.change():
        second._leases.offer(0, retried=True)
    assert third.ask().id == 1
    clock.now += 61.0
    assert third.ask().id == 2


@needs_machine
def test_a_trial_of_the_command_ask_stays_with_whoever_called_it(path):
    tt.Study(path, SPACE, seed=0).close()
    command = "import sys; from tanteo.cli import main; main(['ask', sys.argv[1]])"
    subprocess.run([sys.executable, "-c", command, str(path)], check=True)
    with tt.Study(path, lease=1000.0) as study:
        assert study.ask().id == 1
        study.tell(1, 1.0)
    result = tt.minimize(lambda params: params["x"], study=path, n_trials=2, progress=False)
    assert [trial.state for trial in result.study.trials] == ["pending", *["complete"] * 3]
    result.study.tell(0, 0.25)
    assert result.study.trials[0].value == 0.25


def test_a_process_is_not_confused_with_another_of_the_same_id():
    current = environment.environment()
    assert not environment.gone({0: current})
    assert environment.gone({0: {**current, "born": "1"}})
    assert not environment.gone({0: {**current, "machine": "another"}})
    assert not environment.gone({0: {**current, "machine": None}})


def test_automatic_heartbeats_keep_the_trials_of_a_running_process(path):
    """In real time: a lease of 0.2 s is renewed at least three times."""
    with tt.Study(path, SPACE, seed=0, lease=0.2) as study:
        trial = study.ask()
        distinct_counts = []
        deadline = time.monotonic() + 30.0
        while len(distinct_counts) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
            counts = study._session.rows("SELECT count FROM beat WHERE trial = 0")
            distinct_counts += [count for count in counts if count not in distinct_counts]
        assert len(distinct_counts) == 3
        study.tell(trial, 1.0)
        heartbeat_thread = study._leases._pulse
        heartbeat_thread.join(timeout=30.0)
        assert not heartbeat_thread.is_alive()


def test_heartbeats_of_told_trials_are_deleted(path):
    with tt.Study(path, SPACE, seed=0, lease=60.0) as study:
        trials = study.ask(3)
        for trial in trials:
            study.heartbeat(trial)
        study.tell(trials[0], 0.5)
        study.tell(trials[1], state="failed")
        study._leases.beat([0, 2])
        assert study._session.rows("SELECT trial, count FROM beat") == [(2, 2)]
