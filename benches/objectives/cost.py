"""The processor time of an ask after random trials of DTLZ2."""

from __future__ import annotations

import os
import time
from typing import cast

import numpy as np

from benches.objectives.peers import PEERS, Observing
from benches.objectives.problems import problems
from benches.python.peers.random_peer import Random
from benches.python.threads import ONE_THREAD

# Peers import PyTorch when they are created.
os.environ.update(ONE_THREAD)


def milliseconds(peer: str, n_objectives: int, n_trials: int, n_asks: int) -> list[float]:
    """Return the processor time of some asks in a row, each of which is told."""
    problem = problems()[f"dtlz2-m{n_objectives}"]
    optimizer, drawn = cast("Observing", PEERS[peer](problem, 0)), Random(problem.space, 0)
    for _ in range(n_trials):
        _, params = drawn.ask()
        optimizer.observe(params, problem.values(np.array([problem.row(params)]))[0][0].tolist())
    times = []
    for _ in range(n_asks):
        start = time.process_time()
        handle, params = optimizer.ask()
        times.append(1e3 * (time.process_time() - start))
        optimizer.tell(handle, problem.values(np.array([problem.row(params)]))[0][0].tolist(), [])
    return times
