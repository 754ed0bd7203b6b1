"""The problems by family."""

from __future__ import annotations

from benches.quality.problem import Problem
from benches.quality.problems import (
    bbob,
    conditional,
    crash,
    high_dimensional,
    many_trials,
    mixed,
    noisy,
    tables,
    tuning,
)

FAMILIES = (tuning, tables, bbob, mixed, conditional, noisy, high_dimensional, many_trials, crash)


def problems() -> dict[str, Problem]:
    """Return all problems by name."""
    all_problems = [problem for family in FAMILIES for problem in family.problems()]
    return {problem.name: problem for problem in all_problems}


def tuning_half() -> set[str]:
    """Return the problems for tuning a sampler: every second problem of each family.

    The other problems are for reports only.
    """
    return {problem.name for family in FAMILIES for problem in family.problems()[::2]}


def first_of_families() -> set[str]:
    """Return the first problem of each family in each half, for peers that are too slow for all problems."""
    tune = tuning_half()
    firsts: dict[tuple[str, bool], str] = {}
    for problem in problems().values():
        firsts.setdefault((problem.family, problem.name in tune), problem.name)
    return set(firsts.values())
