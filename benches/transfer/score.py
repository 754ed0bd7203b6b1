"""Summaries of the regrets of many runs.

The regret of a kind of start is averaged over the seeds, in percent of the regret after 5 trials of a search without an
earlier one on the same problem. The score is the mean over the problems.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Regrets = Mapping[str, Mapping[str, Sequence[Sequence[float]]]]  # problem, kind of start, seed, reading


def means(runs: Sequence[Sequence[float]]) -> list[float]:
    """Return the mean of every reading over the seeds."""
    return [sum(column) / len(column) for column in zip(*runs, strict=True)]


def shares(regrets: Mapping[str, Sequence[Sequence[float]]], start: str) -> list[float]:
    """Return the regret of a kind of start in percent, for every reading."""
    reference = means(regrets["nothing"])[0]
    return [100 * regret / reference for regret in means(regrets[start])]


def score(regrets: Regrets, start: str) -> list[float]:
    """Return the mean over the problems, for every reading."""
    return means([shares(of_problem, start) for of_problem in regrets.values()])
