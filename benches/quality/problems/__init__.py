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
    found = [problem for family in FAMILIES for problem in family.problems()]
    return {problem.name: problem for problem in found}


def tuning_half() -> set[str]:
    """The problems one may look at while tuning a sampler: every second one of each family.

    The others are only ever reported.
    """
    return {problem.name for family in FAMILIES for problem in family.problems()[::2]}
