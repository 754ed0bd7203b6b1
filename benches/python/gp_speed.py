"""Time of one ask plus tell with Gaussian processes on one core: ``python -m benches.python.gp_speed``.

For each size there are two figures per peer, both measured from Python, with all refits:

- *run*: the mean over a whole run, from the 10th trial to the last, where each trial is a suggestion of the peer;
- *at n*: the mean over ``--asks`` asks after ``n`` completed trials at uniform points were loaded (without the first
  ask, which fits the model to the loaded trials).

If a run of a peer takes longer than ``--cap`` seconds, it is stopped and printed as ``-``; nothing is extrapolated, and
ratios compare figures of the same kind only. Times are processor times of this process, so that other programs have
little influence. The peers that need torch are in ``benches/requirements-slow.txt``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from pathlib import Path
from typing import Any

from benches.python.threads import ONE_THREAD

os.environ.update(ONE_THREAD)

# The variables above are read when the libraries are loaded.
from benches.python.peers import PEERS, Peer, floats
from benches.python.peers.random_peer import Random

SIZES = ((100, 10), (300, 10), (1000, 10), (100, 100), (300, 100))
FIRST = 10  # Trials before the first one that is measured.


def value(params: dict[str, Any]) -> float:
    """Return a quadratic function with unequal axes."""
    return sum((1 + i % 10) * (x - 0.3) ** 2 for i, x in enumerate(params.values()))


def step(optimizer: Peer) -> float:
    """Return the processor seconds of one ask and its tell."""
    start = time.process_time()
    handle, params = optimizer.ask()
    ask_seconds = time.process_time() - start
    result = value(params)
    start = time.process_time()
    optimizer.tell(handle, result)
    return ask_seconds + time.process_time() - start


def whole_run(peer: str, n: int, d: int, cap: float) -> list[float] | None:
    """Return the seconds of each ask and tell of a run from the 10th trial; None if it takes longer than ``cap``."""
    optimizer, seconds = PEERS[peer](floats(d, 0.0, 1.0), 0), []
    while len(seconds) < n and sum(seconds) <= cap:
        seconds.append(step(optimizer))
    return seconds[FIRST:] if len(seconds) == n else None


def loaded(peer: str, n: int, d: int, asks: int) -> list[float]:
    """Return the seconds of ``asks`` asks and tells after ``n`` trials were loaded."""
    space = floats(d, 0.0, 1.0)
    optimizer: Any = PEERS[peer](space, 0)
    points = Random(space, 1)
    rows = [points.ask()[1] for _ in range(n)]
    optimizer.observe([(row, value(row)) for row in rows])
    step(optimizer)
    return [step(optimizer) for _ in range(asks)]


def measure(peers: list[str], n: int, d: int, options: argparse.Namespace) -> dict[str, dict[str, float | None]]:
    """Return milliseconds per peer: the mean of a run, the mean at ``n``, and the median and slowest ask of the run."""
    figures: dict[str, dict[str, float | None]] = {}
    for peer in peers:
        run = whole_run(peer, n, d, float("inf") if peer == options.ours else options.cap)
        ask_times = loaded(peer, n, d, options.our_asks if peer == options.ours else options.asks)
        figures[peer] = {
            "run": 1e3 * statistics.mean(run) if run else None,
            "median": 1e3 * statistics.median(run) if run else None,
            "slowest": 1e3 * max(run) if run else None,
            "at": 1e3 * statistics.mean(ask_times),
        }
    return figures


def show(label: str, figures: dict[str, dict[str, float | None]], ours: str) -> None:
    """Print one line per peer with milliseconds and the ratio to Tanteo."""
    for peer, peer_figures in figures.items():
        cells = []
        for kind in ("run", "at"):
            our_time, peer_time = figures[ours][kind], peer_figures[kind]
            ratio = f" ({peer_time / our_time:.1f}x)" if peer_time and our_time else ""
            cells.append(f"{kind} {peer_time:.4g} ms{ratio}" if peer_time else f"{kind} -")
        if peer_figures["median"] and peer_figures["slowest"]:
            cells.append(f"median {peer_figures['median']:.4g} ms, slowest {peer_figures['slowest']:.4g} ms")
        print(f"{label} {peer}: " + ", ".join(cells), flush=True)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", nargs="+", default=["tanteo-gp", "optuna-gp", "botorch"])
    parser.add_argument("--ours", default="tanteo-gp")
    parser.add_argument("--sizes", nargs="+", default=[f"{n},{d}" for n, d in SIZES], help="trials,parameters")
    parser.add_argument("--asks", type=int, default=3, help="number of a peer's asks at n trials")
    parser.add_argument(
        "--our-asks",
        type=int,
        default=17,
        help="number of Tanteo's asks at n trials: two refits and the asks between them",
    )
    parser.add_argument(
        "--cap", type=float, default=60.0, help="time limit in seconds for a whole run of a peer, negative for none"
    )
    parser.add_argument("--json", help="file to which the figures are also written")
    options = parser.parse_args()
    figures = {}
    for size in options.sizes:
        n, d = (int(part) for part in size.split(","))
        figures[size] = measure(options.peers, n, d, options)
        show(f"({n}, {d})", figures[size], options.ours)
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
