"""What the benchmarks of budgets and of stopping rules count."""

from __future__ import annotations

import pytest
from benches.cost import runs as cost_runs
from benches.cost.problems import problems
from benches.stopping import runs as stopping_runs
from benches.stopping.runs import Run, stopped, without_improvement

import tanteo as tt


def test_costs_are_about_one_and_crashes_are_cheap() -> None:
    from benches.python.peers.tanteo_peer import search_space

    for name, problem in problems().items():
        samples = search_space(problem.space).sample(300, seed=0)
        costs = [problem.cost(params) for params in samples if problem.value(params) is not None]
        assert 0.7 < sum(costs) / len(costs) < 1.4, name
        failed = [problem.cost(params) for params in samples if problem.value(params) is None]
        assert (len(failed) > 50) == name.startswith("crash")
        assert all(cost < min(costs) for cost in failed)


def test_a_search_ends_before_a_trial_that_exceeds_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    run = cost_runs.search(("flat-tuning", "random+budget", 5.0, 0))
    assert 4 <= run.trials <= 6
    assert run.failed == 0
    monkeypatch.setattr(cost_runs, "MOST", 3)
    assert cost_runs.search(("flat-tuning", "random", 5.0, 0)).trials == 3


def recorded_run(gains: list[float | None]) -> Run:
    """Return a run whose values are 2 in the first half; in the second they start at 1 and halve at every trial."""
    n = len(gains) // 2
    return Run("crash-half", "auto", 0, [2.0] * n + [0.5**i for i in range(len(gains) - n)], gains)


def test_a_recorded_run_is_stopped_at_the_trial_at_which_the_library_stops() -> None:
    gains: list[float | None] = [None] * 14 + [1.0, None, 0.01, 0.01, 0.01] + [0.0] * 9
    run = recorded_run(gains)
    result = stopped(run, 0.01, 3)
    assert result.trials == 19
    assert result.lost == pytest.approx((0.5**4 - 0.5**13) / (2.0 - 0.5**13))
    assert stopped(run, 0.001, 3).trials == 22
    assert stopped(run, 1e-9, 30) == stopping_runs.Stopped(28, 0.0)
    assert without_improvement(run, 5).trials == 6
    opt = tt.Optimizer({"x": tt.Float(0, 1)}, sampler="random", seed=0)
    rule = tt.stopping.NoImprovement(5)
    values = iter(run.values)
    while not rule(opt):
        opt.tell(opt.ask(), next(values))
    assert len(opt) == 6
