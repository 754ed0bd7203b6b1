"""Group ``threads``: one sampler used by several threads, and several samplers used at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ..failure import Exhausted, Failure, is_traceback_hidden
from ..registry import check
from ..session import guarded
from ..subject import Subject, expect
from .common import bowl, expect_same, mixed, mixed_loss, plane

__tracebackhide__ = is_traceback_hidden

_THREADS = 4


def _run_in_threads(functions: list[Callable[[], None]]) -> None:
    """Run each function in its own thread and raise the first failure."""
    failures: list[Failure] = []

    def run(function: Callable[[], None]) -> None:
        try:
            guarded(function, "a thread")
        except Failure as failure:
            failures.append(failure)
        except Exhausted:  # nothing is left to ask
            return

    threads = [threading.Thread(target=run, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


@check("threads", "threads", "pending")
def check_threads_share_a_search(subject: Subject) -> None:
    """When four threads ask and tell one sampler, every trial has its own id and its result is kept."""
    session, n = subject.session(plane()), 15
    template = f"work = lambda: [opt.tell(t, bowl({{}})) for t in (opt.ask() for _ in range({n}))]"
    step = session.program.add(template.format("t.params"))
    session.program.add(f"threads = [threading.Thread(target=work) for _ in range({_THREADS})]")
    session.program.add("[thread.start() for thread in threads]; [thread.join() for thread in threads]")
    tokens: list[Any] = []

    def work() -> None:
        for _ in range(n):
            token = session.sampler.ask()
            tokens.append(token)
            session.sampler.tell(token, bowl(getattr(token, "params", token)))

    try:
        _run_in_threads([work] * _THREADS)
    finally:
        if tokens and not hasattr(tokens[0], "params"):
            session.program.steps[step] = template.format("t")
    if subject.capabilities.lifecycle:
        ids = {token.id for token in tokens}
        expect(len(ids) == len(tokens), f"{len(tokens)} trials have {len(ids)} ids")
    if subject.capabilities.history:
        kept = [trial for trial in session.trials if trial.value is not None]
        expect(len(kept) == len(tokens), f"{len(tokens)} trials were told, {len(kept)} are kept")


@check("threads", "threads")
def check_another_thread_may_ask(subject: Subject) -> None:
    """A sampler can be created in one thread, used in another, and used again in the first."""
    session = subject.session(plane())
    session.run(3, bowl)

    def work() -> None:
        session.run(3, bowl)

    _run_in_threads([work])
    session.run(3, bowl)


@check("threads", "seed")
def check_searches_in_threads_do_not_meet(subject: Subject) -> None:
    """Two samplers give the same suggestions in two concurrent threads as one after the other."""
    alone = [subject.session(mixed(), seed).run(12, mixed_loss) for seed in (1, 2)]
    concurrent: dict[int, list[Any]] = {}
    sessions = {seed: subject.session(mixed(), seed) for seed in (1, 2)}

    def work(seed: int) -> None:
        concurrent[seed] = sessions[seed].run(12, mixed_loss)

    _run_in_threads([lambda: work(1), lambda: work(2)])
    for seed, expected in zip((1, 2), alone, strict=True):
        expect_same("alone and with a search in another thread", expected, concurrent[seed])
