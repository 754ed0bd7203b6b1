"""Integers, choices and conditions.

================  ====================================================================================================
mixed-zdt         ZDT1 with integers and a choice in ``g``: the best level is the middle one
steps             ZDT1 whose numbers are rounded to tenths, and whose second objective is rounded to fortieths: plateaus
branches          three kinds with two numbers of their own, each of which is best on a third of the front
experts           two kinds with three numbers each; one holds the ends of the front, the other one the middle
network-size      error of a small network (the table of ``benches.quality``) and the logarithm of its weights
boosting-size     error of boosted trees (the other table) and the logarithm of the number of leaves
================  ====================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from benches.objectives.problem import Problem, unconstrained
from benches.objectives.problems import zdt
from benches.python.peers.space import Parameter, Space
from benches.quality.problems import tables

F, N, C = "float", "int", "categorical"
KINDS = ("a", "b", "c")


def mixed_zdt(x: np.ndarray) -> np.ndarray:
    """Return ZDT1 of a float, two integers of 0 to 20 (best at 13) and a choice of five."""
    f, off = x[:, 0], np.abs(x[:, 1:3] - 13).sum(axis=1) / 26
    g = 1 + 3 * off + 2 * np.array([0.8, 0.4, 0.0, 0.6, 1.0])[x[:, 3].astype(int)] + 3 * (x[:, 4] - 0.4) ** 2
    return np.stack([f, g * zdt.convex(f, g)], axis=1)


def steps(x: np.ndarray) -> np.ndarray:
    """Return ZDT1 in steps."""
    rounded = np.column_stack([np.round(x[:, 0], 1), np.floor(x[:, 1:] * 10) / 10])
    values = zdt.linear(rounded, zdt.convex)
    return np.stack([values[:, 0] + 0.02 * x[:, 1], np.round(values[:, 1] * 40) / 40], axis=1)


def branches(x: np.ndarray) -> np.ndarray:
    """Return the front ``(t, (1 - t)^2)``; kind ``k`` reaches ``t`` from ``k / 3`` to ``(k + 1) / 3``."""
    kind = x[:, 0].astype(int)
    own = x[:, 1:].reshape(len(x), 3, 2)[np.arange(len(x)), kind]
    t = (kind + own[:, 0]) / 3
    loss = 2 * (own[:, 1] - np.array([0.2, 0.8, 0.5])[kind]) ** 2
    return np.stack([t + loss, (1 - t) ** 2 + loss], axis=1)


def experts(x: np.ndarray) -> np.ndarray:
    """Return a front on a circle: the second kind is best between 30 and 60 degrees, the first elsewhere."""
    kind = x[:, 0].astype(int)
    own = x[:, 1:].reshape(len(x), 2, 3)[np.arange(len(x)), kind]
    angle = 0.5 * np.pi * own[:, 0]
    is_middle = np.abs(own[:, 0] - 0.5) < 1 / 6
    beyond = np.where(is_middle == (kind == 1), 0.0, 0.3)
    radius = 1 + beyond + ((own[:, 1:] - np.array([[0.3, 0.6], [0.7, 0.2]])[kind]) ** 2).sum(axis=1)
    return np.stack([1.4 - np.cos(angle) / radius, 1.4 - np.sin(angle) / radius], axis=1)


def network_size(x: np.ndarray) -> np.ndarray:
    """Return error and ``ln`` of the number of weights of a network with 64 inputs and 10 outputs."""
    width, layers = x[:, 0], x[:, 1]
    weights = 65 * width + (layers - 1) * (width + 1) * width + 10 * (width + 1)
    return np.stack([errors("network-digits", x), np.log(weights)], axis=1)


def boosting_size(x: np.ndarray) -> np.ndarray:
    """Return error and ``ln`` of the largest number of leaves."""
    return np.stack([errors("boosting-breast-cancer", x), np.log(x[:, 1] * x[:, 2])], axis=1)


def errors(name: str, x: np.ndarray) -> np.ndarray:
    """Return the errors that a table predicts for rows."""
    space = tables.TABLES[name][0]
    encoded = [tables.encode(space, params(space, row)) for row in x]
    return np.asarray(tables.model(name).predict(np.array(encoded)))


def params(space: Space, row: np.ndarray) -> dict[str, object]:
    """Return the configuration of a row."""
    found: dict[str, object] = {}
    for parameter in space.active(found):
        value = row[[p.name for p in space].index(parameter.name)]
        is_choice = parameter.kind == "categorical"
        found[parameter.name] = parameter.choices[int(value)] if is_choice else float(value)
    return found


def numbers(kinds: tuple[str, ...], n: int) -> list[Parameter]:
    """Return a choice of kinds, each with ``n`` numbers of its own."""
    own = [Parameter(f"{kind}{i}", F, parent=("kind", (kind,))) for kind in kinds for i in range(n)]
    return [Parameter("kind", C, choices=kinds), *own]


def problems() -> list[Problem]:
    """Return the family."""

    def problem(name: str, space: Iterable[Parameter], function: Callable[[np.ndarray], np.ndarray]) -> Problem:
        return Problem(name, "mixed", Space(space), 2, unconstrained(function))

    mixed = [
        Parameter("x", F), Parameter("m", N, 0, 20), Parameter("n", N, 0, 20),
        Parameter("c", C, choices=tuple("abcde")), Parameter("y", F),
    ]  # fmt: skip
    return [
        problem("branches", numbers(KINDS, 2), branches),
        problem("experts", numbers(KINDS[:2], 3), experts),
        problem("network-size", tables.NETWORK, network_size),
        problem("boosting-size", tables.BOOSTING, boosting_size),
        problem("mixed-zdt", mixed, mixed_zdt),
        problem("steps", [Parameter(f"x{i}", F) for i in range(4)], steps),
    ]
