"""Choices with features."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tanteo as tt


def test_choices_that_are_alike_are_expected_to_do_alike() -> None:
    choices = ["low", "middle", "near middle", "high"]
    widths = []
    for features in ([[0.0], [5.0], [5.2], [10.0]], None):
        optimizer = tt.Optimizer({"c": tt.Categorical(choices, features=features)}, sampler="gp", seed=1)
        for choice, value in [("low", 0.0), ("middle", 4.0), ("high", 9.0)]:
            optimizer.observe({"c": choice}, value)
        mean, low, high = optimizer.predict([{"c": "near middle"}])[0]
        widths.append(high - low)
        assert 2.0 < mean < 6.0
    assert widths[0] < 0.9 * widths[1]


def regret(features: Any, losses: np.ndarray, seed: int) -> float:
    """Return the share of choices that are better than the best of 15 trials."""
    names = [f"c{k}" for k in range(len(losses))]
    optimizer = tt.Optimizer({"c": tt.Categorical(names, features=features)}, sampler="gp", seed=seed)
    for _ in range(15):
        trial = optimizer.ask()
        optimizer.tell(trial, float(losses[int(trial.params["c"][1:])]))
    assert optimizer.best is not None
    return float(np.mean(losses < optimizer.best.value))


def test_features_lead_to_the_best_choices() -> None:
    with_features, without, misled = [], [], []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        features, centre = rng.normal(size=(60, 3)), 0.7 * rng.normal(size=3)
        losses = ((features - centre) ** 2).sum(axis=1)
        with_features.append(regret(features, losses, seed))
        without.append(regret(None, losses, seed))
        misled.append(regret(rng.permutation(features), losses, seed))
    assert np.mean(with_features) < np.mean(without) / 3
    # Features that do not matter cost little: the best of 15 of 60 random choices leaves about 6 % that are better.
    assert np.mean(misled) < 0.12


def test_features_survive_json_pickle_and_snapshots() -> None:
    features = np.array([[1.0, 0.25], [0.5, 2.0], [0.0, 1e-9]])
    space = tt.SearchSpace({"c": tt.Categorical(["a", "b", "c"], features=features)})
    assert tt.SearchSpace.from_json(space.to_json()) == space
    assert tt.Optimizer.from_bytes(tt.Optimizer(space, seed=1).to_bytes()).space == space
    assert space != tt.SearchSpace({"c": tt.Categorical(["a", "b", "c"])})
    assert repr(space["c"]) == "Categorical(['a', 'b', 'c'], features='3 rows of 2 numbers')"


@pytest.mark.parametrize("sampler", ["auto", "gp", "tpe", "random", "sobol", "grid"])
def test_every_sampler_takes_choices_with_features(sampler: str) -> None:
    space = {
        "c": tt.Categorical(["a", "b", "c"], features=[[1], [2], [4]]),
        "d": tt.Categorical(["e", "f"], features=[[0, 1], [1, 0]], weights=[1, 3], when={"c": ["a", "b"]}),
        "x": tt.Int(0, 3),
    }
    optimizer = tt.Optimizer(space, sampler=sampler, seed=1)
    for trial in optimizer.ask(16):
        optimizer.tell(trial, trial.params["x"])
    assert len(optimizer.ask(2)) == 2


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ([[1.0]], "features have 1 rows for 2 choices"),
        ([[1.0], [2.0, 3.0]], "features of choice 1 have 2 numbers; expected 1"),
        ([[1.0], [np.nan]], "features of 'b' \\(position 0\\) must be finite, got nan"),
        ([[1.0], ["x"]], "features of 'b' \\(position 0\\) must be a number, got 'x'"),
        ([1.0, 2.0], "features must be a list of rows or a matrix"),
        ([[], []], "at least one row and one column"),
        ({"a": [1.0], "b": [2.0]}, "features must be a list of rows or a matrix, got {'a'"),
        ("ab", "features must be a list of rows or a matrix, got 'ab'"),
    ],
)
def test_wrong_features_are_named(features: Any, message: str) -> None:
    with pytest.raises(tt.ParameterError, match=f"'c'.*{message}"):
        tt.SearchSpace({"c": tt.Categorical(["a", "b"], features=features)})
    assert "features=" in repr(tt.Categorical(["a", "b"], features=features))


def test_features_may_be_a_frame() -> None:
    matrix = np.array([[1.0, 4.0], [2.0, 9.0]])
    for frame in (pd.DataFrame(matrix, columns=["size", "mass"]), pl.DataFrame(matrix)):
        assert tt.Categorical(["a", "b"], features=frame) == tt.Categorical(["a", "b"], features=matrix)
