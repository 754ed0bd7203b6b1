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


@pytest.mark.parametrize("until", [-1, 1.5, "10"])
def test_an_invalid_total_is_refused(until: Any) -> None:
    with pytest.raises(tt.ArgumentError, match="until"):
        tt.minimize(square, SPACE, until=until)
