"""Runs searches in batches and appends them to a file of JSON lines; one that is in the file is not repeated."""

from __future__ import annotations

import functools
import math
import time
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benches.python.batches.peers import PEERS
from benches.python.batches.problems import TRIALS, problems
from benches.quality.problem import Problem
from benches.quality.runs import Key, Run


def search(problem: Problem, peer: str, q: int, seed: int, n_trials: int = TRIALS) -> Run:
    """Run one search: ask for ``q`` trials, evaluate all of them, then tell all. Random search does not use batches."""
    noise = np.random.default_rng([seed, zlib.crc32(problem.name.encode())])
    values: list[float | None] = []
    true: list[float | None] = []
    clock, start = 0.0, time.perf_counter()
    optimizer = PEERS[peer](problem.space, seed, q)
    while len(values) < n_trials:
        batch = optimizer.ask(min(q, n_trials - len(values)))
        clock += time.perf_counter() - start
        observations = [problem.evaluate(params, noise) for _, params in batch]
        start = time.perf_counter()
        for (handle, _), observation in zip(batch, observations, strict=True):
            optimizer.tell(handle, observation.told)
            values.append(observation.told)
            true.append(observation.true if math.isfinite(observation.true) else None)
    name = peer if peer == "random" else f"{peer}@{q}"
    return Run(problem.name, name, seed, values, true, clock + time.perf_counter() - start)


def job(n: int, key: Key) -> Run:
    """Run one search of n trials; called by name in a worker process."""
    name, peer, seed = key
    peer, _, q = peer.partition("@")
    return search(problems()[name], peer, int(q or 1), seed, n)


def run_all(path: Path, names: Iterable[str], peers: Iterable[str], qs: list[int], seeds: range, n: int) -> None:
    """Run the missing searches, one at a time."""
    variants = [name for peer in peers for name in ([peer] if peer == "random" else [f"{peer}@{q}" for q in qs])]
    keys = ((name, peer, seed) for seed in seeds for name in names for peer in variants)
    Run.append_missing(path, functools.partial(job, n), keys, 1)
