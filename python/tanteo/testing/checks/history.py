"""Group ``history``: ask returns a valid suggestion after any results."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from ...space.parameters import Float
from ...space.search_space import SearchSpace
from ..failure import is_traceback_hidden
from ..registry import check
from ..session import Session
from ..strategies import KINDS, Objective, outcomes, search_spaces, seeds
from ..subject import Subject
from .common import bowl, expect_valid, mixed, plane, smallest, tell_all, tell_each, warm_ups, warmed_session

__tracebackhide__ = is_traceback_hidden

_LARGEST = sys.float_info.max
#: Lengths of a fixed history; the last one is long enough for a model to be in use.
_SIZES = (1, 2, 3, 6, 12, 30)


def _ask_more(session: Session, n: int = 3) -> None:
    for trial in session.asks(n):
        expect_valid(session.space, trial.params)


def _ask_after(subject: Subject, pattern: Sequence[Any]) -> None:
    """Tell a repeated pattern of results, then ask."""

    def body(size: int) -> None:
        session = subject.session(mixed())
        tell_all(session, [pattern[k % len(pattern)] for k in range(size)])
        _ask_more(session)

    smallest(subject, body, _SIZES)


@check("history")
def check_ask_after_any_history(subject: Subject) -> None:
    """Ask works after any values an objective can return: NaN, infinity, huge, tiny and equal values, and failures."""
    failures = subject.capabilities.failures

    def body(results: list[Any], warm: int, seed: int) -> None:
        session, _ = warmed_session(subject, mixed(), seed, warm)
        tell_each(session, [value if failures or value is not None else math.nan for value in results])
        _ask_more(session, 1)

    subject.explore(
        body,
        share=2.0,
        results=st.lists(outcomes(), max_size=subject.profile.steps),
        warm=warm_ups(subject),
        seed=seeds(),
    )


@check("history")
def check_ask_after_hard_objectives(subject: Subject) -> None:
    """Ask works in any space after plateaus, islands of NaN, outliers, heavy tails, drift and noise."""

    def body(kind: str, space: SearchSpace, seed: int) -> None:
        session = subject.session(space, seed)
        session.run(15, Objective(kind, space))
        _ask_more(session, 1)

    kinds = [kind for kind in KINDS if kind != "failing_half" or subject.capabilities.failures]
    subject.each(lambda kind: body(kind, SearchSpace({"x": Float(0.0, 1.0)}), 0), kinds)
    subject.explore(body, kind=st.sampled_from(kinds), space=search_spaces(), seed=seeds())


@check("history", "failures")
def check_ask_after_failures(subject: Subject) -> None:
    """Ask works after nothing but failures."""
    _ask_after(subject, [None])


@check("history")
def check_ask_after_nan(subject: Subject) -> None:
    """Ask works after nothing but NaN."""
    _ask_after(subject, [math.nan])


@check("history")
def check_ask_after_infinities(subject: Subject) -> None:
    """Ask works after positive infinity, alone and mixed with ordinary values."""
    _ask_after(subject, [math.inf])
    _ask_after(subject, [math.inf, 1.0])


@check("history")
def check_ask_after_equal_values(subject: Subject) -> None:
    """Ask works after equal values, and after zeros of both signs."""
    _ask_after(subject, [1.0])
    _ask_after(subject, [0.0, -0.0])


@check("history")
def check_ask_after_the_largest_floats(subject: Subject) -> None:
    """Ask works after the largest floats of both signs, whose difference overflows."""
    _ask_after(subject, [1e308, -1e308, 0.0])
    _ask_after(subject, [_LARGEST, -_LARGEST])


@check("history")
def check_ask_after_the_smallest_floats(subject: Subject) -> None:
    """Ask works after the smallest floats, and after values that differ by one unit in the last place."""
    _ask_after(subject, [5e-324, 0.0, -5e-324])
    _ask_after(subject, [1.0, math.nextafter(1.0, 2.0)])


@check("history")
def check_ask_after_all_magnitudes(subject: Subject) -> None:
    """Ask works after values from 1e-300 to 1e300."""
    _ask_after(subject, [10.0**exponent for exponent in range(-300, 301, 20)])


@check("history")
def check_ask_after_large_integers(subject: Subject) -> None:
    """Ask works after integers that floats cannot represent."""
    _ask_after(subject, [2**53 + 1, 10**20])


@check("history", "prune")
def check_ask_after_pruned_trials(subject: Subject) -> None:
    """Ask works after nothing but trials that were stopped early."""

    def body(size: int) -> None:
        session = subject.session(mixed())
        for trial in session.asks(size):
            session.prune(trial)
        _ask_more(session)

    smallest(subject, body, _SIZES)


@check("history", "observe")
def check_ask_after_one_configuration(subject: Subject) -> None:
    """Ask works after many results of one configuration, or of configurations 1e-13 apart."""
    for distance in (0.0, 1e-13):

        def body(size: int, distance: float = distance) -> None:
            session = subject.session(plane())
            for k in range(size):
                session.observe({"x": 0.5 + k * distance, "y": 0.1}, 1.0 + k % 3)
            _ask_more(session)

        smallest(subject, body, (1, 2, 3, 12, 60))


@check("history", "multi_objective")
def check_ask_after_two_objectives(subject: Subject) -> None:
    """Ask works after pairs of any finite values."""

    def body(results: list[tuple[float, float]], seed: int) -> None:
        session = subject.session(plane(), seed, directions=["minimize", "minimize"])
        session.run(12, lambda params: (bowl(params), params["x"]), "(t.params['x'], t.params['y'])")
        tell_each(session, results)
        _ask_more(session, 1)

    finite = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([_LARGEST, -_LARGEST, 0.0, 5e-324])
    subject.explore(body, results=st.lists(st.tuples(finite, finite), max_size=6), seed=seeds())
