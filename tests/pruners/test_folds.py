"""What stops a trial that reports folds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0)}
HARD = np.array([0.0, 3.0, -2.0, 1.0, -1.0, 2.5, -0.5, 0.7])


def search(pruner: Any = "auto", **options: Any) -> tt.Optimizer:
    return tt.Optimizer(SPACE, sampler="random", seed=0, pruner=pruner, **options)


def told(opt: tt.Optimizer, folds: Any) -> tt.Trial:
    trial = opt.ask()
    for fold, value in enumerate(folds):
        trial.report_fold(fold, float(value))
    opt.tell(trial)
    return trial


def run(opt: tt.Optimizer, folds: Any) -> int:
    """Report fold after fold as long as the trial may go on; return how many were measured."""
    trial = opt.ask()
    for fold in opt.fold_order(len(folds)):
        trial.report_fold(fold, float(folds[fold]))
        if len(opt.trials[trial.id].folds) < len(folds) and trial.should_prune():
            opt.tell(trial, state="pruned")
            return len(opt.trials[trial.id].folds)
    opt.tell(trial)
    return len(folds)


def measured(rng: np.random.Generator, quality: float, noise: float = 0.2) -> np.ndarray:
    """Eight folds, some harder than others for everybody."""
    return quality + HARD + noise * rng.standard_normal(8)


def test_a_trial_whose_mean_would_equal_the_best_is_seldom_stopped():
    """The looks of a trial share a level of .05, which is 20 of 400, with a deviation of 4.4."""
    stopped = 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        opt = search()
        for quality in (0.0, 0.5, 1.0, 1.5, 2.0):
            told(opt, measured(rng, quality))
        folds = measured(rng, 0.0)
        stopped += run(opt, folds - folds.mean() + opt.best.value) < 8
    assert 3 <= stopped <= 33


def test_a_worse_trial_is_stopped_at_its_second_fold():
    """However far apart the folds themselves are."""
    rng = np.random.default_rng(1)
    opt = search()
    for quality in (0.0, 0.2, 0.4):
        told(opt, measured(rng, quality, 0.05))
    assert [run(opt, measured(rng, 1.0, 0.05)) for _ in range(20)] == [2] * 20
    assert run(opt, measured(rng, -0.5, 0.05)) == 8


def test_the_reason_tells_the_chance_in_the_sense_of_the_user():
    opt = search(direction="maximize")
    for quality in (10.0, 9.0, 8.0):
        told(opt, [quality, quality + 2.0, quality - 1.0])
    trial = opt.ask()
    trial.report_fold(0, 4.0)
    assert trial.should_prune().reason == "fewer than two folds are shared with the best trials, or all of them"
    trial.report_fold(1, 6.5)
    decision = trial.should_prune()
    assert decision
    assert decision.reason.startswith("2 of 3 folds: expected to end at 4.5833 ± ")
    assert decision.reason.endswith(" to beat the best trial 0, stops below 3.8 %")


def test_until_three_trials_are_complete_the_rule_is_forgiving():
    opt = search()
    told(opt, [1.0, 4.0, 1.0])
    trial = opt.ask()
    trial.report_fold(0, 3.9)
    assert not trial.should_prune()
    trial.report_fold(1, 4.3)
    decision = trial.should_prune()
    assert decision
    assert decision.reason == "the mean so far, 4.1000, is worse than the worst fold of the best trial 0, 4.0000"


def first_folds(values: list[float], *, seed: int, shift: int = 0) -> list[tt.pruners.Decision]:
    """Let so many trials run at once; return what is decided of each at its first fold, numbered from ``shift`` on."""
    opt = tt.Optimizer(SPACE, sampler="random", seed=seed)
    decisions = []
    for place, (trial, value) in enumerate(zip(opt.ask(len(values)), values, strict=True)):
        trial.report_fold(place * shift, value)
        decisions.append(trial.should_prune())
    return decisions


def test_the_better_half_goes_on_before_three_trials_are_complete():
    values = [0.1 * rank for rank in range(10)]
    stopped = sum(np.array([bool(d) for d in first_folds(values, seed=seed)], int) for seed in range(60))
    # The first three have too few beside them, and a third is audited; three standard deviations of 60 draws.
    assert all(stopped[:3] == 0)
    assert all(abs(stopped[3:] - 40) <= 11)
    assert not any(first_folds(values[::-1], seed=0)), "each was the best so far"
    reasons = [decision.reason for decision in first_folds(values, seed=1) if decision]
    assert any(reason.endswith("over the same folds (1), before three trials are complete") for reason in reasons)


def test_trials_are_ranked_over_folds_that_they_share():
    assert not any(first_folds([0.1 * rank for rank in range(10)], seed=1, shift=1))


def test_without_complete_trials_and_beside_other_values_nothing_is_stopped():
    opt = search()
    trial = opt.ask()
    trial.report_fold(0, 1e9)
    assert not trial.should_prune()
    opt.observe({"x": 0.5}, 0.0)
    assert not trial.should_prune()


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_fold_that_is_not_finite_decides_at_once(value):
    trial = search().ask()
    trial.report_fold(2, value)
    assert trial.should_prune()


def test_folds_that_are_no_others_are_compared_with_none():
    opt = search()
    for quality in (0.0, 1.0, 2.0):
        told(opt, [quality, quality, quality])
    trial = opt.ask()
    for fold in (7, 8, 9):
        trial.report_fold(fold, 100.0)
    assert not trial.should_prune()


def test_other_pruners_see_the_mean_so_far():
    opt = search(tt.pruners.Threshold(upper=2.0))
    trial = opt.ask()
    trial.report_fold(5, 1.5)
    assert not trial.should_prune()
    trial.report_fold(2, 3.5)
    assert trial.should_prune().reason == "2.5 at step 2 is outside the bounds"


def test_wilcoxon_pairs_folds_by_their_number():
    """In the order of the reports the trial looks better at every place; fold by fold it is worse."""
    opt = search(tt.pruners.Wilcoxon(p_threshold=0.1))
    told(opt, [1.0, 2.0, 3.0, 4.0, 5.0])
    trial = opt.ask()
    for fold, value in [(0, 1.1), (1, 2.2), (2, 3.3), (3, 4.4)]:
        trial.report_fold(fold, value)
    assert trial.should_prune().reason.startswith("the mean so far is better")
    trial.report_fold(4, 5.5)
    assert trial.should_prune().reason == "worse than the best trial 0 at 5 shared steps with p = 0.031"


def test_a_pruner_of_ones_own_sees_folds():
    class Worst:
        def decide(self, reports):
            return max(value for _, value in reports.curves[reports.trial].folds) > 2.0

    trial = search(Worst()).ask()
    trial.report_fold(0, 1.0)
    assert not trial.should_prune()
    trial.report_fold(1, 3.0)
    assert trial.should_prune()


def test_stopped_trials_tell_the_model_where_not_to_look():
    """With folds that differ by ten times as much as trials do, two folds are enough to learn from."""
    opt = tt.Optimizer(SPACE, sampler="gp", seed=0)
    rng = np.random.default_rng(0)
    for _ in range(25):
        trial = opt.ask()
        folds = measured(rng, (trial.params["x"] - 0.7) ** 2, 0.02)
        for fold in opt.fold_order(8):
            trial.report_fold(fold, float(folds[fold]))
            if trial.should_prune():
                opt.tell(trial, state="pruned")
                break
        else:
            opt.tell(trial)
    stopped = [trial for trial in opt.trials if trial.state == "pruned"]
    assert len(stopped) >= 8
    assert abs(opt.recommend().params["x"] - 0.7) < 0.15
