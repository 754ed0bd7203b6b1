"""Values reported fold by fold: in any order, paired by the number of the fold, summarized by their mean."""

from __future__ import annotations

import copy
import math
import pickle
import random

import numpy as np
import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0)}


def start_trial(**options) -> tuple[tt.Optimizer, tt.Trial]:
    opt = tt.Optimizer(SPACE, sampler="random", seed=1, **options)
    return opt, opt.ask()


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_the_mean_of_the_folds_is_the_value_and_its_running_mean_the_curve(direction):
    opt, trial = start_trial(direction=direction)
    for fold, value in [(4, 1.0), (0, 2.0), (2, 6.0)]:
        trial.report_fold(fold, value)
    opt.tell(trial)
    best = opt.best
    assert (best.value, best.replicates) == (3.0, ((2.0, 6.0, 1.0),))
    assert best.sem == tt.Replicates([2.0, 6.0, 1.0]).sem
    assert dict(best.steps) == {1: 1.0, 2: 1.5, 3: 3.0}
    assert list(best.folds.items()) == [(4, 1.0), (0, 2.0), (2, 6.0)]


def test_a_told_value_takes_precedence_over_the_folds():
    opt, trial = start_trial()
    trial.report_fold(0, 1.0)
    opt.tell(trial, 5.0)
    assert (opt.best.value, opt.best.sem, opt.best.replicates) == (5.0, None, None)
    assert dict(opt.best.folds) == {0: 1.0}


def test_a_repeated_report_changes_nothing_and_another_value_is_refused():
    opt, trial = start_trial(direction="maximize")
    trial.report_fold(3, 0.5)
    trial.report_fold(4, math.nan)
    snapshot = opt.to_bytes()
    trial.report_fold(3, 0.5)
    trial.report_fold(4, math.nan)
    with pytest.raises(tt.ArgumentError, match=r"fold 3 of trial 0 was reported with 0\.5 before; 0\.25 is not taken"):
        trial.report_fold(3, 0.25)
    assert opt.to_bytes() == snapshot


def test_a_trial_reports_folds_or_steps():
    opt, trial = start_trial()
    trial.report_fold(3, 0.5)
    with pytest.raises(tt.ArgumentError, match="report_fold"):
        trial.report(1, 0.5)
    other = opt.ask()
    other.report(1, 0.5)
    with pytest.raises(tt.ArgumentError, match=r"trial \d+ reports steps, .* call report for it, not report_fold"):
        other.report_fold(1, 0.5)


@pytest.mark.parametrize(("fold", "value"), [(-1, 0.5), (2**63, 0.5), (0.5, 0.5), ("a", 0.5), (0, "a"), (0, -math.inf)])
def test_an_invalid_fold_or_value_is_refused(fold, value):
    opt, trial = start_trial()
    snapshot = opt.to_bytes()
    with pytest.raises(tt.ArgumentError):
        trial.report_fold(fold, value)
    assert opt.to_bytes() == snapshot


def test_folds_need_one_objective_and_a_pending_trial():
    opt = tt.Optimizer(SPACE, directions=["minimize", "minimize"], seed=1)
    with pytest.raises(tt.ArgumentError, match="single objective"):
        opt.report_fold(opt.ask(), 0, 0.5)
    opt, trial = start_trial()
    opt.tell(trial, 0.5)
    with pytest.raises(tt.TrialStateError):
        opt.report_fold(trial, 0, 0.5)
    with pytest.raises(tt.UnknownTrialError):
        opt.report_fold(7, 0, 0.5)


@pytest.mark.parametrize("values", [{"loss": 1.0, "price": 2.0}, [1.0, 2.0], (1.0, 2.0), np.array([1.0, 2.0])])
def test_several_values_of_a_fold_are_refused_for_their_objectives(values):
    opt = tt.Optimizer(SPACE, seed=0, directions={"loss": "minimize", "price": "minimize"})
    with pytest.raises(tt.ArgumentError, match="folds need a single objective; this search has 2"):
        opt.ask().report_fold(0, values)
    options = {"directions": opt.directions, "n_trials": 1, "n_workers": 2, "progress": False}
    with pytest.warns(RuntimeWarning, match="folds need a single objective"):
        tt.minimize(lambda _, trial: trial.report_fold(0, values), SPACE, **options)


