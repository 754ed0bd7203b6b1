"""Landscapes with a cost: the family ``cost`` of ``benches.fidelity`` with full trainings, and four more kinds.

==============  =======================================================================================================
good-dear       one parameter makes a trial up to 30 times dearer, and the best is dear (``benches.fidelity``)
good-cheap      the same; the best is cheap
cheap-is-good   the better, the cheaper: e^(2 v) of the value v
cheap-is-bad    the better, the dearer: e^(-2 v)
flat            every trial costs the same, but for 10 % of noise
crash-cheap     a third of the space fails, at a hundredth of the least price; elsewhere as good-dear, the best anywhere
==============  =======================================================================================================

Costs are in units of a uniform configuration's on average.
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

# Offset of the landscapes, so that they differ from those of `benches.fidelity`.
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


def mean_of(land: Landscape, of: Callable[[float], float]) -> float:
    """Return the mean of a function of the value over uniform configurations."""
    rng = np.random.default_rng(0)
    drawn = ({f"x{i}": u for i, u in enumerate(rng.random(len(land.centre)))} for _ in range(2000))
    return float(np.mean([of(land.value({**params, "kind": "abc"[k % 3]})) for k, params in enumerate(drawn)]))


def by_value(land: Landscape, sign: float) -> Callable[[Params], float]:
    """Return a cost that increases, or decreases, with the value."""

    def of(value: float) -> float:
        return math.exp(2.0 * sign * value)

    mean = mean_of(land, of)
    return lambda params: of(land.value(params)) / mean


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

    def land(position: int) -> Landscape:
        return Landscape(offset + FIRST + position, dimension)

    for name in ("good-dear", "good-cheap"):
        training = analytic.problem(half, analytic.KIND_NAMES.index(f"cost-{name}"))
        yield Problem(name, half, training.space, training.final, training.cost)
    for position, (name, sign) in enumerate((("cheap-is-good", 1.0), ("cheap-is-bad", -1.0)), 2):
        costs = land(position)
        yield Problem(name, half, costs.space, costs.value, by_value(costs, sign))
    costs = land(4)
    yield Problem("flat", half, costs.space, costs.value, noisy)
    costs = land(5)
    # The optimum is next to the failing region.
    costs.centre[1] = 0.6
    yield Problem(
        "crash-cheap", half, costs.space, lambda p, at=costs: None if fails(p) else at.value(p),
        lambda p, at=costs: CRASH_PRICE if fails(p) else price(at, 1, p),
    )  # fmt: skip


def problems() -> dict[str, Problem]:
    """Return all problems by name and half."""
    return {f"{problem.name}-{half}": problem for half in HALVES for problem in kinds(half)}
