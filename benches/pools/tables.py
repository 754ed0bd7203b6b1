"""The tables: configurations of models with the error that each reached.

Grids come from the recorded trainings of ``benches/fidelity``. Tables of random configurations are recorded here:
``python -m benches.pools record``.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benches.fidelity.tables import Table as Curves
from benches.fidelity.tables import rounded
from benches.fidelity.trainings import TRAININGS, grid
from benches.python.peers.space import Parameter, Space
from benches.quality.fresh.data import Parts, coarse_digits, labelled
from benches.quality.problem import Params

FOLDER = Path(__file__).parent / "data"
# Number of random configurations of a table.
ROWS = 600

VECTORS = Space([
    Parameter("kernel", "categorical", choices=("rbf", "poly", "sigmoid")),
    Parameter("cost", "float", 1e-2, 1e3, log=True), Parameter("gamma", "float", 1e-4, 10.0, log=True),
    Parameter("degree", "int", 2, 4, parent=("kernel", ("poly",))), Parameter("offset", "float", -1.0, 1.0),
    Parameter("tolerance", "float", 1e-4, 1e-1, log=True),
])  # fmt: skip
FOREST = Space([
    Parameter("trees", "int", 4, 64, log=True), Parameter("share", "float", 0.1, 1.0), Parameter("depth", "int", 1, 12),
    Parameter("leaf", "int", 1, 20, log=True), Parameter("criterion", "categorical", choices=("gini", "entropy")),
    Parameter("bootstrap", "categorical", choices=("yes", "no")), Parameter("pruning", "float", 1e-5, 1e-1, log=True),
])  # fmt: skip


@dataclass(frozen=True)
class Pool:
    """A table: its space, its rows, and the error of each row."""

    name: str
    space: Space
    rows: list[Params]
    errors: np.ndarray

    def sibling(self) -> Pool:
        """Return the other table of the family: the same model on other data."""
        family = self.name.partition("-")[0]
        return next(pool(name) for name in (*TUNING, *REPORTED) if name.startswith(family) and name != self.name)


def vectors(data: Parts, p: Params) -> float:
    """Return the share of wrong labels of a support vector machine."""
    from sklearn.svm import SVC

    x, y, x_test, y_test = data
    model = SVC(
        C=p["cost"], kernel=p["kernel"], gamma=p["gamma"], degree=p.get("degree", 3), coef0=p["offset"],
        tol=p["tolerance"], max_iter=20_000,
    )  # fmt: skip
    return float(np.mean(model.fit(x, y).predict(x_test) != y_test))


def forest(data: Parts, p: Params) -> float:
    """Return the mean log loss of a random forest."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import log_loss

    x, y, x_test, y_test = data
    model = RandomForestClassifier(
        p["trees"], max_features=p["share"], max_depth=p["depth"], min_samples_leaf=p["leaf"], random_state=0,
        criterion=p["criterion"], bootstrap=p["bootstrap"] == "yes", ccp_alpha=p["pruning"],
    )  # fmt: skip
    return float(log_loss(y_test, model.fit(x, y).predict_proba(x_test), labels=np.unique(y)))


RECORDED: dict[str, tuple[Space, Any, Any]] = {
    "vectors-digits": (VECTORS, vectors, functools.partial(coarse_digits, 300, 400)),
    "vectors-cancer": (VECTORS, vectors, functools.partial(labelled, "breast_cancer", 200, 369)),
    "forest-wine": (FOREST, forest, functools.partial(labelled, "wine", 80, 98)),
    "forest-digits": (FOREST, forest, functools.partial(coarse_digits, 300, 400)),
}
#: The tables on which decisions were made, and those that were kept for the end.
TUNING = (
    *(name for name, training in TRAININGS.items() if training.half == "tuning"), "vectors-digits", "forest-wine",
)  # fmt: skip
REPORTED = (
    *(name for name, training in TRAININGS.items() if training.half == "report"), "vectors-cancer", "forest-digits",
)  # fmt: skip


def drawn(space: Space, rng: np.random.Generator) -> Params:
    """Return a random configuration."""
    params: Params = {}
    for p in space.active(params):
        u = rng.random()
        if p.kind == "categorical":
            params[p.name] = p.choices[int(u * len(p.choices))]
        elif p.kind == "int":
            low, high = p.low, p.high + 1
            value = low * (high / low) ** u if p.log else low + u * (high - low)
            params[p.name] = min(int(value), int(p.high))
        else:
            params[p.name] = p.low * (p.high / p.low) ** u if p.log else p.low + u * (p.high - p.low)
    return params


def drawn_rows(name: str) -> list[Params]:
    """Return the configurations of a recorded table."""
    rng = np.random.default_rng(sum(map(ord, name)))
    return [drawn(RECORDED[name][0], rng) for _ in range(ROWS)]


def record(name: str) -> None:
    """Train all configurations of a table and write their errors."""
    _, train, data = RECORDED[name]
    errors = np.array([train(data(), params) for params in drawn_rows(name)])
    np.savez_compressed(FOLDER / f"{name}.npz", errors=rounded(errors))


@functools.cache
def pool(name: str) -> Pool:
    """Return a table; diverged trainings have the largest finite error."""
    if name in RECORDED:
        space, rows = RECORDED[name][0], drawn_rows(name)
        errors = np.load(FOLDER / f"{name}.npz")["errors"].astype(float)
    else:
        space, rows = TRAININGS[name].space, list(grid(TRAININGS[name].space))
        errors = Curves(name).curves[:, -1]
    return Pool(name, space, rows, np.minimum(errors, errors[np.isfinite(errors)].max()))
