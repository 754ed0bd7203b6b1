"""``until=`` counts the trials of the whole search, ``n_trials`` those of one call."""

from __future__ import annotations

from typing import Any

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0)}


def square(params: dict[str, Any]) -> float:
    return float(params["x"]) ** 2


@pytest.mark.parametrize("n_workers", [1, 2])
def test_a_resumed_search_runs_the_remaining_trials(n_workers: int) -> None:
    study = tt.Optimizer(SPACE, sampler="random", seed=0)
    tt.minimize(square, study=study, n_trials=4)
    study.ask()
    result = tt.minimize(square, study=study, until=10, n_workers=n_workers)
    assert (len(result.trials), len(study.pending), result.stopped) == (10, 0, "until")
    assert tt.minimize(square, study=study, until=10).stopped == "until"
    assert len(study.trials) == 10


def test_the_limit_reached_first_ends_the_run() -> None:
    study = tt.Optimizer(SPACE, sampler="random", seed=0)
    assert tt.maximize(square, study=tt.Optimizer(SPACE, direction="maximize", seed=0), until=2).stopped == "until"
    assert tt.minimize(square, study=study, n_trials=3, until=10).stopped == "n_trials"
    assert tt.minimize(square, study=study, n_trials=20, until=5).stopped == "until"
    assert len(study.trials) == 5


def test_progress_counts_towards_the_nearer_limit(capsys: pytest.CaptureFixture[str]) -> None:
    study = tt.Optimizer(SPACE, sampler="random", seed=0)
    tt.minimize(square, study=study, n_trials=4)
    tt.minimize(square, study=study, until=6, progress=True)
    assert "100%" in capsys.readouterr().err


def test_points_of_a_restarted_program_are_not_queued_again() -> None:
    space = tt.SearchSpace(
        {
            "x": tt.Float(0.0, 0.5, step=0.05),
            "big": tt.Int(0, 2**60),
            "kind": tt.Categorical(["a", "b"]),
            "y": tt.Float(1e-3, 1.0, log=True, when={"kind": "b"}),
        }
    )
    points: list[dict[str, Any]] = [
        {"x": 0.3},
        {"x": 0.1 * 3, "big": 2**60 - 1, "kind": "b", "y": 0.1},
        {"x": 0.3, "big": 2**60 - 2, "kind": "a"},
        {"x": 0.3, "big": 2**60 - 2, "kind": "a"},
        {"kind": "b"},
    ]

    def small(params: dict[str, Any]) -> float:
        if params["kind"] == "b":
            raise tt.Pruned("too large")
        return float(params["x"])

    for n_first in range(7):
        study = tt.Optimizer(space, sampler="random", seed=0)
        for until in (0, n_first, n_first, 8, 8, 10):
            tt.minimize(small, study=study, points=points, until=until)
            # Another process continues.
            study = tt.Optimizer.from_bytes(study.to_bytes())
        assert sum(study.explain(trial).origin == "enqueued" for trial in study.trials) == 5, n_first
        assert len(study.trials) == 10


def test_only_as_many_equal_points_as_are_missing_are_queued(tmp_path: Any) -> None:
    study = tt.Study(tmp_path / "sweep.db", SPACE, sampler="random", seed=0)
    trial = study.ask()
    for n in (2, 2, 3):
        tt.minimize(square, study=study, points=[trial.params] * n, n_trials=4)
    assert [other.params for other in study.trials].count(trial.params) == 3


def test_nothing_is_queued_when_the_limits_leave_nothing_to_run() -> None:
    study = tt.Optimizer(SPACE, sampler="random", seed=0)
    tt.minimize(square, study=study, n_trials=2)
    tt.minimize(square, study=study, until=2, points=[{"x": 0.25}])
    tt.minimize(square, study=study, budget=1e-12, points=[{"x": 0.25}])
    assert study.ask().params["x"] != 0.25


@pytest.mark.parametrize("until", [-1, 1.5, "10"])
def test_an_invalid_total_is_refused(until: Any) -> None:
    with pytest.raises(tt.ArgumentError, match="until"):
        tt.minimize(square, SPACE, until=until)
