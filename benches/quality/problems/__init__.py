"""The problems, family by family."""

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
    """Every problem by name."""
    all_problems = [problem for family in FAMILIES for problem in family.problems()]
    return {problem.name: problem for problem in all_problems}


def tuning_half() -> set[str]:
    """The problems one may look at while tuning a sampler: every second one of each family.

    The others are only ever reported.
    """
    return {problem.name for family in FAMILIES for problem in family.problems()[::2]}


def first_of_families() -> set[str]:
    """The first problem of each family in each half: the sample for peers that are too slow for all of them."""
    tune = tuning_half()
    firsts: dict[tuple[str, bool], str] = {}
    for problem in problems().values():
        firsts.setdefault((problem.family, problem.name in tune), problem.name)
    return set(firsts.values())
