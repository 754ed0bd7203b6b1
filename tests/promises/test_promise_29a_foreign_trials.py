"""Promise 29: a trial belongs to its search, and other searches refuse it.

Every kind of copy of a search accepts the trials that the search had suggested before.
"""

import copy
import os
import pickle

import pytest

import tanteo as tt
from support.processes import python_json

SPACE = {"x": tt.Float(0.0, 1.0, default=0.5), "c": tt.Categorical(["a", "b"], default="a")}

CALLS = {
    "tell": lambda opt, trial: opt.tell(trial, 1.0),
    "tell with a reason": lambda opt, trial: opt.tell(trial, state="failed", reason="no"),
    "report": lambda opt, trial: opt.report(trial, 1, 0.5),
    "should_prune": lambda opt, trial: opt.should_prune(trial),
    "retract": lambda opt, trial: opt.retract(trial),
    "explain": lambda opt, trial: opt.explain(trial),
    "tell_constraints": lambda opt, trial: opt.tell_constraints(trial, {"c": 1.0}),
    "infeasible": lambda opt, trial: opt.infeasible(trial),
    "set_attr": lambda opt, trial: opt.set_attr(trial, "a", 1),
}
WAYS = {
    "bytes": lambda opt: tt.Optimizer.from_bytes(opt.to_bytes()),
    "pickle": lambda opt: pickle.loads(pickle.dumps(opt)),
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
}


def search(seed=0, n=3, **options):
    """Return a search with pending trials and one result."""
    opt = tt.Optimizer(SPACE, seed=seed, sampler="random", **options)
    opt.ask(n)
    opt.tell(0, 0.25)
    return opt


def assert_refused(opt, trial, call):
    snapshot = opt.to_bytes()
    with pytest.raises(tt.UnknownTrialError, match=r"trial \d+ belongs to another search"):
        call(opt, trial)
    assert opt.to_bytes() == snapshot


@pytest.mark.parametrize("call", CALLS)
def test_promise_29_a_trial_of_another_search_is_refused(call):
    ours, theirs = search(seed=1), search(seed=2)
    trial = theirs.pending[-1]
    for foreign in (trial, pickle.loads(pickle.dumps(trial)), copy.copy(trial), theirs.trials[trial.id]):
        assert_refused(ours, foreign, CALLS[call])
    assert_refused(ours, theirs.best, CALLS[call])
    assert_refused(ours, pickle.loads(pickle.dumps(theirs.best)), CALLS[call])


@pytest.mark.parametrize("call", CALLS)
def test_promise_29_trials_of_an_equal_search_are_refused(call):
    ours, theirs = search(), search()
    assert ours.to_bytes() == theirs.to_bytes()
    for trial in (theirs.pending[0], pickle.loads(pickle.dumps(theirs.pending[0])), theirs.best):
        assert_refused(ours, trial, CALLS[call])


def test_promise_29_a_refused_trial_can_still_be_told_to_its_own_search():
    ours, theirs = search(), search()
    trial = theirs.pending[0]
    assert_refused(ours, trial, CALLS["tell"])
    theirs.tell(trial, 1.0)
    assert theirs.trials[trial.id].value == 1.0


@pytest.mark.parametrize("way", WAYS)
def test_promise_29_copies_accept_earlier_trials(way):
    opt = search()
    trial, other = opt.pending
    copied = WAYS[way](opt)
    copied.report(trial, 1, 0.5)
    copied.tell(trial, 1.0)
    copied.tell(pickle.loads(pickle.dumps(other)), 2.0)
    copied.retract(copied.trials[trial.id])
    assert (copied.trials[trial.id].state, copied.trials[other.id].value) == ("pending", 2.0)
    opt.tell(trial, 3.0)
    assert opt.best.id == 0


@pytest.mark.parametrize("way", WAYS)
def test_promise_29_copies_refuse_foreign_trials(way):
    copied = WAYS[way](search(seed=1))
    assert_refused(copied, search(seed=2).pending[0], CALLS["tell"])
    if way != "bytes":
        assert_refused(copied, search(seed=1).pending[0], CALLS["tell"])


def test_promise_29_a_loaded_search_refuses_an_equal_configuration_of_another_seed():
    """Equal searches have equal bytes, but another seed is detected even if the configuration is the same."""
    opt = tt.Optimizer(SPACE, seed=1)
    opt.ask()
    other = tt.Optimizer(SPACE, seed=2)
    trial = other.ask()
    assert trial.params == opt.pending[0].params == {"x": 0.5, "c": "a"}
    assert_refused(tt.Optimizer.from_bytes(opt.to_bytes()), trial, CALLS["tell"])


def test_promise_29_a_trial_of_a_diverged_copy_is_refused():
    opt = search()
    copied = tt.Optimizer.from_bytes(opt.to_bytes())
    opt.enqueue({"x": 0.125})
    copied.enqueue({"x": 0.875})
    opt.ask()
    assert_refused(opt, copied.ask(), CALLS["tell"])


def test_promise_29_a_search_loaded_in_another_process_accepts_its_trials(tmp_path):
    opt = search()
    opt.save(tmp_path / "search")
    pickled = pickle.dumps([opt.pending[0], search(seed=5).pending[0]]).hex()
    code = f"""
import json, pickle, tanteo as tt
opt = tt.Optimizer.load({str(tmp_path / "search")!r})
ours, theirs = pickle.loads(bytes.fromhex({pickled!r}))
opt.tell(ours, 1.0)
try:
    opt.tell(theirs, 2.0)
except tt.UnknownTrialError:
    print(json.dumps([trial.value for trial in opt.trials]))
"""
    assert python_json(code) == [0.25, 1.0, None]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork needs POSIX")
def test_promise_29_a_forked_copy_accepts_earlier_trials():
    code = """
import json, os, sys, tanteo as tt
opt = tt.Optimizer({"x": tt.Float(0, 1)}, seed=0, sampler="random")
trial = opt.ask()
if os.fork() == 0:
    opt.tell(trial, 1.0)
    os._exit(7 if opt.best.value == 1.0 else 1)
print(json.dumps(os.waitstatus_to_exitcode(os.wait()[1])))
"""
    assert python_json(code) == 7


def test_promise_29_changed_params_do_not_affect_the_membership_of_a_trial():
    opt = search()
    trial = opt.pending[0]
    trial.params.clear()
    opt.tell(pickle.loads(pickle.dumps(trial)), 1.0)
    assert opt.trials[trial.id].value == 1.0


def test_promise_29_plain_ids_are_accepted():
    opt = search()
    opt.tell(1, 1.0)
    opt.tell(search().pending[1].id, 2.0)
    assert [trial.value for trial in opt.trials] == [0.25, 1.0, 2.0]


def test_promise_29_a_trial_of_a_longer_search_is_unknown():
    longer = search(n=5)
    with pytest.raises(tt.UnknownTrialError, match="trial 4 is unknown: ids run from 0 to 2 here"):
        search().tell(longer.pending[-1], 1.0)


def test_promise_29_a_pickled_trial_is_small():
    """What a pickle holds in addition to id and params does not grow with the space."""
    space = {f"p{k}": tt.Float(0.0, 1.0) for k in range(100)}
    trial = tt.Optimizer(space, seed=0).ask()
    assert len(pickle.dumps(trial)) - len(pickle.dumps((trial.id, trial.params))) < 100
