"""The data sets of scikit-learn, scaled, and cross-validated errors."""

from __future__ import annotations

import functools
import warnings
from typing import Any

import numpy as np


@functools.cache
def classification(name: str, n: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    """Return at most ``n`` standardized rows of ``digits``, ``wine``, ``breast_cancer`` or ``iris`` with labels."""
    from sklearn import datasets
    from sklearn.preprocessing import StandardScaler

    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(y))[:n]
    return StandardScaler().fit_transform(x[rows]), y[rows]


@functools.cache
def diabetes() -> tuple[np.ndarray, np.ndarray]:
    """Return standardized inputs and targets."""
    from sklearn import datasets
    from sklearn.preprocessing import StandardScaler

    x, y = datasets.load_diabetes(return_X_y=True)
    return StandardScaler().fit_transform(x), (y - y.mean()) / y.std()


def classification_error(model: Any, x: np.ndarray, y: np.ndarray, folds: int = 3, seed: int = 0) -> float:
    """Return the share of wrong labels over stratified folds with a fixed shuffle."""
    from sklearn.model_selection import StratifiedKFold, cross_val_score

    splits = StratifiedKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(1.0 - cross_val_score(model, x, y, cv=splits, error_score="raise").mean())


def squared_error(model: Any, x: np.ndarray, y: np.ndarray, folds: int = 5) -> float:
    """Return the mean squared error over fixed folds."""
    from sklearn.model_selection import KFold, cross_val_score

    splits = KFold(folds, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scores = cross_val_score(model, x, y, cv=splits, scoring="neg_mean_squared_error", error_score="raise")
    return float(min(-scores.mean(), 1e6))
