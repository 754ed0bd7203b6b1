"""Small networks trained by mini-batch descent with momentum, or by Adam: the log loss on the validation rows.

All trainings start with the same weights and shuffle the rows in the same order. A diverged training stays at the cap,
twice the loss of the constant prediction.
"""

from __future__ import annotations

import math

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.fresh.data import Parts, one_hot
from benches.quality.fresh.descent import Layers, forward, gradients, start
from benches.quality.problem import Params
from benches.quality.problems.bbob import standard_normals

EPOCHS = 27
DECAYS = (0.0, 1e-4, 1e-3, 1e-2)
# The learning rate is this scale times 10^(rate / 2 - 4).
SCALES = {"sgd": 10.0, "adam": 1.0}
SPACE = Space([
    Parameter("optimizer", "categorical", choices=("sgd", "adam")),
    Parameter("momentum", "int", 0, 2, parent=("optimizer", ("sgd",))),
    Parameter("rate", "int", 0, 7), Parameter("decay", "int", 0, 3),
    Parameter("width", "int", 2, 5), Parameter("depth", "int", 1, 2), Parameter("batch", "int", 0, 1),
])  # fmt: skip


class Sgd:
    """Descent with a momentum of 0, 0.9 or 0.98."""

    def __init__(self, rate: float, momentum: float, layers: Layers) -> None:
        self._rate, self._momentum, self._speeds = rate, momentum, [np.zeros_like(w) for w in layers]

    def step(self, layers: Layers, gradients: Layers) -> None:
        """Update the layers."""
        for w, speed, g in zip(layers, self._speeds, gradients, strict=True):
            speed *= self._momentum
            speed -= self._rate * g
            w += speed


class Adam:
    """Adam with the constants of Kingma and Ba (2015)."""

    def __init__(self, rate: float, layers: Layers) -> None:
        self._rate, self._n = rate, 0
        self._first, self._second = ([np.zeros_like(w) for w in layers] for _ in range(2))

    def step(self, layers: Layers, gradients: Layers) -> None:
        """Update the layers."""
        self._n += 1
        rate = self._rate * math.sqrt(1 - 0.999**self._n) / (1 - 0.9**self._n)
        for w, m, v, g in zip(layers, self._first, self._second, gradients, strict=True):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            w -= rate * m / (np.sqrt(v) + 1e-8)


def curve(data: Parts, p: Params) -> np.ndarray:
    """Return the loss after every epoch."""
    x, y, x_test, y_test = data
    x, x_test = (np.column_stack([a, np.ones(len(a))]) for a in (x, x_test))
    layers = start([x.shape[1], *[2 ** p["width"]] * p["depth"], int(y.max()) + 1], 1.0)
    labels, rng, size = one_hot(y), standard_normals(810), (16, 64)[p["batch"]]
    rate = SCALES[p["optimizer"]] * 10 ** (p["rate"] / 2 - 4)
    rule = Adam(rate, layers) if p["optimizer"] == "adam" else Sgd(rate, (0.0, 0.9, 0.98)[p["momentum"]], layers)
    cap, losses = 2 * math.log(labels.shape[1]), []
    with np.errstate(all="ignore"):
        for _ in range(EPOCHS):
            for rows in np.array_split(rng.permutation(len(x)), len(x) // size):
                layer_gradients = gradients(x[rows], labels[rows], layers, "tanh")
                rule.step(layers, [g + DECAYS[p["decay"]] * w for g, w in zip(layer_gradients, layers, strict=True)])
            losses.append(-forward(x_test, layers, "tanh")[1][np.arange(len(y_test)), y_test].mean())
    return np.minimum(np.nan_to_num(losses, nan=cap, posinf=cap), cap)
