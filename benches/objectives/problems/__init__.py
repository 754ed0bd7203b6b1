"""All problems, by name, and their halves: every second problem of a family is only ever reported."""

from __future__ import annotations

import functools
from dataclasses import replace

from benches.objectives.problem import Problem
from benches.objectives.problems import constrained, dtlz, engineering, mixed, wfg, zdt

#: Standard deviation of the noise, as a share of the front's range.
NOISE = 0.1


def noisy() -> list[Problem]:
    """Return four problems under noise."""
    quiet = [
        zdt.problem("zdt1", 6, zdt.convex), dtlz.problem("dtlz2", 2), engineering.problems()[0],
        next(p for p in mixed.problems() if p.name == "branches"),
    ]  # fmt: skip
    return [replace(problem, name=f"noisy-{problem.name}", family="noisy", noise=NOISE) for problem in quiet]


@functools.cache
def families() -> dict[str, list[Problem]]:
    """Return the problems by family."""
    groups = [
        zdt.problems(),
        dtlz.problems(),
        wfg.problems(),
        engineering.problems(),
        constrained.problems(),
        mixed.problems(),
        noisy(),
    ]
    return {group[0].family: group for group in groups}


@functools.cache
def problems() -> dict[str, Problem]:
    """Return the problems by name."""
    return {problem.name: problem for group in families().values() for problem in group}


def half(name: str) -> list[str]:
    """Return the names of ``tuning``, ``report`` or ``all``: a family begins with a problem for tuning."""
    first, step = {"tuning": (0, 2), "report": (1, 2), "all": (0, 1)}[name]
    return [problem.name for group in families().values() for problem in group[first::step]]
