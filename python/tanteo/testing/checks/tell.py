"""Group ``tell``: results are kept, and invalid ones are refused."""

from __future__ import annotations

import contextlib
import copy
import math
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from ..._internal.equality import same
from ..failure import Failure, is_traceback_hidden
from ..registry import check
from ..session import Session, described
from ..strategies import seeds, values
from ..subject import Subject, expect
from .common import expect_same, mixed, mixed_loss, plane, tell_each

__tracebackhide__ = is_traceback_hidden

_numbers = st.lists(values() | st.just(math.nan), min_size=1, max_size=8)


@check("tell", "history")
def check_told_values_are_kept(subject: Subject) -> None:
    """Trials keep the suggested params and the exact number that was told."""

    def body(results: list[float], seed: int) -> None:
        session = subject.session(mixed(), seed)
        suggested = []
        for trial, value in zip(session.asks(len(results)), results, strict=False):
            suggested.append(copy.deepcopy(trial.params))
            session.tell(trial, value)
        kept = session.trials
        expect(len(kept) == len(suggested), f"{len(suggested)} trials were told, {len(kept)} are kept")
        for trial, params, value in zip(kept, suggested, results, strict=False):
            expect(same(trial.params, params), f"asked {params!r}, kept {trial.params!r}")
            expect(trial.value == value or math.isnan(value), f"told {value!r}, kept {trial.value!r}")

    ordinary = values() | st.sampled_from([0.1, 1e-300, 1e300, 1.0 + 2**-52, 1 / 3])
    subject.explore(body, results=st.lists(ordinary, min_size=1, max_size=8), seed=seeds())


@check("tell", "lifecycle")
def check_ids_are_unique(subject: Subject) -> None:
    """No two trials have the same id, whether completed or pending."""

    def body(tells: list[bool], seed: int) -> None:
        session, ids = subject.session(mixed(), seed), list[Any]()
        for trial, is_told in zip(session.asks(len(tells)), tells, strict=False):
            expect(trial.id not in ids, f"id {trial.id!r} was given twice")
            ids.append(trial.id)
            if is_told or not subject.capabilities.pending:
                session.tell(trial, 1.0)

    subject.explore(body, tells=st.lists(st.booleans(), min_size=2, max_size=8), seed=seeds())


@check("tell", "lifecycle")
def check_a_trial_is_told_once(subject: Subject) -> None:
    """Telling a trial a second time raises an ordinary exception, even after other trials or after a failure."""

    def body(first: float, between: int, second: float) -> None:
        session = subject.session(mixed())
        trial = session.ask()
        session.tell(trial, first)
        for other in session.asks(between):
            session.tell(other, 1.0)
        session.refused(trial, second, "a trial that was told before")

    subject.explore(body, first=values() | st.just(math.nan), between=st.integers(0, 3), second=values())


@check("tell", "lifecycle", "pending")
def check_unknown_trials_are_refused(subject: Subject) -> None:
    """Telling a trial that this sampler never suggested raises an ordinary exception."""

    def body(elsewhere: int, here: int) -> None:
        other = subject.session(mixed(), 1)
        foreign = list(other.asks(here + elsewhere))[-1]
        session = subject.session(mixed(), 0)
        for trial in session.asks(here):
            session.tell(trial, 1.0)
        session.refused(foreign, 1.0, "a trial of another search, which was not asked here")

    subject.explore(body, elsewhere=st.integers(1, 3), here=st.integers(0, 2))


@check("tell", "lifecycle")
def check_a_refused_value_can_be_corrected(subject: Subject) -> None:
    """A value that is not a number is refused with an ordinary exception, and the trial can be told again."""

    def body(nonsense: Any, value: float) -> None:
        session = subject.session(mixed())
        trial = session.ask()
        session.refused(trial, nonsense, f"{nonsense!r} as a value")
        session.tell(trial, value)
        session.ask()

    subject.explore(body, nonsense=st.sampled_from(["x", "", object, b"1", {}]), value=values())


@check("tell", "history")
def check_text_is_never_a_number(subject: Subject) -> None:
    """Text and bytes are refused, or recorded as a failure, but never as a number: ``b"1"`` is neither 1.0 nor 49.0."""

    def body(nonsense: Any) -> None:
        session = subject.session(plane())
        trial = session.ask()
        with contextlib.suppress(Failure):  # another check says that the value should be refused
            session.refused(trial, nonsense, f"{nonsense!r} as a value")
        kept = [recorded.value for recorded in session.trials]
        numbers = [value for value in kept if value is not None and value == value]
        expect(not numbers, f"told {nonsense!r}, kept {kept!r}")

    subject.each(body, ["1", b"1", bytearray(b"1")])


@check("tell", "lifecycle", "seed")
def check_a_refused_tell_changes_nothing(subject: Subject) -> None:
    """A refused value does not change later suggestions."""

    def body(nonsense: Any, seed: int) -> None:
        suggested = []
        for is_disturbed in (False, True):
            session = subject.session(mixed(), seed)
            session.run(12, mixed_loss)
            trial = session.ask()
            if is_disturbed:
                session.refused(trial, nonsense, f"{nonsense!r} as a value")
            session.tell(trial, 0.5)
            suggested.append([later.params for later in session.asks(2)])
        expect_same("with a refused value between", *suggested)

    subject.explore(body, share=0.5, nonsense=st.sampled_from(["x", (), {}]), seed=seeds())


