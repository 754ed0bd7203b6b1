"""Scores on a logarithmic scale of the missing hypervolume.

The hypervolume is measured within the box from the ideal point of the front to the reference point, which lies a tenth
of the front's range beyond its worst values. It is that of the true values of all feasible trials so far, also on noisy
problems. ``gap`` is what is missing to the hypervolume of the front. After ``n`` trials::

    score = 100 (ln gap(random) - ln gap(search)) / (ln gap(random) - ln gap(best n points of the front)),  cut at -100

``gap(random)`` is the median over the searches of random search, and the best ``n`` points are chosen one by one; their
gap is at least 0.001.
Scores are averaged over seeds, then over the problems of a family, then over families.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from benches.objectives import hypervolume
from benches.objectives.problems import problems
from benches.objectives.references import references
from benches.objectives.runs import Run

FLOOR = -100.0
LEAST_GAP = 1e-3
Gaps = dict[tuple[str, str], dict[int, float]]
Scores = dict[tuple[str, str], dict[int, float]]


def gap(run: Run, n: int) -> float:
    """Return the hypervolume that is missing after ``n`` trials."""
    known = references()[run.problem]
    objectives, constraints = problems()[run.problem].values(np.array(run.rows[:n]))
    kept = objectives[(constraints <= 0).all(axis=1)]
    reached = hypervolume.volume(known.scaled(kept)) if len(kept) else 0.0
    # A front that was searched may be surpassed by a little.
    return max(known.volume - reached, 0.1 * ideal_gap(run.problem, n))


def ideal_gap(name: str, n: int) -> float:
    """Return what the best ``n`` points of the front are missing, at least 0.001: fronts of tables have few points."""
    known = references()[name]
    return max(known.volume - known.best_of[str(n)], LEAST_GAP)


def gaps(runs: Iterable[Run], n: int) -> Gaps:
    """Return ``(problem, peer) -> seed -> gap`` of the runs that are long enough."""
    found: Gaps = defaultdict(dict)
    for run in runs:
        if len(run.rows) >= n:
            found[run.problem, run.peer][run.seed] = gap(run, n)
    return found


def scores(runs: Iterable[Run], n: int) -> Scores:
    """Return ``(problem, peer) -> seed -> score``; problems without random search have none."""
    found = gaps(runs, n)
    scored: Scores = {}
    for (name, peer), by_seed in found.items():
        if (name, "random") not in found:
            continue
        start = np.log(np.median(list(found[name, "random"].values())))
        end = np.log(ideal_gap(name, n))
        scored[name, peer] = {
            seed: max(FLOOR, 100 * float((start - np.log(value)) / (start - end))) for seed, value in by_seed.items()
        }
    return scored


def family_means(scored: Scores, peer: str, names: set[str]) -> dict[str, tuple[float, float]]:
    """Return mean and standard error over seeds by family, and in total, of the problems in ``names``."""
    families: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for (name, scored_peer), by_seed in scored.items():
        if scored_peer == peer and name in names:
            values = np.array(list(by_seed.values()))
            error = values.std(ddof=1) / len(values) ** 0.5 if len(values) > 1 else np.nan
            families[problems()[name].family].append((values.mean(), error))
    means = {family: combined(rows) for family, rows in families.items()}
    means["total"] = combined(list(means.values()))
    return means


def combined(rows: list[tuple[float, float]]) -> tuple[float, float]:
    """Return mean and standard error of a mean of independent means."""
    values = np.array(rows)
    return float(values[:, 0].mean()), float(np.sqrt((values[:, 1] ** 2).sum()) / len(values))
