"""Noise added to functions, and noise from the split of real data."""

from __future__ import annotations

import numpy as np

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.problem import Observation, Params, Problem, noisy
from benches.quality.problems.bbob import regret
from benches.quality.problems.data import classification, classification_error

FOREST = Space([
    Parameter("depth", "int", 1, 20), Parameter("leaf", "int", 1, 40, True), Parameter("features", "float", 0.05, 1.0),
    Parameter("split", "int", 2, 60, True),
])  # fmt: skip


def resampled_tree(p: Params, rng: np.random.Generator) -> Observation:
    """Tell the error of one random split into two folds; the mean over ten fixed splits is the true value."""
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(
        max_depth=p["depth"], min_samples_leaf=p["leaf"], max_features=p["features"], min_samples_split=p["split"],
        random_state=0,
    )  # fmt: skip
    x, y = classification("wine")
    error = classification_error(model, x, y, folds=2, seed=int(rng.integers(2**31)))
    return Observation(error, float(np.mean([classification_error(model, x, y, folds=2, seed=s) for s in range(10)])))


def problems() -> list[Problem]:
    """Return four problems of 100 trials, with noise of about a tenth or a third of the spread of random points."""
    return [
        Problem("noisy-sphere", "noisy", floats(5, -5.0, 5.0), 100, noisy(regret(1, 5, 41), 5.0), optimum=0.0),
        Problem("noisy-rastrigin", "noisy", floats(5, -5.0, 5.0), 100, noisy(regret(3, 5, 42), 60.0), optimum=0.0),
        Problem("resampled-tree", "noisy", FOREST, 100, resampled_tree),
        Problem("noisy-rosenbrock", "noisy", floats(4, -5.0, 5.0), 100, noisy(regret(8, 4, 43), 300.0), optimum=0.0),
    ]
