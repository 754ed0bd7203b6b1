"""Strategies for values, objectives, outcomes, histories, seeds and labels."""

from __future__ import annotations

import math
import random
import sys
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ...space.search_space import SearchSpace, flat_params
from ..domain import unit
from .spaces import params

#: Values that break arithmetic.
EXTREME = (
    math.inf, 1e308, -1e308, sys.float_info.max, -sys.float_info.max, 5e-324, -5e-324, 0.0, -0.0, math.nan, 1e300,
    1.0, math.nextafter(1.0, 2.0), float(2**53 + 2),
)  # fmt: skip


def seeds() -> SearchStrategy[int]:
    """Draw a seed.

    Bounds: 0 to 2**32 - 1, since NumPy's ``RandomState`` and what builds on it refuse larger seeds. Shrinks towards 0.
    """
    return st.integers(0, 2**32 - 1)


def values(*, extreme: bool = False) -> SearchStrategy[float]:
    """Draw a value of an objective that is minimized.

    Bounds: -1e6 to 1e6; with ``extreme`` also NaN, positive infinity, the largest and the smallest floats, 1.0 and the
    next float. Never negative infinity, which would end every search. Shrinks towards 0.0.

    Parameters
    ----------
    extreme
        Whether to include values that break arithmetic.
    """
    ordinary = st.floats(-1e6, 1e6)
    return ordinary | st.sampled_from(EXTREME) if extreme else ordinary


def outcomes(*, extreme: bool = True) -> SearchStrategy[float | int | None]:
    """Draw the outcome of a trial: a float, an integer, or None for a failure.

    Bounds: those of :func:`values`, and integers from -10**20 to 10**20. Shrinks towards 0.0; floats are simpler than
    integers, and integers are simpler than None.

    Parameters
    ----------
    extreme
        As for :func:`values`.
    """
    return values(extreme=extreme) | st.integers(-(10**20), 10**20) | st.none()


@st.composite
def histories(
    draw: DrawFn, space: SearchSpace, *, max_size: int = 20, extreme: bool = True
) -> list[tuple[dict[str, Any], float | int | None]]:
    """Draw a list of configurations of a space, each with an outcome.

    Bounds: 0 to ``max_size`` entries. Shrinks towards fewer entries and simpler outcomes.

    Parameters
    ----------
    space
        The space.
    max_size
        Largest number of entries.
    extreme
        As for :func:`values`.
    """
    entries: list[tuple[dict[str, Any], float | int | None]] = draw(
        st.lists(st.tuples(params(space), outcomes(extreme=extreme)), max_size=max_size)
    )
    return entries


def labels() -> SearchStrategy[Any]:
    """Draw a label of a choice, or a constant: any value that can be saved as JSON with its type.

    Bounds: None, booleans, integers, floats, text of up to five characters, and lists, tuples and dicts with up to five
    of these. Shrinks towards None.
    """
    return st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.tuples(inner, inner)
            | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=5,
    )


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