def folds(opt: tt.Optimizer, n: int, order: int = 5) -> tt.Trial:
    """Return a trial that reported the first ``n`` folds of its order."""
    trial = opt.ask()
    for fold in trial.fold_order(order)[:n]:
        trial.report_fold(fold, 1.0)
    return trial


def test_the_first_trial_that_is_complete_with_fewer_folds_than_its_order_is_named(recwarn):
    opt = tt.Optimizer(SPACE, sampler="random", seed=1)
    opt.tell(folds(opt, 5))
    opt.tell(folds(opt, 1), state="pruned")
    opt.tell(folds(opt, 1), 0.5)
    assert not recwarn.list, "of whole trials, stopped ones and told values"
    opt.tell(folds(opt, 1))
    opt.tell(folds(opt, 2))
    (warning,) = recwarn.list
    missing = sorted(opt.fold_order(5)[1:])
    assert str(warning.message).startswith(
        f"Trial 3 is complete with 1 of the 5 folds of fold_order(5), without {missing}"
    )
    assert warning.filename == __file__


def test_a_trial_with_all_folds_of_its_own_order_is_not_short_by_that_of_another(recwarn):
    opt = tt.Optimizer(SPACE, sampler="random", seed=1)
    whole, short = folds(opt, 3, order=3), folds(opt, 4, order=5)
    opt.tell(whole)
    assert not recwarn.list
    opt.tell(short)
    (warning,) = recwarn.list
    assert str(warning.message).startswith("Trial 1 is complete with 4 of the 5 folds of fold_order(5)")


def test_a_refused_result_does_not_use_up_the_warning_of_missing_folds(recwarn):
    opt = tt.Optimizer(SPACE, sampler="random", seed=1)
    stopped = folds(opt, 1)
    opt.tell(stopped, state="pruned")
    with pytest.raises(tt.TrialStateError):
        opt.tell(stopped)
    assert not recwarn.list
    opt.tell(folds(opt, 1))
    assert len(recwarn.list) == 1


def test_a_trial_without_a_value_or_a_valid_fold_fails():
    opt, trial = start_trial()
    opt.tell(trial)
    assert opt.trials[0].state == "failed"
    trial = opt.ask()
    trial.report_fold(0, math.nan)
    opt.tell(trial)
    assert opt.trials[1].state == "failed"


def test_a_pruned_trial_keeps_its_folds_and_has_their_mean():
    opt, trial = start_trial()
    trial.report_fold(1, 1.0)
    trial.report_fold(0, 2.0)
    opt.tell(trial, state="pruned")
    pruned = opt.trials[0]
    assert (pruned.state, pruned.value, dict(pruned.folds)) == ("pruned", 1.5, {1: 1.0, 0: 2.0})
    opt.retract(trial)
    trial.report_fold(2, 3.0)
    opt.tell(trial)
    assert opt.best.value == 2.0


def test_folds_are_saved_copied_and_pickled():
    opt, trial = start_trial()
    trial.report_fold(1, 1.0)
    trial.report_fold(0, 2.0)
    for copied in (copy.deepcopy(opt), pickle.loads(pickle.dumps(opt)), tt.Optimizer.from_bytes(opt.to_bytes())):
        assert dict(copied.trials[0].folds) == {1: 1.0, 0: 2.0}
        copied.tell(0)
        assert copied.best.value == 1.5
    frozen = pickle.loads(pickle.dumps(opt.trials[0]))
    assert frozen == opt.trials[0]
    assert dict(frozen.folds) == {1: 1.0, 0: 2.0}


def test_all_trials_of_a_search_share_one_random_order_of_folds():
    orders = {seed: tt.Optimizer(SPACE, seed=seed).fold_order(10) for seed in range(200)}
    assert all(sorted(order) == list(range(10)) for order in orders.values())
    # Each fold comes first about equally often: 20 times, with a standard deviation of 4.2.
    firsts = [sum(order[0] == fold for order in orders.values()) for fold in range(10)]
    assert min(firsts) >= 5
    assert max(firsts) <= 38
    opt, trial = start_trial()
    shared = opt.fold_order(5)
    opt.tell(trial, 1.0)
    assert opt.ask().fold_order(5) == shared == start_trial()[0].fold_order(5)
    assert opt.fold_order(1) == [0]
    for invalid in (0, -1, 2.5, 2**30, "a"):
        with pytest.raises(tt.ArgumentError):
            opt.fold_order(invalid)


