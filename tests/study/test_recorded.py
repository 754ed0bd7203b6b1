"""Nothing changes the core of a study without a row in its log."""

import inspect

import pytest

import tanteo as tt
from tanteo._core import CoreOptimizer
from tanteo.study.recorded import INTERNAL, READS, RecordedCore

METHODS = {name for name in dir(CoreOptimizer) if not name.startswith("_")}
WRITES = {name for name in vars(RecordedCore) if not name.startswith("_")}


def unclassified(methods):
    """Return the methods that are not in exactly one class."""
    return {name for name in methods if sum(name in each for each in (READS, INTERNAL, WRITES)) != 1}


def test_every_method_of_the_core_is_a_read_a_write_or_internal():
    assert unclassified(METHODS) == set()
    assert READS | INTERNAL | WRITES == METHODS, "and no class has a method that the core lacks"


def test_a_new_method_is_reported():
    assert unclassified({*METHODS, "forget"}) == {"forget"}


@pytest.mark.parametrize("name", sorted(WRITES - {"seed"}))
def test_a_write_has_the_parameters_of_the_core(name):
    ours, theirs = (list(inspect.signature(getattr(kind, name)).parameters) for kind in (RecordedCore, CoreOptimizer))
    assert ours == theirs


@pytest.fixture
def study(tmp_path):
    with tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1)}, seed=0, pausing=True, durability="off") as study:
        study.tell(study.ask(), 0.5)
        study.ask()
        yield study


@pytest.mark.parametrize("name", sorted(INTERNAL | {"forget"}))
def test_what_is_not_recorded_cannot_be_called(study, name):
    with pytest.raises(AttributeError, match=f"has no '{name}', which would change it without a row of the log"):
        getattr(study._core, name)


READ_CALLS = {
    "ablation": None,
    "budget": None,
    "check_enqueue": ([0.5], 0),
    "expected_gain": (2, 0),
    "explain": (0,),
    "fanova": (0,),
    "fold_order": (3,),
    "handed_out": (0,),
    "ped_anova": (0, None),
    "predict": ([[0.5]], 0),
    "is_cancelled": (0,),
    "should_prune": (1,),
    "snapshot": (b"",),
    "state": (0,),
    "trial": (0,),
}


@pytest.mark.parametrize("name", sorted(READS))
def test_a_read_changes_nothing(study, name):
    """The history, what is pending, and the next suggestion are the same afterwards."""
    before = study._core.snapshot(b"")
    arguments = READ_CALLS.get(name, ())
    if arguments is not None:
        getattr(study._core, name)(*arguments)
    assert study._core.snapshot(b"") == before
