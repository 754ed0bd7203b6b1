"""Linear models fitted by gradient descent, with flags that help only in combination, and some only with a small rate.

In ``flags-outliers`` two choices of four levels each are valuable only in combination: with a squared error, products
of columns fit the outliers, and a robust loss without products has nothing to fit. In the other problems one flag alone
achieves a part of the improvement: unit deviation in ``flags-wine``, products in the others. Products have a larger
curvature, so the rate must be small as well, and with smaller rates the error decreases steadily until the number of
steps is too small. Losses are cut off at 10, which is also the loss of a diverged training.

The best known value (from ``best`` or from later searches), and the median value of random search after 100 trials::

    problem                  best known       random search
    flags-outliers           0.115686         0.1634
    flags-wine               0.035709         0.0797
    flags-imbalanced         0.123355         0.2938
    flags-parity             0.304451         0.4404
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.fresh.data import coarse_digits, rare_products, raw, spoiled_products
from benches.quality.problem import Params, Problem, exact

F, N, C = "float", "int", "categorical"
Array = np.ndarray


def products(x: Array) -> Array:
    """Return the products of all pairs of different columns."""
    return np.column_stack([x[:, a] * x[:, b] for a, b in itertools.combinations(range(x.shape[1]), 2)])


# The features that are appended to the columns.
MORE: dict[str, Callable[[Array], Array]] = {
    "none": lambda x: x[:, :0],
    "squares": np.square,
    "sizes": np.abs,
    "products": products,
}
# The derivative of each loss; "low" and "high" are the quantile losses for 0.1 and 0.9.
PULLS: dict[str, Callable[[Array], Array]] = {
    "squared": lambda r: r,
    "low": lambda r: np.where(r > 0.0, 0.9, -0.1),
    "high": lambda r: np.where(r > 0.0, 0.1, -0.9),
    "huber": lambda r: np.clip(r, -0.5, 0.5),
}
# The weight of a row as a function of the share of its class.
WEIGHTS: dict[str, Callable[[Array], Array]] = {
    "equal": lambda share: np.ones_like(share),
    "frequent": lambda share: 2 * share,
    "root": lambda share: (0.5 / share) ** 0.5,
    "balanced": lambda share: 0.5 / share,
}


def expanded(x: Array, columns: str) -> Array:
    """Return a constant, the columns, and the features made from them."""
    return np.column_stack([np.ones(len(x)), x, MORE[columns](x)])


def descended(x: Array, derivative: Callable[[Array], Array], p: Params, outputs: int, steps: int) -> Array:
    """Return the weights after ``steps`` of descent with momentum; ``derivative`` is that of the loss."""
    w = speed = np.zeros((x.shape[1], outputs))
    with np.errstate(all="ignore"):
        for _ in range(steps):
            speed = p["momentum"] * speed - p["rate"] * (x.T @ derivative(x @ w) / len(x) + p["decay"] * w)
            w = w + speed
    return w


def cut(loss: float) -> float:
    """Return a loss of at most 10, which also replaces NaN."""
    return min(loss, 10.0) if np.isfinite(loss) else 10.0


def outliers(p: Params) -> float:
    """Return the absolute error of a regression on targets with outliers; robust losses on products are best."""
    x, y, x_test, y_test = spoiled_products(120, 200)
    w = descended(
        expanded(x, p["columns"]), lambda out: PULLS[p["loss"]](out - y[:, None]), p, outputs=1, steps=p["steps"]
    )
    return cut(float(np.abs((expanded(x_test, p["columns"]) @ w)[:, 0] - y_test).mean()))


def prepared(x: Array, p: Params, reference: Array) -> Array:
    """Prepare the wine data with flags for logarithms, centring, unit deviation, products and a constant."""
    low = reference.min(axis=0)
    x, reference = (np.log(np.maximum(a - 0.9 * low, 1e-3)) if p["logs"] else a for a in (x, reference))
    x, reference = (a - reference.mean(axis=0) if p["centre"] else a for a in (x, reference))
    x = x / (reference.std(axis=0) if p["scale"] else np.abs(reference).max())
    x = np.column_stack([x, products(x)]) if p["products"] else x
    return np.column_stack([x, np.ones(len(x))]) if p["bias"] else x


def probabilities(logits: Array) -> Array:
    """Return the softmax."""
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def wine(p: Params) -> float:
    """Return the log loss of a softmax regression with five flags; logarithms, scaling and products are best."""
    x, y, x_test, y_test = raw("wine", 60)
    targets = np.eye(3)[y]
    w = descended(prepared(x, p, x), lambda out: probabilities(out) - targets, p, outputs=3, steps=40)
    with np.errstate(all="ignore"):
        likelihoods = probabilities(prepared(x_test, p, x) @ w)[np.arange(len(y_test)), y_test]
        return cut(float(-np.log(np.maximum(likelihoods, 1e-100)).mean()))


def imbalanced(p: Params) -> float:
    """Return the log loss of a logistic regression, averaged over a frequent and a rare class."""
    x, y, x_test, y_test = rare_products(150, 250)
    weights = WEIGHTS[p["weights"]](np.where(y == 1, y.mean(), 1.0 - y.mean()))

    def derivative(out: Array) -> Array:
        return (weights * (1.0 / (1.0 + np.exp(-np.clip(out[:, 0], -500.0, 500.0))) - y))[:, None]

    w = descended(expanded(x, p["columns"]), derivative, p, outputs=1, steps=50)
    margins = np.clip((expanded(x_test, p["columns"]) @ w)[:, 0] * (2 * y_test - 1), -500.0, 500.0)
    losses = np.log1p(np.exp(-margins))
    return cut(float(np.mean([losses[y_test == k].mean() for k in (0, 1)])))


def parity(p: Params) -> float:
    """Return the squared error of a classifier of odd digits with six flags; products without hinge are best."""
    x, y, x_test, y_test = coarse_digits(150, 150)
    signs, expected = 2.0 * (y % 2) - 1.0, 2.0 * (y_test % 2) - 1.0

    def features(x: Array) -> Array:
        x = 2 * (x + 1)
        x = 4 * x / np.linalg.norm(x, axis=1, keepdims=True) if p["lengths"] else x
        x = x - 1 if p["centre"] else x
        blocks = [x, products(x) if p["products"] else x[:, :0], np.abs(x) if p["sizes"] else x[:, :0]]
        return np.column_stack([*blocks, np.ones((len(x), int(p["bias"])))])

    def derivative(out: Array) -> Array:
        residuals = out - signs[:, None]
        return np.where(out * signs[:, None] < 1.0, -signs[:, None], 0.0) if p["hinge"] else residuals

    w = descended(features(x), derivative, p, outputs=1, steps=40)
    return cut(float(np.mean((np.clip(features(x_test) @ w, -1.5, 1.5)[:, 0] - expected) ** 2)))


def flags(*names: str) -> list[Parameter]:
    """Return a choice of yes and no for each name."""
    return [Parameter(name, C, choices=(False, True)) for name in names]


def steps(low: float, high: float) -> list[Parameter]:
    """Return the parameters of the descent."""
    return [
        Parameter("rate", F, low, high, True), Parameter("momentum", F, 0.0, 0.99),
        Parameter("decay", F, 1e-6, 1e1, True),
    ]  # fmt: skip


OUTLIERS = Space([
    Parameter("loss", C, choices=tuple(PULLS)), Parameter("columns", C, choices=tuple(MORE)), *steps(1e-5, 1e1),
    Parameter("steps", N, 10, 100, True),
])  # fmt: skip
WINE = Space([*flags("logs", "centre", "scale", "products", "bias"), *steps(1e-4, 1e2)])
IMBALANCED = Space([
    *steps(1e-5, 1e1), Parameter("weights", C, choices=tuple(WEIGHTS)), Parameter("columns", C, choices=tuple(MORE)),
])  # fmt: skip
PARITY = Space([*flags("lengths", "centre", "products", "sizes", "bias", "hinge"), *steps(1e-5, 1e1)])


def tuning() -> list[Problem]:
    """Return a robust regression and a softmax regression."""
    return [
        Problem("flags-outliers", "flags", OUTLIERS, 200, exact(outliers), optimum=0.115686),
        Problem("flags-wine", "flags", WINE, 200, exact(wine), optimum=0.035709),
    ]


def reported() -> list[Problem]:
    """Return a weighted logistic regression, and a linear classifier."""
    return [
        Problem("flags-imbalanced", "flags", IMBALANCED, 200, exact(imbalanced), optimum=0.123355),
        Problem("flags-parity", "flags", PARITY, 200, exact(parity), optimum=0.304451),
    ]
