"""Runs searches in batches and appends them to a file of JSON lines; one that is in the file is not repeated."""

from __future__ import annotations

import json
import math
import os
import time
import zlib
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benches.lines import mend
from benches.python.batches.peers import PEERS
from benches.python.batches.problems import TRIALS, problems
from benches.quality.problem import Problem
from benches.quality.runs import Run, read


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


def run_all(path: Path, names: Iterable[str], peers: Iterable[str], qs: list[int], seeds: range, n: int) -> None:
    """Run the missing searches in one process."""
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    path.parent.mkdir(parents=True, exist_ok=True)
    mend(path)
    done, problems_by_name = {run.key for run in read(path)}, problems()
    with path.open("a") as file:
        for seed, name, peer in ((s, n, p) for s in seeds for n in names for p in peers):
            for q in qs[:1] if peer == "random" else qs:
                if (name, peer if peer == "random" else f"{peer}@{q}", seed) in done:
                    continue
                run = search(problems_by_name[name], peer, q, seed, n)
                file.write(json.dumps(asdict(run)) + "\n")
                file.flush()
                print(f"{name} {peer} q = {q}, seed {seed}: {run.peer_seconds:.1f} s", flush=True)
