"""Normalized regret with bootstrap intervals.

After ``n`` trials a search holds the trial with the best *told* value. On noisy problems it holds the trial that the
peer recommends, if it can recommend one. The search is judged by the *true* value ``v`` of that trial. Let ``m`` be the
median of random search after the same number of trials, and ``b`` the best known true value (the optimum if it is
known, otherwise the best of all runs)::

    score = 100 (m - v) / (m - b),    cut at -100

Random search has score 0 and the best known value has 100. Scores are averaged over seeds, then over the problems of a
family, then over families. Intervals are 95 % percentiles of the mean over 1,000 resamplings of the seeds of every
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
    """Return the true value of the trial that is held after ``n`` trials; infinity if all failed."""
    if run.recommended is not None:
        row = run.recommended[n - 1]
        value = None if row is None else run.true[row]
        return np.inf if value is None else value
    values = [np.inf if t is None else t for t in run.told[:n]]
    best = int(np.argmin(values))
    value = run.true[best]
    return np.inf if value is None or not np.isfinite(values[best]) else value


def best_known(problem: Problem, runs: Iterable[Run]) -> float:
    """Return the optimum, or the best true value of all runs."""
    return min([problem.optimum, *(t for run in runs for t in run.true if t is not None)])


def is_unimprovable(median: float, best: float) -> bool:
    """Whether the median of random search already is the best known value."""
    return median - best <= 1e-12 * max(1.0, abs(best))


def score(value: float, median: float, best: float) -> float:
    """Return the score. A median of random search that is the best known value has 0; worse values have -100."""
    if not np.isfinite(value):
        return FLOOR
    if not np.isfinite(median):
        return 100.0
    if is_unimprovable(median, best):
        return 0.0 if value <= median else FLOOR
    return max(FLOOR, 100.0 * (median - value) / (median - best))


def scores(runs: list[Run], problems: dict[str, Problem], n: int | None) -> Scores:
    """Return ``(problem, peer) -> scores over seeds`` after ``n`` trials (the full budget if ``None``).

    Runs that stopped before ``n`` have no score; a problem without random search has none either.
    """
    scores_by_peer: dict[tuple[str, str], list[float]] = defaultdict(list)
    for name, group in by_problem(runs).items():
        n_trials = n or problems[name].budget
        if (anchors := scale(problems[name], group, n_trials)) is None:
            continue
        for run in group:
            if len(run.told) >= n_trials:
                scores_by_peer[name, run.peer].append(score(held(run, n_trials), *anchors))
    return {key: np.array(values) for key, values in scores_by_peer.items()}


def by_problem(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """Return the runs by problem."""
    grouped: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        grouped[run.problem].append(run)
    return grouped


def scale(problem: Problem, runs: list[Run], n: int) -> tuple[float, float] | None:
    """Return the values that score 0 and 100 after ``n`` trials, from all runs; ``None`` without random search."""
    random = [held(run, n) for run in runs if run.peer == "random"]
    return (float(np.median(random)), best_known(problem, runs)) if random else None


def unimprovable(runs: Iterable[Run], problems: dict[str, Problem], n: int | None) -> set[str]:
    """Return the problems on which no search can be better than the median of random search after ``n`` trials."""
    anchors_by_problem = {
        name: scale(problems[name], group, n or problems[name].budget) for name, group in by_problem(runs).items()
    }
    return {name for name, bounds in anchors_by_problem.items() if bounds and is_unimprovable(*bounds)}


def family_means(
    scored_peers: Scores, problems: dict[str, Problem], peer: str, names: AbstractSet[str]
) -> dict[str, np.ndarray]:
    """Return mean and ends of the 95 % interval, shape (3,), per family of the problems in ``names`` and in total."""
    rng = np.random.default_rng(0)
    families: dict[str, list[np.ndarray]] = defaultdict(list)
    for (name, scored_peer), values in scored_peers.items():
        if scored_peer == peer and name in names:
            resampled = values[rng.integers(0, len(values), (1000, len(values)))].mean(axis=1)
            families[problems[name].family].append(np.concatenate(([values.mean()], resampled)))
    means = {family: np.mean(rows, axis=0) for family, rows in families.items()}
    means["total"] = np.mean(list(means.values()), axis=0)
    return {key: np.array([row[0], *np.percentile(row[1:], [2.5, 97.5])]) for key, row in means.items()}
