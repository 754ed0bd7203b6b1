"""The lower tail of the scores of single searches, which a mean does not show.

There are two figures at ``n`` trials: the share of searches that are not better than the median of random search after
the same number of trials (a score of 0 or less; about half of random searches), and the mean score of the worst tenth.
Searches have the same weights as in the mean: equal for all families, for all problems of a family and for all seeds
of a problem. The search at which a tenth of the weight is reached counts in part. Problems on which that median is the
best known value are left out, since no search can improve on it. Standard errors are those over 1,000 resamplings of
the seeds of every problem, which are the same in every call; both sides of a difference are resampled alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from benches.quality.problem import Problem

WORST = 0.1
RESAMPLINGS = 1_000
# The names of the figures in tables, in their order.
FIGURES = ("at or below random, %", "worst tenth")


def weights(scores_by_problem: Mapping[str, np.ndarray], problems: Mapping[str, Problem]) -> np.ndarray:
    """Return the weights of all searches by problem; their sum is 1."""
    members = Counter(problems[name].family for name in scores_by_problem)
    weights_by_problem = [
        np.full(len(s), 1.0 / (len(members) * members[problems[name].family] * len(s)))
        for name, s in scores_by_problem.items()
    ]
    return np.concatenate(weights_by_problem)


def stuck(scores: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the percentage of weight with a score of at most 0, along the last axis."""
    return 100.0 * np.asarray((scores <= 0.0) @ weight)


def worst(scores: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the mean of the lowest scores that make up a tenth of the weight, along the last axis."""
    order = np.argsort(scores, axis=-1, kind="stable")
    ranked, mass = np.take_along_axis(scores, order, axis=-1), weight[order]
    lower_weight = np.cumsum(mass, axis=-1) - mass
    return (ranked * np.clip(WORST - lower_weight, 0.0, mass)).sum(axis=-1) / WORST


def figures(scores_by_problem: Mapping[str, np.ndarray], problems: Mapping[str, Problem]) -> np.ndarray:
    """Return both figures of a peer from its scores by problem: original, then resampled; shape (1001, 2)."""
    rng, weight = np.random.default_rng(0), weights(scores_by_problem, problems)
    rows = [
        np.concatenate((s[None], s[rng.integers(0, len(s), (RESAMPLINGS, len(s)))])) for s in scores_by_problem.values()
    ]
    scores = np.concatenate(rows, axis=1)
    return np.column_stack([stuck(scores, weight), worst(scores, weight)])


def estimates(resampled: np.ndarray) -> list[tuple[float, float]]:
    """Return :func:`figures`, or a difference between two of them, each with its standard error."""
    return [(float(column[0]), float(column[1:].std(ddof=1))) for column in resampled.T]
