"""Real trainings with two or three numbers, most of whose losses have smooth valleys oblique to the axes.

Forests as stand-ins consist of steps along the axes. They hide a valley in which a penalty compensates for a
lengthscale, or a rate for a number of steps. Therefore these models are trained in every trial, in 1 to 25
milliseconds. Losses are errors that change with every parameter, not shares of mistakes; an unbounded loss is cut off.
Two problems are for contrast: the valley of ``laplacian-friedman`` is curved, and that of ``smoothing-digits`` is
nearly parallel to an axis.

The optima are the best values, rounded down to a millionth, of: grids over the logarithms (25 to 49 points a side for
two parameters, 17 or 21 for three); Nelder and Mead's search from the five best points of each grid (for numbers of
steps, separately for each number nearby); and, for ``hinge-wine``, ``cubic-diabetes`` and ``descent-breast-cancer``,
differential evolution. In ``cubic-diabetes`` all points of a line are optimal: weights scale with penalties.
"""

from __future__ import annotations

import functools

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.problem import Params, Problem, exact
from benches.quality.problems.data import classification, diabetes, squared_error


@functools.cache
def friedman() -> tuple[np.ndarray, np.ndarray]:
    """Return 120 noisy rows of Friedman's first function (1991), one of six inputs idle; standardized targets."""
    from sklearn.datasets import make_friedman1

    x, y = make_friedman1(120, n_features=6, noise=1.0, random_state=3)
    return x, (y - y.mean()) / y.std()


@functools.cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return squared distances between 240 images, infinite on the diagonal, and one-hot labels."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(y))[:240]
    x = x[rows] / 16
    squares = np.sum((x[:, None] - x) ** 2, axis=2)
    np.fill_diagonal(squares, np.inf)
    return squares, np.eye(10)[y[rows]]


def ridge_friedman(p: Params) -> float:
    """Return the squared error of a kernel ridge regression."""
    from sklearn.kernel_ridge import KernelRidge

    return squared_error(KernelRidge(kernel="rbf", **p), *friedman())


def ridge_diabetes(p: Params) -> float:
    """Return the same for 200 patients."""
    from sklearn.kernel_ridge import KernelRidge

    x, y = diabetes()
    return squared_error(KernelRidge(kernel="rbf", **p), x[:200], y[:200])


def hinge_wine(p: Params) -> float:
    """Return the mean shortfall from a margin of one between support vector machines, one per cultivar."""
    from sklearn.model_selection import KFold, cross_val_predict
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import SVC

    x, y = classification("wine")
    folds = KFold(5, shuffle=True, random_state=1)
    # One machine per pair would give votes, which are discontinuous. The default tolerance of the solver, a thousandth,
    # would leave a roughness of 1e-5.
    model = OneVsRestClassifier(SVC(**p, tol=1e-7))
    scores = cross_val_predict(model, x, y, cv=folds, method="decision_function")
    rows = np.arange(len(y))
    shortfalls = np.maximum(0.0, 1.0 - scores[rows, y][:, None] + scores)
    shortfalls[rows, y] = 0.0
    return float(shortfalls.max(axis=1).mean())


def laplacian_friedman(p: Params) -> float:
    """Return the squared error of a kernel ridge regression with a rougher kernel."""
    from sklearn.kernel_ridge import KernelRidge

    return squared_error(KernelRidge(kernel="laplacian", **p), *friedman())


def cubic_diabetes(p: Params) -> float:
    """Return the squared error of a regression on monomials up to the third degree, weighted by ``coef0``."""
    from sklearn.kernel_ridge import KernelRidge

    x, y = diabetes()
    return squared_error(KernelRidge(kernel="poly", degree=3, **p), x[:200], y[:200])


def evidence_friedman(p: Params) -> float:
    """Return the negative log evidence of a Gaussian process per observation, at most 50."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern

    kernel = ConstantKernel(p["variance"]) * Matern(p["length"], nu=2.5)
    x, y = (a[:90] for a in friedman())
    model = GaussianProcessRegressor(kernel, alpha=p["noise"], optimizer=None).fit(x, y)
    return float(min(50.0, -model.log_marginal_likelihood_value_ / len(y)))


def smoothing_digits(p: Params) -> float:
    """Return the log loss of labels weighted by nearness to a left-out image, with ``prior`` uniform images."""
    squares, labels = digits()
    nearness = -squares / p["temperature"]
    weights = np.exp(nearness - nearness.max(axis=1, keepdims=True))
    shares = (weights @ labels + p["prior"] / 10) / (weights.sum(axis=1, keepdims=True) + p["prior"])
    return float(-np.log(shares[labels == 1.0] + 1e-12).mean())


def descent_breast_cancer(p: Params) -> float:
    """Return the log loss, at most 20, of a logistic regression fitted by descent to every second tumour."""
    x, y = classification("breast_cancer", 220)
    signed = x * (2.0 * y[:, None] - 1.0)
    train, test = signed[::2], signed[1::2]
    weights = np.zeros(x.shape[1])
    for _ in range(p["steps"]):
        gradient_weights = 1.0 / (1.0 + np.exp(np.clip(train @ weights, -50.0, 50.0)))
        weights -= p["rate"] * (p["decay"] * weights - gradient_weights @ train / len(train))
    margins = np.clip(test @ weights, -60.0, 60.0)
    return float(min(20.0, np.log1p(np.exp(-margins)).mean()))


def positive(**ranges: tuple[float, float]) -> Space:
    """Return numbers on a logarithmic scale."""
    return Space(Parameter(name, "float", low, high, log=True) for name, (low, high) in ranges.items())


CASES = {
    ridge_friedman: (positive(alpha=(1e-6, 1e3), gamma=(1e-5, 1e2)), 0.101218),
    ridge_diabetes: (positive(alpha=(1e-6, 1e3), gamma=(1e-5, 1e2)), 0.486130),
    hinge_wine: (positive(C=(1e-3, 1e4), gamma=(1e-6, 1e1)), 0.045387),
    laplacian_friedman: (positive(alpha=(1e-6, 1e3), gamma=(1e-4, 1e2)), 0.118044),
    cubic_diabetes: (positive(alpha=(1e-5, 1e3), gamma=(1e-5, 1e0), coef0=(1e-2, 1e2)), 0.488206),
    evidence_friedman: (positive(variance=(1e-3, 1e4), length=(1e-2, 1e3), noise=(1e-5, 1e1)), 0.696634),
    smoothing_digits: (positive(temperature=(1e-2, 1e2), prior=(1e-6, 1e2)), 0.124243),
    descent_breast_cancer: (
        Space([
            Parameter("rate", "float", 1e-4, 1e1, log=True), Parameter("steps", "int", 1, 300, log=True),
            Parameter("decay", "float", 1e-6, 1e0, log=True),
        ]),
        0.046089,
    ),
}  # fmt: skip


def problems() -> list[Problem]:
    """Return eight problems of two or three numbers; 100 trials."""
    return [
        Problem(function.__name__.replace("_", "-"), "tuning", space, 100, exact(function), optimum=best)
        for function, (space, best) in CASES.items()
    ]
