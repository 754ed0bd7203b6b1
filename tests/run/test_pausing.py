"""``pausing=True`` of ``minimize``: what ends a search with paused trials, and what a resumed trial costs."""

from __future__ import annotations

import time
from typing import Any

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0)}
OPTIONS: dict[str, Any] = {"sampler": "random", "seed": 0, "pausing": True, "progress": False}


class PauseAtFirstStep:
    """Pauses every trial at its first step as long as fewer than ``n`` trials have reported."""

    def __init__(self, n: int) -> None:
        self.n = n

    def decide(self, reports: Any) -> tt.pruners.Decision:
        step = reports.curves[reports.trial].reports[-1][0]
        return tt.pruners.Decision(stop=step == 1 and len(reports.curves) < self.n, pause=True)


def two_steps(params: dict[str, float], trial: Any) -> Any:
    """Cost 10 up to the pause, and 60 after it."""
    for step in range(1 + (trial.resume_from or 0), 3):
        trial.report(step, params["x"])
        if trial.should_prune().pause:
            return {"state": "paused", "cost": 10.0}
    return {"value": params["x"], "cost": 60.0}


def test_a_budget_also_ends_resumed_trials() -> None:
    result = tt.minimize(two_steps, SPACE, n_trials=9, budget=150.0, pruner=PauseAtFirstStep(9), **OPTIONS)
    assert (result.stopped, len(result.trials)) == ("budget", 9)
    assert 150.0 <= result.spent <= 200.0
    assert sum(trial.state == "paused" for trial in result.trials) > 4


def test_a_stopping_rule_also_ends_resumed_trials_and_is_called_once_per_result() -> None:
    n_complete: list[int] = []

    def rule(opt: tt.Optimizer) -> str | None:
        n_complete.append(sum(trial.state == "complete" for trial in opt.trials))
        return "enough" if n_complete[-1] >= 3 else None

    result = tt.minimize(two_steps, SPACE, n_trials=9, stop_when=rule, pruner=PauseAtFirstStep(9), **OPTIONS)
    assert (result.stopped, result.stop_reason) == ("stop_when", "enough")
    # Eight were paused; the ninth and two that were resumed are complete.
    assert n_complete == [0] * 8 + [1, 2, 3]


def test_paused_trials_are_resumed_once_the_space_is_exhausted() -> None:
    result = tt.minimize(
        two_steps, {"x": tt.Int(0, 3)}, pruner=PauseAtFirstStep(4), sampler="random", seed=0, pausing=True, n_workers=2
    )
    assert result.stopped == "space exhausted"
    assert [trial.state for trial in result.trials] == ["complete"] * 4


def test_costs_and_durations_of_all_calls_are_added_up() -> None:
    def fn(params: dict[str, float], trial: Any) -> dict[str, float]:
        step = 1 + (trial.resume_from or 0)
        trial.report(step, params["x"])
        time.sleep(0.01)
        if step < 3:
            raise tt.Paused("for now", cost=2.0)
        return {"value": params["x"], "cost": 5.0}

    observed: list[tuple[float, str]] = []
    result = tt.minimize(
        fn,
        SPACE,
        n_trials=1,
        pruner="nothing",
        callbacks=[lambda _, trial: observed.append((trial.cost, trial.reason))],
        **OPTIONS,
    )
    assert observed == [(2.0, "for now"), (4.0, "for now"), (9.0, None)]
    assert 0.03 <= result.trials[0].duration < 3.0


def test_a_budget_of_seconds_counts_all_calls() -> None:
    def fn(params: dict[str, float], trial: Any) -> float:
        step = 1 + (trial.resume_from or 0)
        trial.report(step, params["x"])
        time.sleep(0.01)
        if step < 3:
            raise tt.Paused
        return params["x"]

    trial = tt.minimize(fn, SPACE, n_trials=1, budget=60.0, pruner="nothing", **OPTIONS).trials[0]
    assert trial.cost == trial.duration >= 0.03


def test_a_pruned_trial_can_report_a_cost_and_a_reason() -> None:
    def fn(params: dict[str, float]) -> float:
        raise tt.Pruned("too wide", cost=2.5)

    trial = tt.minimize(fn, SPACE, n_trials=1, progress=False).trials[0]
    assert (trial.state, trial.reason, trial.cost, trial.attrs) == ("pruned", "too wide", 2.5, {})


@pytest.mark.parametrize("error", [tt.Pruned, ValueError])
def test_seconds_are_not_added_to_costs_of_another_unit(error: type[Exception]) -> None:
    calls = iter(range(6))

    def fn(params: dict[str, float]) -> dict[str, float]:
        if next(calls) % 3:
            raise error
        return {"value": params["x"], "cost": 100.0}

    study = tt.Optimizer(SPACE, budget=1000.0, seed=0)
    tt.minimize(fn, study=study, n_trials=2, progress=False)
    # A resumed run knows the unit too.
    result = tt.minimize(fn, study=study, n_trials=4, progress=False)
    assert [trial.cost for trial in result.trials] == [100.0, None, None] * 2


@pytest.mark.parametrize("step", [None, 3])
def test_a_trial_that_makes_no_progress_is_not_resumed_for_ever(step: int | None) -> None:
    def fn(params: dict[str, float], trial: Any) -> float:
        if step is not None:
            trial.report(step, params["x"])
        raise tt.Paused

    result = tt.minimize(fn, SPACE, n_trials=3, pruner="nothing", **OPTIONS)
    assert [trial.state for trial in result.trials] == ["pruned"] * 3
    assert {trial.reason for trial in result.trials} == {"paused again without a new report since it went on"}
