"""Strategies for values, outcomes, histories, seeds and labels."""

from __future__ import annotations

import math
import sys
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ...space.search_space import SearchSpace
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
