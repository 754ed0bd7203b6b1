"""Normalized regret with bootstrap intervals.

At ``n`` trials a search holds the trial with the best *told* value among its first ``n``, or, on noisy problems, the
one that the peer recommends, if it can; it is judged by that trial's *true* value ``v``. With ``m`` the median of
random search at the same ``n`` and ``b`` the best true value known (the optimum where it is known, else the best of all
runs)::

    score = 100 (m - v) / (m - b),    cut at -100

so that random search stands at 0 and the best known at 100. Scores are averaged over seeds, then over the problems
of a family, then over families. Intervals: 95 % percentiles of the mean over 1,000 resamplings of the seeds of every
(problem, peer).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

import numpy as np

from benches.quality.problem import Problem
from benches.quality.runs import Run

FLOOR = -100.0
Scores = dict[tuple[str, str], np.ndarray]


def held(run: Run, n: int) -> float:
    """True value of the trial a user would hold after ``n``: infinity if all failed."""
    if run.recommended is not None:
        row = run.recommended[n - 1]
        value = None if row is None else run.true[row]
        return np.inf if value is None else value
    values = [np.inf if t is None else t for t in run.told[:n]]
    best = int(np.argmin(values))
    value = run.true[best]
    return np.inf if value is None or not np.isfinite(values[best]) else value


def best_known(problem: Problem, runs: Iterable[Run]) -> float:
    """The optimum, or the best true value any run found."""
    return min([problem.optimum, *(t for run in runs for t in run.true if t is not None)])


def is_unimprovable(median: float, best: float) -> bool:
    """Whether random search's median is the best value known already."""
    return median - best <= 1e-12 * max(1.0, abs(best))


def score(value: float, median: float, best: float) -> float:
    """The formula above; where random's median already is the best known, equal is 0 and worse is the floor."""
    if not np.isfinite(value):
        return FLOOR
    if not np.isfinite(median):
        return 100.0
    if is_unimprovable(median, best):
        return 0.0 if value <= median else FLOOR
    return max(FLOOR, 100.0 * (median - value) / (median - best))


def scores(runs: list[Run], problems: dict[str, Problem], n: int | None) -> Scores:
    """``(problem, peer) -> scores over seeds`` after ``n`` trials (the full budget if ``None``).

    Runs that stopped before ``n`` have no score; a problem without random search has none either.
    """
    scores_by_peer: dict[tuple[str, str], list[float]] = defaultdict(list)
    for name, group in by_problem(runs).items():
        at = n or problems[name].budget
        if (ends := scale(problems[name], group, at)) is None:
            continue
        for run in group:
            if len(run.told) >= at:
                scores_by_peer[name, run.peer].append(score(held(run, at), *ends))
    return {key: np.array(values) for key, values in scores_by_peer.items()}


def by_problem(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """The runs of every problem."""
    grouped: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        grouped[run.problem].append(run)
    return grouped


def scale(problem: Problem, runs: list[Run], n: int) -> tuple[float, float] | None:
    """What scores 0 and 100 after ``n`` trials, of all runs of a problem; ``None`` without random search."""
    random = [held(run, n) for run in runs if run.peer == "random"]
    return (float(np.median(random)), best_known(problem, runs)) if random else None


def unimprovable(runs: Iterable[Run], problems: dict[str, Problem], n: int | None) -> set[str]:
    """The problems on which nobody can do better than random search's median after ``n`` trials."""
    ends = {name: scale(problems[name], group, n or problems[name].budget) for name, group in by_problem(runs).items()}
    return {name for name, bounds in ends.items() if bounds and is_unimprovable(*bounds)}


def family_means(
    scored_peers: Scores, problems: dict[str, Problem], peer: str, names: AbstractSet[str]
) -> dict[str, np.ndarray]:
    """Per family of the problems in ``names`` and in total: the mean, and the ends of its 95 % interval, shape (3,)."""
    rng = np.random.default_rng(0)
    families: dict[str, list[np.ndarray]] = defaultdict(list)
    for (name, scored_peer), values in scored_peers.items():
        if scored_peer == peer and name in names:
            resampled = values[rng.integers(0, len(values), (1000, len(values)))].mean(axis=1)
            families[problems[name].family].append(np.concatenate(([values.mean()], resampled)))
    means = {family: np.mean(rows, axis=0) for family, rows in families.items()}
    means["total"] = np.mean(list(means.values()), axis=0)
    return {key: np.array([row[0], *np.percentile(row[1:], [2.5, 97.5])]) for key, row in means.items()}
