"""Hypothesis strategies for spaces."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from .declared import Declared, DeclaredSpace, Range

#: Names that careless code mishandles: spaces, dots, other scripts, quotes, percent signs, reserved words.
HOSTILE_NAMES = (" ", "a.b", "größe", "数", "lambda", "%s", "it's", 'say "x"', "\n", "{0}", "id", "params", "-")
_finite = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def floats(draw: st.DrawFn, *, extreme: bool = False) -> Declared:
    """Draw a Float with an ordinary, logarithmic, or extreme but valid interval."""
    if extreme:
        low, high = sorted(draw(st.tuples(_finite, _finite)))
        return Declared("Float", {"low": low, "high": high})
    low = draw(st.floats(-1e6, 1e6))
    width = draw(st.floats(1e-6, 1e6))
    if draw(st.booleans()):
        low = draw(st.floats(1e-12, 1e3))
        return Declared("Float", {"low": low, "high": low * draw(st.floats(1 + 1e-9, 1e9)), "log": True})
    return Declared("Float", {"low": low, "high": low + width})


@st.composite
def stepped_floats(draw: st.DrawFn) -> Declared:
    """Draw a Float with a step, which divides the width or is arbitrary: both can reveal rounding errors."""
    low = draw(st.one_of(st.floats(-1e3, 1e3), st.decimals(-10, 10, places=2).map(float)))
    if draw(st.booleans()):
        width = draw(st.one_of(st.floats(1e-3, 1e3), st.decimals("0.1", 10, places=2).map(float)))
        step = width / draw(st.integers(1, 50))
    else:
        width = draw(st.floats(1e-3, 1e3))
        step = draw(st.floats(1e-3, 2e3)) if width < 1 else draw(st.floats(width / 1000, width * 2))
    return Declared("Float", {"low": low, "high": low + width, "step": step})


@st.composite
def ints(draw: st.DrawFn, *, extreme: bool = False) -> Declared:
    """Draw an Int with a small or a 64-bit interval, with a step or logarithmic."""
    edge = 2**63 if extreme else draw(st.sampled_from([5, 1000, 2**40, 2**63]))
    low, high = sorted(draw(st.tuples(st.integers(-edge, edge - 1), st.integers(-edge, edge - 1))))
    if draw(st.booleans()) and high >= 1:
        return Declared("Int", {"low": max(low, 1), "high": high, "log": True})
    step = draw(st.sampled_from([1, 1, 2, 3, 7, edge]))
    return Declared("Int", {"low": low, "high": high, "step": step})


_labels = st.one_of(
    st.text(max_size=3), st.integers(-3, 3), st.booleans(), st.none(), st.sampled_from([0.5, 1.0, (1, 2)])
)


@st.composite
def choices(draw: st.DrawFn, *, kind: str = "Categorical") -> Declared:
    """Draw a Categorical or an Ordinal with labels of mixed types, which may include `True`, `1` and `1.0` at once."""
    labels = draw(st.lists(_labels, min_size=1, max_size=6, unique_by=lambda v: (type(v), v)))
    return Declared(kind, {"choices": labels})


def parameters(*, extreme: bool = False) -> st.SearchStrategy[Declared]:
    """Draw any parameter without conditions."""
    return st.one_of(
        floats(), floats(extreme=extreme), stepped_floats(), ints(extreme=extreme), choices(), choices(kind="Ordinal")
    )


@st.composite
def conditions(draw: st.DrawFn, declared: dict[str, Declared]) -> dict[str, Any]:
    """Draw a condition on one or two of the previously declared parameters.

    The first parent may be conditional itself. The second is unconditional and no ancestor of the first, so that both
    conditions can hold together.
    """
    first = draw(st.sampled_from(sorted(declared)))
    related = {first, *ancestors(first, declared)}
    unrelated = sorted(name for name in declared if not declared[name].when and name not in related)
    parents = [first, *(draw(st.lists(st.sampled_from(unrelated), max_size=1)) if unrelated else [])]
    return {parent: draw(accepted(declared[parent])) for parent in parents}


def ancestors(name: str, declared: dict[str, Declared]) -> set[str]:
    """Return every parameter that decides, directly or indirectly, whether `name` is active."""
    parents = set(declared[name].when)
    return parents.union(*(ancestors(parent, declared) for parent in parents))


@st.composite
def accepted(draw: st.DrawFn, parent: Declared) -> tuple[Any, ...] | Range:
    """Draw the values of a parent for which a child is active; the parent can take at least one of them."""
    arguments = parent.arguments
    if "choices" in arguments:
        indices = draw(st.lists(st.sampled_from(range(len(arguments["choices"]))), min_size=1, max_size=2, unique=True))
        return tuple(arguments["choices"][i] for i in indices)
    low, high = arguments["low"], arguments["high"]
    middle = (low + high) // 2 if parent.kind == "Int" else low / 2 + high / 2
    return draw(st.sampled_from([Range(low=low), Range(high=middle), Range(low, middle)]))


@st.composite
def search_spaces(
    draw: st.DrawFn,
    *,
    max_params: int = 5,
    extreme: bool = False,
    conditional: bool = True,
    hostile_names: bool = False,
) -> DeclaredSpace:
    """Draw a space of a few parameters, children after their parents."""
    plain_names = [f"p{i}" for i in range(max_params)]
    names = draw(st.permutations(HOSTILE_NAMES)) if hostile_names else plain_names
    space: dict[str, Declared] = {}
    for name in names[: draw(st.integers(1, max_params))]:
        parameter = draw(parameters(extreme=extreme))
        if conditional and space and draw(st.booleans()):
            parameter = Declared(parameter.kind, parameter.arguments, draw(conditions(space)))
        space[name] = parameter
    return DeclaredSpace(space)
