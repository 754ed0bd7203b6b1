"""Runs one search each, and appends it to a file of JSON lines; a run that is in the file is not repeated."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from benches import lines
from benches.long import lq_cma
from benches.long.problems import problems
from benches.python.peers import PEERS, SLOW
from benches.quality.runs import search

Key = tuple[str, str, int]
LQ = "pycma-lq"
NAMES = (LQ, *(name for name in PEERS if name not in SLOW))


@dataclass(frozen=True, slots=True)
class Run(lines.Run):
    """One search: the best regret after each trial, and the time of the search in seconds."""

    best: list[float]
    seconds: float


def job(key: Key) -> Run:
    """Run one search; called by name in a worker process."""
    name, peer, seed = key
    problem, start = problems()[name], time.perf_counter()
    if peer == LQ:
        true: list[float | None] = list(lq_cma.search(problem, seed))
    else:
        true = search(problem, peer, seed).true
    best = accumulate((math.inf if value is None else value for value in true), min)
    return Run(name, peer, seed, list(best), time.perf_counter() - start)


def run_all(path: Path, names: Iterable[str], peers: Iterable[str], seeds: range, jobs: int) -> None:
    """Run the missing searches and append each of them."""
    keys = [(name, peer, seed) for seed in seeds for name in names for peer in peers]
    Run.append_missing(path, job, keys, jobs)