def _compare_best(subject: Subject, pick: Callable[[list[float]], float], word: str, **options: Any) -> None:
    """Compare ``best`` with the value that ``pick`` returns, and its params with those that it was told for."""

    def body(results: list[float], seed: int) -> None:
        session = subject.session(mixed(), seed, **options)
        pairs = []
        for trial, value in zip(session.asks(len(results)), results, strict=False):
            pairs.append((value, copy.deepcopy(trial.params)))
            session.tell(trial, value)
        picked = pick([value for value, _ in pairs])
        best = _best(session)
        expect(best is not None and best.value == picked, f"the {word} value is {picked!r}, best is {described(best)}")
        is_told = any(value == picked and same(params, best.params) for value, params in pairs)
        expect(is_told, f"{best.params!r} is not what {picked!r} was told for")

    subject.explore(body, results=st.lists(values(), min_size=1, max_size=8), seed=seeds())


@check("tell", "best")
def check_best_is_the_smallest_value(subject: Subject) -> None:
    """``best`` has the smallest value and the params of its trial."""
    _compare_best(subject, min, "smallest")


@check("tell", "best", "maximize")
def check_best_is_the_largest_value_when_maximizing(subject: Subject) -> None:
    """``best`` has the largest value and the params of its trial if the search maximizes."""
    _compare_best(subject, max, "largest", direction="maximize")


@check("tell", "best")
def check_best_is_not_infinite(subject: Subject) -> None:
    """``best`` is the best finite value, wherever infinitely bad ones were told; this holds for both directions."""

    def body(case: tuple[str, list[float]]) -> None:
        direction, results = case
        sign = 1.0 if direction == "minimize" else -1.0
        session = subject.session(plane(), 0, **({} if sign == 1.0 else {"direction": direction}))
        tell_each(session, [sign * value for value in results])
        best, finite = _best(session), sign * min(results)
        expect(
            best is not None and best.value == finite, f"the best finite value is {finite}, best is {described(best)}"
        )

    patterns = ([math.inf, 3.0], [3.0, math.inf], [math.inf, 5.0, math.inf, 3.0, 4.0, math.inf])
    directions = ["minimize", *["maximize"] * subject.capabilities.maximize]
    subject.each(body, [(direction, pattern) for direction in directions for pattern in patterns])


def _best(session: Session) -> Any:
    session.program.remark(-1, f"and then {session.name}.best")
    return session.best


@check("tell", "best")
def check_best_is_never_nan(subject: Subject) -> None:
    """The value of ``best`` is never NaN; it is the smallest number if there is one."""

    def body(results: list[float], seed: int) -> None:
        session = subject.session(mixed(), seed)
        tell_each(session, results)
        numbers = [value for value in results if not math.isnan(value)]
        best = _best(session)
        if numbers:
            reason = f"the smallest is {min(numbers)!r}, best is {described(best)}"
            expect(best is not None and best.value == min(numbers), reason)
        else:
            is_nan = best is not None and best.value is not None and math.isnan(best.value)
            expect(not is_nan, f"best is {described(best)}")

    subject.explore(body, results=_numbers, seed=seeds())


@check("tell", "best")
def check_best_of_nothing_is_none(subject: Subject) -> None:
    """``best`` is None before the first ask, and while all trials are pending."""
    session = subject.session(mixed())
    best = _best(session)
    expect(best is None, f"best is {described(best)} before the first ask")
    session.ask()
    best = _best(session)
    expect(best is None, f"best is {described(best)} before the first tell")


@check("tell", "pending")
def check_trials_are_told_in_any_order(subject: Subject) -> None:
    """Trials asked together can be told in any order, and some need not be told."""

    def body(order: list[int], seed: int) -> None:
        session = subject.session(mixed(), seed)
        trials = list(session.asks(6))
        for k in order:
            session.tell(trials[k], float(k))
        session.ask()

    subject.explore(body, order=st.lists(st.integers(0, 5), max_size=6, unique=True), seed=seeds())


@check("tell")
def check_numbers_of_other_types_are_taken(subject: Subject) -> None:
    """``tell`` accepts integers and NumPy scalars."""
    import numpy as np

    session = subject.session(mixed())
    tell_each(session, [1, np.float64(0.5), np.float32(0.25), np.int64(3)])
    session.ask()


@check("tell", "inject")
def check_queued_params_come_next(subject: Subject) -> None:
    """Queued params are suggested next, in their order and unchanged."""

    def body(n: int, warm: int, seed: int) -> None:
        session = subject.session(mixed(), seed)
        session.run(warm, mixed_loss)
        queued = mixed().sample(n, seed=seed)
        for params in queued:
            session.enqueue(copy.deepcopy(params))
        for params, trial in zip(queued, session.asks(n), strict=False):
            expect(same(trial.params, params), f"queued {params!r}, asked {trial.params!r}")

    subject.explore(body, n=st.integers(1, 3), warm=st.sampled_from([0, 12]), seed=seeds())


@check("tell", "lifecycle", "history")
def check_params_belong_to_the_user(subject: Subject) -> None:
    """Changing the params of a trial does not change the history."""
    session = subject.session(plane())
    trial = session.ask()
    original = copy.deepcopy(trial.params)
    session.program.add(f"{trial.name}.params['x'] = 99")
    trial.params["x"] = 99
    session.tell(trial, 1.0)
    kept = session.trials[0].params
    expect(same(kept, original), f"asked {original!r}, kept {kept!r}")


@check("tell", "observe")
def check_observed_params_are_left_alone(subject: Subject) -> None:
    """``observe`` does not change the params it is given."""
    params = plane().sample(1, seed=0)[0]
    original = copy.deepcopy(params)
    session = subject.session(plane())
    session.observe(params, 1.0)
    session.ask()
    expect(same(params, original), f"the params became {params!r}")
