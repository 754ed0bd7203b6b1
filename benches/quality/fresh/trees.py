"""Single trees whose optimum is in a corner of the space.

A threshold below which a tree does not split costs most of the accuracy long before the middle of its range, and so
does a fraction of columns or rows. The best region has thresholds near 0 and fractions near 1, in one of many corners.

The best known value (from ``best`` or from later searches), and the median value of random search after 100 trials::

    problem                  best known       random search
    tree-surface             0.186682         0.5695
    tree-digits              0.226666         0.3400
    tree-checkers            0.081693         0.6650
    tree-random              0.352398         0.5641
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.fresh.data import Parts, checkers, coarse_digits, surface
from benches.quality.problem import Params, Problem, exact

F, N, C = "float", "int", "categorical"


def grown(model: Any, data: Parts, rows: float) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return the tree trained on the first ``rows`` (a share) of the rows, and the validation data."""
    x, y, x_test, y_test = data
    n = max(2, round(rows * len(y)))
    return model.fit(x[:n], y[:n]), x_test, y_test


def surface_tree(p: Params) -> float:
    """Return the squared error of a regression tree on a surface without noise."""
    from sklearn.tree import DecisionTreeRegressor

    model = DecisionTreeRegressor(
        max_features=p["columns"], min_samples_leaf=p["leaf"], min_impurity_decrease=p["decrease"],
        ccp_alpha=p["pruning"], random_state=0,
    )  # fmt: skip
    tree, x, y = grown(model, surface(0, 6, 0.0, 240, 300), p["rows"])
    return float(np.mean((tree.predict(x) - y) ** 2))


def digits_tree(p: Params) -> float:
    """Return the share of mistakes on 150 digits."""
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(
        criterion=p["criterion"], splitter=p["splitter"], max_features=p["columns"], max_leaf_nodes=p["leaves"],
        min_impurity_decrease=p["decrease"], min_weight_fraction_leaf=p["leaf"], random_state=0,
    )  # fmt: skip
    tree, x, y = grown(model, coarse_digits(250, 150), 1.0)
    return float(np.mean(tree.predict(x) != y))


def checkers_tree(p: Params) -> float:
    """Return the log loss of a tree whose leaves are smoothed by ``prior`` rows of each class."""
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(
        max_features=p["columns"], min_samples_split=p["split"], min_impurity_decrease=p["decrease"],
        criterion=p["criterion"], random_state=0,
    )  # fmt: skip
    tree, x, y = grown(model, checkers(300, 200), p["rows"])
    leaves = tree.apply(x)
    sizes = tree.tree_.n_node_samples[leaves][:, None]
    shares = (tree.predict_proba(x) * sizes + p["prior"]) / (sizes + 2 * p["prior"])
    return float(-np.log(shares[np.arange(len(y)), y]).mean())


def random_tree(p: Params) -> float:
    """Return the absolute error of the mean of three trees with random thresholds on a noisy surface."""
    from sklearn.tree import ExtraTreeRegressor

    data = surface(1, 8, 0.1, 300, 200)
    total = 0.0
    for seed in range(3):
        model = ExtraTreeRegressor(
            max_features=p["columns"], min_samples_leaf=p["leaf"], max_leaf_nodes=p["leaves"],
            min_impurity_decrease=p["decrease"], random_state=seed,
        )  # fmt: skip
        tree, x, y = grown(model, data, p["rows"])
        total = total + tree.predict(x)
    return float(np.mean(np.abs(total / 3 - y)))


COLUMNS, ROWS = Parameter("columns", F, 0.05, 1.0), Parameter("rows", F, 0.05, 1.0)
SURFACE = Space([
    COLUMNS, ROWS, Parameter("leaf", F, 1e-4, 0.5), Parameter("decrease", F, 0.0, 0.5),
    Parameter("pruning", F, 0.0, 0.5),
])  # fmt: skip
DIGITS = Space([
    COLUMNS, Parameter("leaves", N, 2, 200), Parameter("decrease", F, 0.0, 0.2), Parameter("leaf", F, 0.0, 0.3),
    Parameter("criterion", C, choices=("gini", "entropy")), Parameter("splitter", C, choices=("random", "best")),
])  # fmt: skip
CHECKERS = Space([
    Parameter("criterion", C, choices=("entropy", "gini")), Parameter("decrease", F, 0.0, 0.5), COLUMNS, ROWS,
    Parameter("split", F, 1e-3, 1.0), Parameter("prior", F, 1e-2, 1e2, True),
])  # fmt: skip
RANDOM = Space([
    Parameter("leaves", N, 2, 300), Parameter("leaf", F, 1e-4, 0.3), Parameter("decrease", F, 0.0, 0.3), ROWS, COLUMNS,
])  # fmt: skip


def tuning() -> list[Problem]:
    """Return a regression tree and a classification tree."""
    return [
        Problem("tree-surface", "trees", SURFACE, 200, exact(surface_tree), optimum=0.186682),
        Problem("tree-digits", "trees", DIGITS, 200, exact(digits_tree), optimum=0.226666),
    ]


def reported() -> list[Problem]:
    """Return a tree judged by its probabilities, and the mean of trees with random thresholds."""
    return [
        Problem("tree-checkers", "trees", CHECKERS, 200, exact(checkers_tree), optimum=0.081693),
        Problem("tree-random", "trees", RANDOM, 200, exact(random_tree), optimum=0.352398),
    ]
