"""Group ``scale``: many trials, many parameters, many pending trials, and very small spaces."""

from __future__ import annotations

from typing import Any

from ..._internal.equality import same
from ...space.parameters import Categorical, Float, Int
from ...space.search_space import SearchSpace
from ..domain import fault
from ..failure import is_traceback_hidden
from ..registry import check
from ..subject import Subject, expect
from .common import bowl, mixed, mixed_loss, plane

__tracebackhide__ = is_traceback_hidden


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
        problem = fault(space, params)
        expect(problem is None, str(problem))


@check("scale")
def check_many_choices(subject: Subject) -> None:
    """A parameter of a thousand choices can be searched for 30 trials."""
    space = SearchSpace({"kind": Categorical(list(range(1000))), "x": Float(0.0, 1.0)})
    for params in subject.session(space).run(30, lambda p: p["x"], "t.params['x']"):
        problem = fault(space, params)
        expect(problem is None, str(problem))


@check("scale")
def check_many_trials(subject: Subject) -> None:
    """A search can run for 60 trials (120 or 600 in longer profiles)."""
    suggested = subject.session(mixed()).run(60 * subject.profile.size, mixed_loss)
    problem = next((fault(mixed(), params) for params in suggested if fault(mixed(), params)), None)
    expect(problem is None, str(problem))


@check("scale")
def check_small_spaces(subject: Subject) -> None:
    """Spaces of six configurations and of one can be searched to their end: each ask is valid or reports exhaustion."""
    for parameters in ({"a": Int(0, 2), "b": Categorical(["x", "y"])}, {"a": Int(5, 5)}):
        subject.restart()
        space = SearchSpace(parameters)
        session, suggested = subject.session(space), list[Any]()
        for trial in session.asks(20):
            problem = fault(space, trial.params)
            expect(problem is None, str(problem))
            suggested.append(trial.params)
            session.tell(trial, 1.0)
        expect(suggested, "ask returns nothing in a space that is not empty")
