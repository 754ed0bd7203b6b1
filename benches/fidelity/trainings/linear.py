"""Linear models trained by stochastic gradient descent: share of wrong labels, or squared error, on held-out rows.

``ratio`` is active for the elastic net only, ``power`` for the inverse scaling of the rate, and ``margin`` for losses
with a margin. A diverged training stays at the cap.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.fresh.data import Parts
from benches.quality.problem import Params

EPOCHS, CAP = 27, 2.0
SHARED = [
    Parameter("penalty", "categorical", choices=("l2", "l1", "elasticnet")),
    Parameter("ratio", "int", 1, 3, parent=("penalty", ("elasticnet",))),
    Parameter("alpha", "int", 0, 5),
    Parameter("schedule", "categorical", choices=("constant", "invscaling")),
    Parameter("power", "int", 1, 2, parent=("schedule", ("invscaling",))), Parameter("rate", "int", 0, 5),
]  # fmt: skip
LABELS = Space([Parameter("loss", "categorical", choices=("log_loss", "hinge", "modified_huber")), *SHARED])
TARGETS = Space([
    Parameter("loss", "categorical", choices=("squared_error", "huber", "epsilon_insensitive")),
    Parameter("margin", "int", 0, 2, parent=("loss", ("huber", "epsilon_insensitive"))), *SHARED,
])  # fmt: skip


def settings(p: Params) -> Params:
    """Return the arguments for scikit-learn: alpha of 1e-6 to 0.1, an initial rate of 3e-4 to 1."""
    return {
        "loss": p["loss"], "penalty": p["penalty"], "l1_ratio": p.get("ratio", 2) / 4, "random_state": 0,
        "alpha": 10.0 ** (p["alpha"] - 6), "learning_rate": p["schedule"], "power_t": p.get("power", 1) / 4,
        "eta0": 10 ** (0.7 * p["rate"] - 3.5), "epsilon": (0.05, 0.3, 1.0)[p.get("margin", 1)],
    }  # fmt: skip


def labelled(data: Parts, p: Params) -> np.ndarray:
    """Return the share of wrong labels after every epoch."""
    from sklearn.linear_model import SGDClassifier

    x, y, x_test, y_test = data
    model, classes, errors = SGDClassifier(**settings(p)), np.unique(y), []
    for _ in range(EPOCHS):
        model.partial_fit(x, y, classes=classes)
        errors.append(np.mean(model.predict(x_test) != y_test))
    return np.array(errors)


def targets(data: Parts, p: Params) -> np.ndarray:
    """Return the squared error after every epoch."""
    from sklearn.linear_model import SGDRegressor

    x, y, x_test, y_test = data
    model, errors = SGDRegressor(**settings(p)), []
    with np.errstate(all="ignore"):
        for _ in range(EPOCHS):
            # scikit-learn raises an error if the weights are not finite.
            error = np.nan if errors and errors[-1] >= CAP**4 else stepped(model, x, y, x_test, y_test)
            errors.append(float(np.nan_to_num(error, nan=np.inf)))
    return np.minimum(errors, CAP)


def stepped(model: Any, x: np.ndarray, y: np.ndarray, x_test: np.ndarray, y_test: np.ndarray) -> float:
    """Return the squared error after one more epoch; NaN if the weights are too large."""
    try:
        return float(((model.partial_fit(x, y).predict(x_test) - y_test) ** 2).mean())
    except ValueError:
        return np.nan
