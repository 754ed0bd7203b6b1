"""Synthetic conditional trees with other sizes than in the suite."""

from __future__ import annotations

from benches.quality.problem import Problem, exact
from benches.quality.problems.conditional import branches

CASES = {"branches-3-wide": (3, 1, 301), "branches-6-wide": (6, 1, 302), "branches-2-deep": (3, 2, 303)}


def problems() -> list[Problem]:
    """Return three trees, 100 trials."""
    trees_by_name = {name: branches(*case) for name, case in CASES.items()}
    return [
        Problem(name, "conditional", space, 100, exact(function)) for name, (space, function) in trees_by_name.items()
    ]
