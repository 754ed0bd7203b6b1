"""Small data in two parts, one to train on and one to judge by."""

from __future__ import annotations

import functools

import numpy as np

from benches.quality.problems.bbob import standard_normals
from benches.quality.problems.data import classification

Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def parts(x: np.ndarray, y: np.ndarray, train: int) -> Parts:
    """The first ``train`` rows and their targets, then the others."""
    return x[:train], y[:train], x[train:], y[train:]


@functools.cache
def labelled(name: str, train: int, test: int) -> Parts:
    """Standardized rows of one of scikit-learn's data sets, with their labels."""
    x, y = classification(name)
    return parts(x[: train + test], y[: train + test], train)


@functools.cache
def coarse_digits(train: int, test: int) -> Parts:
    """Digits in 4 by 4 pixels of -1 to 1, with their labels."""
    from sklearn.datasets import load_digits

    images, y = load_digits(return_X_y=True)
    rows = standard_normals(710).permutation(len(y))[: train + test]
    x = images[rows].reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16) / 8 - 1
    return parts(x, y[rows], train)


@functools.cache
def rings(train: int, test: int) -> Parts:
    """Points of a plane in two rings, one within the other, with theirs as label."""
    rng = standard_normals(711)
    y = rng.integers(0, 2, train + test)
    angle, radius = rng.uniform(0, 2 * np.pi, len(y)), 0.8 + 0.9 * y + 0.25 * rng.standard_normal(len(y))
    return parts(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), y, train)


@functools.cache
def checkers(train: int, test: int) -> Parts:
    """Points of a cube of five dimensions, labelled by the field of a board of 4 by 3 that two columns make up."""
    rng = standard_normals(713)
    x = rng.random((train + test, 5))
    return parts(x, ((4 * x[:, 1]).astype(int) + (3 * x[:, 3]).astype(int)) % 2, train)


@functools.cache
def surface(seed: int, columns: int, noise: float, train: int, test: int) -> Parts:
    """A function of the first four columns, of which two interact, under noise; targets of deviation 1."""
    rng = standard_normals(712, seed)
    x = rng.random((train + test, columns))
    y = np.sin(2 * np.pi * x[:, 0] * x[:, 1]) + 2 * (x[:, 2] - 0.4) ** 2 + (x[:, 3] > 0.6)
    y = (y - y.mean()) / y.std()
    return parts(x, y + noise * rng.standard_normal(len(y)), train)


def one_hot(labels: np.ndarray) -> np.ndarray:
    """A row of zeros with a one for every label."""
    return np.eye(int(labels.max()) + 1)[labels]


@functools.cache
def raw(name: str, train: int) -> Parts:
    """Rows of one of scikit-learn's data sets as they were measured, with their labels."""
    from sklearn import datasets

    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    rows = standard_normals(714).permutation(len(y))
    return parts(x[rows], y[rows], train)


@functools.cache
def spoiled_products(train: int, test: int) -> Parts:
    """Products of normal columns of deviation 2; every sixth target to be trained on is spoiled."""
    rng = standard_normals(715)
    x = 2 * rng.standard_normal((train + test, 6))
    y = 0.3 * x[:, 0] * x[:, 1] - 0.2 * x[:, 2] * x[:, 4] + 0.2 * x[:, 3] + 0.1 * rng.standard_normal(len(x))
    y[:train:6] += 25 * rng.standard_normal(len(y[:train:6]))
    return parts(x, y, train)


@functools.cache
def rare_products(train: int, test: int) -> Parts:
    """Six columns; the sum of two of their products tells the rarer label, one in ten."""
    rng = standard_normals(716)
    x = 1.5 * rng.standard_normal((train + test, 6)) + 1.5
    y = x[:, 1] * x[:, 3] + x[:, 0] * x[:, 5] + 0.3 * rng.standard_normal(len(x)) > 12.0
    return parts(x, y.astype(int), train)
