"""When a trial that reports folds is stopped."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0)}
DIFFICULTY = np.array([0.0, 3.0, -2.0, 1.0, -1.0, 2.5, -0.5, 0.7])


def search(pruner: Any = "auto", **options: Any) -> tt.Optimizer:
    return tt.Optimizer(SPACE, sampler="random", seed=0, pruner=pruner, **options)


def complete(opt: tt.Optimizer, folds: Any) -> tt.Trial:
    trial = opt.ask()
    for fold, value in enumerate(folds):
        trial.report_fold(fold, float(value))
    opt.tell(trial)
    return trial


def run(opt: tt.Optimizer, folds: Any) -> int:
    """Report folds until the trial is pruned; return how many were measured."""
    trial = opt.ask()
    for fold in opt.fold_order(len(folds)):
        trial.report_fold(fold, float(folds[fold]))
        if len(opt.trials[trial.id].folds) < len(folds) and trial.should_prune():
            opt.tell(trial, state="pruned")
            return len(opt.trials[trial.id].folds)
    opt.tell(trial)
    return len(folds)


def measured(rng: np.random.Generator, quality: float, noise: float = 0.2) -> np.ndarray:
    """Return the values of eight folds, some of which are harder than others for every trial."""
    return quality + DIFFICULTY + noise * rng.standard_normal(8)


def test_a_trial_whose_mean_would_equal_the_best_is_seldom_stopped():
    """All checks of one trial share a significance level of .05: 20 of 400 trials, with a standard deviation of 4.4."""
    stopped = 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        opt = search()
        for quality in (0.0, 0.5, 1.0, 1.5, 2.0):
            complete(opt, measured(rng, quality))
        folds = measured(rng, 0.0)
        stopped += run(opt, folds - folds.mean() + opt.best.value) < 8
    assert 3 <= stopped <= 33


def test_a_worse_trial_is_stopped_at_its_second_fold():
    """The rule compares fold by fold, so differences between folds do not matter."""
    rng = np.random.default_rng(1)
    opt = search()
    for quality in (0.0, 0.2, 0.4):
        complete(opt, measured(rng, quality, 0.05))
    assert [run(opt, measured(rng, 1.0, 0.05)) for _ in range(20)] == [2] * 20
    assert run(opt, measured(rng, -0.5, 0.05)) == 8


def test_the_reason_has_the_expected_value_in_the_direction_of_the_user():
    opt = search(direction="maximize")
    for quality in (10.0, 9.0, 8.0):
        complete(opt, [quality, quality + 2.0, quality - 1.0])
    trial = opt.ask()
    trial.report_fold(0, 4.0)
    assert trial.should_prune().reason == "fewer than two folds, or all folds, are shared with the best trials"
    trial.report_fold(1, 6.5)
    decision = trial.should_prune()
    assert decision
    assert decision.reason.startswith("2 of 3 folds: expected to end at 4.5833 ± ")
    assert decision.reason.endswith(" to beat the best trial 0, stops below 3.8 %")


def test_until_three_trials_are_complete_the_mean_is_compared_with_the_worst_fold_of_the_best_trial():
    opt = search()
    complete(opt, [1.0, 4.0, 1.0])
    trial = opt.ask()
    trial.report_fold(0, 3.9)
    assert not trial.should_prune()
    trial.report_fold(1, 4.3)
    decision = trial.should_prune()
    assert decision
    assert decision.reason == "the mean so far, 4.1000, is worse than the worst fold of the best trial 0, 4.0000"


def first_folds(values: list[float], *, seed: int, shift: int = 0) -> list[tt.pruners.Decision]:
    """Run one trial per value in parallel; return the decision on each at its first fold.

    The first fold of trial ``k`` has the number ``k * shift``.
    """
    opt = tt.Optimizer(SPACE, sampler="random", seed=seed)
    decisions = []
    for k, (trial, value) in enumerate(zip(opt.ask(len(values)), values, strict=True)):
        trial.report_fold(k * shift, value)
        decisions.append(trial.should_prune())
    return decisions


def test_before_three_trials_are_complete_the_better_half_continues():
    values = [0.1 * rank for rank in range(10)]
    stopped = sum(np.array([bool(d) for d in first_folds(values, seed=seed)], int) for seed in range(60))
    # The first three trials have too few others to be compared with, and a third of the others run to the end as a
    # check of the rule. The bound is three standard deviations of 60 draws.
    assert all(stopped[:3] == 0)
    assert all(abs(stopped[3:] - 40) <= 11)
    assert not any(first_folds(values[::-1], seed=0)), "each trial was the best so far"
    reasons = [decision.reason for decision in first_folds(values, seed=1) if decision]
    assert any(reason.endswith("over the same folds (1), before three trials are complete") for reason in reasons)


def test_trials_without_shared_folds_are_not_ranked():
    assert not any(first_folds([0.1 * rank for rank in range(10)], seed=1, shift=1))


def test_without_other_trials_that_report_folds_no_trial_is_stopped():
    opt = search()
    trial = opt.ask()
    trial.report_fold(0, 1e9)
    assert not trial.should_prune()
    opt.observe({"x": 0.5}, 0.0)
    assert not trial.should_prune()


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_fold_that_is_not_finite_stops_a_trial(value):
    trial = search().ask()
    trial.report_fold(2, value)
    assert trial.should_prune()


def test_folds_that_no_other_trial_has_are_not_compared():
    opt = search()
    for quality in (0.0, 1.0, 2.0):
        complete(opt, [quality, quality, quality])
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
    """The trial is worse at every fold, although its mean of four folds is below the mean of five of the best trial."""
    opt = search(tt.pruners.Wilcoxon(p_threshold=0.1))
    complete(opt, [1.0, 2.0, 3.0, 4.0, 5.0])
    trial = opt.ask()
    for fold, value in [(0, 1.1), (1, 2.2), (2, 3.3), (3, 4.4)]:
        trial.report_fold(fold, value)
    assert trial.should_prune().reason.startswith("the mean so far is better")
    trial.report_fold(4, 5.5)
    assert trial.should_prune().reason == "worse than the best trial 0 at 5 shared steps with p = 0.031"


def test_a_custom_pruner_sees_folds():
    class WorstFold:
        def decide(self, reports):
            return max(value for _, value in reports.curves[reports.trial].folds) > 2.0

    trial = search(WorstFold()).ask()
    trial.report_fold(0, 1.0)
    assert not trial.should_prune()
    trial.report_fold(1, 3.0)
    assert trial.should_prune()


def test_the_model_learns_from_pruned_trials_with_few_folds():
    """Two folds are enough even if the differences between folds are ten times those between trials."""
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


def searched(seed: int, *, noise: float, steps: bool) -> tt.Result:
    """Search with folds of unequal difficulty, or with steps that approach the value."""
    rng = np.random.default_rng(seed)

    def objective(params: dict[str, Any], trial: tt.Trial) -> float | None:
        quality = (params["x"] - 0.3) ** 2 + 0.05 * abs(params["d"] - 4)
        for fold in range(1, 9) if steps else trial.fold_order(5):
            if steps:
                trial.report(fold, quality + 0.5 / fold)
            else:
                trial.report_fold(fold, float(quality + 0.1 * DIFFICULTY[fold] + noise * rng.normal()))
            if trial.should_prune():
                raise tt.Pruned
        return quality if steps else None

    space = {"x": tt.Float(0.0, 1.0), "d": tt.Int(1, 9)}
    return tt.minimize(objective, space, n_trials=40, seed=seed, progress=False)


def test_the_comparison_agrees_with_predictions_if_trials_were_stopped():
    """Both come from a model that learns from stopped trials too, which makes 16 trials of a few complete ones."""
    agree = 0
    for seed in range(6):
        result = searched(seed, noise=0.02, steps=False)
        assert 3 <= len([trial for trial in result.trials if trial.state == "complete"]) < 35
        found = result.comparison()
        assert found is not None
        assert found.method == "model"
        assert found.first.state == "complete"
        assert found.first.id == result.recommend().id
        first, second = (prediction[0] for prediction in result.predict([found.first.params, found.second.params]))
        agree += (found.probability > 0.5) == (first < second)
    assert agree >= 5


def test_uncertain_estimates_of_stopped_trials_are_not_noise():
    for seed in range(3):
        result = searched(seed, noise=0.0, steps=True)
        assert any(trial.state == "pruned" for trial in result.trials)
        assert result.comparison() is None
        assert result.recommend().id == result.best.id or result.recommend().state != "complete"
