"""The default pruner stops bad trials, and stops none where early steps do not show which trials are bad."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import tanteo as tt

STEPS = 27
SPACE = {"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}


def run(curve: Callable[[float, int], float], seed: int, n: int = 60) -> tuple[list[int], list[float], list[float]]:
    """Run random search; return the number of steps, the final value of every trial and those of complete trials.

    A pruned trial counts with the final value that it would have had.
    """
    opt = tt.Optimizer(SPACE, sampler="random", seed=seed)
    steps, final_values, completed = [], [], []
    for _ in range(n):
        trial = opt.ask()
        quality = (trial.params["x"] - 0.3) ** 2 + (trial.params["y"] - 0.7) ** 2
        final_values.append(curve(quality, STEPS))
        for step in range(1, STEPS + 1):
            trial.report(step, curve(quality, step))
            if trial.should_prune():
                opt.tell(trial, state="pruned")
                break
        else:
            opt.tell(trial, final_values[-1])
            completed.append(final_values[-1])
        steps.append(step)
    return steps, final_values, completed


def test_auto_saves_steps_and_never_stops_the_best_trial() -> None:
    for seed in range(10):
        steps, final_values, completed = run(lambda quality, step: quality + 0.5 / step, seed)
        assert min(completed) == min(final_values)
        # A third of the trials run to the end as a check of the rule, and so do good ones.
        assert sum(steps) < 0.7 * STEPS * len(steps)


def misleading(quality: float, step: int) -> float:
    """Return a curve on which the worst trials look best until the last three steps."""
    return quality if step > STEPS - 3 else 1.0 - quality


def unrelated(quality: float, step: int) -> float:
    """Return a curve that carries no information until the last three steps."""
    return quality if step > STEPS - 3 else math.sin(1e4 * quality)


@pytest.mark.parametrize(("curve", "max_share"), [(misleading, 0.6), (unrelated, 0.25)])
def test_auto_keeps_the_best_trial_where_early_steps_mislead(
    curve: Callable[[float, int], float], max_share: float
) -> None:
    """The rule can learn that the trials that look best end worst. Without information it stops few trials."""
    shares, n_kept = [], 0
    for seed in range(10):
        steps, final_values, completed = run(curve, seed)
        shares.append(np.mean([step < STEPS for step in steps]))
        n_kept += min(completed) == min(final_values)
    assert np.mean(shares) < max_share, shares
    assert n_kept >= 9


def test_auto_decides_from_the_third_trial_on() -> None:
    opt = tt.Optimizer(SPACE, sampler="random", seed=3)
    for final_value in (0.1, 0.2):
        trial = opt.ask()
        for step in range(1, STEPS + 1):
            trial.report(step, final_value + 0.5 / step)
        opt.tell(trial, final_value)
    stopped = 0
    for _ in range(30):
        trial = opt.ask()
        trial.report(2, 3.0)
        stopped += bool(trial.should_prune())
    # Two thirds are stopped; the others run to the end as a check of the rule. The bound is three standard deviations.
    assert abs(stopped - 20) <= 8


def test_two_values_in_a_row_that_are_not_finite_stop_a_trial() -> None:
    trial = tt.Optimizer(SPACE, seed=0).ask()
    for step, value, stops in [(1, 0.5, False), (2, math.nan, False), (3, 0.4, False), (4, math.inf, False)]:
        trial.report(step, value)
        assert bool(trial.should_prune()) is stops
    trial.report(5, math.nan)
    assert trial.should_prune().reason == "two values in a row are not finite"


@pytest.mark.parametrize("stride", [3, 5, 500])
def test_steps_may_be_skipped(stride: int) -> None:
    opt = tt.Optimizer(SPACE, sampler="random", seed=1)
    stopped = 0
    for _ in range(40):
        trial = opt.ask()
        final_value = (trial.params["x"] - 0.3) ** 2 + (trial.params["y"] - 0.7) ** 2
        for step in range(stride, 30 * stride, stride):
            trial.report(step, final_value + 0.5 * stride / step)
            if trial.should_prune():
                stopped += 1
                opt.tell(trial, state="pruned")
                break
        else:
            opt.tell(trial, final_value)
    assert stopped >= 10


def test_feasible_trials_are_not_compared_with_infeasible_trials() -> None:
    opt = tt.Optimizer(SPACE, sampler="random", seed=2)
    for number in range(12):
        trial, final_value = opt.ask(), 10.0 + number if number % 2 else 0.01 * number
        for step in range(1, STEPS + 1):
            trial.report(step, final_value + 0.5 / step)
        opt.tell(trial, final_value, constraints={"memory": -1.0 if number % 2 else 1.0})
    for _ in range(10):
        trial = opt.ask()
        trial.report(8, 5.0 + 0.5 / 8)
        assert not trial.should_prune()


def test_a_pruned_trial_without_constraints_does_not_count_as_feasible() -> None:
    """Its curve shows a good value, but not that it satisfies the constraint."""
    n_in_left_half = 0
    for seed in range(5):
        opt = tt.Optimizer(SPACE, sampler="tpe", seed=seed)
        rng = np.random.default_rng(seed)
        for number in range(24):
            is_stopped = number % 2 == 0
            opt.enqueue({"x": rng.uniform(0.0, 0.5) if is_stopped else rng.uniform(0.5, 1.0), "y": rng.random()})
            trial, final_value = opt.ask(), 1.0 if is_stopped else 2.0 + rng.random()
            for step in range(1, 9 if is_stopped else STEPS + 1):
                trial.report(step, final_value + 0.5 / step)
            if is_stopped:
                opt.tell(trial, state="pruned")
            else:
                opt.tell(trial, final_value, constraints={"memory": -1.0})
        n_in_left_half += sum(trial.params["x"] < 0.5 for trial in opt.ask(8))
    assert n_in_left_half <= 10, f"{n_in_left_half} of 40"


def test_a_copy_makes_the_same_suggestions_where_pruned_trials_have_no_estimate() -> None:
    for seed in range(10):
        opt = tt.Optimizer(SPACE, sampler=tt.samplers.TPE(gamma=0.5), seed=seed)
        for number in range(24):
            copy = tt.Optimizer.from_bytes(opt.to_bytes())
            trial = opt.ask()
            assert trial.params == copy.ask().params, (seed, number)
            for step in range(1, 3 + number % 4):
                trial.report(step, trial.params["x"] + 1.0 / step)
            if number % 3:
                trial.report(9, math.nan if number % 6 else 0.5)
                opt.tell(trial, state="pruned")
            else:
                opt.tell(trial, trial.params["x"])


@pytest.mark.parametrize("sampler", ["tpe", "gp", "auto"])
def test_a_copy_makes_the_same_decisions_and_suggestions_at_every_step(sampler: str) -> None:
    opt = tt.Optimizer(SPACE, sampler=sampler, seed=5, pruner=tt.pruners.SuccessiveHalving(min_resource=1))
    states = set()
    for number in range(30):
        copy = tt.Optimizer.from_bytes(opt.to_bytes())
        trial = opt.ask()
        assert trial.params == copy.ask().params
        quality = (trial.params["x"] - 0.3) ** 2 + (trial.params["y"] - 0.7) ** 2
        for step in range(1, 10):
            for optimizer in (opt, copy):
                optimizer.report(number, step, quality + 0.5 / step)
            decision = opt.should_prune(trial)
            assert decision == copy.should_prune(number)
            if decision:
                break
        opt.tell(trial, *([] if decision else [quality]), state="pruned" if decision else "complete")
        states.add(opt.trials[number].state)
    assert states == {"pruned", "complete"}


@pytest.mark.parametrize("sampler", ["tpe", "gp"])
def test_samplers_learn_from_pruned_trials(sampler: str) -> None:
    """Only pruned trials show that the left half is bad."""
    n_in_left_half = 0
    for seed in range(5):
        opt = tt.Optimizer(SPACE, sampler=sampler, seed=seed)
        rng = np.random.default_rng(seed)
        for k in range(24):
            is_stopped = k % 3 > 0
            x = rng.uniform(0.0, 0.5) if is_stopped else rng.uniform(0.5, 1.0)
            value = 5.0 + rng.random() if is_stopped else rng.random()
            opt.enqueue({"x": x, "y": rng.random()})
            trial = opt.ask()
            for step in range(1, 4 if is_stopped else STEPS + 1):
                trial.report(step, value + 0.5 / step)
            opt.tell(trial, *([] if is_stopped else [value]), state="pruned" if is_stopped else "complete")
        n_in_left_half += sum(trial.params["x"] < 0.5 for trial in opt.ask(8))
    assert n_in_left_half <= 8, f"{n_in_left_half} of 40"


def test_a_pruned_trial_is_never_the_best() -> None:
    opt = tt.Optimizer(SPACE, sampler="gp", seed=0)
    for value in (1.0, 2.0, 3.0):
        trial = opt.ask()
        for step in range(1, 10):
            trial.report(step, value + 1.0 / step)
        opt.tell(trial, value)
    stopped = opt.ask()
    stopped.report(3, -10.0)
    opt.tell(stopped, state="pruned")
    opt.ask()
    assert opt.best.value == 1.0
    assert opt.trials[stopped.id].state == "pruned"
    assert opt.trials[stopped.id].value == -10.0


def first_steps(values: list[float], *, seed: int, steps: int = 1) -> list[tt.pruners.Decision]:
    """Run one trial per value in parallel, each with a constant curve; return the decisions at the last step."""
    opt = tt.Optimizer(SPACE, sampler="random", seed=seed)
    trials = opt.ask(len(values))
    for step in range(1, steps + 1):
        decisions = []
        for trial, value in zip(trials, values, strict=True):
            trial.report(step, value)
            decisions.append(trial.should_prune())
    return decisions


def test_before_any_trial_is_complete_the_better_half_continues() -> None:
    values = [0.1 * rank for rank in range(12)]
    stopped = sum(np.array([bool(d) for d in first_steps(values, seed=seed)], int) for seed in range(60))
    # The first three trials have too few others to be compared with, and the best half of the trials so far always
    # continues. A third of the others run to the end as a check of the rule. The bound: three deviations of 60 draws.
    assert all(stopped[:3] == 0)
    assert all(abs(stopped[3:] - 40) <= 11)
    assert not any(first_steps(values[::-1], seed=0)), "each trial was the best so far"
    reasons = [d.reason for d in first_steps(values, seed=1) if d]
    assert reasons
    assert all("before 8 trials are complete" in reason for reason in reasons)


def test_equal_values_stop_no_trial_and_nan_stops_only_its_trial() -> None:
    assert not any(first_steps([0.5] * 12, seed=0))
    nan = first_steps([0.5] * 11 + [math.nan], seed=0), first_steps([0.5] * 11 + [math.nan], seed=2)
    assert any(bool(decisions[-1]) for decisions in nan)
    assert not any(any(d[:-1]) for d in nan)


def test_no_trial_is_stopped_early_where_complete_trials_show_that_the_step_misleads() -> None:
    for sign, expected in ((1.0, True), (-1.0, False)):
        stopped = 0
        for seed in range(10):
            opt = tt.Optimizer(SPACE, sampler="random", seed=seed)
            for final_value in (0.1, 0.2, 0.3, 0.4):
                trial = opt.ask()
                # Every value before the last is 100 or -100 times the last value.
                for step in range(1, STEPS + 1):
                    trial.report(step, 100.0 * sign * final_value if step < STEPS else final_value)
                opt.tell(trial, final_value)
            trial = opt.ask()
            trial.report(1, 100.0 * sign * 0.35 if sign > 0 else -5.0)
            decision = trial.should_prune()
            stopped += bool(decision) and "before 8 trials" in decision.reason
        assert bool(stopped) == expected, sign
