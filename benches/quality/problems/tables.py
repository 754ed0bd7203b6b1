"""Slow real trainings as tables: at least a thousand are trained once, and a surrogate is fitted to them.

``python -m benches.quality.problems.make_tables`` trains the tables in ``benches/quality/data``;
``python -m benches.quality fidelity`` prints how well each surrogate predicts unseen trainings.
"""

from __future__ import annotations

import csv
import functools
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.problem import Params, Problem, exact
from benches.quality.problems.data import classification, classification_error

DATA = Path(__file__).parent.parent / "data"
F, N, C = "float", "int", "categorical"

NETWORK = Space([
    Parameter("width", N, 4, 128, True), Parameter("layers", N, 1, 3), Parameter("rate", F, 1e-5, 1e0, True),
    Parameter("alpha", F, 1e-7, 1e1, True), Parameter("batch", N, 8, 256, True), Parameter("epochs", N, 2, 30, True),
    Parameter("activation", C, choices=("relu", "tanh", "logistic")), Parameter("solver", C, choices=("adam", "sgd")),
    Parameter("momentum", F, 0.0, 0.99, parent=("solver", ("sgd",))),
])  # fmt: skip
BOOSTING = Space([
    Parameter("rate", F, 1e-3, 1e0, True), Parameter("iterations", N, 5, 80, True), Parameter("leaves", N, 2, 64, True),
    Parameter("leaf", N, 1, 100, True), Parameter("l2", F, 1e-6, 1e3, True), Parameter("features", F, 0.05, 1.0),
])  # fmt: skip


def network(p: Params) -> Any:
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        (p["width"],) * p["layers"], learning_rate_init=p["rate"], alpha=p["alpha"], batch_size=p["batch"],
        max_iter=p["epochs"], activation=p["activation"], solver=p["solver"], momentum=p.get("momentum", 0.9),
        random_state=0,
    )  # fmt: skip


def boosting(p: Params) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        learning_rate=p["rate"], max_iter=p["iterations"], max_leaf_nodes=p["leaves"], min_samples_leaf=p["leaf"],
        l2_regularization=p["l2"], max_features=p["features"], early_stopping=False, random_state=0,
    )  # fmt: skip


TABLES: dict[str, tuple[Space, Callable[[Params], Any], str, int]] = {
    "network-digits": (NETWORK, network, "digits", 600),
    "boosting-breast-cancer": (BOOSTING, boosting, "breast_cancer", 569),
}


def train(name: str, params: Params) -> float:
    """Run one real training with three folds; a network whose weights diverge has an error of 1."""
    _, build, data, n = TABLES[name]
    try:
        return classification_error(build(params), *classification(data, n))
    except ValueError:
        return 1.0


def encode(space: Space, params: Params) -> list[float]:
    """Return the features of the surrogate: logarithms for log scales, a column per choice, -1 if inactive."""
    row: list[float] = []
    for p in space:
        value = params.get(p.name)
        if p.kind == "categorical":
            row.extend(float(value == c) for c in p.choices)
        elif value is None or value == "":
            row.append(-1.0)
        else:
            row.append(float(np.log(float(value)) - np.log(p.low)) if p.log else float(value))
    return row


def path(name: str) -> Path:
    """Return the path of a table of the suite."""
    return DATA / f"{name}.csv.gz"


def read(file_path: Path, space: Space) -> tuple[np.ndarray, np.ndarray]:
    """Return features and errors of a table."""
    with gzip.open(file_path, "rt") as file:
        rows = list(csv.DictReader(file))
    return np.array([encode(space, row) for row in rows]), np.array([float(row["error"]) for row in rows])


def regressor() -> Any:
    from sklearn.ensemble import ExtraTreesRegressor

    return ExtraTreesRegressor(100, min_samples_leaf=1, max_features=0.7, random_state=0)


@functools.cache
def model(name: str) -> Any:
    """Return the regression that is fitted to a table."""
    return regressor().fit(*read(path(name), TABLES[name][0]))


def surrogate(name: str) -> Callable[[Params], float]:
    """Return the fitted surrogate."""
    space = TABLES[name][0]
    return lambda params: float(model(name).predict(np.array([encode(space, params)]))[0])


def fidelity(name: str) -> dict[str, float]:
    """Return R squared and the Spearman correlation of the surrogate from a ten-fold cross-validation."""
    from scipy.stats import spearmanr
    from sklearn.metrics import r2_score
    from sklearn.model_selection import KFold, cross_val_predict

    x, y = read(path(name), TABLES[name][0])
    predicted = cross_val_predict(regressor(), x, y, cv=KFold(10, shuffle=True, random_state=0))
    return {"trainings": len(y), "r2": r2_score(y, predicted), "spearman": spearmanr(y, predicted).statistic}


def problems() -> list[Problem]:
    """Return the tabulated trainings, 100 trials each."""

    def evaluate(name: str) -> Callable[[Params], float]:
        return lambda params: surrogate(name)(params)

    return [Problem(f"table-{name}", "tuning", TABLES[name][0], 100, exact(evaluate(name))) for name in TABLES]
