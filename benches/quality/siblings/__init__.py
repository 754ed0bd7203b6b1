"""Siblings of the problems for tuning: for choosing between variants of a sampler, and for nothing else.

Other instances, other functions of the same kind, stand-ins for real trainings that cost a tenth of a millisecond, and
in ``valleys`` trainings themselves. None is a problem of the half that is only ever reported, but some come near to it:
the trees have its generator (with other sizes and seeds), in ``crash-diverging``, as in ``crash-solver``, a choice
limits a rate, in ``sparse``, as in one kind of the suite, most parameters are idle (the functions are the
literature's), and ``ridge-diabetes``, a form of ``kernel-ridge-diabetes``, has the kernel of ``svr-diabetes`` and 200
of its 442 rows. No figure of the suite comes from siblings.
``python -m benches.quality run --half siblings`` searches them, ``compare`` tells two builds apart.
"""

from __future__ import annotations

from benches.quality.problem import Problem
from benches.quality.siblings import crash, functions, mixed, noisy, pipelines, sparse, standins, trees, valleys, wide

ROOMS = (standins, valleys, functions, sparse, wide, mixed, trees, pipelines, noisy, crash)


def siblings() -> dict[str, Problem]:
    """Every sibling by name."""
    all_problems = [problem for room in ROOMS for problem in room.problems()]
    return {problem.name: problem for problem in all_problems}
