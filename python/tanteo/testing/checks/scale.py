"""Group ``scale``: many trials, many parameters, many pending trials, and very small spaces."""

from __future__ import annotations

import contextlib
import gc
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from ..._internal.equality import same
from ...space.parameters import Categorical, Float, Int
from ...space.search_space import SearchSpace
from ..failure import is_traceback_hidden
from ..registry import check
from ..session import Session
from ..subject import Subject, expect
from .common import bowl, expect_valid, mixed, mixed_loss, plane

__tracebackhide__ = is_traceback_hidden

#: Numbers of trials after which an ask is measured; each is twice the previous one.
_SIZES = (25, 50, 100)


@check("scale", "pending")
def check_many_pending_trials(subject: Subject) -> None:
    """A hundred trials (200 or 1,000 in longer profiles) can be pending, and all of them can be told."""
    session = subject.session(plane())
    session.run(12, bowl)
    trials = list(session.asks(100 * subject.profile.size))
    expect(trials or subject.capabilities.ends, "ask returns nothing")
    for trial in trials:
        session.tell(trial, bowl(trial.params))
    session.ask()


@check("scale", "pending")
def check_pending_trials_stay_apart(subject: Subject) -> None:
    """Of twenty trials asked without a tell in a continuous space, at least fifteen are different."""
    for warm in (0, 20):
        subject.restart()
        session = subject.session(plane())
        session.run(warm, bowl)
        pending = [trial.params for trial in session.asks(20)]
        different = sum(not any(same(params, other) for other in pending[:k]) for k, params in enumerate(pending))
        expect(different >= min(15, len(pending)), f"{different} of {len(pending)} pending trials are different")


@check("scale")
def check_many_parameters(subject: Subject) -> None:
    """A space of a hundred parameters (200 or 1,000 in longer profiles) can be searched for 15 trials."""
    n = 100 * subject.profile.size
    space = SearchSpace({f"x{k}": Float(0.0, 1.0) for k in range(n)})
    suggested = subject.session(space).run(15, lambda p: p["x0"], "t.params['x0']")
    for params in suggested:
        expect_valid(space, params)


@check("scale")
def check_many_choices(subject: Subject) -> None:
    """A parameter of a thousand choices can be searched for 30 trials."""
    space = SearchSpace({"kind": Categorical(list(range(1000))), "x": Float(0.0, 1.0)})
    for params in subject.session(space).run(30, lambda p: p["x"], "t.params['x']"):
        expect_valid(space, params)


@check("scale")
def check_many_trials(subject: Subject) -> None:
    """A search can run for 60 trials (120 or 600 in longer profiles), and keeps all of them if it has a history."""
    session = subject.session(mixed())
    suggested = session.run(60 * subject.profile.size, mixed_loss)
    if subject.capabilities.history:
        kept = len(session.trials)
        expect(kept == len(suggested), f"{len(suggested)} trials were told, {kept} are kept")
    for params in suggested:
        expect_valid(mixed(), params)


@check("scale")
def check_an_ask_is_not_quadratic(subject: Subject) -> None:
    """From 25 to 50 to 100 trials, the Python lines that an ask executes grow more slowly than the trials squared.

    In proportion to the trials, the second increase is twice the first; with the square, it is four times the first.
    Native code is not counted.
    """
    session, lines, n = subject.session(plane()), list[int](), 0
    for size in _SIZES:
        session.run(size - n, bowl)
        lines.append(0)
        for _ in range(3):
            lines[-1] += _count_lines(session, bowl)
        n = size + 3
    first, second = lines[1] - lines[0], lines[2] - lines[1]
    expect(
        first < lines[0] / 2 or second < 3 * first,
        f"three asks execute {lines[0]:,}, {lines[1]:,} and {lines[2]:,} lines of Python after {_SIZES} trials",
    )


def _count_lines(session: Session, loss: Callable[[Any], Any]) -> int:
    """Ask and tell a trial, and return the number of lines of Python that the ask executed, repeated lines included."""
    count = 0

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        trial = session.ask()
    finally:
        sys.settrace(previous)
    session.tell(trial, loss(trial.params))
    return count


@check("scale")
def check_a_trial_leaves_little_memory(subject: Subject) -> None:
    """A trial leaves less than 256 KiB of memory behind, as Python and NumPy count it; native code is not counted.

    The least of three measurements counts, because a model or a module may be loaded once.
    """
    session, n, growth = subject.session(mixed()), 5, list[float]()
    session.run(subject.profile.warm, mixed_loss)
    with _traced_memory():
        for _ in range(3):
            used = _memory()
            session.run(n, mixed_loss)
            growth.append((_memory() - used) / n / 1024)
    expect(min(growth) < 256, f"a trial leaves {min(growth):,.0f} KiB of memory behind")


def _memory() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@contextlib.contextmanager
def _traced_memory() -> Iterator[None]:
    was_tracing = tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        yield
    finally:
        if not was_tracing:
            tracemalloc.stop()


@check("scale")
def check_small_spaces(subject: Subject) -> None:
    """Spaces of six configurations and of one can be searched to their end: each ask is valid or reports exhaustion."""
    for parameters in ({"a": Int(0, 2), "b": Categorical(["x", "y"])}, {"a": Int(5, 5)}):
        subject.restart()
        space = SearchSpace(parameters)
        session, suggested = subject.session(space), list[Any]()
        for trial in session.asks(20):
            expect_valid(space, trial.params)
            suggested.append(trial.params)
            session.tell(trial, 1.0)
        expect(suggested, "ask returns nothing in a space that is not empty")
