"""Time of one ask plus tell, every peer in one process on one core: ``python -m benches.python.speed``.

A peer is loaded with ``n`` finished trials at uniform points, then asked and told ``repeats`` times; the peers take
turns, so that a machine whose speed drifts slows all of them alike. What is printed is the median over the repeats, and
the ratio of each peer's median to Tanteo's. The measured time is Python to Python: it includes building the
configuration that the user sees. The objective costs nothing.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import time
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TANTEO_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[variable] = "1"

# The variables above are read when the libraries are loaded.
from benches.python.peers import PEERS, Space, floats  # noqa: E402 - see above
from benches.python.peers.random_peer import Random  # noqa: E402 - see above

SIZES = ((100, 10), (1000, 10), (100, 100), (1000, 100), (5000, 100), (10000, 1000), (100000, 20))
# What a peer would need longer than a minute for is left out, and says so in the table.
LIMITS = {"optuna-tpe": 200_000, "hyperopt-tpe": 100_000, "rustuna-tpe": 10_000_000, "tanteo-tpe": 10**9}


def value(params: dict[str, Any]) -> float:
    """A sphere: something to order the trials by."""
    return sum((x - 0.3) ** 2 for x in params.values())


def loaded(peer: str, space: Space, n: int) -> Any:
    """The peer with ``n`` finished trials."""
    optimizer, points = PEERS[peer](space, 0), Random(space, 1)
    rows = [points.ask()[1] for _ in range(n)]
    optimizer.observe([(row, value(row)) for row in rows])
    return optimizer


def step(optimizer: Any) -> float:
    """Seconds of one ask and its tell."""
    start = time.perf_counter()
    handle, params = optimizer.ask()
    middle = time.perf_counter()
    result = value(params)
    told = time.perf_counter()
    optimizer.tell(handle, result)
    return time.perf_counter() - told + middle - start


def measure(peers: list[str], n: int, d: int, repeats: int) -> dict[str, float]:
    """Median seconds per peer at ``n`` trials of ``d`` floats."""
    space = floats(d, 0.0, 1.0)
    optimizers = {peer: loaded(peer, space, n) for peer in peers if n * d <= LIMITS.get(peer, 10**9)}
    times: dict[str, list[float]] = {peer: [] for peer in optimizers}
    gc.collect()
    gc.disable()
    for _ in range(repeats):
        for peer, optimizer in optimizers.items():
            times[peer].append(step(optimizer))
    gc.enable()
    # The first ask builds what later ones reuse and is left out.
    return {peer: statistics.median(seen[1:]) for peer, seen in times.items()}


def whole_loop(peers: list[str], n: int, d: int) -> dict[str, float]:
    """Seconds of ``n`` asks and tells from nothing."""
    space, total = floats(d, 0.0, 1.0), {}
    for peer in peers:
        optimizer = PEERS[peer](space, 0)
        total[peer] = sum(step(optimizer) for _ in range(n))
    return total


def show(label: str, medians: dict[str, float], ours: str) -> None:
    """One line: milliseconds and ratios."""
    cells = [f"{p} {1e3 * s:.4g} ms ({s / medians[ours]:.1f}x)" for p, s in medians.items()]
    print(f"{label}: " + ", ".join(cells), flush=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", nargs="+", default=["optuna-tpe", "rustuna-tpe", "hyperopt-tpe", "tanteo-tpe"])
    parser.add_argument("--repeats", type=int, default=31)
    parser.add_argument("--ours", default="tanteo-tpe")
    parser.add_argument("--json", help="also write the medians to this file")
    options = parser.parse_args()
    found: dict[str, dict[str, float]] = {}
    for n, d in SIZES:
        found[f"({n}, {d})"] = measure(options.peers, n, d, options.repeats)
        show(f"({n}, {d})", found[f"({n}, {d})"], options.ours)
    found["whole loop (1000, 40)"] = whole_loop(options.peers, 1000, 40)
    show("whole loop (1000, 40)", found["whole loop (1000, 40)"], options.ours)
    if options.json:
        Path(options.json).write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