def test_trials_stopped_before_their_constraint_is_told_are_not_repeated():
    def error(params, trial):
        distance = abs(params["x"] - 0.5) + abs(params["y"] - 0.75)
        for fold in trial.fold_order(5):
            trial.report_fold(fold, distance + [0.0, 2.0, 0.5, 1.5, 1.0][fold])
            if trial.should_prune():
                raise tt.Pruned
        return {"value": None, "constraints": {"size": params["y"] - 0.5}}

    def n_distinct(seed):
        space = {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}
        trials = tt.minimize(error, space, n_trials=30, sampler="gp", seed=seed, progress=False).trials
        assert sum(trial.state == "pruned" for trial in trials) >= 15
        return len({(round(trial.params["x"], 2), round(trial.params["y"], 2)) for trial in trials[8:]})

    # The median of seeds 0 to 7 is 15; with any of them it is 2 if such trials teach nothing.
    assert sorted(n_distinct(seed) for seed in range(3))[1] >= 8


def test_trials_stopped_before_their_constraint_is_told_are_no_feasible_results():
    """Values of infeasible trials are clipped far below the feasible ones, of which there are none."""
    opt = tt.Optimizer({"x": tt.Float(0, 1)}, sampler="gp", seed=0)
    for trial in opt.ask(20):
        value = 100.0 + 100.0 * trial.params["x"]
        trial.report(1, value + 50.0)
        if trial.params["x"] > 0.75:
            opt.tell(trial, state="pruned")
        else:
            trial.report(2, value)
            opt.tell(trial, value, constraints={"size": 1.0})
    suggested = opt.ask()
    explained = opt.explain(suggested)
    assert explained.mean == pytest.approx(100.0 + 100.0 * suggested.params["x"], abs=10.0)
    assert explained.std is not None


class Always:
    """A pruner that stops every trial."""

    def decide(self, reports):
        return True


def test_a_trial_with_all_folds_of_its_order_is_not_stopped(tmp_path):
    study = tt.Study(tmp_path / "s.db", SPACE, pruner=Always(), seed=1)
    for opt in (tt.Optimizer(SPACE, pruner=Always(), seed=1), study):
        assert folds(opt, 4).should_prune()
        trial = folds(opt, 5)
        decision = trial.should_prune()
        assert (decision.stop, decision.pause) == (False, False)
        assert decision.reason == "all 5 folds of fold_order(5) are reported"
        opt.tell(trial, state="pruned")
        assert opt.trials[trial.id].reason is None, "the search did not stop it"


def test_a_trial_whose_number_of_folds_is_unknown_may_be_stopped():
    opt = tt.Optimizer(SPACE, pruner=Always(), seed=1)
    trial = opt.ask()
    trial.report_fold(0, 1.0)
    assert trial.should_prune()
    opt.fold_order(3)
    trial.report_fold(7, 1.0)
    assert trial.should_prune(), "these folds are of no order that was asked for"
    stepping = opt.ask()
    stepping.report(0, 1.0)
    assert stepping.should_prune()


def test_a_loop_over_all_folds_records_no_whole_trial_as_pruned():
    """Over five folds, the signed-rank test finds most trials worse than the best one only at the last fold."""

    def validate(params, trial):
        for fold in trial.fold_order(5):
            noise = random.Random(repr((params, fold))).random()
            trial.report_fold(fold, params["x"] + 2.0 * noise)
            if trial.should_prune():
                raise tt.Pruned

    for pruner in ("auto", tt.pruners.Wilcoxon()):
        result = tt.minimize(validate, SPACE, n_trials=40, pruner=pruner, seed=0)
        assert all(len(trial.folds) < 5 for trial in result.trials if trial.state == "pruned")
