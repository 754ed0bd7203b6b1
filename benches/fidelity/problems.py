"""All problems by name."""

from __future__ import annotations

import functools

from benches.fidelity import analytic
from benches.fidelity.problem import Problem
from benches.fidelity.tables import Table
from benches.fidelity.trainings import TRAININGS

HALVES = ("tuning", "report", "tuning-sizes", "report-sizes")


def tabulated(name: str) -> Problem:
    """Return the problem that a recorded table defines."""
    training, table = TRAININGS[name], Table(name)
    is_folds = training.family == "folds"
    final_values = table.curves.mean(axis=1) if is_folds else table.curves[:, -1]
    return Problem(
        name, training.family, training.half, training.space, table.curves.shape[1], table.curve,
        float(final_values.min()), is_folds=is_folds,
    )  # fmt: skip


@functools.cache
def problems() -> dict[str, Problem]:
    """Return recorded tables, analytic curves, and both (but for folds) with trainings of growing size."""
    by_steps = [*(tabulated(name) for name in TRAININGS), *analytic.problems()]
    all_problems = [*by_steps, *(problem.retrained() for problem in by_steps if not problem.is_folds)]
    return {problem.name: problem for problem in all_problems}
