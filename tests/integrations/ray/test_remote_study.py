"""The actor with a study: one file records every call that was acknowledged to a worker."""

from __future__ import annotations

import os
import pickle

import pytest

import tanteo as tt
from support.hosts import LEASE, Shared, outcome
from support.processes import python_json
from tanteo.integrations.ray import RemoteOptimizer
from tanteo.integrations.ray.remote.host import Host
from tanteo.study import check
from tanteo.study.database import Database
from tanteo.study.environment import identity

SPACE = tt.SearchSpace({"x": tt.Float(0.0, 1.0), "c": tt.Categorical(["a", "b"])})
OPTIONS = {"seed": 0, "sampler": "tpe"}


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "study.db")


def host(path, clock, space=SPACE, **options):
    return Shared(space, {**OPTIONS, **options}, path, clock)


def test_the_host_writes_an_ordinary_study(path, clock):
    shared, reference = host(path, clock), tt.Optimizer(SPACE, **OPTIONS)
    for k in range(15):
        (trial,) = shared.hand_out(f"a{k}", "w", 1)
        assert trial == reference.ask()
        shared.record("w", trial.id, 1, [0.5], [])
        assert shared.take(f"t{k}", "w", trial, outcome(float(k)))
        reference.tell(trial.id, float(k))
    assert shared.add("o", "w", {"x": 0.5, "c": "a"}, outcome(-1.0)) == 15
    study = tt.Study(path, read_only=True)
    assert [trial.value for trial in study.trials] == [*map(float, range(15)), -1.0]
    assert (study.best.id, study.trials[3].steps) == (15, {1: 0.5})
    assert [run["process"] for run in study.environments] == [os.getpid()], "workers have only a host and a process"
    assert check(path) == []
    copied = pickle.loads(pickle.dumps(shared.copied()))
    assert (type(copied), len(copied)) == (tt.Optimizer, 16)
    tt.Study(path).tell(tt.Study(path).ask(), -2.0)
    assert shared.best_trial().value == -2.0
    assert shared.hand_out("b", "w", 1)[0].id == 17


def test_a_trial_has_the_place_of_its_worker(path, clock):
    def hosts():
        with tt.Study(path, read_only=True) as study:
            return [trial.host for trial in study.trials]

    shared = host(path, clock)
    shared.hand_out("a", "w", 2)
    shared.hand_out("b", "v", 1)
    assert hosts() == ["w", "w", "v"]
    shared.take("t", "w", 0, outcome(0.0))
    shared.take("u", "u", 2, outcome(0.0))
    shared.take("t", "v", 0, outcome(9.0))
    assert hosts() == ["w", "w", "u"], "the worker that told the result; a repeated request counts once"
    clock.now = 11.0
    assert [trial.id for trial in shared.hand_out("c", "v", 1)] == [1]
    assert hosts() == ["w", "v", "u"], "a silent worker's trial goes to the next worker"
    shared.hand_out("d", "v", 1)
    with tt.Study(path) as study:
        study.tell(1, 0.0)
        study.retract(0)
        here = study.environment["host"]
    assert hosts() == [here, here, "u", "v"], "a program without Ray told trial 1 and retracted trial 0"
    assert check(path) == []


def test_other_processes_that_use_the_file_keep_their_trials(path, clock):
    """Without a lease they send no heartbeats, so that silence says nothing."""
    shared = host(path, clock)
    with tt.Study(path) as study:
        study.ask()
        clock.now = 100.0
        assert [trial.id for trial in shared.hand_out("a", "w", 1)] == [1]
        clock.now = 200.0
        assert [trial.id for trial in shared.hand_out("b", "v", 2)] == [1, 2]


_ACTOR = """
import json, os, tanteo as tt
from support.hosts import Shared, outcome

space = {{"x": tt.Float(0.0, 1.0), "c": tt.Categorical(["a", "b"])}}
shared = Shared(space, {options}, {path!r}, lambda: 0.0)
[mine] = shared.hand_out("a", "w", 1)
[lost] = shared.hand_out("b", "dead", 1)
shared.take("c", "w", mine.id, outcome(0.5))
print(json.dumps([mine.params, lost.params]), flush=True)
os._exit(0)
"""


