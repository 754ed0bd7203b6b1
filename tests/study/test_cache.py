"""The state is cached in parts, within the transactions of later operations."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import pairwise

import pytest

import tanteo as tt
from tanteo.study import cache, check

SPACE = {"x": tt.Float(0.0, 1.0)}


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "_LEAST", 20)
    monkeypatch.setattr(cache, "_PART", 500)
    return tmp_path / "study.db"


def opened(path):
    return tt.Study(path, SPACE, seed=0, sampler="random", durability="off")


def rows(study, what):
    return study._session.rows(f"SELECT {what}")


def test_no_operation_writes_more_than_a_part(path):
    with opened(path) as study:
        lengths, n_parts = set(), [0]
        for _ in range(60):
            study.tell(study.ask(), 1.0)
            n_parts.append(rows(study, "count(*) FROM part")[0][0])
            lengths |= {length for (length,) in rows(study, "length(content) FROM part")}
        assert max(lengths) == 500
        # Two operations a round.
        assert max(later - earlier for earlier, later in pairwise(n_parts)) <= 2
        assert rows(study, "count(*) FROM snapshot") == [(1,)]
        ((seq,),) = rows(study, "seq FROM snapshot")
    assert 0 < seq < 120
    assert check(path) == []
    assert len(opened(path)) == 60


def test_a_state_that_was_not_finished_is_ignored(path):
    study = opened(path)
    while not rows(study, "count(*) FROM part")[0][0]:
        study.tell(study.ask(), 1.0)
    assert rows(study, "count(*) FROM snapshot") == [(0,)]
    # As after a kill.
    assert [trial.value for trial in tt.Study(path, read_only=True).trials] == [1.0] * len(study)
    study.close()
    assert check(path) == []


def test_closing_finishes_what_was_begun(path):
    with opened(path) as study:
        while not rows(study, "count(*) FROM part")[0][0]:
            study.tell(study.ask(), 1.0)
    with opened(path) as study:
        assert rows(study, "count(*) FROM snapshot") == [(1,)]
        assert study._session._cached_seq > 0


def make_with_a_state_of_another_version(path):
    with opened(path) as study:
        for _ in range(40):
            study.tell(study.ask(), 1.0)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("UPDATE snapshot SET sum = sum + 1")


def test_a_state_of_another_version_is_replaced(path):
    make_with_a_state_of_another_version(path)
    with opened(path) as study:
        assert cache.read(study._session._database) is None
        study.tell(study.ask(), 1.0)
    with opened(path) as study:
        assert cache.read(study._session._database).seq > 80


def test_opening_a_study_with_a_state_of_another_version_writes_nothing(path):
    make_with_a_state_of_another_version(path)
    n_parts = []
    for _ in range(3):
        with opened(path) as study:
            n_parts.append(rows(study, "count(*) FROM part"))
    assert n_parts == [n_parts[0]] * 3


def test_a_damaged_page_of_the_cache_disturbs_no_operation(path):
    with opened(path) as study:
        for _ in range(40):
            study.tell(study.ask(), 1.0)
    with closing(sqlite3.connect(path)) as file:
        ((page,),) = file.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'snapshot'")
        ((size,),) = file.execute("PRAGMA page_size")
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 8)
    with opened(path) as study:
        for _ in range(60):
            study.tell(study.ask(), 1.0)
    with opened(path) as study:
        assert [trial.value for trial in study.trials] == [1.0] * 100


def test_two_processes_do_not_write_the_same_state(path, monkeypatch):
    # Written before the next one is due.
    monkeypatch.setattr(cache, "_PART", 4000)
    first, second = opened(path), opened(path)
    for _ in range(40):
        first.tell(first.ask(), 1.0)
        second.tell(second.ask(), 2.0)
    assert len(rows(first, "DISTINCT name FROM part")) <= 2
    first.close()
    second.close()
    assert check(path) == []
    with opened(path) as study:
        assert study._session._cached_seq > 0
        assert len(rows(study, "DISTINCT name FROM part")) == 1


def test_a_damaged_number_of_a_part_disturbs_no_operation(path):
    with opened(path) as study:
        with study._session.change():
            study._session.execute("INSERT INTO part (seq, name, content) VALUES ('text', 1, x'00')", ())
        for _ in range(30):
            study.tell(study.ask(), 1.0)
    assert len(opened(path)) == 30
