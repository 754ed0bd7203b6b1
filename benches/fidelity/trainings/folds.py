"""Ten folds of a cross-validation of four kinds of models with two kinds of scaling: the share of wrong labels.

A step is a fold, and the value of a trial is the mean over all folds.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.problem import Params

FOLDS = 10
SPACE = Space([
    Parameter("model", "categorical", choices=("neighbours", "svm", "tree", "logistic")),
    Parameter("scaling", "categorical", choices=("none", "standard")),
    Parameter("components", "int", 0, 2),
    Parameter("neighbours", "int", 1, 12, parent=("model", ("neighbours",))),
    Parameter("weights", "categorical", choices=("uniform", "distance"), parent=("model", ("neighbours",))),
    Parameter("p", "int", 1, 2, parent=("model", ("neighbours",))),
    Parameter("kernel", "categorical", choices=("rbf", "linear", "poly"), parent=("model", ("svm",))),
    Parameter("c", "int", 0, 8, parent=("model", ("svm",))),
    Parameter("gamma", "int", 0, 8, parent=("kernel", ("rbf",))),
    Parameter("degree", "int", 2, 3, parent=("kernel", ("poly",))),
    Parameter("depth", "int", 1, 8, parent=("model", ("tree",))),
    Parameter("leaf", "int", 0, 5, parent=("model", ("tree",))),
    Parameter("criterion", "categorical", choices=("gini", "entropy"), parent=("model", ("tree",))),
    Parameter("inverse", "int", 0, 11, parent=("model", ("logistic",))),
    Parameter("balanced", "categorical", choices=("no", "yes"), parent=("model", ("logistic",))),
])  # fmt: skip


def classifier(p: Params) -> Any:
    """Return one of the four classifiers."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier

    if p["model"] == "neighbours":
        return KNeighborsClassifier(2 * p["neighbours"] - 1, weights=p["weights"], p=p["p"])
    if p["model"] == "svm":
        gamma = 10 ** (p["gamma"] / 2 - 4) if p["kernel"] == "rbf" else "scale"
        return SVC(C=10 ** (p["c"] / 2 - 2), kernel=p["kernel"], gamma=gamma, degree=p.get("degree", 3), max_iter=3000)
    if p["model"] == "tree":
        leaf = (1, 2, 4, 8, 16, 32)[p["leaf"]]
        return DecisionTreeClassifier(
            criterion=p["criterion"], max_depth=p["depth"] + 1, min_samples_leaf=leaf, random_state=0
        )
    weight = "balanced" if p["balanced"] == "yes" else None
    return LogisticRegression(C=10 ** (p["inverse"] / 2 - 3), class_weight=weight, max_iter=200)


def curve(data: tuple[np.ndarray, np.ndarray], p: Params) -> np.ndarray:
    """Return the share of wrong labels of every fold."""
    from sklearn.decomposition import PCA
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, y = data
    scaling = [StandardScaler()] if p["scaling"] == "standard" else []
    if p["components"]:
        scaling.append(PCA((4, 10)[p["components"] - 1], random_state=0))
    model, error_rates = make_pipeline(*scaling, classifier(p)), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(x, y):
            error_rates.append(np.mean(model.fit(x[train], y[train]).predict(x[test]) != y[test]))
    return np.array(error_rates)
