"""A faulty pruner ends the run, as a faulty sampler does."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0)}


class Forgetful:
    def decide(self, reports: Any) -> None:
        """Return nothing."""


class Broken:
    def decide(self, reports: Any) -> bool:
        return reports.curves["nowhere"] > 0


class Locked:
    """Raises what cannot be pickled."""

    def decide(self, reports: Any) -> bool:
        raise LookupError(threading.Lock())


def train(params: dict[str, float], trial: Any) -> float:
    trial.report(1, params["x"])
    if trial.should_prune():
        raise tt.Pruned
    return params["x"]


def train_anyhow(params: dict[str, float], trial: Any) -> float:
    trial.report(1, params["x"])
    try:
        trial.should_prune()
    except Exception:
        return params["x"]
    return 0.0


@pytest.mark.parametrize("objective", [train, train_anyhow])
@pytest.mark.parametrize("n_workers", [1, 2])
@pytest.mark.parametrize(
    ("pruner", "start"),
    [
        (Forgetful(), "Forgetful.decide must return True, False or a Decision, got None (NoneType)"),
        (Broken(), "the pruner failed: Broken.decide raised KeyError('nowhere')"),
        (Locked(), "the pruner failed: Locked.decide raised LookupError(<unlocked _thread.lock"),
    ],
)
def test_a_faulty_pruner_ends_the_run(objective: Any, n_workers: int, pruner: Any, start: str) -> None:
    opt = tt.Optimizer(SPACE, pruner=pruner, seed=0)
    with pytest.raises(tt.ArgumentError) as raised:
        tt.minimize(objective, study=opt, n_trials=5, n_workers=n_workers, progress=False)
    assert str(raised.value).startswith(start)
    assert {trial.state for trial in opt.trials} == {"pending"}
