"""The share of targets reached, as in COCO (Hansen et al. 2021), and the share of searches that stand still."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import fmean, stdev

from benches.long.runs import Run

AT = (200, 300, 400, 600, 1000, 2000)
# Decades between the easiest target, a regret of 100, and the most difficult one, 1e-8.
EASIEST, HARDEST = 2.0, -8.0


def reached(regret: float) -> float:
    """Return the share of targets between 100 and 1e-8, evenly spaced in the logarithm, that a regret reaches."""
    decades = math.log10(max(regret, 10.0**HARDEST))
    return min(1.0, max(0.0, (EASIEST - decades) / (EASIEST - HARDEST)))


def mean_and_error(runs: list[Run], n: int) -> str:
    """Return the mean share of targets in percent, and its standard error over seeds."""
    by_seed: dict[int, list[float]] = {}
    for run in runs:
        by_seed.setdefault(run.seed, []).append(100.0 * reached(run.best[n - 1]))
    means = [fmean(shares) for shares in by_seed.values()]
    error = stdev(means) / math.sqrt(len(means)) if len(means) > 1 else math.nan
    return f"{fmean(means):.1f} ± {error:.1f}"


def table(title: str, runs: list[Run]) -> str:
    """Return the shares of targets of each peer, and of searches that do not improve between two numbers of trials."""
    head = [title, *(f"{n} trials" for n in AT), "no better from 200 to 400", "from 400 to 1,000"]
    rows = [head, ["---"] * len(head)]
    for peer in dict.fromkeys(run.peer for run in runs):
        own = [run for run in runs if run.peer == peer]
        still = [fmean(run.best[b - 1] == run.best[a - 1] > 1e-8 for run in own) for a, b in ((200, 400), (400, 1000))]
        rows.append([peer, *(mean_and_error(own, n) for n in AT), *(f"{100.0 * share:.0f} %" for share in still)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def tables(runs: Iterable[Run]) -> str:
    """Return a table for each number of dimensions."""
    runs = list(runs)
    dimensions = dict.fromkeys(run.problem.rpartition("-")[2] for run in runs)
    return "\n\n".join(table(d, [run for run in runs if run.problem.endswith(f"-{d}")]) for d in dimensions)
