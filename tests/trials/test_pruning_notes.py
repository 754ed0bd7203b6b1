"""What a search knows of stopping its trials, in every copy of it."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable

import pytest

import tanteo as tt
from tanteo.pruners.user_objects import UserObjects
from tanteo.snapshots import write_snapshot

SPACE = {"x": tt.Float(0.0, 1.0)}
COPIES: dict[str, Callable[[tt.Optimizer], tt.Optimizer]] = {
    "bytes": lambda opt: tt.Optimizer.from_bytes(opt.to_bytes()),
    "deepcopy": copy.deepcopy,
    "pickle": lambda opt: pickle.loads(pickle.dumps(opt)),
    "bytes of bytes": lambda opt: tt.Optimizer.from_bytes(tt.Optimizer.from_bytes(opt.to_bytes()).to_bytes()),
}


def with_worse_trial(n_folds: int) -> tuple[tt.Optimizer, tt.Trial]:
    """Return a search, and a pending trial that reported the first folds and is worse than all others."""
    opt = tt.Optimizer(SPACE, sampler="random", pruner="median", seed=0)
    for k in range(12):
        trial = opt.ask()
        for fold in trial.fold_order(5):
            trial.report_fold(fold, 0.1 * k)
        opt.tell(trial)
    trial = opt.ask()
    for fold in trial.fold_order(5)[:n_folds]:
        trial.report_fold(fold, 100.0)
    return opt, trial


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_a_copy_decides_as_its_original_does(duplicate):
    for n_folds, expected in [(4, True), (5, False)]:
        opt, trial = with_worse_trial(n_folds)
        original, copied = opt.should_prune(trial), duplicate(opt).should_prune(trial.id)
        assert bool(original) is expected
        assert (copied.stop, copied.reason) == (original.stop, original.reason)


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_a_copy_warns_of_missing_folds_too(duplicate):
    opt, trial = with_worse_trial(1)
    with pytest.warns(RuntimeWarning, match=r"Trial 12 is complete with 1 of the 5 folds of fold_order\(5\)"):
        duplicate(opt).tell(trial.id)


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_a_copy_knows_why_a_trial_should_stop(duplicate):
    opt, trial = with_worse_trial(1)
    reason = opt.should_prune(trial).reason
    copied = duplicate(opt)
    copied.tell(trial.id, state="pruned")
    assert copied.trials[trial.id].reason == reason == "rank 13 of 13 at step 1"


def test_only_the_latest_decision_on_a_pending_trial_is_kept():
    opt = tt.Optimizer(SPACE, pruner=tt.pruners.Threshold(upper=1.0), seed=0)
    first, second = opt.ask(2)
    first.report(1, 2.0)
    assert first.should_prune()
    opt.tell(first, 2.0)
    opt.retract(first)
    opt.tell(first, state="pruned")
    assert opt.trials[0].reason is None, "what was decided before the first result was told is forgotten"
    second.report(1, 2.0)
    assert second.should_prune()
    assert b'"pruning": {"stops": [[1, "2 at step 1 is outside the bounds"]]}' in opt.to_bytes()
    second.report(2, 0.5)
    assert not second.should_prune()
    assert b"stops" not in opt.to_bytes()


@pytest.mark.parametrize(
    "notes",
    [
        [5],
        {"fold_orders": 5},
        {"fold_orders": ["5"]},
        {"fold_orders": [-1]},
        {"stops": {"0": "a reason"}},
        {"stops": [[0, None]]},
        {"stops": [[0, "a reason", 1]]},
        {"stops": [[True, "a reason"]]},
    ],
    ids=json.dumps,
)
def test_damaged_notes_are_refused(notes):
    opt = tt.Optimizer(SPACE, seed=0)
    data = write_snapshot(opt._core, opt.space, UserObjects(), None, notes)
    with pytest.raises(tt.exceptions.SnapshotError, match="the notes on stopping trials cannot be read"):
        tt.Optimizer.from_bytes(data)
