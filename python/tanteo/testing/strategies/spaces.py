"""Strategies for search spaces, parameters and configurations."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ...exceptions import ArgumentError
from ...space.conditions import at_least, at_most, between
from ...space.parameters import Categorical, Constant, Float, Int, Ordinal, Parameter
from ...space.search_space import SearchSpace
from ..domain import levels

Kind: TypeAlias = Literal["any", "number", "float", "int", "step", "choice", "categorical", "ordinal", "constant"]
#: Names that contain separators, markup, format directives or invisible characters, or equal attribute names.
HOSTILE_NAMES = (
    "a.b", " ", "\n", "\0", "é", "名", "'", '"', "{x}", "%s", "<b>", "__class__", "id", "value", "0", "params", "-",
    "lambda", "\u202e",
)  # fmt: skip
_STEPS = (1.0, 0.5, 0.25, 0.1, 0.05)
#: ``extreme`` adds the odd choices, which are equal up to their types.
_CHOICES: tuple[list[Any], ...] = (["a", "b"], ["a", "b", "c"], ["x"], [1, 2, 4, 8], [None, "a"], [False, True])
_ODD_CHOICES: tuple[list[Any], ...] = ([1, True, 1.0], [None, 0, False], [[1], (1,), [True]], ["", "0", 0])


def parameters(
    kind: Kind = "any", *, extreme: bool = False, when: Mapping[str, Any] | None = None
) -> SearchStrategy[Parameter]:
    """Draw a parameter.

    Bounds: floats from -1,000 to 2,000, logarithmic floats from 1e-3 to about 2,000, with steps that divide the range
    and steps that do not; integers from -100 to 151, also with steps or logarithmic; one to four choices.
    Shrinks towards a float on [0, 0].

    Parameters
    ----------
    kind
        ``"any"``, ``"number"``, ``"float"``, ``"int"``, ``"step"`` (numbers with levels), ``"choice"``,
        ``"categorical"``, ``"ordinal"`` or ``"constant"``.
    extreme
        Whether to include ranges of two neighbouring floats, ranges up to the ends of the floats and of 64 bits,
        logarithmic ranges with a relative width of 1e-13, steps larger than the range, and choices equal up to type.
    when
        Condition of the parameter.
    """
    kinds: dict[str, SearchStrategy[Parameter]] = {
        "float": _floats(extreme=extreme, when=when),
        "int": _ints(extreme=extreme, when=when),
        "step": _stepped(when=when) | _ints(extreme=False, when=when),
        "categorical": _choices(Categorical, extreme=extreme, when=when),
        "ordinal": _choices(Ordinal, extreme=extreme, when=when),
        "constant": st.sampled_from([0, "a", None, 1.5]).map(lambda value: Constant(value, when=when)),
    }
    kinds["number"] = kinds["float"] | kinds["int"]
    kinds["choice"] = kinds["categorical"] | kinds["ordinal"]
    kinds["any"] = kinds["number"] | kinds["choice"]
    if kind not in kinds:
        raise ArgumentError(f"kind must be one of {', '.join(kinds)}, got {kind!r}")
    return kinds[kind]


def params(space: SearchSpace) -> SearchStrategy[dict[str, Any]]:
    """Draw a configuration of a space from its priors.

    Bounds: those of the space; conditions and constraints hold. Shrinks towards the configuration of seed 0, not
    towards simple values.

    Parameters
    ----------
    space
        The space.
    """
    return st.integers(0, 2**32).map(lambda seed: space.sample(1, seed)[0])


@st.composite
def search_spaces(
    draw: DrawFn,
    *,
    max_params: int = 4,
    extreme: bool = False,
    hostile_names: bool = False,
    conditional: bool = False,
    nested: bool = False,
    constants: bool = False,
) -> SearchSpace:
    """Draw a search space, by default without conditions, groups and constants, so that every sampler can search it.

    Bounds: one to ``max_params`` parameters within the bounds of :func:`parameters`, at least one of which is not
    constant; ``nested`` may add a group of three more. Shrinks towards a single float on [0, 0].

    Parameters
    ----------
    max_params
        Largest number of parameters outside of the group.
    extreme
        As for :func:`parameters`.
    hostile_names
        Whether to take names with quotes, control characters and other scripts, and names of Python attributes.
    conditional
        Whether parameters may depend on others.
    nested
        Whether to include a nested group of parameters in some spaces.
    constants
        Whether to include constants in some spaces.
    """
    pool = HOSTILE_NAMES if hostile_names else tuple(f"p{n}" for n in range(max_params))
    names = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=max_params, unique=True))
    drawn: dict[str, Any] = {}
    for name in names:
        when: dict[str, Any] | None = draw(_conditions(drawn)) if conditional else None
        is_constant = draw(st.booleans()) if constants and drawn else False
        kind: Kind = "constant" if is_constant else "any"
        drawn[name] = draw(parameters(kind, extreme=extreme, when=when))
    if nested and draw(st.booleans()):
        drawn["group"] = {"inner": draw(parameters("number")), "deeper": {"n": Int(0, 3), "k": 1}}
    return SearchSpace(drawn)


def _conditions(previous: Mapping[str, Parameter]) -> SearchStrategy[dict[str, Any] | None]:
    """Draw None, or a condition on a previous parameter that some of its values satisfy."""
    conditions = [{name: accepted} for name, parent in previous.items() for accepted in _accepted(parent)]
    return st.sampled_from([None, *conditions])


def _accepted(parent: Parameter) -> list[Any]:
    number = parent._number()
    if number is None:
        choices = list(parent._labels() or ())
        return [choices[:1], choices[-1:], choices] if parent._varies else []
    if number._type is int:
        return [at_least(number.low), at_most((number.low + number.high) // 2)]
    middle = number.low / 2 + number.high / 2
    # A range of a continuous parameter must hold more than one value.
    halves = [at_most(middle)] if math.nextafter(number.low, math.inf) < middle < number.high else []
    return [at_least(number.low), between(number.low, number.high), *halves]


@st.composite
def _floats(draw: DrawFn, *, extreme: bool, when: Mapping[str, Any] | None) -> Parameter:
    scale = draw(st.sampled_from(["linear", "step", "log", *(["extreme"] if extreme else [])]))
    if scale == "extreme":
        return draw(_drawn_extreme_floats(when))
    if scale == "step":
        return draw(_stepped(when=when))
    low, width = draw(st.floats(-1e3, 1e3)), draw(st.floats(0.0, 1e3))
    if scale == "linear":
        return Float(low, low + width, when=when)
    return Float(abs(low) + 1e-3, abs(low) + 1e-3 + width, log=True, when=when)


def extreme_floats(when: Mapping[str, Any] | None = None) -> list[Parameter]:
    """Return parameters with the widest and the narrowest ranges of floats."""
    return [
        Float(1.0, math.nextafter(1.0, 2.0), when=when),
        Float(0.0, 1.0, step=10.0, when=when),
        Float(3.0, 3.0, when=when),
        Float(1.0, 1.0 + 1e-13, log=True, when=when),
        Float(-1e308, 1e308, when=when),
        Float(5e-324, 1e308, log=True, when=when),
    ]


def extreme_ints(when: Mapping[str, Any] | None = None) -> list[Parameter]:
    """Return parameters with integers at the ends of 64 bits, and with integers that leave their range as floats."""
    ends = [(7, 7), (1, 10**12), (2**53 + 1, 2**53 + 3), (2**60 + 1, 2**60 + 5), (0, 2**64 - 1), (-(2**63), 2**63 - 1)]
    return [Int(low, high, log=log, when=when) for log in (False, True) for low, high in ends if low > 0 or not log]


def _drawn_extreme_floats(when: Mapping[str, Any] | None) -> SearchStrategy[Parameter]:
    finite = st.floats(allow_nan=False, allow_infinity=False)
    ends = st.tuples(finite, finite).map(sorted)
    return st.sampled_from(extreme_floats(when)) | ends.map(lambda pair: Float(pair[0], pair[1], when=when))


@st.composite
def _stepped(draw: DrawFn, *, when: Mapping[str, Any] | None) -> Parameter:
    """Draw a step that divides the range exactly, one computed as ``(high - low) / k``, or any step.

    Each of the three reveals faults that the others do not.
    """
    low = draw(st.integers(-10, 10).map(lambda tenths: tenths / 10) | st.floats(-1e3, 1e3))
    spacing = draw(st.sampled_from(["multiple", "divisor", "free"]))
    if spacing == "multiple":
        step = draw(st.sampled_from(_STEPS))
        return Float(low, low + draw(st.integers(1, 20)) * step, step=step, when=when)
    width = draw(st.floats(1e-3, 1e3))
    step = width / draw(st.integers(1, 50)) if spacing == "divisor" else draw(st.floats(width / 50, width * 2))
    return Float(low, low + width, step=step, when=when)


@st.composite
def _ints(draw: DrawFn, *, extreme: bool, when: Mapping[str, Any] | None) -> Parameter:
    if extreme and draw(st.booleans()):
        return draw(st.sampled_from(extreme_ints(when)))
    low, spacing = draw(st.integers(-100, 100)), draw(st.sampled_from(["plain", "multiple", "free", "log"]))
    if spacing == "multiple":
        step = draw(st.integers(2, 25))
        return Int(low, low + draw(st.integers(0, 50 // step)) * step, step=step, when=when)
    width = draw(st.integers(0, 50))
    if spacing == "log":
        return Int(abs(low) + 1, abs(low) + 1 + width, log=True, when=when)
    return Int(low, low + width, step=1 if spacing == "plain" else draw(st.integers(2, 60)), when=when)


def _choices(
    kind: type[Categorical | Ordinal], *, extreme: bool, when: Mapping[str, Any] | None
) -> SearchStrategy[Parameter]:
    choice_lists = _CHOICES + _ODD_CHOICES if extreme else _CHOICES
    return st.sampled_from(choice_lists).map(lambda choices: kind(choices, when=when))


def few_levels(kind: Kind, most: int) -> SearchStrategy[Parameter]:
    """Draw a parameter with two to ``most`` levels."""
    return parameters(kind).filter(lambda parameter: 2 <= len(levels(parameter) or ()) <= most)
