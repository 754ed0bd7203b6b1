"""Hypothesis strategies for spaces."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from .declared import Declared, DeclaredSpace, Range

#: Names that trip careless code: spaces, dots, other scripts, quotes, percent signs, what Python reserves.
HOSTILE_NAMES = (" ", "a.b", "größe", "数", "lambda", "%s", "it's", 'say "x"', "\n", "{0}", "id", "params", "-")
_finite = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def floats(draw: st.DrawFn, *, extreme: bool = False) -> Declared:
    """Float: ordinary, log, and extreme but legal intervals."""
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
    """Float with a step: a divisor of the width, and a free one; rounding faults hide if either is left out."""
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
    """Int: small and 64-bit intervals, steps, log."""
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
    """Categorical or Ordinal: labels of mixed types, `True` beside `1` and `1.0` among them."""
    listed = draw(st.lists(_labels, min_size=1, max_size=6, unique_by=lambda v: (type(v), v)))
    return Declared(kind, {"choices": listed})


def parameters(*, extreme: bool = False) -> st.SearchStrategy[Declared]:
    """Any parameter without conditions."""
    return st.one_of(
        floats(), floats(extreme=extreme), stepped_floats(), ints(extreme=extreme), choices(), choices(kind="Ordinal")
    )


@st.composite
def conditions(draw: st.DrawFn, known: dict[str, Declared]) -> dict[str, Any]:
    """A condition on one or two of the parameters declared before.

    The first may be conditional itself; the second never is and stands apart from the ancestors of the first, so that
    both can be met together.
    """
    first = draw(st.sampled_from(sorted(known)))
    apart = sorted(name for name in known if not known[name].when and name not in {first, *ancestors(first, known)})
    parents = [first, *(draw(st.lists(st.sampled_from(apart), max_size=1)) if apart else [])]
    return {parent: draw(accepted(known[parent])) for parent in parents}


def ancestors(name: str, known: dict[str, Declared]) -> set[str]:
    """Every parameter whose value decides, at any remove, whether `name` is there."""
    parents = set(known[name].when)
    return parents.union(*(ancestors(parent, known) for parent in parents))


@st.composite
def accepted(draw: st.DrawFn, parent: Declared) -> tuple[Any, ...] | Range:
    """Values of a parent under which a child is there, at least one of which it can take."""
    arguments = parent.arguments
    if "choices" in arguments:
        few = draw(st.lists(st.sampled_from(range(len(arguments["choices"]))), min_size=1, max_size=2, unique=True))
        return tuple(arguments["choices"][i] for i in few)
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
    """A space of a few parameters, children after their parents."""
    usual = [f"p{i}" for i in range(max_params)]
    names = draw(st.permutations(HOSTILE_NAMES)) if hostile_names else usual
    space: dict[str, Declared] = {}
    for name in names[: draw(st.integers(1, max_params))]:
        parameter = draw(parameters(extreme=extreme))
        if conditional and space and draw(st.booleans()):
            parameter = Declared(parameter.kind, parameter.arguments, draw(conditions(space)))
        space[name] = parameter
    return DeclaredSpace(space)
