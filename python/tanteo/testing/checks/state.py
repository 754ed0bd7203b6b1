"""Group ``state``: a copy of a search continues exactly like the original."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from ..._internal.equality import same
from ...exceptions import SpaceExhausted
from ...space.search_space import SearchSpace
from ..failure import Skipped, is_traceback_hidden
from ..machine import run_machine
from ..process import run_in_fresh_process
from ..registry import check
from ..session import Session, described
from ..strategies import Objective, search_spaces, seeds
from ..subject import Subject, expect
from .common import expect_same, mixed, mixed_loss, warm_ups, warmed_session

__tracebackhide__ = is_traceback_hidden


def _continue(session: Session, n: int = 4) -> list[Any]:
    objective = Objective("bowl", session.space)
    future = []
    for trial in session.asks(n):
        future.append(trial.params)
        session.tell(trial, objective(trial.params))
    return future


def _compare_with_copy(subject: Subject, copied: Callable[[Session], Session]) -> None:
    """Compare the continuation of a search with that of a copy."""

    def body(space: SearchSpace, seed: int, warm: int, n: int) -> None:
        session, _ = warmed_session(subject, space, seed, warm)
        other = copied(session)
        expect_same("the original and a copy", _continue(session, n), _continue(other, n))

    subject.explore(body, space=search_spaces(), seed=seeds(), warm=warm_ups(subject), n=st.integers(1, 4))


@check("state")
def check_any_order_of_calls(subject: Subject) -> None:
    """A sampler agrees with a model of it after any sequence of asking, telling, failing, losing, saving and loading.

    This runs :func:`tanteo.testing.machine` with the number of steps of the profile.
    """
    run_machine(subject)


@check("state", "save", "seed")
def check_a_copy_continues_identically(subject: Subject) -> None:
    """A pickled and unpickled search gives the same suggestions as the original, from any point of the search."""
    _compare_with_copy(subject, Session.restored)


@check("state", "save", "seed")
def check_a_deep_copy_continues_identically(subject: Subject) -> None:
    """A deep copy of a search gives the same suggestions as the original."""
    _compare_with_copy(subject, Session.copied)


@check("state", "external", "seed")
def check_a_fresh_sampler_continues_identically(subject: Subject) -> None:
    """A saved search that is loaded with a fresh sampler gives the same suggestions: samplers keep nothing themselves.

    A pickled search carries the sampler with it, and a file does not.
    """
    _compare_with_copy(subject, Session.loaded)


@check("state", "save", "pending")
def check_a_copy_keeps_pending_trials(subject: Subject) -> None:
    """Trials that were pending when a search was saved can be told to the copy, as to the original."""

    def body(n: int, seed: int, warm: int) -> None:
        session, _ = warmed_session(subject, mixed(), seed, warm)
        trials = list(session.asks(n))
        copied = session.restored()
        for trial in trials:
            copied.tell(trial, mixed_loss(trial.params))
            session.tell(trial, mixed_loss(trial.params))
        if subject.capabilities.seed:
            expect_same("pending told to the original and to a copy", _continue(session, 2), _continue(copied, 2))

    subject.explore(body, n=st.integers(1, 3), seed=seeds(), warm=warm_ups(subject))


@check("state", "save", "maximize")
def check_a_copy_keeps_the_direction(subject: Subject) -> None:
    """A search that maximizes goes on maximizing after saving and loading.

    Its copy is compared with the copy of a search that minimizes the negative, if the two searches agree until then.
    """
    if not (subject.capabilities.seed or subject.capabilities.best):
        raise Skipped("needs the capability seed or best")
    warm, losses = subject.profile.warm, ((mixed_loss, "mixed_loss(t.params)"), (_negated, "-mixed_loss(t.params)"))

    def body(seed: int) -> None:
        sessions = [subject.session(mixed(), seed, direction=direction) for direction in ("minimize", "maximize")]
        before = [session.run(warm, *loss) for session, loss in zip(sessions, losses, strict=True)]
        copies = [session.restored() for session in sessions]
        if subject.capabilities.best:
            best, largest = copies[1].best, max(map(_negated, before[1]))
            expect(
                best is not None and best.value == largest,
                f"the largest value is {largest!r}, best is {described(best)}",
            )
        if subject.capabilities.seed and same(*before):
            after = [copied.run(6, *loss) for copied, loss in zip(copies, losses, strict=True)]
            expect_same("copies that minimize f and maximize -f", *after)

    subject.explore(body, share=0.3, seed=seeds())


def _negated(params: dict[str, Any]) -> float:
    return -mixed_loss(params)


@check("state", "save", "seed")
def check_a_copy_is_independent(subject: Subject) -> None:
    """Calls on a copy do not change the suggestions of the original."""

    def body(seed: int, warm: int, n: int) -> None:
        session, _ = warmed_session(subject, mixed(), seed, warm)
        other = session.restored()
        undisturbed = _continue(session.restored())
        other.run(n, lambda _: -1.0, "-1.0")
        expect_same("without and with calls on a copy", undisturbed, _continue(session))

    subject.explore(body, share=0.5, seed=seeds(), warm=warm_ups(subject), n=st.integers(1, 6))


@check("state", "save", "seed")
def check_saving_changes_nothing(subject: Subject) -> None:
    """Saving a search after every trial changes no suggestion."""

    def body(seed: int, n: int) -> None:
        never_saved = subject.session(mixed(), seed).run(n, mixed_loss)
        session = subject.session(mixed(), seed)
        saved_each_time = []
        for _ in range(n):
            session.program.add(f"pickle.dumps({session.name})")
            session.data()
            saved_each_time += session.run(1, mixed_loss)
        expect_same("never saved and saved after every trial", never_saved, saved_each_time)

    subject.explore(body, share=0.5, seed=seeds(), n=st.sampled_from([1, 2, subject.profile.warm + 2]))


@check("state", "save")
def check_saving_is_deterministic(subject: Subject) -> None:
    """Saving twice gives the same bytes."""

    def body(seed: int, warm: int) -> None:
        session, _ = warmed_session(subject, mixed(), seed, warm)
        session.program.add(f"pickle.dumps({session.name}) == pickle.dumps({session.name})")
        expect(session.data() == session.data(), "saving twice gives different bytes")

    subject.explore(body, share=0.5, seed=seeds(), warm=warm_ups(subject))


@check("state", "save", "seed")
def check_a_fresh_process_continues_identically(subject: Subject) -> None:
    """A saved search continues in a fresh process exactly as in this one."""
    session = subject.session(mixed(), 11)
    session.run(subject.profile.warm, mixed_loss)
    session.program.add(f"saved = pickle.dumps({session.name})  # the search continues here, and in a fresh process")
    remote = run_in_fresh_process(continue_search, session.data(), 6)
    expect_same("here and in a fresh process", session.run(6, mixed_loss), remote)


def continue_search(saved: bytes, n: int) -> list[Any]:
    """Return the next suggestions of a saved search; called in a fresh process."""
    sampler = pickle.loads(saved)  # noqa: S301 - bytes of the sampler under test
    suggested = []
    for _ in range(n):
        try:
            token = sampler.ask()
        except (SpaceExhausted, StopIteration):
            break
        params = getattr(token, "params", token)
        suggested.append(params)
        sampler.tell(token, mixed_loss(params))
    return suggested
