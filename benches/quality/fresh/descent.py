"""Networks trained by plain gradient descent.

If the start is too close to zero, or the rate too small for the number of steps, a network still makes the constant
prediction at the end of its training, with a log loss of ln k for k classes. If the rate is too large, it diverges.
Together these are more than half of each space. The validation loss orders the rest. A diverged training is told as the
constant prediction or, where noted, fails.

The best known value (from ``best`` or from later searches), and the median value of random search after 100 trials::

    problem                  best known       random search
    descent-wine             0.185174         0.2763
    descent-digits           0.460999         1.0078
    descent-cancer           0.057669         0.1176
    descent-rings            0.052128         0.1264
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.fresh.data import Parts, coarse_digits, labelled, one_hot, rings
from benches.quality.problem import Params, Problem, exact
from benches.quality.problems.bbob import standard_normals

F, N, C = "float", "int", "categorical"
ACTIVATIONS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]] = {
    "tanh": (np.tanh, lambda out: 1.0 - out**2),
    "logistic": (lambda z: 1.0 / (1.0 + np.exp(-z)), lambda out: out * (1.0 - out)),
    "relu": (lambda z: np.maximum(z, 0.0), lambda out: (out > 0.0).astype(float)),
}
Layers = list[np.ndarray]


def start(sizes: list[int], spread: float) -> Layers:
    """Return normal weights with deviation ``spread`` over the root of the fan-in; the same for every training."""
    rng = standard_normals(720)
    return [spread * rng.standard_normal((a, b)) / a**0.5 for a, b in itertools.pairwise(sizes)]


def forward(x: np.ndarray, layers: Layers, activation: str) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the inputs of every layer, and the log probabilities."""
    entering = [x]
    for w in layers[:-1]:
        entering.append(ACTIVATIONS[activation][0](entering[-1] @ w))
    logits = entering[-1] @ layers[-1]
    logits = logits - logits.max(axis=1, keepdims=True)
    return entering, logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def gradients(x: np.ndarray, y: np.ndarray, layers: Layers, activation: str) -> Layers:
    """Return the gradients of the log loss, layer by layer (backpropagation)."""
    entering, logs = forward(x, layers, activation)
    delta, gradients_ = (np.exp(logs) - y) / len(y), []
    for w, layer_input in zip(layers[::-1], entering[::-1], strict=True):
        gradients_.append(layer_input.T @ delta)
        delta = (delta @ w.T) * ACTIVATIONS[activation][1](layer_input)
    return gradients_[::-1]


def trained(data: Parts, p: Params, hidden: list[int], steps: int) -> float:
    """Return the validation log loss after full-batch descent with momentum; infinity or NaN if it diverged."""
    x, y, x_test, y_test = data
    x, x_test = (np.column_stack([a, np.ones(len(a))]) for a in (x, x_test))
    y, activation = one_hot(y), p.get("activation", "tanh")
    layers = start([x.shape[1], *hidden, y.shape[1]], p["spread"])
    speeds = [np.zeros_like(w) for w in layers]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            for i, g in enumerate(gradients(x, y, layers, activation)):
                speeds[i] = p["momentum"] * speeds[i] - p["rate"] * (g + p["decay"] * layers[i])
                layers[i] = layers[i] + speeds[i]
        return float(-forward(x_test, layers, activation)[1][np.arange(len(y_test)), y_test].mean())


def bounded(loss: float, constant: float) -> float:
    """Return a loss of at most 10; for a diverged training, the loss of the constant prediction."""
    return min(loss, 10.0) if np.isfinite(loss) else constant


def wine(p: Params) -> float:
    """Three cultivars from six measurements, one hidden layer, 40 steps."""
    x, y, x_test, y_test = labelled("wine", 90, 88)
    return bounded(trained((x[:, :6], y, x_test[:, :6], y_test), p, [p["width"]], 40), float(np.log(3)))


def digits(p: Params) -> float:
    """Ten digits of 16 pixels, two hidden layers, 40 steps."""
    return bounded(trained(coarse_digits(120, 200), p, [p["width"]] * 2, 40), float(np.log(10)))


def breast_cancer(p: Params) -> float | None:
    """Tumours, two hidden layers of 6 units and a choice of activation, at most 30 steps.

    A diverged training fails.
    """
    loss = trained(labelled("breast_cancer", 100, 150), p, [6, 6], p["steps"])
    return bounded(loss, np.inf) if np.isfinite(loss) else None


def two_rings(p: Params) -> float:
    """Two rings of a plane, one to three hidden layers of 8 units, 50 steps."""
    return bounded(trained(rings(80, 150), p, [8] * p["layers"], 50), float(np.log(2)))


def positive(**ranges: tuple[float, float]) -> list[Parameter]:
    """Return numbers on a logarithmic scale."""
    return [Parameter(name, F, low, high, True) for name, (low, high) in ranges.items()]


MOMENTUM = Parameter("momentum", F, 0.0, 0.99)
WINE = Space([
    *positive(rate=(1e-5, 1e2), spread=(1e-3, 1e1), decay=(1e-6, 1e0)), MOMENTUM, Parameter("width", N, 2, 16),
])  # fmt: skip
DIGITS = Space([
    *positive(rate=(1e-4, 1e2), spread=(1e-2, 1e1), decay=(1e-6, 1e-1)), MOMENTUM,
    Parameter("width", N, 2, 24, True), Parameter("activation", C, choices=("logistic", "tanh", "relu")),
])  # fmt: skip
BREAST_CANCER = Space([
    Parameter("activation", C, choices=("relu", "logistic", "tanh")), Parameter("steps", N, 1, 30, True),
    *positive(rate=(1e-4, 1e3), spread=(1e-2, 1e2), decay=(1e-5, 1e1)), MOMENTUM,
])  # fmt: skip
RINGS = Space([
    Parameter("layers", N, 1, 3), *positive(decay=(1e-6, 1e-1), rate=(1e-4, 1e2), spread=(1e-3, 1e1)), MOMENTUM,
    Parameter("activation", C, choices=("tanh", "logistic", "relu")),
])  # fmt: skip


def tuning() -> list[Problem]:
    """Return two networks that report ln k if they diverge."""
    return [
        Problem("descent-wine", "descent", WINE, 200, exact(wine), optimum=0.185174),
        Problem("descent-digits", "descent", DIGITS, 200, exact(digits), optimum=0.460999),
    ]


def reported() -> list[Problem]:
    """Return a network that fails if it diverges, and one that starts near a saddle point."""
    return [
        Problem("descent-cancer", "descent", BREAST_CANCER, 200, exact(breast_cancer), optimum=0.057669),
        Problem("descent-rings", "descent", RINGS, 200, exact(two_rings), optimum=0.052128),
    ]
