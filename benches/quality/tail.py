"""The tail of single searches, which their mean hides.

Two figures at ``n`` trials: the share of searches that hold nothing better than the median of random search at the same
``n`` (a score of 0 or less; of random searches it is about half), and the mean score of the worst tenth. Searches weigh
as they do in the mean: every family the same, in it every problem, in it every seed; of the search at which a tenth of
the weight is reached a part counts. Problems on which that median is the best value known are left out, since nobody
could do better. Standard errors are those over 1,000 resamplings of the seeds of every problem, the same at every call;
those of a difference resample both sides alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from benches.quality.problem import Problem

WORST = 0.1
RESAMPLINGS = 1_000
# What the figures are called in tables, in their order.
FIGURES = ("at or below random, %", "worst tenth")


def weights(scores_by_problem: Mapping[str, np.ndarray], problems: Mapping[str, Problem]) -> np.ndarray:
    """Of every search, problem by problem; their sum is 1."""
    members = Counter(problems[name].family for name in scores_by_problem)
    parts = [
        np.full(len(s), 1.0 / (len(members) * members[problems[name].family] * len(s)))
        for name, s in scores_by_problem.items()
    ]
    return np.concatenate(parts)


def stuck(scores: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Per cent of the weight whose score is not above 0; along the last axis."""
    return 100.0 * np.asarray((scores <= 0.0) @ weight)


def worst(scores: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The mean of the lowest scores that make up a tenth of the weight; along the last axis."""
    order = np.argsort(scores, axis=-1, kind="stable")
    ranked, mass = np.take_along_axis(scores, order, axis=-1), weight[order]
    weight_before = np.cumsum(mass, axis=-1) - mass
    return (ranked * np.clip(WORST - weight_before, 0.0, mass)).sum(axis=-1) / WORST


def figures(scores_by_problem: Mapping[str, np.ndarray], problems: Mapping[str, Problem]) -> np.ndarray:
    """Both figures of one peer's scores over seeds by problem: as they are, then resampled; shape (1001, 2)."""
    rng, weight = np.random.default_rng(0), weights(scores_by_problem, problems)
    rows = [
        np.concatenate((s[None], s[rng.integers(0, len(s), (RESAMPLINGS, len(s)))])) for s in scores_by_problem.values()
    ]
    scores = np.concatenate(rows, axis=1)
    return np.column_stack([stuck(scores, weight), worst(scores, weight)])


def estimates(drawn: np.ndarray) -> list[tuple[float, float]]:
    """Of :func:`figures` or of a difference between two: each with its standard error."""
    return [(float(column[0]), float(column[1:].std(ddof=1))) for column in drawn.T]
