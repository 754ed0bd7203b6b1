"""Code that the checks share: two fixed spaces, a loss on each, and functions that drive a session."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..._internal.equality import same
from ...space.parameters import Categorical, Float, Int
from ...space.search_space import SearchSpace
from ..domain import fault
from ..failure import Failure, is_traceback_hidden
from ..session import Session, Suggestion, source
from ..strategies import Objective
from ..subject import Subject, expect

__tracebackhide__ = is_traceback_hidden

#: Returns what is wrong with a configuration of a space, or None.
Fault: TypeAlias = Callable[[SearchSpace, Any], str | None]


def plane() -> SearchSpace:
    """Return the unit square."""
    return SearchSpace({"x": Float(0.0, 1.0), "y": Float(0.0, 1.0)})


def mixed() -> SearchSpace:
    """Return a space of a float, a logarithmic float, a stepped float, an integer and choices, without conditions."""
    return SearchSpace(
        {
            "lr": Float(1e-5, 1e-1, log=True),
            "dropout": Float(0.0, 0.5, step=0.05),
            "depth": Int(1, 8),
            "kind": Categorical(["a", "b", "c"]),
            "x": Float(-1.0, 1.0),
        }
    )


def mixed_loss(params: dict[str, Any]) -> float:
    """Return a loss on :func:`mixed` that has the same bits on every machine."""
    loss = (params["x"] - 0.3) ** 2 + (params["depth"] - 5) ** 2 / 10 + (params["dropout"] - 0.2) ** 2
    return float(loss + {"a": 0.0, "b": 0.1, "c": 1.0}[params["kind"]])


def bowl(params: dict[str, Any]) -> float:
    """Return a quadratic loss on :func:`plane` with its minimum at (0.3, 0.6)."""
    return float((params["x"] - 0.3) ** 2 + (params["y"] - 0.6) ** 2)


BOWL = "(t.params['x'] - 0.3) ** 2 + (t.params['y'] - 0.6) ** 2"


def warm_ups(subject: Subject) -> SearchStrategy[int]:
    """Draw the number of trials at the start of a program: none, or enough for a model to be in use."""
    return st.sampled_from([0, subject.profile.warm])


def warmed_session(subject: Subject, space: SearchSpace, seed: int, n: int) -> tuple[Session, list[Any]]:
    """Return a session with ``n`` completed trials of a quadratic loss, and their params."""
    session = subject.session(space, seed)
    return session, session.run(n, Objective("bowl", space)) if n else []


def tell_all(session: Session, results: Sequence[Any]) -> list[Suggestion]:
    """Ask and tell each value. Up to three values are separate steps of the program; more are a single step."""
    if len(results) > 3:
        values = iter(results)
        first_step = len(session.program.steps)
        try:
            session.run(len(results), lambda _: next(values))
        finally:
            session.program.steps[first_step] = (
                f"for value in {_list_source(results)}: t = {session.name}.ask(); {session.name}.tell(t, value)"
            )
        return []
    return tell_each(session, results)


def _list_source(results: Sequence[Any]) -> str:
    """Return a list as source; a repeated pattern is written as ``[pattern] * n``."""
    for period in range(1, 4):
        pattern = list(results[:period])
        if len(results) % period == 0 and all(same(result, pattern[k % period]) for k, result in enumerate(results)):
            return f"{source(pattern)} * {len(results) // period}"
    return source(list(results))


def tell_each(session: Session, results: Sequence[Any]) -> list[Suggestion]:
    """Ask for a trial for each value, tell it, and return the trials; fewer if the space is exhausted."""
    trials = []
    for trial, value in zip(session.asks(len(results)), results, strict=False):
        session.tell(trial, value)
        trials.append(trial)
    return trials


def expect_valid(space: SearchSpace, params: Any, fault: Fault = fault) -> None:
    """Raise :class:`Failure` if a configuration has a fault."""
    problem = fault(space, params)
    expect(problem is None, str(problem))


def smallest(subject: Subject, body: Callable[[int], None], sizes: Sequence[int]) -> None:
    """Run a body with the largest size; if it fails, report the smallest size that fails."""

    def failure_at(size: int) -> Failure | None:
        subject.restart()
        try:
            body(size)
        except Failure as failure:
            complete = Failure(failure.reason, subject.program.steps)
            complete.__cause__ = failure.__cause__
            return complete
        return None

    failure_at_largest = failure_at(sizes[-1])
    if failure_at_largest is not None:
        failures = map(failure_at, sizes[:-1])
        raise next((failure for failure in failures if failure is not None), failure_at_largest)


def expect_same(description: str, left: Iterable[Any], right: Iterable[Any]) -> None:
    """Raise :class:`Failure` for the first pair of configurations that differ."""
    for k, (left_params, right_params) in enumerate(zip(left, right, strict=True)):
        expect(
            same(left_params, right_params), f"{description}: suggestion {k} is {left_params!r} and {right_params!r}"
        )
