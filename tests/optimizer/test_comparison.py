"""``comparison``: the probability that the best configuration is better than the second best."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import tanteo as tt
from tanteo.run.answer_text import comparison_text

SPACE = {"x": tt.Int(0, 9)}


def optimizer_with_runs(runs: dict[int, list[float]], direction: str = "minimize") -> tt.Optimizer:
    opt = tt.Optimizer(SPACE, direction=direction, seed=0)
    for x, values in runs.items():
        opt.observe({"x": x}, tt.Replicates(values))
    return opt


def fewest_runs(difference: float, variance_after: Callable[[int], float]) -> int:
    """Return the number of further runs of both after which the difference is significant at 95 % (one-sided).

    It is the smallest such number, at least 1, if the means do not change.
    """
    ratios = (difference / math.sqrt(variance_after(more)) for more in range(1, 10_000))
    return next(more for more, ratio in enumerate(ratios, 1) if ratio >= stats.norm.ppf(0.95))


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_several_runs_of_both_are_compared_by_welch(direction):
    sign = 1.0 if direction == "minimize" else -1.0
    runs = {0: [1.0, 1.25, 1.5, 1.2], 1: [1.25, 2.0, 1.75], 2: [2.0, 2.0, 3.0]}
    comparison = optimizer_with_runs(
        {x: [sign * y for y in values] for x, values in runs.items()}, direction
    ).comparison()
    t, degrees = (float(getattr(stats.ttest_ind(runs[1], runs[0], equal_var=False), n)) for n in ("statistic", "df"))
    assert (comparison.first.id, comparison.second.id, comparison.method) == (0, 1, "welch")
    assert comparison.probability == pytest.approx(stats.t.cdf(t, math.floor(degrees)))
    degrees_and_variances = [(len(values) - 1, np.var(values, ddof=1)) for values in runs.values()]
    assert comparison.deviation == pytest.approx(
        math.sqrt(sum(n * v for n, v in degrees_and_variances) / sum(n for n, _ in degrees_and_variances))
    )
    assert comparison.runs == fewest_runs(
        np.mean(runs[1]) - np.mean(runs[0]),
        lambda more: sum(np.var(runs[x], ddof=1) / (len(runs[x]) + more) for x in (0, 1)),
    )


def test_a_clear_difference_needs_no_further_runs():
    comparison = optimizer_with_runs({0: [1.0, 1.1, 0.9], 1: [5.0, 5.1, 4.9]}).comparison()
    assert comparison.probability > 0.999
    assert comparison.runs == 0


def test_two_that_hardly_differ_are_a_tie():
    close, equal = ({0: [1.0, 1.5, 0.5], 1: [1.0 + d, 1.5 + d, 0.5 + d]} for d in (0.1, 0.001))
    assert not optimizer_with_runs(close).comparison().is_tie
    tie = optimizer_with_runs(equal).comparison()
    assert tie.is_tie
    assert tie.runs > 1000
    assert comparison_text(tie).endswith("(welch; they are as good as equal, and either can be taken)")


def test_runs_that_contradict_the_recommendation_are_called_so():
    clear = optimizer_with_runs({0: [1.0, 1.1, 0.9], 1: [5.0, 5.1, 4.9]}).comparison()
    by_runs, by_model = (replace(clear, probability=0.08, method=method, runs=None) for method in ("welch", "model"))
    assert comparison_text(by_runs).startswith(
        "by their own runs trial 1 is better with a probability of 92 %, but by all trials together trial 0 is "
    )
    assert comparison_text(by_model).startswith("trial 1 is better with a probability of 92 %, but less is known of it")


def test_shared_folds_are_paired():
    opt = tt.Optimizer(SPACE, seed=0)
    folds = {0: [1.0, 11.0, 21.0, 6.0], 1: [1.5, 10.25, 22.75, 6.4]}
    for values in folds.values():
        trial = opt.ask()
        for fold, value in enumerate(values):
            trial.report_fold(fold, value)
        opt.tell(trial)
    comparison = opt.comparison()
    paired = stats.ttest_rel(folds[1], folds[0])
    assert (comparison.first.id, comparison.method) == (0, "paired")
    assert comparison.probability == pytest.approx(stats.t.cdf(paired.statistic, 3))
    assert comparison.deviation == pytest.approx(np.std(np.subtract(folds[1], folds[0]), ddof=1) / math.sqrt(2))
    difference = float(np.mean(np.subtract(folds[1], folds[0])))
    assert comparison.runs == fewest_runs(difference, lambda more: 2 * comparison.deviation**2 / (4 + more))


def test_a_single_shared_fold_is_no_pair():
    opt = tt.Optimizer(SPACE, seed=0)
    for values in ({0: 1.0, 1: 2.0}, {1: 2.5, 2: 3.0}):
        trial = opt.ask()
        for fold, value in values.items():
            trial.report_fold(fold, value)
        opt.tell(trial)
    assert opt.comparison().method == "welch"


def test_repeated_runs_are_grouped_and_their_variance_is_pooled():
    """The two best configurations ran once each. A third ran four times, which gives the noise of a run."""
    opt = tt.Optimizer(SPACE, seed=0)
    for x, value in [(0, 1.0), (1, 2.0), (2, 7.0), (2, 8.0), (2, 9.0), (2, 8.0)]:
        opt.observe({"x": x}, value)
    comparison = opt.comparison()
    assert (comparison.first.params["x"], comparison.second.params["x"], comparison.method) == (0, 1, "pooled")
    assert comparison.deviation == pytest.approx(math.sqrt(2 / 3))
    assert comparison.probability == pytest.approx(stats.t.cdf(1.0 / math.sqrt(2 * 2 / 3), 3))
    assert comparison.runs == fewest_runs(1.0, lambda more: 2 * (2 / 3) / (1 + more))


def noisy_bowl(seed: int = 0) -> tt.Optimizer:
    rng = np.random.default_rng(seed)
    opt = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, sampler="random", seed=seed)
    for _ in range(40):
        trial = opt.ask()
        opt.tell(trial, (trial.params["x"] - 0.3) ** 2 + 0.1 * rng.standard_normal(), sem=0.1)
    return opt


def test_the_model_comes_before_the_runs_of_the_two():
    opt = noisy_bowl()
    for value in (-0.05, -0.15, -0.25):
        opt.observe({"x": 0.3}, value, sem=0.1)
    comparison = opt.comparison()
    assert comparison.method == "model"
    assert comparison.deviation == pytest.approx(0.1, rel=0.2)
    # Both are neighbours, and almost as good.
    assert all(abs(trial.params["x"] - 0.3) < 0.1 for trial in (comparison.first, comparison.second))
    assert 0.4 < comparison.probability < 0.7


@pytest.mark.parametrize("difference", [0.01, 1.0])
def test_one_repetition_does_not_decide_how_large_the_noise_is(difference):
    """Alone, it would say 0.007 or 0.7."""
    opt = noisy_bowl()
    for value in (0.4, 0.4 + difference):
        opt.observe({"x": 0.9}, value, sem=0.1)
    assert 0.05 < opt.comparison().deviation < 0.5


def test_many_repetitions_decide_how_large_the_noise_is():
    opt = noisy_bowl()
    for value in np.random.default_rng(1).normal(0.5, 0.2, 200):
        opt.observe({"x": 0.9}, float(value), sem=0.1)
    assert opt.comparison().deviation == pytest.approx(0.2, rel=0.1)


def test_two_equal_runs_do_not_say_that_there_is_no_noise():
    opt = noisy_bowl()
    for _ in range(2):
        opt.observe({"x": 0.9}, 0.5, sem=0.1)
    comparison = opt.comparison()
    assert comparison.method == "model"
    assert comparison.deviation > 0.02


def test_a_probability_is_as_often_right_as_it_says():
    """The two were selected because their runs were good, so these runs alone flatter both: Welch's test says 0.59 on
    average, with a mean square of the errors of 0.238.
    """
    said, right = [], []
    for seed in range(100):
        noise = np.random.default_rng(seed)
        opt = tt.Optimizer({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}, sampler="random", seed=seed)
        loss = {}
        for trial in opt.ask(20):
            loss[trial.id] = 4 * (trial.params["x"] - 0.3) ** 2 + 3 * (trial.params["y"] - 0.6) ** 2
            opt.tell(trial, tt.Replicates((loss[trial.id] + 0.2 * noise.standard_normal(3)).tolist()))
        comparison = opt.comparison()
        said.append(comparison.probability)
        right.append(loss[comparison.first.id] < loss[comparison.second.id])
    assert np.mean(said) == pytest.approx(np.mean(right), abs=0.1)
    assert np.mean((np.array(said) - right) ** 2) < 0.22


def test_equal_means_are_never_told_apart():
    comparison = optimizer_with_runs({0: [1.0, 2.0], 1: [1.25, 1.75]}).comparison()
    assert comparison.probability == 0.5
    assert comparison.runs is None
    assert comparison.is_tie
    assert comparison_text(comparison).endswith("(welch; they are as good as equal, and either can be taken)")


def test_single_runs_are_compared_by_the_model_with_calibrated_probabilities():
    correct, probabilities = [], []
    for seed in range(30):
        comparison = noisy_bowl(seed).comparison()
        assert comparison.method == "model"
        assert comparison.deviation == pytest.approx(0.1, rel=0.75)
        distances = [abs(trial.params["x"] - 0.3) for trial in (comparison.first, comparison.second)]
        correct.append(distances[0] < distances[1])
        probabilities.append(comparison.probability)
    # Neighbouring points near the minimum of a bowl hardly differ, so the probabilities are well below 1.
    assert 0.4 < np.mean(probabilities) < 0.75
    assert abs(np.mean(correct) - np.mean(probabilities)) < 0.3


@pytest.mark.parametrize("n_complete", [2, 4])
def test_stopped_trials_do_not_take_the_place_of_complete_ones(n_complete):
    """The estimates of stopped trials are raised to the best result, so the better half is equal but for rounding.

    Without a unit, the folds of the two are compared.
    """
    rng = np.random.default_rng(0)
    opt = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0, sampler="random", pruner="nothing")
    for number in range(18):
        trial = opt.ask()
        is_complete = number < n_complete
        for fold in range(5 if is_complete else 3):
            value = 1.0 + 0.1 * number if is_complete else 0.99
            trial.report_fold(fold, float(value + 0.3 * fold + 0.05 * rng.standard_normal()))
        opt.tell(trial, state="complete" if is_complete else "pruned")
    comparison = opt.comparison()
    assert comparison.method == "paired"
    assert comparison.first.id == opt.recommend().id
    assert {comparison.first.id, comparison.second.id} <= set(range(n_complete))


def test_estimates_of_stopped_trials_do_not_contradict_noise():
    """They are all raised to the best result, and equal values would say that there is no noise."""
    rng = np.random.default_rng(2)
    opt = tt.Optimizer({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}, seed=2, sampler="random", pruner="nothing")
    for _ in range(40):
        trial = opt.ask()
        value = float(4.0 * (trial.params["x"] - 0.3) ** 2 + 0.5 * rng.standard_normal())
        trial.report(1, value + 1.0)
        trial.report(2, value)
        opt.tell(trial, value)
    assert opt.comparison().method == "model"
    for trial in opt.ask(16):
        trial.report(1, opt.best.value + 0.7)
        opt.tell(trial, state="pruned")
    assert opt.comparison().method == "model"


def test_without_an_estimate_of_the_noise_there_is_no_comparison():
    opt = tt.Optimizer(SPACE, seed=0)
    assert opt.comparison() is None
    opt.observe({"x": 1}, tt.Replicates([1.0, 2.0]))
    assert opt.comparison() is None, "a single configuration"
    exact = tt.Optimizer(SPACE, seed=0)
    for x in range(3):
        exact.observe({"x": x}, float(x))
    assert exact.comparison() is None
    several = tt.Optimizer(SPACE, directions=["minimize", "minimize"], seed=0)
    with pytest.raises(tt.ArgumentError):
        several.comparison()


def test_values_whose_squares_overflow_give_no_infinite_probability():
    opt = optimizer_with_runs({0: [1e300, -1e300], 1: [1e308, 1e300]})
    comparison = opt.comparison()
    assert comparison is None or math.isfinite(comparison.probability)


def test_results_and_studies_have_a_comparison(tmp_path):
    rng = np.random.default_rng(0)
    result = tt.minimize(lambda params: tt.Replicates(params["x"] + rng.standard_normal(3)), SPACE, n_trials=6, seed=0)
    assert result.comparison() == result.optimizer.comparison() is not None
    with tt.Study(tmp_path / "study.db", SPACE) as study:
        for x in range(3):
            study.observe({"x": x}, tt.Replicates([float(x), x + 0.5]))
        assert study.comparison().first.params == {"x": 0}


def test_the_repr_names_the_fields():
    comparison = optimizer_with_runs({0: [1.0, 1.5], 1: [2.0, 2.5]}).comparison()
    names = [
        "first=FrozenTrial(id=0",
        "second=FrozenTrial(id=1",
        "probability=0.9",
        "method='welch'",
        "deviation=",
        "runs=",
    ]
    assert all(name in repr(comparison) for name in names)


@pytest.mark.parametrize(("noise", "numbers"), [(0.0, range(5)), (0.01, [8])])
def test_similar_values_near_the_optimum_are_seldom_taken_for_noise(noise, numbers):
    """The model cannot resolve the many values close to the optimum. Their differences are not noise."""
    n_noisy = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        opt = tt.Optimizer({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}, sampler="gp", seed=seed)
        for _ in range(40):
            trial = opt.ask()
            value = (trial.params["x"] - 0.3) ** 2 + (trial.params["y"] - 0.7) ** 2
            for step in range(1, 28):
                trial.report(step, value + 0.5 / step)
                if trial.should_prune():
                    opt.tell(trial, state="pruned")
                    break
            else:
                opt.tell(trial, value + noise * rng.normal())
        comparison = opt.comparison()
        n_noisy += comparison is not None and comparison.method == "model"
    assert n_noisy in numbers
