"""Searches in which many trials fail for a reason: memory, time, divergence, combinations that do not work.

They were built before any sampler was run on them. ``failing-tuning`` is for choosing between variants,
``failing-report`` is only ever reported. Both halves hold a training of a language model, a region of numbers, an
instability that depends on two numbers, and a space in which little succeeds. In most of them the loss falls towards
the border of what fails.

``python -m benches.quality failures FILE`` prints the share of trials that fail.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.problem import Params, Problem, exact, vector

MODEL = Space([
    Parameter("layers", "int", 2, 48, True), Parameter("width", "int", 128, 4096, True),
    Parameter("batch", "int", 4, 512, True), Parameter("context", "int", 128, 8192, True),
    Parameter("rate", "float", 1e-5, 1e-1, True), Parameter("dropout", "float", 0.0, 0.5),
    Parameter("optimizer", "categorical", choices=("adam", "sgd", "adafactor")),
    Parameter("recompute", "categorical", choices=(False, True)),
])  # fmt: skip
BYTES_PER_WEIGHT = {"adam": 16.0, "sgd": 12.0, "adafactor": 8.5}
PENALTIES = {"adam": 0.0, "sgd": 0.35, "adafactor": 0.04}


def scaling_loss(p: Params, n_weights: float, n_tokens: float) -> float:
    """Return a loss by the scaling laws of Hoffmann et al. (2022), with a best learning rate that falls with width."""
    best_rate = 10.0 ** (-2.3 - 0.5 * math.log10(p["width"] / 512))
    offset = math.log10(p["rate"] / best_rate)
    return 1.69 + 406.4 / n_weights**0.34 + 410.7 / n_tokens**0.28 + 0.12 * offset**2 + 0.3 * (p["dropout"] - 0.1) ** 2


def memory(p: Params) -> float | None:
    """20,000 steps of training; more than 10 GB of memory, or a rate far above the best one, fails."""
    n_weights = 12.0 * p["layers"] * p["width"] ** 2
    kept = 4.0 if p["recompute"] else 34.0
    used = BYTES_PER_WEIGHT[p["optimizer"]] * n_weights + kept * p["layers"] * p["width"] * p["batch"] * p["context"]
    if used > 10e9 or p["rate"] * p["width"] > 30.0:
        return None
    loss = scaling_loss(p, n_weights, 2e4 * p["batch"] * p["context"])
    return loss + PENALTIES[p["optimizer"]] + (0.02 if p["recompute"] else 0.0)


def deadline(p: Params) -> float | None:
    """A fixed number of tokens; what takes longer than the deadline fails, and small batches use a device badly."""
    n_weights, per_step = 12.0 * p["layers"] * p["width"] ** 2, p["batch"] * p["context"]
    n_tokens = 3e9 if p["recompute"] else 1e9
    use = per_step / (per_step + 2e4)
    if n_weights * n_tokens / use > 6e17 or p["rate"] > 0.03:
        return None
    noise_scale = 0.03 * math.log10(per_step / 1e5) ** 2
    return scaling_loss(p, n_weights, n_tokens) + noise_scale + PENALTIES[p["optimizer"]]


def in_a_band(p: Params) -> float | None:
    """A bowl in four dimensions; only a band across it succeeds, a sixth of the space."""
    x = vector(floats(4, 0.0, 1.0))(p)
    height = float(x @ (0.9, -0.4, 0.7, 0.3))
    return None if abs(height - 0.55) > 0.06 else float(((x - (0.2, 0.7, 0.8, 0.9)) ** 2).sum())


def in_a_shell(p: Params) -> float | None:
    """A plane in five dimensions; only a shell around the centre succeeds."""
    x = vector(floats(5, -1.0, 1.0))(p)
    radius = float((x**2).sum()) ** 0.5
    return None if not 0.7 < radius < 1.05 else float(x @ (1.0, -0.5, 0.25, -0.125, 0.5)) + 0.3 * float(x[0] ** 2)


def conditioning(p: Params) -> float | None:
    """A kernel matrix that cannot be factored where the noise is small for the lengthscale; the loss falls there."""
    log_noise, log_scale = math.log10(p["noise"]), math.log10(p["scale"])
    if log_noise < -7.0 + 2.5 * log_scale - math.log10(p["variance"]):
        return None
    return 0.1 * (log_noise + 6.0) + 0.5 * (log_scale - 0.6) ** 2 + 0.1 * (math.log10(p["variance"]) - 0.3) ** 2


def stiffness(p: Params) -> float | None:
    """A time step that must not exceed the stability limit of a scheme; cheap steps and accurate schemes are better."""
    order = {"euler": 1, "midpoint": 2, "runge-kutta": 4}[p["scheme"]]
    limit = {1: 2.0, 2: 2.0, 4: 2.785}[order]
    if p["step"] * p["stiffness"] > limit:
        return None
    error = math.log10(p["step"] ** order + 1e-9)
    return 0.1 * error - 0.25 * math.log10(p["step"]) - 0.15 * math.log10(p["stiffness"]) + 0.1 * order + p["damping"]


def combinations(p: Params) -> float | None:
    """Five choices of three; a third of the pairs of neighbours do not work together."""
    levels = [p[f"c{i}"] for i in range(5)]
    if any((2 * a + b + i) % 3 == 0 for i, (a, b) in enumerate(itertools.pairwise(levels))):
        return None
    choices = sum((0.0, 0.3, 0.1)[(level + i) % 3] for i, level in enumerate(levels))
    return choices + (p["x"] - 0.3) ** 2 + 0.5 * (p["y"] - 0.8) ** 2


def on_islands(p: Params) -> float | None:
    """Two balls in a cube succeed, a twelfth of it; the better optimum lies in the smaller one."""
    x = vector(floats(3, 0.0, 1.0))(p)
    large, small = float(((x - (0.3, 0.35, 0.6)) ** 2).sum()), float(((x - (0.8, 0.75, 0.3)) ** 2).sum())
    if large < 0.25**2:
        return 0.4 + large
    return small if small < 0.16**2 else None


KERNEL = Space([
    Parameter("noise", "float", 1e-9, 1.0, True), Parameter("scale", "float", 0.1, 100.0, True),
    Parameter("variance", "float", 0.01, 100.0, True),
])  # fmt: skip
SCHEMES = Space([
    Parameter("scheme", "categorical", choices=("euler", "midpoint", "runge-kutta")),
    Parameter("step", "float", 1e-4, 1.0, True), Parameter("stiffness", "float", 1.0, 1000.0, True),
    Parameter("damping", "float", 0.0, 1.0),
])  # fmt: skip
CHOICES = Space([
    *(Parameter(f"c{i}", "categorical", choices=(0, 1, 2)) for i in range(5)),
    Parameter("x", "float"), Parameter("y", "float"),
])  # fmt: skip


def problem(name: str, space: Space, function: Callable[[Params], float | None]) -> Problem:
    """Return a problem of 100 trials."""
    return Problem(f"failing-{name}", "failing", space, 100, exact(function))


def tuning() -> dict[str, Problem]:
    """Return the problems for choosing between variants, by name."""
    return _by_name(
        problem("memory", MODEL, memory),
        problem("band", floats(4, 0.0, 1.0), in_a_band),
        problem("conditioning", KERNEL, conditioning),
        problem("combinations", CHOICES, combinations),
    )


def reported() -> dict[str, Problem]:
    """Return the problems for reports only, by name."""
    return _by_name(
        problem("deadline", MODEL, deadline),
        problem("shell", floats(5, -1.0, 1.0), in_a_shell),
        problem("stiffness", SCHEMES, stiffness),
        problem("islands", floats(3, 0.0, 1.0), on_islands),
    )


def _by_name(*problems: Problem) -> dict[str, Problem]:
    return {problem.name: problem for problem in problems}
