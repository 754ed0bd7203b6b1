"""Runs one search each, and appends it to a file of JSON lines; a run that is in the file is not repeated."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benches import lines
from benches.objectives.peers import PEERS
from benches.objectives.problems import problems
from benches.objectives.references import references

Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Run(lines.Run):
    """One search.

    Attributes
    ----------
    rows : list
        The configuration of every trial as a row of numbers. Objectives and constraints follow from it.
    seconds : float
        The processor time of the whole search, evaluations included.
    """

    rows: list[list[float]]
    seconds: float


def search(key: tuple[str, str, int, int]) -> Run:
    """Run one search of some trials. Noise depends on the seed and not on the peer."""
    name, peer, seed, n = key
    problem, known = problems()[name], references()[name]
    noise = np.random.default_rng([seed, zlib.crc32(name.encode())])
    std = problem.noise * (np.array(known.nadir) - np.array(known.ideal))
    start, rows = time.process_time(), []
    optimizer = PEERS[peer](problem, seed)
    for _ in range(n):
        handle, params = optimizer.ask()
        rows.append(problem.row(params))
        objectives, constraints = problem.values(np.array(rows[-1:]))
        told = objectives[0] + std * noise.standard_normal(problem.n_objectives)
        optimizer.tell(handle, told.tolist(), constraints[0].tolist())
    return Run(name, peer, seed, rows, time.process_time() - start)


def read(paths: Iterable[Path]) -> list[Run]:
    """Return the runs of some files; of equal ones the longest."""
    found: dict[Key, Run] = {}
    for run in (run for path in paths for run in Run.read(path)):
        if run.key not in found or len(found[run.key].rows) < len(run.rows):
            found[run.key] = run
    return list(found.values())


def run_all(path: Path, names: Iterable[str], peers: Iterable[str], seeds: range, n: int, jobs: int) -> None:
    """Run the missing searches and append each of them."""
    done = {run.key: len(run.rows) for run in Run.read(path)}
    keys = [(name, peer, seed, n) for seed in seeds for name in names for peer in peers]
    lines.append(path, search, [key for key in keys if done.get(key[:3], 0) < n], jobs)
