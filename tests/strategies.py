"""Hypothesis strategies for spaces, configurations and values, as the objects of the public interface.

(``support.spaces`` draws declarations that an independent reading of the rules can be held against; here are nesting,
constants and labels.)
"""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import tanteo as tt

# Names that collide with separators, markup, formats or nothing visible.
HOSTILE_NAMES = [
    "a/b",
    " ",
    "\n",
    "\0",
    "é",
    "名",
    "'",
    '"',
    "{x}",
    "%s",
    "<b>",
    "__class__",
    "id",
    "value",
    "0",
    "\u202e",
]

finite = st.floats(allow_nan=False, allow_infinity=False)
seeds: SearchStrategy[int] = st.integers(0, 2**64 - 1)

# Everything JSON can hold with its type: what choices and constants survive a round trip with.
json_labels: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


def values(*, extreme: bool = False) -> SearchStrategy[float]:
    """Draw what an objective may return: any float that is not infinitely good when minimising."""
    ordinary = st.floats(-1e6, 1e6)
    rare = st.sampled_from([1e308, -1e308, 5e-324, 0.0, -0.0, math.inf, math.nan, float(2**53 + 2)])
    return ordinary | rare if extreme else ordinary


@st.composite
def float_parameters(draw: DrawFn, *, extreme: bool = False, when: Any = None) -> tt.Float:
    """Draw a Float: with and without a step (also one the range is no multiple of), linear and logarithmic."""
    if extreme and draw(st.booleans()):
        return draw(st.sampled_from(_extreme_floats(when)))
    low = draw(st.floats(-1e3, 1e3))
    width = draw(st.floats(0.0, 1e3))
    scale = draw(st.sampled_from(["linear", "log", "step"]))
    if scale == "log":
        return tt.Float(abs(low) + 1e-3, abs(low) + 1e-3 + width, log=True, when=when)
    step = draw(st.none() if scale == "linear" else st.sampled_from([0.05, 0.1, 1.0, 2.5e3, (width or 1.0) / 7]))
    return tt.Float(low, low + width, step=step, when=when)


def _extreme_floats(when: Any) -> list[tt.Float]:
    return [
        tt.Float(1.0, math.nextafter(1.0, 2.0), when=when),
        tt.Float(-1e308, 1e308, when=when),
        tt.Float(5e-324, 1e308, log=True, when=when),
        tt.Float(1.0, 1.0 + 1e-13, log=True, when=when),
        tt.Float(0.0, 1.0, step=10.0, when=when),
        tt.Float(3.0, 3.0, when=when),
    ]


@st.composite
def int_parameters(draw: DrawFn, *, extreme: bool = False, when: Any = None) -> tt.Int:
    """Draw an Int: with steps, logarithmic, and at the ends of 64 bits."""
    if extreme and draw(st.booleans()):
        ends = [(-(2**63), 2**63 - 1), (0, 2**64 - 1), (2**60, 2**60 + 5), (1, 10**12), (7, 7)]
        low, high = draw(st.sampled_from(ends))
        return tt.Int(low, high, log=low > 0 and draw(st.booleans()), when=when)
    low, width = draw(st.integers(-100, 100)), draw(st.integers(0, 50))
    if draw(st.booleans()):
        return tt.Int(abs(low) + 1, abs(low) + 1 + width, log=True, when=when)
    return tt.Int(low, low + width, step=draw(st.integers(1, 60)), when=when)


@st.composite
def choice_parameters(draw: DrawFn, *, when: Any = None) -> tt.Categorical | tt.Ordinal:
    """Draw a Categorical or an Ordinal, with choices that only their types tell apart."""
    labels = draw(st.sampled_from([["x"], ["a", "b", "c"], [1, True, 1.0], [None, 0, False], [[1], (1,), [True]]]))
    return tt.Ordinal(labels, when=when) if draw(st.booleans()) else tt.Categorical(labels, when=when)


def parameters(*, extreme: bool = False, when: Any = None) -> SearchStrategy[tt.Parameter]:
    """Draw any parameter."""
    return (
        float_parameters(extreme=extreme, when=when)
        | int_parameters(extreme=extreme, when=when)
        | choice_parameters(when=when)
        | json_labels.map(lambda value: tt.Constant(value, when=when))
    )


@st.composite
def conditions(draw: DrawFn, parents: dict[str, tt.Parameter]) -> dict[str, Any] | None:
    """Draw a condition that one of the parents can meet, or None."""
    if not parents or draw(st.booleans()):
        return None
    name = draw(st.sampled_from(sorted(parents)))
    parent = parents[name]
    if isinstance(parent, tt.Categorical | tt.Ordinal):
        return {name: draw(st.lists(st.sampled_from(parent.choices), min_size=1))}
    if isinstance(parent, tt.Constant):
        return {name: [parent.value]}
    if isinstance(parent, tt.Float | tt.Int):
        return {name: draw(st.sampled_from([tt.at_least(parent.low), tt.between(parent.low, parent.high)]))}
    raise AssertionError(parent)


@st.composite
def search_spaces(
    draw: DrawFn, *, max_params: int = 4, extreme: bool = False, hostile_names: bool = False, conditional: bool = True
) -> tt.SearchSpace:
    """Draw a space, about half of the time nested, with at least one parameter that is no constant."""
    pool = HOSTILE_NAMES if hostile_names else [f"p{n}" for n in range(max_params)]
    names = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=max_params, unique=True))
    flat: dict[str, tt.Parameter] = {}
    for name in names:
        when = draw(conditions(flat)) if conditional else None
        flat[name] = draw(parameters(extreme=extreme, when=when))
    declared: dict[str, Any] = dict(flat)
    declared["inner"] = {
        "x": draw(int_parameters()),
        "deeper": {"y": draw(float_parameters(when={"x": tt.at_least(0)}))},
    }
    if draw(st.booleans()) or _never_met(declared["inner"]["x"]):
        declared["inner"] = draw(int_parameters())
    return tt.SearchSpace(declared)


def _never_met(parent: tt.Int) -> bool:
    """Whether no value of the parent is at least zero: such a condition is an error, tested elsewhere."""
    return parent.low + (parent.high - parent.low) // parent.step * parent.step < 0


@st.composite
def spaces_with_params(draw: DrawFn, **options: Any) -> tuple[tt.SearchSpace, dict[str, Any]]:
    """Draw a space and one configuration of it."""
    space = draw(search_spaces(**options))
    return space, space.sample(1, draw(seeds))[0]


def flattened(params: dict[str, Any], space: tt.SearchSpace, prefix: str = "") -> dict[str, Any]:
    """Return ``params`` with flat names."""
    found: dict[str, Any] = {}
    for key, value in params.items():
        if prefix + key in space:
            found[prefix + key] = value
        else:
            found.update(flattened(value, space, prefix + key + "/"))
    return found
