"""Group ``metamorphic``: irrelevant changes do not change suggestions. Each check compares two searches bit for bit."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import median
from typing import Any, TypeAlias

from hypothesis import strategies as st

from ...space.search_space import SearchSpace
from ..failure import is_traceback_hidden
from ..registry import check
from ..strategies import seeds
from ..subject import Subject
from .common import bowl, expect_same, mixed, mixed_loss, plane

__tracebackhide__ = is_traceback_hidden

_SHARE = 0.3

#: A loss, and the same as source.
Told: TypeAlias = tuple[Callable[[dict[str, Any]], Any], str | None]


def _compare(subject: Subject, description: str, other: Told, plain: Told = (mixed_loss, None), **options: Any) -> None:
    """Compare a search with one whose losses are transformed; ``options`` are those of the other one."""
    length = subject.profile.warm + 4

    def body(seed: int) -> None:
        first = subject.session(mixed(), seed).run(length, *plain)
        expect_same(description, first, subject.session(mixed(), seed, **options).run(length, *other))

    subject.explore(body, share=_SHARE, seed=seeds())


@check("metamorphic", "seed", "maximize")
def check_maximizing_is_minimizing_the_negative(subject: Subject) -> None:
    """Maximizing -f gives the same suggestions as minimizing f."""
    negated = (lambda p: -mixed_loss(p), "-mixed_loss(t.params)")
    _compare(subject, "minimizing f and maximizing -f", negated, direction="maximize")


@check("metamorphic", "seed")
def check_a_power_of_two_changes_nothing(subject: Subject) -> None:
    """Multiplying every value by 2**20 changes no suggestion."""
    scaled = (lambda p: math.ldexp(mixed_loss(p), 20), "mixed_loss(t.params) * 2**20")
    _compare(subject, "f and f times 2**20", scaled)


@check("metamorphic", "seed", "failures")
def check_nan_is_a_failure(subject: Subject) -> None:
    """NaN has the same effect as a failure."""
    text = "{} if t.params['x'] < 0 else mixed_loss(t.params)"
    nan = (lambda p: math.nan if p["x"] < 0 else mixed_loss(p), text.format("math.nan"))
    failure = (lambda p: None if p["x"] < 0 else mixed_loss(p), text.format("None"))
    _compare(subject, "after failures and after NaN", nan, failure)


@check("metamorphic", "seed")
def check_integers_are_told_as_floats(subject: Subject) -> None:
    """The integer 3 has the same effect as the float 3.0."""
    floats = (lambda p: float(p["depth"]), "float(t.params['depth'])")
    integers = (lambda p: int(p["depth"]), "int(t.params['depth'])")
    _compare(subject, "after integers and after floats", floats, integers)


@check("metamorphic", "seed", "pending")
def check_the_order_of_tells_changes_nothing(subject: Subject) -> None:
    """Telling trials that were asked together in another order does not change later suggestions."""

    def body(order: list[int], seed: int) -> None:
        runs = []
        for sequence in (range(12), order):
            session = subject.session(mixed(), seed)
            trials = list(session.asks(12))
            for k in sequence:
                if k < len(trials):
                    session.tell(trials[k], mixed_loss(trials[k].params))
            runs.append(session.run(4, mixed_loss))
        expect_same("told in two orders", *runs)

    subject.explore(body, share=_SHARE, order=st.permutations(range(12)), seed=seeds())


@check("metamorphic", "seed")
def check_names_change_nothing(subject: Subject) -> None:
    """Renaming the parameters, in the same alphabetical order, changes nothing but the names in the suggestions.

    Some samplers draw in the order of the names on purpose, so that the order of declaration does not matter.
    """
    renamed = SearchSpace({f"q_{name}": parameter for name, parameter in mixed().parameters.items()})

    def original(params: dict[str, Any]) -> dict[str, Any]:
        return {name.removeprefix("q_"): value for name, value in params.items()}

    def body(seed: int) -> None:
        plain = subject.session(mixed(), seed).run(subject.profile.warm + 4, mixed_loss)
        other = subject.session(renamed, seed).run(
            subject.profile.warm + 4,
            lambda p: mixed_loss(original(p)),
            "mixed_loss({name.removeprefix('q_'): value for name, value in t.params.items()})",
        )
        expect_same("under two sets of names", plain, map(original, other))

    subject.explore(body, share=_SHARE, seed=seeds())


@check("metamorphic", "seed", "pending")
def check_stretching_the_worse_half_changes_nothing(subject: Subject) -> None:
    """An order-preserving change of the values worse than the median changes no suggestion.

    The next suggestion should not depend on how bad the bad configurations were.
    """

    def body(seed: int) -> None:
        runs = []
        for factor in (1.0, 1000.0):
            session = subject.session(plane(), seed)
            trials = list(session.asks(20))
            losses = [bowl(trial.params) for trial in trials]
            middle = median(losses)
            for trial, loss in zip(trials, losses, strict=True):
                session.tell(trial, loss if loss <= middle else middle + factor * (loss - middle))
            runs.append([trial.params for trial in session.asks(3)])
        expect_same("with the worse half stretched", *runs)

    subject.explore(body, share=2 * _SHARE, seed=seeds())
