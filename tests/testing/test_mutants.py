"""The checks cannot be fooled: the reference optimizer passes all of them, each of its mutants is caught by name."""

from __future__ import annotations

import os

import pytest

from support.mutants import MUTANTS, LeavesAThread
from support.reference import Reference
from tanteo.testing import Failure, all_checks, check, parametrize_with_checks

CHECKS = {one.name: one for one in all_checks()}


@parametrize_with_checks([Reference])
def test_the_reference_passes(factory, check):
    check(factory)


@pytest.fixture(autouse=True)
def restored(monkeypatch, tmp_path):
    """What a mutant changes in the process ends with its test, and its files lie where nobody looks."""
    monkeypatch.chdir(tmp_path)
    LeavesAThread.end.clear()
    monkeypatch.setenv("OMP_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "2"))
    yield
    LeavesAThread.end.set()


@pytest.mark.parametrize(
    ("mutant", "caught_by"), [(name, caught) for name, (_, checks) in MUTANTS.items() for caught in checks]
)
def test_a_mutant_is_caught(mutant, caught_by):
    with pytest.raises(Failure) as caught:
        CHECKS[caught_by](MUTANTS[mutant][0])
    assert caught.value.reason
    assert caught.value.program


def test_there_are_mutants_enough():
    assert len(MUTANTS) >= 40


def test_every_check_is_known_to_be_able_to_fail():
    assert {caught for _, checks in MUTANTS.values() for caught in checks} == set(CHECKS)


def restless(subject):
    """Nothing is wrong."""


def test_a_check_needs_a_docstring_and_capabilities_that_exist():
    with pytest.raises(ValueError, match="docstring"):
        check("valid")(lambda subject: None)
    with pytest.raises(ValueError, match="flight"):
        check("valid", "flight")(restless)
