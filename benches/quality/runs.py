"""Runs one search each, and appends it to a file of JSON lines; a run that is in the file is not repeated."""

from __future__ import annotations

import functools
import math
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benches import lines
from benches.python.peers import PEERS, SLOW, Recommender
from benches.quality import basins, failing, fresh, levels
from benches.quality.problem import Problem
from benches.quality.problems import problems
from benches.quality.siblings import siblings

Key = tuple[str, str, int]
# The largest number of trials for slow peers; their goals are defined up to it.
TRIALS_OF_SLOW_PEERS = 100


@dataclass(frozen=True, slots=True)
class Run(lines.Run):
    """One search.

    Attributes
    ----------
    told, true : list
        The told value of every trial (``None``: it failed), and its true value.
    peer_seconds : float
        The time that the peer took.
    recommended : list of int, optional
        The trial that the peer recommends after each trial; ``None`` if it cannot or was not asked.
    """

    told: list[float | None]
    true: list[float | None]
    peer_seconds: float
    recommended: list[int | None] | None = None


def applies(peer: str, problem: Problem) -> bool:
    """Whether a peer can run on a problem: CMA-ES needs a space of floats."""
    return peer != "optuna-cmaes" or problem.space.is_continuous


def trials(peer: str, problem: Problem) -> int:
    """Return the length of a run: the budget of the problem, at most 100 trials for slow peers."""
    return min(problem.budget, TRIALS_OF_SLOW_PEERS) if peer in SLOW else problem.budget


def search(problem: Problem, peer: str, seed: int) -> Run:
    """Run one search. The noise of a problem depends on the seed and not on the peer."""
    noise = np.random.default_rng([seed, zlib.crc32(problem.name.encode())])
    told_values: list[float | None] = []
    true: list[float | None] = []
    recommended: list[int | None] = []
    clock, start = 0.0, time.perf_counter()
    optimizer = PEERS[peer](problem.space, seed)
    for _ in range(trials(peer, problem)):
        handle, params = optimizer.ask()
        clock += time.perf_counter() - start
        observation = problem.evaluate(params, noise)
        start = time.perf_counter()
        optimizer.tell(handle, observation.told)
        told_values.append(observation.told)
        true.append(observation.true if math.isfinite(observation.true) else None)
        if problem.is_noisy and isinstance(optimizer, Recommender):
            clock += time.perf_counter() - start
            recommended.append(optimizer.recommended())
            start = time.perf_counter()
    return Run(problem.name, peer, seed, told_values, true, clock + time.perf_counter() - start, recommended or None)


def distinct(paths: Iterable[Path]) -> list[Run]:
    """Return the runs of some files without repetitions."""
    return list({run.key: run for path in paths for run in Run.read(path)}.values())


@functools.cache
def known_problems() -> dict[str, Problem]:
    """Return the problems of all halves by name."""
    halves = [half() for module in (levels, fresh, failing) for half in (module.tuning, module.reported)]
    groups = (problems(), siblings(), *halves, *basins.halves().values())
    problems_by_name = {name: problem for group in groups for name, problem in group.items()}
    assert len(problems_by_name) == sum(len(group) for group in groups)
    return problems_by_name


def job(key: Key) -> Run:
    """Run one search; called by name in a worker process."""
    return search(known_problems()[key[0]], key[1], key[2])


def run_all(path: Path, names: Iterable[str], peers: Iterable[str], seeds: range, jobs: int) -> None:
    """Run the missing searches and append each of them."""
    problems_by_name = known_problems()
    keys = [(n, p, s) for s in seeds for n in names for p in peers if applies(p, problems_by_name[n])]
    Run.append_missing(path, job, keys, jobs)
