"""Siblings of the problems for tuning: for choosing between variants of a sampler, and for nothing else.

Other instances, other functions of the same kind, and stand-ins for real trainings that cost a tenth of a millisecond.
None is a problem of the half that is only ever reported, but three kinds are near to some: the trees have their
generator (with other sizes and seeds), in ``crash-diverging``, as in ``crash-solver``, a choice limits a rate, and in
``sparse``, as in one kind of the suite, most parameters are idle (the functions are the literature's). No figure of the
suite comes from siblings.
``python -m benches.quality run --half siblings`` searches them, ``compare`` tells two builds apart.
"""

from __future__ import annotations

from benches.quality.problem import Problem
from benches.quality.siblings import crash, functions, mixed, noisy, sparse, standins, trees, wide

ROOMS = (standins, functions, sparse, wide, mixed, trees, noisy, crash)


def siblings() -> dict[str, Problem]:
    """Every sibling by name."""
    found = [problem for room in ROOMS for problem in room.problems()]
    return {problem.name: problem for problem in found}
