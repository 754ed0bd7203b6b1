"""Group ``reproducible``: a suggestion depends only on the space, the seed and the results."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from ..._internal.equality import same
from ...space.search_space import SearchSpace
from ..failure import Skipped, is_traceback_hidden
from ..process import run_in_fresh_process
from ..protocol import Capabilities, Factory
from ..registry import check
from ..strategies import Objective, search_spaces, seeds
from ..subject import Subject, expect
from .common import expect_same, mixed, mixed_loss, plane

__tracebackhide__ = is_traceback_hidden


@check("reproducible", "seed")
def check_one_seed_asks_the_same(subject: Subject) -> None:
    """Two samplers with the same seed and the same results give the same suggestions."""
    length = subject.profile.warm + 2

    def body(space: SearchSpace, seed: int, n: int) -> None:
        runs = [subject.session(space, seed).run(n, Objective("bowl", space)) for _ in range(2)]
        expect_same("two runs with one seed", *runs)

    subject.explore(body, space=search_spaces(), seed=seeds(), n=st.sampled_from([1, 3, length]))


@check("reproducible", "seed", false_alarm=1e-9)
def check_seeds_differ(subject: Subject) -> None:
    """Ten samplers with different seeds do not all give the same suggestions.

    The first five suggestions of independent searches agree with a probability below 1e-9.
    """
    if subject.capabilities.ends:
        raise Skipped("a finite design may have the same order for every seed")
    runs = [subject.session(plane(), seed).run(5, lambda _: 0.0, "0.0") for seed in range(10)]
    expect(any(not same(runs[0], run) for run in runs[1:]), "ten seeds give the same suggestions")


@check("reproducible", "seed")
def check_searches_do_not_share_state(subject: Subject) -> None:
    """Calls on one sampler do not change the suggestions of another."""
    length = subject.profile.warm + 2

    def body(seed: int, other: int, n: int) -> None:
        alone = subject.session(mixed(), seed).run(n, mixed_loss)
        first, second = subject.session(mixed(), seed), subject.session(mixed(), other)
        interleaved = []
        for _ in range(n):
            interleaved += first.run(1, mixed_loss)
            second.run(1, lambda _: 0.0, "0.0")
        expect_same("alone and interleaved with another search", alone, interleaved)

    subject.explore(body, share=0.5, seed=seeds(), other=seeds(), n=st.sampled_from([1, 3, length]))


@check("reproducible", "seed")
def check_global_generators_do_not_matter(subject: Subject) -> None:
    """The states of ``random`` and ``numpy.random`` do not change suggestions."""
    length = subject.profile.warm + 2
    import numpy as np

    saved = random.getstate(), np.random.get_state()  # noqa: NPY002 - this check tests the global generator
    runs = []
    try:
        for state in (1, 2):
            session = subject.session(mixed(), 3)
            subject.program.add(f"random.seed({state}); np.random.seed({state})")
            random.seed(state)
            np.random.seed(state)  # noqa: NPY002 - as above
            runs.append(session.run(length, mixed_loss))
    finally:
        random.setstate(saved[0])
        np.random.set_state(saved[1])  # noqa: NPY002 - as above
    expect_same("under two states of the global generators", *runs)


@check("reproducible", "seed")
def check_reading_changes_nothing(subject: Subject) -> None:
    """Reading ``best``, ``trials``, ``pending`` and the repr at every step changes no suggestion."""
    length = subject.profile.warm + 2

    def body(seed: int) -> None:
        plain = subject.session(mixed(), seed).run(length, mixed_loss)
        session = subject.session(mixed(), seed)
        read = []
        for _ in range(length):
            for name in ("best", "trials", "pending"):
                getattr(session.sampler, name, None)
            repr(session.sampler)
            read += session.run(1, mixed_loss)
        expect_same("with reading at every step", plain, read)

    subject.explore(body, share=0.25, seed=seeds())


@check("reproducible", "seed")
def check_another_process_asks_the_same(subject: Subject) -> None:
    """A fresh process with another hash seed gives the same suggestions."""
    length = subject.profile.warm + 2
    local = subject.session(mixed(), 7).run(length, mixed_loss)
    arguments = subject.factory, subject.capabilities, subject.profile_name
    remote = run_in_fresh_process(suggest, *arguments, hash_seed=12345)
    expect_same("here and in a fresh process", local, remote)


def suggest(factory: Factory, capabilities: Capabilities, profile: str) -> list[Any]:
    """Return suggestions; called in a fresh process."""
    subject = Subject(factory, profile, capabilities)
    return subject.session(mixed(), 7).run(subject.profile.warm + 2, mixed_loss)
