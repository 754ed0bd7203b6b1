"""What a search displays while it runs."""

import sys

import pytest

import tanteo as tt
from tanteo.run.loop import Limits, Run
from tanteo.run.progress import describe, fraction

SPACE = {"x": tt.Float(0.0, 1.0, default=0.5)}


@pytest.fixture
def fragile():
    # A function inside a function: it goes to workers by value, and they cannot import this module.
    def objective(params, trial):
        if trial.id == 2:
            raise ValueError("no")
        if trial.id == 3:
            raise tt.Pruned
        return params["x"]

    return objective


@pytest.fixture(params=["tqdm", "line"])
def display(request, monkeypatch):
    if request.param == "line":
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    else:
        pytest.importorskip("tqdm")
    return request.param


@pytest.mark.parametrize("options", [{"n_trials": 8}, {"timeout": 0.05}, {"n_trials": 8, "timeout": 600.0}])
@pytest.mark.parametrize("n_workers", [1, 2])
def test_progress_goes_to_standard_error_with_the_best_value_and_the_failures(
    fragile, display, capfd, options, n_workers
):
    result = tt.minimize(fragile, SPACE, seed=0, progress=True, n_workers=n_workers, **options)
    out, err = capfd.readouterr()
    assert out == ""
    last = err.replace("\r", "\n").strip().splitlines()[-1]
    if result.best is not None:
        assert f"{result.best.value:.6g}" in last
    if len(result.trials) >= 8:
        assert "failed" in last
        assert "pruned" in last
    assert str(len(result.trials)) in last


@pytest.mark.parametrize("progress", [None, False])
def test_nothing_is_written_by_default(fragile, capfd, progress):
    """Promise 24, if standard error is not a terminal."""
    tt.minimize(fragile, SPACE, n_trials=5, seed=0, progress=progress)
    tt.minimize(fragile, SPACE, n_trials=5, seed=0, progress=progress, n_workers=2)
    assert capfd.readouterr() == ("", "")


def test_the_line_is_overwritten_on_a_terminal(fragile, monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    tt.minimize(fragile, SPACE, n_trials=5, seed=0)
    _, err = capfd.readouterr()
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert err.startswith("\r")


def test_progress_shows_the_size_of_the_front():
    optimizer = tt.Optimizer(SPACE, directions=["minimize", "maximize"], seed=0)
    optimizer.tell(optimizer.ask(), (1.0, 1.0))
    assert describe(Run(optimizer, Limits(None, None))) == {"front": "1"}


def test_progress_counts_towards_the_nearer_limit():
    run = Run(tt.Optimizer(SPACE, seed=0), Limits(4, None))
    run.n_told = 1
    assert fraction(run) == 0.25
    assert fraction(Run(run.optimizer, Limits(None, None))) is None
    assert fraction(Run(run.optimizer, Limits(10, 1e-9))) == 1.0
