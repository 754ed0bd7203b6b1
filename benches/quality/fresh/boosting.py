"""Boosting of small trees with one split per level, on columns binned at eight quantiles, written in NumPy.

The best known value (from ``best`` or from later searches), and the median value of random search after 100 trials::

    problem                  best known       random search
    boosting-surface         0.234933         0.4268
    boosting-diabetes        0.495574         0.5493
    boosting-cancer          0.108307         0.1419
    boosting-parity          0.079999         0.1600
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.fresh.data import Parts, coarse_digits, labelled, surface
from benches.quality.problem import Params, Problem, exact
from benches.quality.problems.bbob import standard_normals
from benches.quality.problems.data import diabetes

F, N, C = "float", "int", "categorical"
Array = np.ndarray
# The first and second derivative of a loss with respect to the prediction.
Slopes = Callable[[Array], tuple[Array, Array]]


@functools.cache
def sides(make: Callable[[], Parts]) -> tuple[Array, Array, Array, Array]:
    """Return whether rows lie above each cut, for training and validation rows, with their targets."""
    x, y, x_test, y_test = make()
    cuts = np.quantile(x, np.arange(1, 9) / 9, axis=0)
    above, above_test = ((a[:, :, None] > cuts.T).reshape(len(a), -1).astype(float) for a in (x, x_test))
    return above, y, above_test, y_test


def boosted(above: Array, above_test: Array, slopes: Slopes, p: Params, depth: int = 1) -> Array:
    """Return predictions for the validation rows: Newton steps in leaves, one split for all nodes of a level."""
    rng, n = standard_normals(740), len(above)
    columns = above.shape[1] // 8
    kept_rows, kept_columns = max(2, round(p["rows"] * n)), max(1, round(p["columns"] * columns))
    out, out_test = np.zeros(n), np.zeros(len(above_test))
    for _ in range(p["rounds"]):
        slope, curvature = slopes(out)
        row_mask = np.zeros(n)
        row_mask[rng.permutation(n)[:kept_rows]] = 1.0
        allowed = np.repeat(rng.permutation(columns) < kept_columns, 8)
        leaf, leaf_test = np.zeros(n, dtype=int), np.zeros(len(above_test), dtype=int)
        for _ in range(depth):
            split = best_split(above, slope * row_mask, curvature * row_mask, leaf, p["l2"], allowed)
            leaf, leaf_test = 2 * leaf + above[:, split].astype(int), 2 * leaf_test + above_test[:, split].astype(int)
        gradient_sums, mass = (np.bincount(leaf, weights=a * row_mask, minlength=2**depth) for a in (slope, curvature))
        step = -p["rate"] * gradient_sums / (mass + p["l2"])
        out, out_test = out + step[leaf], out_test + step[leaf_test]
    return out_test


def best_split(above: Array, slope: Array, curvature: Array, leaf: Array, l2: float, allowed: Array) -> int:
    """Return the cut with the largest total gain over all leaves."""
    member = np.eye(int(leaf.max()) + 1)[leaf]
    gradient_sums, mass = (member * slope[:, None]).T, (member * curvature[:, None]).T
    right, right_mass = gradient_sums @ above, mass @ above
    left, left_mass = gradient_sums.sum(axis=1, keepdims=True) - right, mass.sum(axis=1, keepdims=True) - right_mass
    gain = (right**2 / (right_mass + l2) + left**2 / (left_mass + l2)).sum(axis=0)
    return int(np.argmax(np.where(allowed, gain, -1.0)))


def squares(y: Array) -> Slopes:
    """Return half the squared error."""
    return lambda out: (out - y, np.ones_like(y))


def logistic(y: Array) -> Slopes:
    """Return the log loss of two classes."""

    def slopes(out: Array) -> tuple[Array, Array]:
        q = 1.0 / (1.0 + np.exp(-np.clip(out, -50.0, 50.0)))
        return q - y, np.maximum(q * (1.0 - q), 1e-6)

    return slopes


def friedman_like() -> Parts:
    return surface(3, 8, 0.3, 150, 200)


def patients() -> Parts:
    x, y = diabetes()
    return x[:150], y[:150], x[150:], y[150:]


def tumours() -> Parts:
    x, y, x_test, y_test = labelled("breast_cancer", 120, 250)
    return x[:, ::2], y, x_test[:, ::2], y_test


def parities() -> Parts:
    x, y, x_test, y_test = coarse_digits(150, 200)
    return x, y % 2, x_test, y_test % 2


def squared_error(out: Array, y: Array) -> float:
    """Return the mean squared error, at most a million, since a large rate diverges."""
    return float(min(1e6, np.mean((out - y) ** 2)))


def surface_boosting(p: Params) -> float:
    """Return the squared error on a noisy surface, with trees of one to three levels."""
    above, y, above_test, y_test = sides(friedman_like)
    return squared_error(boosted(above, above_test, squares(y), p, p["depth"]), y_test)


def diabetes_boosting(p: Params) -> float:
    """Return the squared error on patients, with stumps and a choice of loss."""
    above, y, above_test, y_test = sides(patients)
    limit = {"squared": np.inf, "huber": 0.5, "absolute": 0.05}[p["loss"]]

    def slopes(out: Array) -> tuple[Array, Array]:
        return np.clip(out - y, -limit, limit) / min(limit, 1.0), np.ones_like(y)

    return squared_error(boosted(above, above_test, slopes, p), y_test)


def loss(margins: Array) -> float:
    """Return the mean log loss, at most 10."""
    return float(min(10.0, np.logaddexp(0.0, -margins).mean()))


def cancer_boosting(p: Params) -> float:
    """Return the log loss on tumours, with trees of one or two levels."""
    above, y, above_test, y_test = sides(tumours)
    return loss(boosted(above, above_test, logistic(y), p, p["depth"]) * (2 * y_test - 1))


def parity_boosting(p: Params) -> float:
    """Return the share of mistakes on odd digits, with two levels and a threshold."""
    above, y, above_test, y_test = sides(parities)
    out = boosted(above, above_test, logistic(y), p, 2)
    return float(np.mean((out > p["threshold"]) != y_test))


def shared(rounds: int, *extra: Parameter) -> Space:
    """Return the space with the parameters that all boosters share."""
    return Space([
        Parameter("rate", F, 1e-3, 1e1, True), Parameter("rounds", N, 1, rounds, True),
        Parameter("rows", F, 0.02, 1.0), Parameter("columns", F, 0.05, 1.0), Parameter("l2", F, 1e-3, 1e3, True),
        *extra,
    ])  # fmt: skip


def tuning() -> list[Problem]:
    """Return two regressions."""
    losses = Parameter("loss", C, choices=("absolute", "huber", "squared"))
    return [
        Problem(
            "boosting-surface",
            "boosting",
            shared(40, Parameter("depth", N, 1, 3)),
            200,
            exact(surface_boosting),
            optimum=0.234933,
        ),
        Problem("boosting-diabetes", "boosting", shared(50, losses), 200, exact(diabetes_boosting), optimum=0.495574),
    ]


def reported() -> list[Problem]:
    """Return two classifiers."""
    threshold = Parameter("threshold", F, -3.0, 3.0)
    return [
        Problem(
            "boosting-cancer",
            "boosting",
            shared(50, Parameter("depth", N, 1, 2)),
            200,
            exact(cancer_boosting),
            optimum=0.108307,
        ),
        Problem("boosting-parity", "boosting", shared(30, threshold), 200, exact(parity_boosting), optimum=0.079999),
    ]