def test_a_restarted_actor_remembers_its_answers(path, clock):
    told_params, lost_params = python_json(_ACTOR.format(options=OPTIONS, path=path))
    shared = host(path, clock)
    # Ray repeats requests whose answers were lost.
    [repeated] = shared.hand_out("b", "dead", 1)
    assert (repeated.id, repeated.params) == (1, lost_params)
    assert shared.take("c", "w", 0, outcome(9.0))
    assert (shared.best.value, shared.best.params) == (0.5, told_params)
    assert shared.hand_out("d", "w", 1)[0].id == 2
    clock.now = 11.0
    assert shared.hand_out("e", "w", 2)[0].id == 1, "its worker has been silent since"


def test_pending_trials_of_other_processes_are_handed_out(path, clock):
    code = "import tanteo as tt, json; s = tt.Study({0!r}, {{'x': tt.Float(0.0, 1.0)}}, seed=0); s.ask(3); print(1)"
    python_json(code.format(path))
    shared = Shared(None, {}, path, clock)
    assert [trial.id for trial in shared.hand_out("a", "w", 2)] == [0, 1]
    assert [trial.id for trial in shared.hand_out("b", "w", 2)] == [2, 3]
    assert shared.goals() == (("minimize",), None)
    with tt.Study(path) as other:
        other.tell(3, 0.5)
    clock.now = 11.0
    assert [trial.id for trial in shared.hand_out("c", "v", 4)] == [0, 1, 2, 4], "another program told trial 3"


def test_a_study_takes_the_trials_of_workers_whose_cluster_ended(path, clock):
    shared = host(path, clock)
    with tt.Study(path, lease=60.0) as study:
        study._leases._clock = study._session._clock = clock
        shared.hand_out("a", "w", 1)
        assert study.ask().id == 1
        clock.now += LEASE + 1.0
        assert study.ask().id == 0


def test_a_worker_has_the_lease_of_the_host_that_serves_it(path, clock):
    host(path, clock).register("w", identity())
    later = Host(None, {}, path, 600.0)
    later.register("w", identity())
    assert later._session.state.record.runs[later._runs["w"]]["lease"] == 600.0


def test_a_call_can_be_repeated_after_a_failed_write_and_no_result_is_lost(path, clock, monkeypatch):
    shared = host(path, clock)
    commit = Database.commit

    def fail_once(database):
        monkeypatch.setattr(Database, "commit", commit)
        raise tt.StudyError("the disk is full")

    [trial] = shared.hand_out("a", "w", 1)
    for call in (
        lambda: shared.take("t", "w", trial.id, outcome(0.5)),
        lambda: shared.queue("e", "w", {"x": 0.25, "c": "a"}),
        lambda: shared.hand_out("b", "new", 1),
    ):
        monkeypatch.setattr(Database, "commit", fail_once)
        with pytest.raises(tt.StudyError):
            call()
        call()
    assert [trial.params["x"] for trial in shared.trials][1:] == [0.25]
    assert shared.answers() == ["a", "t", "e", "b"]
    assert shared.owners() == {1: "new"}


def test_a_study_with_other_settings_is_an_error(path, clock):
    host(path, clock)
    with pytest.raises(tt.StudyError, match="was made with seed=0"):
        host(path, clock, seed=1)


def test_invalid_arguments_are_rejected_before_an_actor_starts(path):
    with pytest.raises(tt.ArgumentError, match="give a space, or the path= or study="):
        RemoteOptimizer()
    with pytest.raises(tt.ArgumentError, match="path and study are two ways"):
        RemoteOptimizer(SPACE, path="a", study=path)
    with pytest.raises(tt.ArgumentError, match="path"):
        RemoteOptimizer(SPACE, study=3)


def test_a_worker_that_has_ended_on_the_node_of_the_actor_loses_its_trials_at_once(path, clock):
    shared = host(path, clock)
    here = identity()
    for worker, process in (("alive", here), ("elsewhere", {**here, "machine": "b"}), ("ended", {**here, "born": "1"})):
        shared.register(worker, process)
        shared.hand_out(worker, worker, 1)
    assert [trial.id for trial in shared.hand_out("a", "alive", 3)] == [2, 3, 4]
    assert (shared.trials[2].retries, shared.trials[2].host) == (1, here["host"])
