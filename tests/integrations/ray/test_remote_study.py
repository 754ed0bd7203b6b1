"""The actor with a study: one file records every call that was acknowledged to a worker."""

from __future__ import annotations

import os
import pickle
import platform
import sqlite3

import pytest

import tanteo as tt
from support.processes import python_json
from tanteo.integrations.ray import RemoteOptimizer
from tanteo.integrations.ray.remote.study_host import StudyHost
from tanteo.study import check
from tanteo.study.database import Database

SPACE = tt.SearchSpace({"x": tt.Float(0.0, 1.0), "c": tt.Categorical(["a", "b"])})
OPTIONS = {"seed": 0, "sampler": "tpe"}


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "study.db")


def host(path, clock, space=SPACE, **options):
    return StudyHost(space, {**OPTIONS, **options}, path, 10.0, clock)


def test_the_host_writes_an_ordinary_study(path, clock):
    shared, reference = host(path, clock), tt.Optimizer(SPACE, **OPTIONS)
    for k in range(15):
        (trial,) = shared.ask(f"a{k}", "w", 1)
        assert trial == reference.ask()
        shared.report("w", trial.id, 1, 0.5)
        assert shared.tell(f"t{k}", "w", trial, {"value": float(k)})
        reference.tell(trial.id, float(k))
    assert shared.observe("o", {"x": 0.5, "c": "a"}, {"value": -1.0}) == 15
    study = tt.Study(path, read_only=True)
    assert [trial.value for trial in study.trials] == [*map(float, range(15)), -1.0]
    assert (study.best.id, study.trials[3].steps, study.trials[3].process) == (15, {1: 0.5}, os.getpid())
    assert check(path) == []
    copied = pickle.loads(pickle.dumps(shared.optimizer()))
    assert (type(copied), len(copied)) == (tt.Optimizer, 16)
    tt.Study(path).tell(tt.Study(path).ask(), -2.0)
    assert shared.ask("b", "w", 1)[0].id == 17
    assert shared.best().value == -2.0


def test_a_trial_has_the_place_of_its_worker(path, clock):
    first_place, second_place, third_place = ("a", 1), ("b", 2), ("c", 3)

    def places():
        with tt.Study(path, read_only=True) as study:
            return [(trial.host, trial.process) for trial in study.trials]

    shared = host(path, clock)
    shared.ask("a", "w", 2, first_place)
    shared.ask("b", "v", 1, second_place)
    assert places() == [first_place, first_place, second_place]
    shared.tell("t", "w", 0, {"value": 0.0}, first_place)
    shared.tell("u", "u", 2, {"value": 0.0}, third_place)
    shared.tell("t", "w", 0, {"value": 9.0}, third_place)
    assert places() == [first_place, first_place, third_place], (
        "the worker that told the result; a repeated request counts once"
    )
    clock.now = 11.0
    assert [trial.id for trial in shared.ask("c", "v", 1, second_place)] == [1]
    assert places() == [first_place, second_place, third_place], "a silent worker's trial goes to the next worker"
    shared.ask("d", "v", 1, second_place)
    own_place = (platform.node(), os.getpid())
    with tt.Study(path) as study:
        study.tell(1, 0.0)
        study.retract(0)
    assert places() == [own_place, own_place, third_place, second_place], (
        "a program without Ray told trial 1 and retracted trial 0"
    )
    kinds = [kind for (kind,) in sqlite3.connect(path).execute("SELECT kind FROM log")]
    assert kinds.count("place") == 6, "one entry for each change"
    assert tt.Study(path)._session.state.record.placed == {2: ["c", 3], 3: ["b", 2]}
    assert check(path) == []


_ACTOR = """
import json, os, tanteo as tt
from tanteo.integrations.ray.remote.study_host import StudyHost

shared = StudyHost({{"x": tt.Float(0.0, 1.0), "c": tt.Categorical(["a", "b"])}}, {options}, {path!r}, 10.0)
[mine] = shared.ask("a", "w", 1)
[lost] = shared.ask("b", "dead", 1)
shared.tell("c", "w", mine.id, {{"value": 0.5}})
print(json.dumps([mine.params, lost.params]), flush=True)
os._exit(0)
"""


def test_a_restarted_actor_remembers_its_answers(path, clock):
    told_params, lost_params = python_json(_ACTOR.format(options=OPTIONS, path=path))
    shared = host(path, clock)
    # Ray repeats requests whose answers were lost.
    [repeated] = shared.ask("b", "dead", 1)
    assert (repeated.id, repeated.params) == (1, lost_params)
    assert shared.tell("c", "w", 0, {"value": 9.0})
    assert (shared.best().value, shared.best().params) == (0.5, told_params)
    assert shared.ask("d", "w", 1)[0].id == 2
    clock.now = 11.0
    assert shared.ask("e", "w", 2)[0].id == 1, "its worker has been silent since"


def test_pending_trials_of_other_processes_are_handed_out(path, clock):
    code = "import tanteo as tt, json; s = tt.Study({0!r}, {{'x': tt.Float(0.0, 1.0)}}, seed=0); s.ask(3); print(1)"
    python_json(code.format(path))
    shared = StudyHost(None, {}, path, 10.0, clock)
    assert [trial.id for trial in shared.ask("a", "w", 2)] == [0, 1]
    assert [trial.id for trial in shared.ask("b", "w", 2)] == [2, 3]
    assert shared.settings() == (("minimize",), None)
    with tt.Study(path) as other:
        other.tell(3, 0.5)
    clock.now = 11.0
    assert [trial.id for trial in shared.ask("c", "v", 4)] == [0, 1, 2, 4], "another program told trial 3"


def test_a_call_can_be_repeated_after_a_failed_write_and_no_result_is_lost(path, clock, monkeypatch):
    shared = host(path, clock)
    commit = Database.commit

    def fail_once(database):
        monkeypatch.setattr(Database, "commit", commit)
        raise tt.StudyError("the disk is full")

    [trial] = shared.ask("a", "w", 1)
    for call in (
        lambda: shared.tell("t", "w", trial.id, {"value": 0.5}),
        lambda: shared.enqueue("e", {"x": 0.25, "c": "a"}),
        lambda: shared.ask("b", "w", 1),
    ):
        monkeypatch.setattr(Database, "commit", fail_once)
        with pytest.raises(tt.StudyError):
            call()
        call()
    assert [trial.params["x"] for trial in shared.optimizer().trials][1:] == [0.25]
    assert shared._answers.keys() == {"a", "t", "e", "b"}
    assert shared._owners == {1: "w"}


def test_a_study_with_other_settings_is_an_error(path, clock):
    host(path, clock)
    with pytest.raises(tt.StudyError, match="was made with seed=0"):
        host(path, clock, seed=1)


def test_invalid_arguments_are_rejected_before_an_actor_starts(path):
    with pytest.raises(tt.ArgumentError, match="give a space, or the study="):
        RemoteOptimizer()
    with pytest.raises(tt.ArgumentError, match="path and study are two ways"):
        RemoteOptimizer(SPACE, path="a", study=path)
    with pytest.raises(tt.ArgumentError, match="path"):
        RemoteOptimizer(SPACE, study=3)
