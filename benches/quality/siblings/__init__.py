"""Siblings of the problems for tuning, which serve only to choose between variants of a sampler.

They are other instances, other functions of the same kind, stand-ins for real trainings that take a tenth of a
millisecond, and in ``valleys`` real trainings. None of them is in the half for reports, but some resemble it: the trees
use its generator (with other sizes and seeds); in ``crash-diverging``, as in ``crash-solver``, a choice limits a rate;
in ``sparse``, as in one kind of the suite, most parameters are idle (the functions are from the literature); and
``ridge-diabetes``, a form of ``kernel-ridge-diabetes``, has the kernel of ``svr-diabetes`` and 200 of its 442 rows. No
figure of the suite is based on siblings.

``python -m benches.quality run --half siblings`` searches them, and ``compare`` compares two builds.
"""

from __future__ import annotations

from benches.quality.problem import Problem
from benches.quality.siblings import crash, functions, mixed, noisy, pipelines, sparse, standins, trees, valleys, wide

ROOMS = (standins, valleys, functions, sparse, wide, mixed, trees, pipelines, noisy, crash)


def siblings() -> dict[str, Problem]:
    """Return all siblings by name."""
    all_problems = [problem for module in ROOMS for problem in module.problems()]
    return {problem.name: problem for problem in all_problems}
