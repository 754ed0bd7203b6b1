"""Runs an earlier search, and new searches with and without its results."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import tanteo as tt

from .problem import Pair, Problem

#: Trials of an earlier search and of a new one, winners that are enqueued, trials after which regret is read.
N_EARLIER, N_TRIALS, N_WINNERS, READ_AT = 40, 30, 3, (5, 10, 20, 30)

Rows: TypeAlias = list[tuple[dict[str, Any], float]]


def earlier_rows(problem: Problem, seed: int) -> Rows:
    """Return the results of an earlier search."""
    result = tt.minimize(problem.loss, problem.space, n_trials=N_EARLIER, seed=1000 + seed, progress=False)
    return [(trial.params, trial.value) for trial in result.trials]


def shuffled(rows: Rows, seed: int) -> Rows:
    """Return rows with shuffled values, which are uninformative."""
    values = [value for _, value in rows]
    random.Random(seed).shuffle(values)
    return [(params, value) for (params, _), value in zip(rows, values, strict=True)]


def negated(rows: Rows) -> Rows:
    """Return rows with negated values, which are misleading."""
    return [(params, -value) for params, value in rows]


def winners(rows: Rows) -> list[dict[str, Any]]:
    """Return the best configurations."""
    return [params for params, _ in sorted(rows, key=lambda row: row[1])[:N_WINNERS]]


def variants(pair: Pair, seed: int) -> Iterator[tuple[str, Callable[[], tt.Optimizer]]]:
    """Iterate over the kinds of starts."""
    true = earlier_rows(pair.earlier, seed)

    def make(earlier: list[Rows] | None = None, first: Rows | None = None) -> tt.Optimizer:
        search = tt.Optimizer(pair.new.space, seed=seed, earlier=earlier)
        for params in winners(first or []):
            try:
                search.enqueue(params)
            except tt.TanteoError:
                continue
        return search

    yield "nothing", make
    yield "enqueue, true", lambda: make(first=true)
    yield "earlier, true", lambda: make([true])
    yield "earlier, shuffled", lambda: make([shuffled(true, seed)])
    yield "earlier, negated", lambda: make([negated(true)])
    yield "earlier, true and negated", lambda: make([true, negated(true)])


def regrets(problem: Problem, search: tt.Optimizer) -> list[float]:
    """Return the regret after some numbers of trials."""
    best, readings = float("inf"), []
    for n in range(1, N_TRIALS + 1):
        trial = search.ask()
        loss = problem.loss(trial.params)
        search.tell(trial, loss)
        best = min(best, loss - problem.optimum)
        if n in READ_AT:
            readings.append(best)
    return readings


def run(pair: Pair, seed: int) -> dict[str, list[float]]:
    """Return the regrets of all kinds of starts."""
    return {name: regrets(pair.new, make()) for name, make in variants(pair, seed)}
