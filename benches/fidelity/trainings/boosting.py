"""Gradient boosting with two rounds per step: the log loss or the squared error on the validation rows."""

from __future__ import annotations

from itertools import islice

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.fresh.data import Parts
from benches.quality.problem import Params

STEPS, ROUNDS = 27, 2
LEAVES = (1, 5, 25)
SPACE = Space([
    Parameter("rate", "int", 0, 7), Parameter("depth", "int", 1, 5), Parameter("leaf", "int", 0, 2),
    Parameter("rows", "int", 1, 4), Parameter("columns", "int", 1, 3),
])  # fmt: skip


def settings(p: Params) -> Params:
    """Return the arguments for scikit-learn: a rate of 0.01 to 1.26, quarters of the rows, thirds of the columns."""
    return {
        "n_estimators": STEPS * ROUNDS, "random_state": 0, "learning_rate": 10 ** (0.3 * p["rate"] - 2),
        "max_depth": p["depth"], "min_samples_leaf": LEAVES[p["leaf"]], "subsample": p["rows"] / 4,
        "max_features": p["columns"] / 3,
    }  # fmt: skip


def classified(data: Parts, p: Params) -> np.ndarray:
    """Return the log loss by step, with each probability at least 1e-6."""
    from sklearn.ensemble import GradientBoostingClassifier

    x, y, x_test, y_test = data
    model, rows = GradientBoostingClassifier(**settings(p)).fit(x, y), np.arange(len(y_test))
    predictions = islice(model.staged_predict_proba(x_test), ROUNDS - 1, None, ROUNDS)
    return np.array([-np.log(np.maximum(proba[rows, y_test], 1e-6)).mean() for proba in predictions])


def regressed(data: Parts, p: Params) -> np.ndarray:
    """Return the squared error by step."""
    from sklearn.ensemble import GradientBoostingRegressor

    x, y, x_test, y_test = data
    model = GradientBoostingRegressor(**settings(p)).fit(x, y)
    predictions = islice(model.staged_predict(x_test), ROUNDS - 1, None, ROUNDS)
    return np.array([np.minimum(((prediction - y_test) ** 2).mean(), 4.0) for prediction in predictions])
