"""Objectives that are difficult for samplers."""

from __future__ import annotations

import math
import random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ...space.search_space import SearchSpace, flat_params
from ..domain import unit

KINDS = (
    "bowl", "plateau", "nan_islands", "inf_half", "failing_half", "one_outlier", "heavy_tail", "huge", "denormal",
    "one_ulp", "drift", "noisy_duplicates", "deceptive",
)  # fmt: skip


class Objective:
    """A function of a configuration, to be minimized. For some kinds its value depends on the number of calls.

    Parameters
    ----------
    kind
        ``"bowl"``: the mean squared distance from 0.3 with each range scaled to [0, 1]; all other kinds modify it.
        ``"plateau"``: only two values. ``"nan_islands"``: NaN in every second of ten stripes. ``"inf_half"``,
        ``"failing_half"``: infinity, or None, below the middle of the first parameter. ``"one_outlier"``: 1e6 at the
        third call. ``"heavy_tail"``: Cauchy noise. ``"huge"``, ``"denormal"``: multiplied by 1e300, or by 1e-310.
        ``"one_ulp"``: 1.0 or the next float. ``"drift"``: increases by one at every call. ``"noisy_duplicates"``:
        Gaussian noise, so that the same configuration gets different values. ``"deceptive"``: decreases away from the
        optimum.
    space
        The space of the configurations.
    """

    def __init__(self, kind: str, space: SearchSpace) -> None:
        self.kind, self.space, self._n_calls = kind, space, 0

    def __call__(self, params: dict[str, Any]) -> float | None:
        """Return the value of a configuration; None is a failure."""
        units = [unit(self.space[name], value) for name, value in flat_params(params, self.space).items()] or [0.5]
        self._n_calls += 1
        bowl = sum((u - 0.3) ** 2 for u in units) / len(units)
        return _shaped(self.kind, bowl, units[0], self._n_calls)

    def __repr__(self) -> str:
        return f"strategies.Objective({self.kind!r}, space)"


def _shaped(kind: str, bowl: float, first: float, call: int) -> float | None:
    noise = random.Random(call)
    shapes: dict[str, Any] = {
        "plateau": lambda: float(bowl > 0.1),
        "nan_islands": lambda: math.nan if int(first * 10) % 2 else bowl,
        "inf_half": lambda: math.inf if first < 0.5 else bowl,
        "failing_half": lambda: None if first < 0.5 else bowl,
        "one_outlier": lambda: 1e6 if call == 3 else bowl,
        "heavy_tail": lambda: bowl + math.tan(math.pi * (noise.random() - 0.5)),
        "huge": lambda: bowl * 1e300,
        "denormal": lambda: bowl * 1e-310,
        "one_ulp": lambda: 1.0 if bowl > 0.1 else math.nextafter(1.0, 2.0),
        "drift": lambda: bowl + call,
        "noisy_duplicates": lambda: bowl + noise.gauss(0.0, 0.1),
        "deceptive": lambda: 1.0 - bowl if bowl > 0.01 else -1.0,
    }
    shaped: float | None = shapes[kind]() if kind in shapes else bowl
    return shaped


def objectives(space: SearchSpace) -> SearchStrategy[Objective]:
    """Draw an objective on a space, of one of the ``KINDS``.

    Bounds: the values are finite, NaN, positive infinity or None, depending on the kind. Shrinks towards ``"bowl"``.

    Parameters
    ----------
    space
        The space.
    """
    return st.sampled_from(KINDS).map(lambda kind: Objective(kind, space))
