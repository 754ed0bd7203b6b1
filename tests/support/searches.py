"""Example spaces, losses on them, and searches over them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from typing import Any

import tanteo as tt
from tanteo.samplers.settings import BUILT_IN

#: The samplers whose suggestions come to an end, and the others.
DESIGNS = ("grid", "one_at_a_time")
ENDLESS = tuple(name for name in BUILT_IN if name not in DESIGNS)
SAMPLERS = (*ENDLESS, *DESIGNS)


def with_many_levels(name: str) -> Any:
    """Return the sampler of a name; designs get enough levels for about fifty trials."""
    designs = {"grid": tt.samplers.Grid(resolution=10), "one_at_a_time": tt.samplers.OneAtATime(resolution=40)}
    return designs.get(name, name)


def mixed_space() -> tt.SearchSpace:
    """Return a space of every kind of parameter, with logarithms, steps, a constant, a group and nested conditions."""
    return tt.SearchSpace(
        {
            "lr": tt.Float(1e-5, 1e-1, log=True),
            "depth": tt.Int(1, 8),
            "dropout": tt.Float(0.0, 0.5, step=0.05),
            "optimizer": tt.Categorical(["adam", "sgd", None]),
            "sgd": {
                "momentum": tt.Float(0.0, 0.99, when={"optimizer": "sgd"}),
                "nesterov": tt.Categorical([True, False], when={"momentum": tt.at_least(0.5)}),
            },
            "augment": tt.Ordinal(["none", "light", "heavy"]),
            "seed": 17,
        }
    )


def mixed_loss(params: dict[str, Any]) -> float:
    """Smooth in the numbers, different between the choices. It has the same bits everywhere (no exp, no power)."""
    loss = squares([params["dropout"]], 0.2) + squares([params["depth"]], 5) / 10 + math.sqrt(abs(params["lr"] - 1e-3))
    loss += {"adam": 0.0, "sgd": 0.1, None: 1.0}[params["optimizer"]]
    return loss + {"none": 0.2, "light": 0.0, "heavy": 0.1}[params["augment"]]


def squares(coordinates: Iterable[float], centre: float) -> float:
    """Return the sum of squared differences, with the same bits everywhere.

    Powers are those of the C library, and ``sum`` is compensated from Python 3.12 on.
    """
    return in_order((x - centre) * (x - centre) for x in coordinates)


def in_order(numbers: Iterable[float]) -> float:
    """Return the sum, rounded after each term."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def sphere(params: dict[str, Any]) -> float:
    """Return the squared distance from the point with 0.3 in every coordinate."""
    return squares(params.values(), 0.3)


def random_trials_of_a_sphere(n: int, n_parameters: int, seed: int) -> tt.Optimizer:
    """Return a search of the Gaussian process that has observed random points and made no suggestion yet."""
    draws, names = random.Random(0), [f"x{i}" for i in range(n_parameters)]
    optimizer = tt.Optimizer(tt.SearchSpace({name: tt.Float(0, 1) for name in names}), sampler="gp", seed=seed)
    for _ in range(n):
        params = {name: draws.random() for name in names}
        optimizer.observe(params, sphere(params))
    return optimizer


def unit_square(**options: Any) -> tt.SearchSpace:
    """Return a space of two numbers between 0 and 1."""
    return tt.SearchSpace({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}, **options)


def bowl(params: dict[str, Any]) -> float:
    """Return the squared distance from (0.3, 0.6), which is below 1 in the unit square."""
    return float((params["x"] - 0.3) ** 2 + (params["y"] - 0.6) ** 2)


def run(optimizer: tt.Optimizer, n: int, loss: Callable[[dict[str, Any]], Any] = mixed_loss) -> list[dict[str, Any]]:
    """Ask and tell `n` times, and return the suggestions."""
    suggested = []
    for _ in range(n):
        trial = optimizer.ask()
        suggested.append(trial.params)
        optimizer.tell(trial, loss(trial.params))
    return suggested


def distances(suggested: list[dict[str, Any]]) -> list[float]:
    """Return the distances of suggestions in the unit square from the minimum of `bowl`."""
    return [math.hypot(params["x"] - 0.3, params["y"] - 0.6) for params in suggested]
