"""Group ``valid``: suggestions belong to the space, and every part of the space can be suggested."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

from ..._internal.equality import same
from ...space.constraints import Linear, Order
from ...space.parameters import Categorical, Float, Int, Ordinal, Parameter
from ...space.search_space import SearchSpace
from ..domain import constraint_fault, levels, structure_fault, type_fault, values_fault
from ..failure import Failure, is_traceback_hidden
from ..registry import check
from ..session import source
from ..strategies import HOSTILE_NAMES, search_spaces, seeds
from ..strategies.spaces import extreme_floats, extreme_ints, few_levels
from ..subject import Subject, expect
from .common import Fault, expect_valid, plane, warm_ups, warmed_session

__tracebackhide__ = is_traceback_hidden

#: Width of the outer parts of a range that must be visited, as a share of the range.
_EDGE = 0.025


def _check_suggestions(subject: Subject, space: SearchSpace, seed: int, warm: int, fault: Fault, n: int = 4) -> None:
    """Check every suggestion of a short search."""
    session, suggested = warmed_session(subject, space, seed, warm)
    for params in suggested:
        problem = fault(space, params)
        expect(problem is None, f"{problem} (a suggestion was {params!r})")
    for trial in session.asks(n):
        expect_valid(space, trial.params, fault)
        session.tell(trial, 0.0)


def _structure_or_values_fault(space: SearchSpace, params: Any) -> str | None:
    return structure_fault(space, params) or values_fault(space, params)


def _explore(subject: Subject, fault: Fault, share: float = 1.0, **options: bool) -> None:
    subject.explore(
        lambda space, seed, warm: _check_suggestions(subject, space, seed, warm, fault),
        share=share,
        space=search_spaces(**options),
        seed=seeds(),
        warm=warm_ups(subject),
    )


@check("valid")
def check_suggestions_lie_in_their_domain(subject: Subject) -> None:
    """Every value lies within the bounds of its parameter, on its step, or among its choices."""
    stepped = [Float(0.0, 1.0, step=0.25), Int(0, 10, step=5)]  # few of the drawn spaces have a step
    subject.each(
        lambda parameter: _check_suggestions(subject, SearchSpace({"x": parameter}), 0, 0, values_fault), stepped
    )
    _explore(subject, values_fault, share=2.0)


@check("valid")
def check_suggestions_lie_in_extreme_domains(subject: Subject) -> None:
    """The same holds for the widest and narrowest floats, 64-bit integers, and choices that differ in type only."""
    extremes = [*extreme_ints(), *extreme_floats()]
    subject.each(lambda extreme: _check_suggestions(subject, SearchSpace({"x": extreme}), 0, 0, values_fault), extremes)
    _explore(subject, values_fault, share=2.0, extreme=True)


@check("valid")
def check_large_integers_stay_exact(subject: Subject) -> None:
    """Integers beyond 2**53, which floats cannot represent, stay within their bounds."""

    def body(power: int, offset: int, width: int, sign: int, seed: int) -> None:
        low = sign * (2**power + offset)
        _check_suggestions(subject, SearchSpace({"n": Int(low, low + width)}), seed, 0, values_fault, n=12)

    subject.explore(
        body,
        power=st.integers(53, 62),
        offset=st.integers(0, 9),
        width=st.integers(1, 64),
        sign=st.sampled_from([1, -1]),
        seed=seeds(),
    )


@check("valid")
def check_narrow_logarithmic_ranges_are_kept(subject: Subject) -> None:
    """Values stay in a logarithmic range whose ends agree in up to 15 digits, however ``exp(log(x))`` is rounded."""

    def body(low: float, digits: int, seed: int) -> None:
        high = max(low * (1.0 + 10.0**-digits), math.nextafter(low, math.inf))
        _check_suggestions(subject, SearchSpace({"x": Float(low, high, log=True)}), seed, 0, values_fault, n=4)

    subject.explore(
        body, share=4.0, low=st.sampled_from([1.0, 3.0, 0.1, 1e-5, 7e8]), digits=st.integers(9, 15), seed=seeds()
    )


@check("valid")
def check_params_have_the_declared_names(subject: Subject) -> None:
    """A suggestion has exactly the parameters of the space, including constants and groups."""
    _explore(subject, structure_fault, nested=True, constants=True)


@check("valid")
def check_hostile_names_are_kept(subject: Subject) -> None:
    """Names may contain quotes, format directives, control characters and other scripts, or equal attribute names."""
    for name in HOSTILE_NAMES:
        subject.restart()
        space = SearchSpace({name: Float(0.0, 1.0), "other": Int(0, 3)})
        _check_suggestions(subject, space, 0, 0, _structure_or_values_fault)


@check("valid", "conditional")
def check_conditions_are_kept(subject: Subject) -> None:
    """A parameter is present exactly if its parents have the values it depends on."""
    _explore(subject, _structure_or_values_fault, conditional=True)


@check("valid")
def check_values_have_builtin_types(subject: Subject) -> None:
    """Floats are ``float`` and integers are ``int``, never NumPy scalars."""
    _explore(subject, lambda space, params: values_fault(space, params, type_fault))


def _reach(subject: Subject, parameter: Parameter) -> None:
    """Ask fresh samplers, which get equal values only, until every level was suggested."""
    expected = levels(parameter) or []
    space, seen, n, n_asks = SearchSpace({"p": parameter}), list[Any](), 8 * len(expected), max(5, len(expected))
    for seed in range(n):
        subject.restart()
        session = subject.session(space, seed)
        for trial in session.asks(n_asks):
            value = trial.params["p"]
            if not any(same(value, level) or _close(value, level) for level in seen):
                seen.append(value)
            session.tell(trial, 0.0)
        if len(seen) >= len(expected):
            return
    subject.restart()
    subject.program.add(
        f"for seed in range({n}): opt = factory({source(space)}, seed=seed); "
        f"[opt.tell(opt.ask(), 0.0) for _ in range({n_asks})]"
    )
    raise _unreached(expected, seen, n_asks * n)


def _close(left: Any, right: Any) -> bool:
    """Whether two levels are equal up to rounding."""
    return type(left) is float and type(right) is float and math.isclose(left, right, rel_tol=1e-12, abs_tol=1e-300)


def _unreached(expected: list[Any], seen: list[Any], n: int) -> Failure:
    missing = [level for level in expected if not any(same(level, value) or _close(level, value) for value in seen)]
    return Failure(f"{missing!r} was never suggested in {n} asks of {8 * len(expected)} samplers, {seen!r} were")


@check("valid")
def check_a_top_step_stays_within_its_bounds(subject: Subject) -> None:
    """No level lies above its range because ``low + k * step`` was rounded up, as ``0.0 + 3 * 0.1 > 0.3`` is."""

    def body(case: tuple[float, float, float]) -> None:
        low, high, step = case
        space, is_reached = SearchSpace({"p": Float(low, high, step=step)}), False
        for seed in range(40):
            subject.restart()
            session = subject.session(space, seed)
            for trial in session.asks(5):
                expect_valid(space, trial.params, values_fault)
                is_reached |= trial.params["p"] > high - step / 2
                session.tell(trial, 0.0)
            if is_reached:
                return

    subject.each(body, [(0.0, 0.3, 0.1), (0.0, 0.6, 0.2), (0.1, 0.7, 0.2), (0.0, 1.2, 0.4)])


@check("valid", false_alarm=1e-8)
def check_every_level_of_a_step_is_reached(subject: Subject) -> None:
    """Every level of a stepped float or an integer is suggested sooner or later, including the last one.

    With L levels, 40 L asks of fresh samplers miss one with a probability below 1e-8, even if the ends are half as
    likely as the others. The logarithmic integers have few levels, because the last of many is rare.
    """
    subject.each(
        lambda parameter: _reach(subject, parameter),
        [Int(0, 1), Int(1, 2, log=True), Int(1, 3, log=True), Int(8, 10, log=True)],
    )
    subject.explore(lambda parameter: _reach(subject, parameter), share=5.0, parameter=few_levels("step", 5))


#: Few and many choices, of one type and of several.
_CHOICES: tuple[list[Any], ...] = (
    [False, True],
    [None, "a"],
    [1, 2, 4, 8],
    [1, True],
    [0, None, False],
    [*"abcdefghi"],
)


@check("valid", false_alarm=1e-8)
def check_every_choice_is_reached(subject: Subject) -> None:
    """Every choice is suggested sooner or later, also of choices that are equal up to type, such as 1 and True.

    With L choices, 40 L asks or more of fresh samplers miss one with a probability below 1e-8.
    """
    subject.each(
        lambda parameter: _reach(subject, parameter),
        [kind(choices) for choices in _CHOICES for kind in (Categorical, Ordinal)],
    )


@check("valid", false_alarm=1e-5)
def check_the_whole_range_is_searched(subject: Subject) -> None:
    """The outer fortieths of a range are searched: 160 samplers with 5 asks each visit both.

    Independent uniform asks miss one of four outer fortieths with a probability of 7e-9. If every sampler starts in the
    middle, the probability is below 1e-6. The check ends as soon as all were visited.
    """
    missing = {(name, end) for name in ("x", "y") for end in ("low", "high")}
    for seed in range(160):
        subject.restart()
        session = subject.session(plane(), seed)
        for trial in session.asks(5):
            for name in ("x", "y"):
                missing -= {(name, "low")} if trial.params[name] < _EDGE else set()
                missing -= {(name, "high")} if trial.params[name] > 1 - _EDGE else set()
            if not subject.capabilities.pending:
                session.tell(trial, 0.0)
        if not missing:
            return
    expect(
        subject.capabilities.ends, f"the outer {_EDGE:.1%} at {sorted(missing)} of the unit square were never suggested"
    )


@check("valid", "constraints")
def check_known_constraints_are_kept(subject: Subject) -> None:
    """Every suggestion satisfies the known constraints of the space."""
    space = SearchSpace(
        {"a": Float(0.0, 1.0), "b": Float(0.0, 1.0), "low": Int(0, 100), "high": Int(0, 100)},
        constraints=[Linear({"a": 1, "b": 1}, upper=1), Order("low", "<=", "high")],
    )
    subject.explore(
        lambda seed, warm: _check_suggestions(subject, space, seed, warm, constraint_fault, n=8),
        seed=seeds(),
        warm=warm_ups(subject),
    )
