"""Nearest neighbours and kernel votes, with leave-one-out errors on small data sets.

The best known value (from ``best`` or from later searches), and the median value of random search after 100 trials::

    problem                  best known       random search
    neighbours-wine          0.024999         0.0833
    neighbours-surface       0.124276         0.3671
    neighbours-digits        0.091666         0.1167
    neighbours-cancer        0.060684         0.0950
"""

from __future__ import annotations

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.fresh.data import coarse_digits, labelled, one_hot, surface
from benches.quality.problem import Params, Problem, exact

F, N, C = "float", "int", "categorical"
Array = np.ndarray


def pairwise_distances(a: Array, b: Array, metric: str) -> Array:
    """Return the distances between the rows of two tables."""
    if metric == "euclidean":
        return np.sqrt(np.maximum((a**2).sum(axis=1)[:, None] - 2 * a @ b.T + (b**2).sum(axis=1), 0.0))
    differences = np.abs(a[:, None] - b)
    return differences.sum(axis=2) if metric == "manhattan" else differences.max(axis=2)


def left_out(distances: Array, labels: Array, k: int, fade: float) -> Array:
    """Return the leave-one-out votes of the ``k`` nearest neighbours; the i-th nearest has weight ``i ** -fade``."""
    distances = distances + np.diag(np.full(len(distances), np.inf))
    nearest = np.argsort(distances, axis=1, kind="stable")[:, :k]
    weights = np.arange(1, k + 1) ** -fade
    return np.tensordot(weights, labels[nearest], axes=(0, 1))


def wine(p: Params) -> float:
    """Return the share of 120 wines misclassified, with a weight for each of eight columns."""
    x, y, _, _ = labelled("wine", 120, 0)
    x = x[:, [0, 1, 2, 3, 4, 5, 7, 8]]
    weights = np.array([p[f"weight{j}"] for j in range(8)])
    distances = pairwise_distances(x * weights, x * weights, p["metric"])
    votes = left_out(distances, one_hot(y), p["neighbours"], p["fade"])
    return float(np.mean(votes.argmax(axis=1) != y))


def surface_neighbours(p: Params) -> float:
    """Return the squared error of neighbours on a surface of four columns with four idle ones."""
    x, y, _, _ = surface(2, 8, 0.1, 130, 0)
    weights = np.array([p[f"weight{j}"] for j in range(8)])
    guesses = left_out(pairwise_distances(x * weights, x * weights, "manhattan"), y, p["neighbours"], p["fade"])
    return float(np.mean((guesses / np.sum(np.arange(1, p["neighbours"] + 1) ** -p["fade"]) - y) ** 2))


def digits(p: Params) -> float:
    """Return the errors on 180 digits of a kernel vote of 120 others over principal components."""
    x, y, x_test, y_test = coarse_digits(180, 120)
    mean = x.mean(axis=0)
    _, spread, axes = np.linalg.svd(x - mean, full_matrices=False)
    axes = axes[: p["components"]].T / spread[: p["components"]] ** p["whitening"]
    a, b = (x_test - mean) @ axes, (x - mean) @ axes
    distances = pairwise_distances(a, b, p["metric"])
    scaled = (distances / np.median(distances) / p["width"]) ** p["power"]
    votes = np.exp(-(scaled - scaled.min(axis=1, keepdims=True))) @ one_hot(y)
    return float(np.mean(votes.argmax(axis=1) != y_test))


def breast_cancer(p: Params) -> float:
    """Return the log loss, at most 10, of smoothed votes on 130 tumours, with powers of the columns."""
    x, y, _, _ = labelled("breast_cancer", 130, 0)
    x = np.sign(x) * np.abs(x) ** p["bend"]
    weights = np.repeat([p["mean"], p["error"], p["worst"]], 10)
    votes = left_out(pairwise_distances(x * weights, x * weights, "euclidean"), one_hot(y), p["neighbours"], p["fade"])
    shares = (votes + p["prior"]) / (votes.sum(axis=1, keepdims=True) + 2 * p["prior"])
    return float(min(10.0, -np.log(np.maximum(shares[np.arange(len(y)), y], 1e-100)).mean()))


NEIGHBOURS, FADE = Parameter("neighbours", N, 1, 60, True), Parameter("fade", F, 0.0, 3.0)
WINE = Space([
    NEIGHBOURS, FADE, Parameter("metric", C, choices=("manhattan", "euclidean", "maximum")),
    *(Parameter(f"weight{j}", F, 0.0, 1.0) for j in range(8)),
])  # fmt: skip
SURFACE = Space([*(Parameter(f"weight{j}", F, 1e-3, 1e1, True) for j in range(8)), NEIGHBOURS, FADE])
DIGITS = Space([
    Parameter("components", N, 1, 16), Parameter("whitening", F, 0.0, 2.0), Parameter("width", F, 1e-2, 1e1, True),
    Parameter("power", F, 0.2, 5.0), Parameter("metric", C, choices=("maximum", "euclidean", "manhattan")),
])  # fmt: skip
BREAST_CANCER = Space([
    *(Parameter(name, F, 1e-2, 1e2, True) for name in ("mean", "error", "worst")), Parameter("bend", F, 0.1, 2.0),
    Parameter("neighbours", N, 1, 100, True), FADE, Parameter("prior", F, 1e-4, 1e2, True),
])  # fmt: skip


def tuning() -> list[Problem]:
    """Return mistakes on wines and errors on a surface."""
    return [
        Problem("neighbours-wine", "neighbours", WINE, 200, exact(wine), optimum=0.024999),
        Problem("neighbours-surface", "neighbours", SURFACE, 200, exact(surface_neighbours), optimum=0.124276),
    ]


def reported() -> list[Problem]:
    """Return mistakes on digits and the loss of votes on tumours."""
    return [
        Problem("neighbours-digits", "neighbours", DIGITS, 200, exact(digits), optimum=0.091666),
        Problem("neighbours-cancer", "neighbours", BREAST_CANCER, 200, exact(breast_cancer), optimum=0.060684),
    ]
