"""Crash regions of numbers, and of numbers with choices."""

from __future__ import annotations

import math

from benches.python.peers.space import Parameter, Space, floats
from benches.quality.problem import Params, Problem, exact, vector
from benches.quality.problems.bbob import regret

array = vector(floats(5, -5.0, 5.0))
sphere, powers = regret(1, 5, 501), regret(14, 4, 502)


def beyond_a_plane(p: Params) -> float | None:
    """A sphere; points beyond a plane through the centre fail."""
    return None if array(p).sum() > 1.0 else sphere(p)


def outside_a_box(p: Params) -> float | None:
    """Different powers; points with a coordinate near the boundary fail."""
    return None if max(abs(x) for x in p.values()) > 4.0 else powers(p)


LIMITS = {"sgd": 0.3, "momentum": 0.05, "adam": 0.01, "second-order": 1e-3}
FLOORS = {"sgd": 0.25, "momentum": 0.1, "adam": 0.08, "second-order": 0.0}
TRAINING = Space([
    Parameter("optimizer", "categorical", choices=tuple(LIMITS)), Parameter("rate", "float", 1e-5, 1.0, True),
    Parameter("warmup", "categorical", choices=("none", "short", "long")),
    Parameter("decay", "float", 1e-6, 1e-1, True), Parameter("width", "int", 16, 1024, True),
])  # fmt: skip


def diverging(p: Params) -> float | None:
    """Every optimizer diverges beyond its own rate; the best rate is slightly below, and a warm-up moves both."""
    limit = LIMITS[p["optimizer"]] * {"none": 0.5, "short": 1.0, "long": 2.0}[p["warmup"]]
    if p["rate"] > limit:
        return None
    offsets = math.log10(p["rate"] / (0.4 * limit)), math.log10(p["decay"]) + 3.5, math.log2(p["width"]) - 8.0
    warmup_cost = {"none": 0.0, "short": 0.02, "long": 0.05}[p["warmup"]]
    return (
        FLOORS[p["optimizer"]] + warmup_cost + 0.15 * offsets[0] ** 2 + 0.02 * offsets[1] ** 2 + 0.01 * offsets[2] ** 2
    )


def problems() -> list[Problem]:
    """Return three problems of 100 trials."""
    return [
        Problem("crash-plane-5d", "crash", floats(5, -5.0, 5.0), 100, exact(beyond_a_plane)),
        Problem("crash-box-4d", "crash", floats(4, -5.0, 5.0), 100, exact(outside_a_box)),
        Problem("crash-diverging", "crash", TRAINING, 100, exact(diverging)),
    ]
