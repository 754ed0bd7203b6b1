"""Landscapes with a cost: the family ``cost`` of ``benches.fidelity`` with full trainings, and four more kinds.

==============  =======================================================================================================
good-dear       one parameter makes a trial up to 30 times as costly; the optimum is costly (``benches.fidelity``)
good-cheap      the same, but the optimum is cheap
cheap-is-good   better configurations are cheaper: the cost is e^(2 v) for the value v
cheap-is-bad    better configurations are costlier: the cost is e^(-2 v)
flat            every trial costs the same, up to noise of 10 %
crash-cheap     a third of the space fails, at a hundredth of the lowest cost; elsewhere as good-dear, any optimum
==============  =======================================================================================================

The unit of cost is the mean cost of a uniformly drawn configuration.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from benches.fidelity import analytic
from benches.fidelity.analytic import HALVES, Landscape, price
from benches.python.peers.space import Space
from benches.quality.problem import Params

# Offset of the seeds of the landscapes, which therefore differ from those of `benches.fidelity`.
FIRST = 30
NOISE, CRASH_PRICE, CRASHES_BEYOND = 0.1, 0.001, 2 / 3


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem to be minimized, with an optimum of 0.

    Attributes
    ----------
    value : callable
        Returns the value of a configuration; None if it fails.
    cost : callable
        Returns the cost of a configuration.
    """

    name: str
    half: str
    space: Space
    value: Callable[[Params], float | None]
    cost: Callable[[Params], float]


def mean_of(landscape: Landscape, function: Callable[[float], float]) -> float:
    """Return the mean of a function of the value over uniform configurations."""
    rng = np.random.default_rng(0)
    configurations = ({f"x{i}": u for i, u in enumerate(rng.random(len(landscape.centre)))} for _ in range(2000))
    return float(
        np.mean(
            [function(landscape.value({**params, "kind": "abc"[k % 3]})) for k, params in enumerate(configurations)]
        )
    )


def by_value(landscape: Landscape, sign: float) -> Callable[[Params], float]:
    """Return a cost that increases, or decreases, with the value."""

    def cost(value: float) -> float:
        return math.exp(2.0 * sign * value)

    mean = mean_of(landscape, cost)
    return lambda params: cost(landscape.value(params)) / mean


def noisy(params: Params) -> float:
    """Return 1 with noise that depends on the configuration."""
    rng = np.random.default_rng(zlib.crc32(repr(sorted(params.items())).encode()))
    return math.exp(NOISE * float(rng.standard_normal()))


def fails(params: Params) -> bool:
    """Whether a configuration of the last kind fails."""
    return params["x1"] > CRASHES_BEYOND


def kinds(half: str) -> Iterator[Problem]:
    """Return all kinds, each on its own landscape."""
    offset, dimension = HALVES[half]

    def landscape_at(position: int) -> Landscape:
        return Landscape(offset + FIRST + position, dimension)

    for name in ("good-dear", "good-cheap"):
        training = analytic.problem(half, analytic.KIND_NAMES.index(f"cost-{name}"))
        yield Problem(name, half, training.space, training.final, training.cost)
    for position, (name, sign) in enumerate((("cheap-is-good", 1.0), ("cheap-is-bad", -1.0)), 2):
        landscape = landscape_at(position)
        yield Problem(name, half, landscape.space, landscape.value, by_value(landscape, sign))
    landscape = landscape_at(4)
    yield Problem("flat", half, landscape.space, landscape.value, noisy)
    landscape = landscape_at(5)
    # The optimum is next to the failing region.
    landscape.centre[1] = 0.6
    yield Problem(
        "crash-cheap", half, landscape.space, lambda p, last=landscape: None if fails(p) else last.value(p),
        lambda p, last=landscape: CRASH_PRICE if fails(p) else price(last, 1, p),
    )  # fmt: skip


def problems() -> dict[str, Problem]:
    """Return all problems by name and half."""
    return {f"{problem.name}-{half}": problem for half in HALVES for problem in kinds(half)}
