"""After Ctrl-C at any point the study is consistent, and no lock is held longer than needed."""

from __future__ import annotations

import threading

import pytest

import tanteo as tt
from tanteo.study import environment, schema
from tanteo.study.database import Database
from tanteo.study.state import StudyState

SPACE = {"x": tt.Float(0.0, 1.0)}
OPTIONS = {"seed": 0, "sampler": "random", "durability": "off"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study.db"


def interrupt(monkeypatch, owner, name, *, when="after", call):
    """Make a call that Ctrl-C ends just before or after the first call of a method."""
    method = getattr(owner, name)

    def once(*arguments, **options):
        monkeypatch.setattr(owner, name, method)
        if when == "after":
            method(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(owner, name, once)
    with pytest.raises(KeyboardInterrupt):
        call()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", [lambda study: study.refresh(), lambda study: study.ask()])
def test_a_row_is_not_replayed_twice_after_an_interrupt(path, monkeypatch, when, call):
    first, second = (tt.Study(path, SPACE, **OPTIONS) for _ in range(2))
    first.ask()
    interrupt(monkeypatch, StudyState, "replay", when=when, call=lambda: call(second))
    second.refresh()
    assert len(second) == 1
    trial = second.ask()
    assert trial.id == 1
    second.tell(trial, 0.5)
    assert [trial.state for trial in tt.Study(path).trials] == ["pending", "complete"]
    assert second.to_bytes() == tt.Study(path).to_bytes()


def test_a_thread_that_waits_while_a_study_is_closed_gets_an_error(path):
    study = tt.Study(path, SPACE, **OPTIONS)
    trial, errors = study.ask(), []
    started = threading.Event()

    def tell():
        started.set()
        try:
            study.tell(trial, 0.5)
        except tt.StudyError as error:
            errors.append(str(error))

    thread = threading.Thread(target=tell, daemon=True)
    with study._session._lock:
        thread.start()
        started.wait()
        # Meanwhile the thread checks that the study is open and waits for the lock.
        thread.join(0.05)
        study.close()
    thread.join(10.0)
    assert not thread.is_alive()
    assert len(errors) == 1
    assert "is closed" in errors[0]


def test_an_interrupt_just_after_locking_releases_the_lock(path, monkeypatch):
    study, other = (tt.Study(path, SPACE, **OPTIONS) for _ in range(2))
    interrupt(monkeypatch, Database, "_begin", call=study.ask)
    assert not study._session._database._connection.in_transaction
    assert (other.ask().id, study.ask().id) == (0, 1)


def test_an_interrupted_creation_leaves_an_empty_study(path, monkeypatch):
    database = Database(path, "off", read_only=False)
    interrupt(monkeypatch, schema, "create", call=database.create)
    assert not database._connection.in_transaction
    assert len(tt.Study(path, SPACE, **OPTIONS)) == 0


def test_others_can_write_while_the_environment_is_collected(path, monkeypatch):
    study, other = (tt.Study(path, SPACE, **OPTIONS) for _ in range(2))
    other.ask()
    ids = []

    def slow_environment():
        ids.append(other.ask().id)
        return environment.environment()

    monkeypatch.setattr("tanteo.study.session.environment", slow_environment)
    monkeypatch.setattr("tanteo.study.connection.PATIENCE", 0.0)
    assert (study.ask().id, study.ask().id, ids) == (2, 3, [1])
    assert len(study.environments) == 2
