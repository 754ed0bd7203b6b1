"""Families of functions whose members have shifted optima and different scales."""

from __future__ import annotations

import itertools
import math
from typing import Any

import tanteo as tt

from .problem import Pair, Problem

_UNIT = (0.0, 1.0)


def _shift(task: int, j: int, size: float) -> float:
    """Return the shift of the optimum of a task in one coordinate, between minus and plus ``size``."""
    return size * math.sin(12.9898 * (task + 1) + 78.233 * (j + 1))


def _numbers(n: int) -> dict[str, tt.Float]:
    return {f"x{j}": tt.Float(*_UNIT) for j in range(n)}


def bowl(task: int, n: int = 4) -> Problem:
    """A quadratic function with unequal axes."""

    def loss(params: dict[str, Any]) -> float:
        offsets = (params[f"x{j}"] - 0.55 - _shift(task, j, 0.15) for j in range(n))
        return sum((1 + j) * x * x for j, x in enumerate(offsets))

    return Problem(_numbers(n), loss, 0.0)


def valley(task: int) -> Problem:
    """Rosenbrock's function of three numbers, shifted and rescaled."""

    def loss(params: dict[str, Any]) -> float:
        x = [4 * params[f"x{j}"] - 2 - _shift(task, j, 0.3) for j in range(3)]
        curvature = 5.0 + 3.0 * _shift(task, 9, 1.0)
        return sum(curvature * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in itertools.pairwise(x))

    return Problem(_numbers(3), loss, 0.0)


def waves(task: int, n: int = 3) -> Problem:
    """A bowl with ripples."""

    def loss(params: dict[str, Any]) -> float:
        offsets = [params[f"x{j}"] - 0.4 - _shift(task, j, 0.1) for j in range(n)]
        return sum(x * x + 0.03 * (1 - math.cos(6 * math.pi * x)) for x in offsets)

    return Problem(_numbers(n), loss, 0.0)


def ackley(task: int, n: int = 5) -> Problem:
    """Ackley's function of five numbers."""

    def loss(params: dict[str, Any]) -> float:
        offsets = [8 * (params[f"x{j}"] - 0.5 - _shift(task, j, 0.12)) for j in range(n)]
        radius = math.sqrt(sum(x * x for x in offsets) / n)
        ripple = sum(math.cos(2 * math.pi * x) for x in offsets) / n
        return 20 + math.e - 20 * math.exp(-0.2 * radius) - math.exp(ripple)

    return Problem(_numbers(n), loss, 0.0)


def training(task: int) -> Problem:
    """A training-like function: dependent numbers on log scales, and a choice."""
    space = {
        "lr": tt.Float(1e-5, 1.0, log=True),
        "decay": tt.Float(1e-6, 1e-1, log=True),
        "layers": tt.Int(1, 8),
        "optimizer": tt.Categorical(["sgd", "adam", "rmsprop"]),
    }
    rate = {"sgd": -1.2, "adam": -2.8, "rmsprop": -2.5}
    floor = {"sgd": 0.05, "adam": 0.0, "rmsprop": 0.08}

    def loss(params: dict[str, Any]) -> float:
        kind = params["optimizer"]
        lr = math.log10(params["lr"]) - rate[kind] - _shift(task, 0, 0.4) + 0.05 * params["layers"]
        decay = math.log10(params["decay"]) + 3.5 - _shift(task, 1, 0.6) + 0.3 * lr
        depth = params["layers"] - 4 - _shift(task, 2, 1.5)
        return floor[kind] + 1 - math.exp(-0.3 * lr * lr - 0.05 * decay * decay - 0.02 * depth * depth)

    # For any number of layers, some values of lr and decay are optimal.
    depths = ((layers - 4 - _shift(task, 2, 1.5)) ** 2 for layers in range(1, 9))
    return Problem(space, loss, min(1 - math.exp(-0.02 * depth) for depth in depths))


def choices(task: int) -> Problem:
    """Six choices of three levels with additive effects and pair effects."""
    space = {f"c{j}": tt.Categorical(["a", "b", "c"]) for j in range(6)}

    def loss(params: dict[str, Any]) -> float:
        level = ["abc".index(params[f"c{j}"]) for j in range(6)]
        single_effects = sum(
            math.sin(5.1 * j + 2.3 * k) + 0.5 * _shift(task, 3 * j + k, 1.0) for j, k in enumerate(level)
        )
        return single_effects + sum(
            0.6 * math.sin(1.7 * a * b + j) for j, (a, b) in enumerate(itertools.pairwise(level))
        )

    configurations = (
        {f"c{j}": level for j, level in enumerate(levels)} for levels in itertools.product("abc", repeat=6)
    )
    return Problem(space, loss, min(map(loss, configurations)))


def narrower(task: int) -> Problem:
    """The bowl with other ranges and without the last parameter, which has a default."""
    inner = bowl(task)
    space = {f"x{j}": tt.Float(0.2, 1.0) for j in range(3)}
    space["x3"] = tt.Float(*_UNIT, default=0.5)
    return Problem(space, inner.loss, 0.0)


#: Pairs of an earlier and a new problem: those on which the recipe was tuned, and the held-out ones.
TUNING = {
    "bowl": Pair(bowl(0), bowl(1)),
    "valley": Pair(valley(0), valley(1)),
    "training": Pair(training(0), training(1)),
    "ackley": Pair(ackley(0), ackley(1)),
    "choices": Pair(choices(0), choices(1)),
}
REPORTED = {
    "bowl, 6 numbers": Pair(bowl(2, 6), bowl(3, 6)),
    "valley": Pair(valley(2), valley(3)),
    "training": Pair(training(2), training(3)),
    "waves": Pair(waves(2), waves(3)),
    "choices": Pair(choices(2), choices(3)),
    "other ranges": Pair(bowl(4), narrower(5)),
}
