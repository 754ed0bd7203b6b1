"""The reference optimizer passes all checks, and each of its mutants fails the checks listed for it."""

from __future__ import annotations

import os
import threading

import pytest

from support.mutants import MUTANTS, DrawsInOrderOfNames, LeavesAThread
from support.programs import run_program
from support.reference import Reference
from tanteo.testing import Failure, all_checks, check, parametrize_with_checks

CHECKS = {registered.name: registered for registered in all_checks()}


@parametrize_with_checks([Reference])
def test_the_reference_passes(factory, check):
    check(factory)


@pytest.fixture(autouse=True)
def restored(monkeypatch, tmp_path):
    """Undo what a mutant changes in the process, and keep its files in a temporary folder."""
    monkeypatch.chdir(tmp_path)
    LeavesAThread.end.clear()
    monkeypatch.setenv("OMP_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "2"))
    yield
    LeavesAThread.end.set()


@pytest.mark.parametrize(
    ("mutant", "caught_by"), [(name, check_name) for name, (_, checks) in MUTANTS.items() for check_name in checks]
)
def test_a_mutant_is_caught(mutant, caught_by, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda arguments: None)  # programs with threads raise in them
    with pytest.raises(Failure) as raised:
        CHECKS[caught_by](MUTANTS[mutant][0])
    assert raised.value.reason
    assert raised.value.program
    assert " at 0x" not in str(raised.value), "an address says nothing"
    try:
        run_program(raised.value.program, MUTANTS[mutant][0])
    except (NameError, SyntaxError):
        raise
    except BaseException:  # what the mutant raises, a panic for one of them
        pass


def test_a_sampler_may_draw_in_the_order_of_the_names():
    CHECKS["check_names_change_nothing"](DrawsInOrderOfNames)


class HistoryCutToAHundred(Reference):
    @property
    def trials(self):
        return super().trials[-100:]


def test_a_history_cut_to_a_hundred_is_found_in_the_default_profile():
    check = CHECKS["check_many_trials"]
    check(HistoryCutToAHundred)
    with pytest.raises(Failure, match="120 trials were told, 100 are kept"):
        check(HistoryCutToAHundred, profile="default")


def test_there_are_at_least_forty_mutants():
    assert len(MUTANTS) >= 40


def test_every_check_catches_a_mutant():
    assert {check_name for _, checks in MUTANTS.values() for check_name in checks} == set(CHECKS)


def passing_check(subject):
    """Nothing is wrong."""


def test_a_check_needs_a_docstring_and_capabilities_that_exist():
    with pytest.raises(ValueError, match="docstring"):
        check("valid")(lambda subject: None)
    with pytest.raises(ValueError, match="flight"):
        check("valid", "flight")(passing_check)
