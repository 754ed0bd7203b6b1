"""Fresh problems: no decision about a sampler was based on them, and they were built without looking at any sampler.

Each of the ten families is in both halves, with other data, models or spaces in each. ``fresh-tuning`` is for choosing
between variants; ``fresh-report`` is for reports only. An evaluation takes at most 3 ms. The modules describe the
problems; ``python -m benches.quality.fresh.best`` computes the best known values and the medians of random search.
"""

from __future__ import annotations

from benches.quality.fresh import (
    boosting,
    counts,
    descent,
    flags,
    idle,
    neighbours,
    noisy,
    pairs,
    plateaus,
    trees,
)
from benches.quality.problem import Problem

FAMILIES = (descent, trees, flags, neighbours, boosting, pairs, plateaus, counts, noisy, idle)


def tuning() -> dict[str, Problem]:
    """Return the problems for choosing between variants, by name."""
    return {problem.name: problem for family in FAMILIES for problem in family.tuning()}


def reported() -> dict[str, Problem]:
    """Return the problems for reports only, by name."""
    return {problem.name: problem for family in FAMILIES for problem in family.reported()}
