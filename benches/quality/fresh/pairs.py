"""Choices that are valuable only in pairs.

In ``pair-*`` every choice has a small effect of its own. Two choices also have a level each that raises the loss alone
and lowers it much in combination, by more at a smaller rate. In ``tables-*`` there are only pair effects: a random
table for any two interacting choices.

The best known value (from ``best`` or from later searches), and the median value of random search after 100 trials::

    problem                  best known       random search
    pair-6x4                 -1.686995        -1.1154
    tables-7x3               -2.313493        -1.8870
    pair-flags               -1.889181        -1.2337
    tables-mixed             -2.498675        -2.0912
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.problem import Params, Problem, exact
from benches.quality.problems.bbob import standard_normals

Function = tuple[Space, Callable[[Params], float], float]
RATE = Parameter("rate", "float", 1e-6, 1e0, True)


def choices(sizes: list[int]) -> list[Parameter]:
    """Return one choice for each size."""
    return [Parameter(f"c{i}", "categorical", choices=tuple(range(n))) for i, n in enumerate(sizes)]


def pair(sizes: list[int], cost_alone: float, goal: float, numbers: int, seed: int) -> Function:
    """Two choices lower the loss in combination, by up to 2 at the rate ``goal`` (on a scale of 0 to 1).

    At the optimum, the pair is chosen, every other choice has its best level, and rate and numbers are at their goals.
    """
    rng = standard_normals(750, seed)
    effects = [rng.uniform(0.0, 0.25, n) for n in sizes]
    for effect in effects:
        effect -= effect.min()
    first, second = sorted(rng.choice(len(sizes), 2, replace=False))
    levels = {i: int(np.argmax(effects[i])) for i in (first, second)}
    centre = rng.uniform(0.15, 0.85, numbers)
    space = Space([*choices(sizes), RATE, *(Parameter(f"x{i}", "float", 0.0, 1.0) for i in range(numbers))])

    def value(p: Params) -> float:
        loss = sum(float(effects[i][p[f"c{i}"]]) for i in range(len(sizes)))
        is_chosen = [p[f"c{i}"] == level for i, level in levels.items()]
        rate_distance = abs(np.log10(p["rate"]) / 6 + 1 - goal)
        if all(is_chosen):
            loss -= 2.0 * (1.0 - rate_distance)
        elif any(is_chosen):
            loss += cost_alone
        else:
            loss += 0.3 * abs(np.log10(p["rate"]) / 6 + 0.4)
        return loss + sum((p[f"x{i}"] - centre[i]) ** 2 for i in range(numbers))

    optimum = sum(float(effects[i][levels[i]]) for i in levels) - 2.0
    return space, value, optimum


def tables(sizes: list[int], reach: int, seed: int) -> Function:
    """Normal effects for the levels of any two choices at most ``reach`` apart; the optimum is enumerated."""
    rng = standard_normals(751, seed)
    effects = {
        (i, j): rng.standard_normal((sizes[i], sizes[j]))
        for i, j in itertools.combinations(range(len(sizes)), 2)
        if j - i <= reach
    }

    def total(levels: tuple[int, ...]) -> float:
        return float(sum(effect[levels[i], levels[j]] for (i, j), effect in effects.items()) / len(effects) ** 0.5)

    best = min(itertools.product(*map(range, sizes)), key=total)
    # The optimum of the number depends on the first choice.
    targets = rng.uniform(0.1, 0.9, sizes[0])
    space = Space([*choices(sizes), Parameter("x", "float", 0.0, 1.0)])

    def value(p: Params) -> float:
        return total(tuple(p[f"c{i}"] for i in range(len(sizes)))) + float((p["x"] - targets[p["c0"]]) ** 2)

    return space, value, total(best)


def build(cases: dict[str, Function]) -> list[Problem]:
    """Return problems of 200 trials."""
    return [
        Problem(name, "pairs", space, 200, exact(f), optimum=optimum) for name, (space, f, optimum) in cases.items()
    ]


def tuning() -> list[Problem]:
    """Return six choices of four levels with two numbers, and seven of three, each interacting with its next two."""
    return build({
        "pair-6x4": pair([4] * 6, cost_alone=0.3, goal=0.1, numbers=2, seed=0),
        "tables-7x3": tables([3] * 7, reach=2, seed=0),
    })  # fmt: skip


def reported() -> list[Problem]:
    """Return ten flags, a choice of eight and four numbers, and five choices of two to six levels that all interact."""
    return build({
        "pair-flags": pair([2] * 10 + [8], cost_alone=0.1, goal=0.2, numbers=4, seed=1),
        "tables-mixed": tables([5, 2, 6, 3, 4], reach=4, seed=1),
    })  # fmt: skip
