"""Time of one ask plus tell for all peers in one process on one core: ``python -m benches.python.speed``.

A peer is loaded with ``n`` completed trials at uniform points, then asked and told. The peers alternate in turns of
``--turn`` asks, so that a machine whose speed drifts affects all of them equally. In turns of one ask, the other peers
run between two asks and the caches are cold, as after a training; in longer turns the caches are warm. The output is
the median, and the ratio of each peer's median to Tanteo's. Times are measured from Python and include building the
configuration. The objective costs nothing.

Time is the processor time of the process (``--clock wall`` for wall time). On an otherwise idle machine both are the
same, because nothing waits and all peers use one thread; other programs increase the wall time. Reading the clock costs
about a microsecond, which every peer is charged twice.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from benches.python.threads import ONE_THREAD

os.environ.update(ONE_THREAD)

# The variables above are read when the libraries are loaded.
from benches.python.peers import PEERS, Space, floats
from benches.python.peers.random_peer import Random

Clock: TypeAlias = Callable[[], float]
CLOCKS: dict[str, Clock] = {"cpu": time.process_time, "wall": time.perf_counter}
SIZES = ((100, 10), (1000, 10), (100, 100), (1000, 100), (5000, 100), (10000, 1000), (100000, 20))
# Combinations that would take a peer longer than a minute; the table marks them as left out.
LIMITS = {"optuna-tpe": 500_000, "hyperopt-tpe": 100_000, "rustuna-tpe": 10_000_000, "tanteo-tpe": 10**9}


def value(params: dict[str, Any]) -> float:
    """A sphere, which orders the trials."""
    return sum((x - 0.3) ** 2 for x in params.values())


def loaded(peer: str, space: Space, n: int) -> Any:
    """Return the peer with ``n`` completed trials."""
    optimizer, points = PEERS[peer](space, 0), Random(space, 1)
    rows = [points.ask()[1] for _ in range(n)]
    optimizer.observe([(row, value(row)) for row in rows])
    return optimizer


def step(optimizer: Any, clock: Clock) -> float:
    """Return the seconds of one ask and its tell."""
    start = clock()
    handle, params = optimizer.ask()
    middle = clock()
    result = value(params)
    end = clock()
    optimizer.tell(handle, result)
    return clock() - end + middle - start


def measure(peers: list[str], n: int, d: int, turns: tuple[int, int], clock: Clock) -> dict[str, float]:
    """Return the median seconds per peer with ``n`` trials of ``d`` floats, over several turns of asks."""
    space = floats(d, 0.0, 1.0)
    optimizers = {peer: loaded(peer, space, n) for peer in peers if n * d <= LIMITS.get(peer, 10**9)}
    times: dict[str, list[float]] = {peer: [] for peer in optimizers}
    gc.collect()
    gc.disable()
    n_turns, n_asks = turns
    for _ in range(n_turns):
        for peer, optimizer in optimizers.items():
            times[peer].extend(step(optimizer, clock) for _ in range(n_asks))
    gc.enable()
    # The first ask is left out, because it builds what later asks reuse.
    return {peer: statistics.median(durations[1:]) for peer, durations in times.items()}


def whole_loop(peers: list[str], n: int, d: int, clock: Clock) -> dict[str, float]:
    """Return the seconds of ``n`` asks and tells from an empty search."""
    space, total = floats(d, 0.0, 1.0), {}
    for peer in peers:
        optimizer = PEERS[peer](space, 0)
        total[peer] = sum(step(optimizer, clock) for _ in range(n))
    return total


def show(label: str, medians: dict[str, float], ours: str) -> None:
    """Print one line with milliseconds and ratios."""
    cells = [f"{p} {1e3 * s:.4g} ms ({s / medians[ours]:.1f}x)" for p, s in medians.items()]
    print(f"{label}: " + ", ".join(cells), flush=True)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", nargs="+", default=["optuna-tpe", "rustuna-tpe", "hyperopt-tpe", "tanteo-tpe"])
    parser.add_argument("--repeats", type=int, default=31, help="number of turns of each peer")
    parser.add_argument("--turn", type=int, default=1, help="number of asks and tells in a turn")
    parser.add_argument("--sizes", nargs="+", type=int, default=range(len(SIZES)), help=f"which of {SIZES}")
    parser.add_argument("--whole-loop", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--clock", choices=CLOCKS, default="cpu")
    parser.add_argument("--ours", default="tanteo-tpe")
    parser.add_argument("--json", help="file to which the medians are also written")
    options = parser.parse_args()
    clock = CLOCKS[options.clock]
    medians: dict[str, dict[str, float]] = {}
    for n, d in (SIZES[i] for i in options.sizes):
        medians[f"({n}, {d})"] = measure(options.peers, n, d, (options.repeats, options.turn), clock)
        show(f"({n}, {d})", medians[f"({n}, {d})"], options.ours)
    if options.whole_loop:
        medians["whole loop (1000, 40)"] = whole_loop(options.peers, 1000, 40, clock)
        show("whole loop (1000, 40)", medians["whole loop (1000, 40)"], options.ours)
    if options.json:
        Path(options.json).write_text(json.dumps(medians, indent=1))


if __name__ == "__main__":
    main()
