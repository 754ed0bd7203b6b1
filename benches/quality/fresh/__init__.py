"""Problems that no decision about a sampler was made on: they were built without a look at any of ours.

Ten families stand in both halves, with other data, models or spaces in each. ``fresh-tuning`` is for choosing between
variants, ``fresh-report`` is only ever reported. An evaluation takes 3 ms at most. The modules say what every problem
is; ``python -m benches.quality.fresh.best`` finds the best values known, and random search's medians, anew.
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
    """The half for choosing between variants, by name."""
    return {problem.name: problem for family in FAMILIES for problem in family.tuning()}


def reported() -> dict[str, Problem]:
    """The half that is only ever reported, by name."""
    return {problem.name: problem for family in FAMILIES for problem in family.reported()}
