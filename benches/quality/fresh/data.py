"""Small data sets, split into training and validation rows."""

from __future__ import annotations

import functools

import numpy as np

from benches.quality.problems.bbob import standard_normals
from benches.quality.problems.data import classification

Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def parts(x: np.ndarray, y: np.ndarray, train: int) -> Parts:
    """Return the first ``train`` rows with their targets, then the others."""
    return x[:train], y[:train], x[train:], y[train:]


@functools.cache
def labelled(name: str, train: int, test: int) -> Parts:
    """Return the standardized rows of a scikit-learn data set with their labels."""
    x, y = classification(name)
    return parts(x[: train + test], y[: train + test], train)


@functools.cache
def coarse_digits(train: int, test: int) -> Parts:
    """Return digits of 4 by 4 pixels from -1 to 1, with their labels."""
    from sklearn.datasets import load_digits

    images, y = load_digits(return_X_y=True)
    rows = standard_normals(710).permutation(len(y))[: train + test]
    x = images[rows].reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16) / 8 - 1
    return parts(x, y[rows], train)


@functools.cache
def rings(train: int, test: int) -> Parts:
    """Return points of a plane in two concentric rings, with the ring as label."""
    rng = standard_normals(711)
    y = rng.integers(0, 2, train + test)
    angle, radius = rng.uniform(0, 2 * np.pi, len(y)), 0.8 + 0.9 * y + 0.25 * rng.standard_normal(len(y))
    return parts(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), y, train)


@functools.cache
def checkers(train: int, test: int) -> Parts:
    """Return points of a five-dimensional cube; the label is the field of a 4 by 3 board spanned by two columns."""
    rng = standard_normals(713)
    x = rng.random((train + test, 5))
    return parts(x, ((4 * x[:, 1]).astype(int) + (3 * x[:, 3]).astype(int)) % 2, train)


@functools.cache
def surface(seed: int, columns: int, noise: float, train: int, test: int) -> Parts:
    """Return a noisy function of the first four columns, two of which interact; targets have a deviation of 1."""
    rng = standard_normals(712, seed)
    x = rng.random((train + test, columns))
    y = np.sin(2 * np.pi * x[:, 0] * x[:, 1]) + 2 * (x[:, 2] - 0.4) ** 2 + (x[:, 3] > 0.6)
    y = (y - y.mean()) / y.std()
    return parts(x, y + noise * rng.standard_normal(len(y)), train)


def one_hot(labels: np.ndarray) -> np.ndarray:
    """Return a one-hot row for every label."""
    return np.eye(int(labels.max()) + 1)[labels]


@functools.cache
def raw(name: str, train: int) -> Parts:
    """Return the rows of a scikit-learn data set without scaling, with their labels."""
    from sklearn import datasets

    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    rows = standard_normals(714).permutation(len(y))
    return parts(x[rows], y[rows], train)


@functools.cache
def spoiled_products(train: int, test: int) -> Parts:
    """Return products of normal columns with deviation 2; every sixth training target is an outlier."""
    rng = standard_normals(715)
    x = 2 * rng.standard_normal((train + test, 6))
    y = 0.3 * x[:, 0] * x[:, 1] - 0.2 * x[:, 2] * x[:, 4] + 0.2 * x[:, 3] + 0.1 * rng.standard_normal(len(x))
    y[:train:6] += 25 * rng.standard_normal(len(y[:train:6]))
    return parts(x, y, train)


@functools.cache
def rare_products(train: int, test: int) -> Parts:
    """Return six columns; the sum of two of their products determines the rarer label, one in ten."""
    rng = standard_normals(716)
    x = 1.5 * rng.standard_normal((train + test, 6)) + 1.5
    y = x[:, 1] * x[:, 3] + x[:, 0] * x[:, 5] + 0.3 * rng.standard_normal(len(x)) > 12.0
    return parts(x, y.astype(int), train)
