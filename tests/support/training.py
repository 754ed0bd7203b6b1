"""The contract of the pruning callbacks of training libraries."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from unittest import mock

import pytest

import tanteo as tt

#: Trains with a callback for a trial that reports a metric; returns the final value of the metric.
Train = Callable[[object, str], float]
SPACE = {"x": tt.Float(0.0, 1.0)}
# The step at which a hopeless trial is stopped.
_LAST = 2
_HOPELESS = tt.pruners.Threshold(upper=-1.0, n_warmup_steps=_LAST)


def run(train: Train, metric: str, pruner: object = "nothing", **options: object):
    """Return the trial of a search with one trial; errors of the objective propagate."""
    options = {"directions": ["minimize"], **options}
    result = tt.minimize(
        lambda params, trial: train(trial, metric), SPACE, n_trials=1, pruner=pruner, seed=0, catch=(), **options
    )
    return result.trials[0]


def check_good_trial(train: Train, metric: str, n_steps: int) -> None:
    """A trial that is not stopped reports every step, and ends as it would without a callback."""
    trial = run(train, metric)
    assert trial.state == "complete"
    assert len(trial.steps) == n_steps
    assert list(trial.steps.values())[-1] == pytest.approx(trial.value)


def check_hopeless_trial(train: Train, metric: str) -> None:
    """A trial that the pruner stops is pruned with its reason, and trains no further."""
    trial = run(train, metric, _HOPELESS)
    assert trial.state == "pruned"
    assert "outside the bounds" in trial.reason
    assert list(trial.steps)[-1] == _LAST


def check_ask_and_tell(train: Train, metric: str) -> None:
    """The trial of a loop of one's own is stopped in the same way."""
    search = tt.Optimizer(SPACE, seed=0, pruner=_HOPELESS)
    with pytest.raises(tt.Pruned):
        train(search.ask(), metric)
    assert list(search.trials[0].steps)[-1] == _LAST


def check_wrong_metric(train: Train, known: str) -> None:
    """A metric that the training does not have is an error that names those it has."""
    with pytest.raises(tt.ArgumentError, match=rf"'nonsense'; the training has .*{re.escape(known)}"):
        run(train, "nonsense")


def check_missing_library(create: Callable[[], object], package: str, extra: str) -> None:
    """Who has not installed the library is told which extra has it."""
    absent = {name: None for name in sys.modules if name == package or name.startswith(f"{package}.")}
    with (
        mock.patch.dict(sys.modules, {package: None, **absent}),
        mock.patch("tanteo.integrations.training.LibraryCallback._made", {}),
        pytest.raises(ImportError, match=rf"pip install 'tanteo\[{extra}\]'"),
    ):
        create()
