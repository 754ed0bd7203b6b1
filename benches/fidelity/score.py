"""Scores as in ``benches.quality``: 0 is random search without pruning, 100 is the optimum.

The reference is the median over the seeds of random search after the same amount of work with the same number of
workers. A search is judged by the final value, without noise, of the configuration that it recommends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from benches.fidelity.problem import Problem
from benches.fidelity.runs import Run
from benches.fidelity.simulation import BUDGETS
from benches.quality.score import Scores, is_unimprovable, score

# The values that score 0 and 100 at each budget, by problem and number of workers.
Scales = dict[tuple[str, int], list[tuple[float, float]]]


def held(run: Run) -> list[float]:
    """Return the values of the recommendations at each budget; infinity if there is none."""
    return [np.inf if value is None else value for value in run.held]


def scales(runs: Iterable[Run], problems: dict[str, Problem]) -> Scales:
    """Return the scales of the problems that random search was run on."""
    grouped: dict[tuple[str, int], list[list[float]]] = defaultdict(list)
    for run in runs:
        if run.peer == "random":
            grouped[run.problem, run.workers].append(held(run))
    return {
        key: [(float(median), problems[key[0]].optimum) for median in np.median(rows, axis=0)]
        for key, rows in grouped.items()
    }


def scored(run: Run, anchors: Scales) -> list[float]:
    """Return the score of one search at each budget."""
    return [score(value, *anchor) for value, anchor in zip(held(run), anchors[run.problem, run.workers], strict=True)]


def scores(runs: Iterable[Run], anchors: Scales, workers: int, budget: int) -> Scores:
    """Return ``(problem, peer) -> scores over seeds``."""
    scores_by_peer: dict[tuple[str, str], list[float]] = defaultdict(list)
    for run in runs:
        if run.workers == workers and (run.problem, workers) in anchors:
            scores_by_peer[run.problem, run.peer].append(scored(run, anchors)[BUDGETS.index(budget)])
    return {key: np.array(values) for key, values in scores_by_peer.items()}


def unimprovable(anchors: Scales, workers: int, budget: int) -> set[str]:
    """Return the problems on which no search can be better than the median of random search."""
    position = BUDGETS.index(budget)
    return {name for (name, count), rows in anchors.items() if count == workers and is_unimprovable(*rows[position])}


def stopped(runs: Iterable[Run], workers: int, budget: int) -> Scores:
    """Return ``(problem, peer)`` -> for each search, 100 if its best configuration was stopped and 0 otherwise."""
    percentages: dict[tuple[str, str], list[float]] = defaultdict(list)
    for run in runs:
        if run.workers == workers:
            percentages[run.problem, run.peer].append(100.0 * run.best_stopped[BUDGETS.index(budget)])
    return {key: np.array(values) for key, values in percentages.items()}
