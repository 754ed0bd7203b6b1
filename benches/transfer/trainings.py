"""Small scikit-learn models on its own data sets: errors of three folds, on a grid."""

from __future__ import annotations

import functools
import itertools
import warnings
from typing import Any

import tanteo as tt

from .problem import Pair, Problem

_N_SAMPLES = 400


@functools.cache
def _data(name: str) -> tuple[Any, Any]:
    from sklearn import datasets

    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    import numpy as np

    order = np.random.default_rng(0).permutation(len(y))[:_N_SAMPLES]
    return x[order], y[order]


def _error(model: Any, name: str) -> float:
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return 1 - float(cross_val_score(make_pipeline(StandardScaler(), model), *_data(name), cv=3).mean())


def _on_grid(space: dict[str, Any], levels: dict[str, list[Any]], error: Any) -> Problem:
    table = {key: error(**dict(zip(levels, key, strict=True))) for key in itertools.product(*levels.values())}
    return Problem(space, lambda params: table[tuple(params[name] for name in levels)], min(table.values()))


def svm(data: str) -> Problem:
    """A support vector machine: C, gamma, the kernel."""
    from sklearn.svm import SVC

    levels = {"C": list(range(-5, 11)), "gamma": list(range(-12, 4)), "kernel": ["rbf", "poly", "sigmoid"]}
    space = {
        "C": tt.Int(-5, 10),
        "gamma": tt.Int(-12, 3),
        "kernel": tt.Categorical(levels["kernel"]),
    }

    def error(**grid_point: Any) -> float:
        return _error(
            SVC(C=2.0 ** grid_point["C"], gamma=2.0 ** grid_point["gamma"], kernel=grid_point["kernel"]), data
        )

    return _on_grid(space, levels, error)


def tree(data: str) -> Problem:
    """A decision tree: depth, leaves, features, criterion."""
    from sklearn.tree import DecisionTreeClassifier

    levels = {
        "max_depth": list(range(1, 13)),
        "min_samples_leaf": list(range(1, 21)),
        "max_features": [0.2, 0.4, 0.6, 0.8, 1.0],
        "criterion": ["gini", "entropy"],
    }
    space = {
        "max_depth": tt.Int(1, 12),
        "min_samples_leaf": tt.Int(1, 20),
        "max_features": tt.Ordinal(levels["max_features"]),
        "criterion": tt.Categorical(levels["criterion"]),
    }
    return _on_grid(space, levels, lambda **kw: _error(DecisionTreeClassifier(random_state=0, **kw), data))


def tuning() -> dict[str, Pair]:
    """Return the pairs on which the recipe was tuned."""
    return {"svm, wine to cancer": Pair(svm("wine"), svm("breast_cancer"))}


def reported() -> dict[str, Pair]:
    """Return the held-out pairs."""
    return {
        "svm, cancer to digits": Pair(svm("breast_cancer"), svm("digits")),
        "tree, digits to cancer": Pair(tree("digits"), tree("breast_cancer")),
    }
