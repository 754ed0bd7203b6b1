"""Time of one ask plus tell with Gaussian processes, side by side on one core: ``python -m benches.python.gp_speed``.

For each size two figures per peer, both Python to Python and with every refit:

- *run*: the mean over a whole run, from the 10th trial to the last, each trial being the peer's own suggestion;
- *at n*: the mean over ``--asks`` asks after ``n`` finished trials at uniform points were loaded (the first ask, which
  fits to what was loaded, is left out).

A run of a peer that takes longer than ``--cap`` seconds is stopped and printed as ``-``; nothing is extrapolated, and
ratios are taken between figures of the same kind. Times are processor time of this process, so that programs beside it
disturb them little. The peers that need torch are in ``benches/requirements-slow.txt``.
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
FIRST = 10  # Trials before the first one that counts.


def value(params: dict[str, Any]) -> float:
    """A bowl whose directions matter unequally."""
    return sum((1 + i % 10) * (x - 0.3) ** 2 for i, x in enumerate(params.values()))


def step(optimizer: Peer) -> float:
    """Processor seconds of one ask and its tell."""
    start = time.process_time()
    handle, params = optimizer.ask()
    ask_seconds = time.process_time() - start
    result = value(params)
    start = time.process_time()
    optimizer.tell(handle, result)
    return ask_seconds + time.process_time() - start


def whole_run(peer: str, n: int, d: int, cap: float) -> list[float] | None:
    """Seconds of each ask and tell of a run from the 10th trial on; None if it takes longer than ``cap``."""
    optimizer, seconds = PEERS[peer](floats(d, 0.0, 1.0), 0), []
    while len(seconds) < n and sum(seconds) <= cap:
        seconds.append(step(optimizer))
    return seconds[FIRST:] if len(seconds) == n else None


def loaded(peer: str, n: int, d: int, asks: int) -> list[float]:
    """Seconds of ``asks`` asks and tells after ``n`` trials were loaded."""
    space = floats(d, 0.0, 1.0)
    optimizer: Any = PEERS[peer](space, 0)
    points = Random(space, 1)
    rows = [points.ask()[1] for _ in range(n)]
    optimizer.observe([(row, value(row)) for row in rows])
    step(optimizer)
    return [step(optimizer) for _ in range(asks)]


def measure(peers: list[str], n: int, d: int, options: argparse.Namespace) -> dict[str, dict[str, float | None]]:
    """Milliseconds per peer: mean of a run, mean at ``n``, and of the run the median and the slowest ask."""
    figures: dict[str, dict[str, float | None]] = {}
    for peer in peers:
        run = whole_run(peer, n, d, float("inf") if peer == options.ours else options.cap)
        at = loaded(peer, n, d, options.our_asks if peer == options.ours else options.asks)
        figures[peer] = {
            "run": 1e3 * statistics.mean(run) if run else None,
            "median": 1e3 * statistics.median(run) if run else None,
            "slowest": 1e3 * max(run) if run else None,
            "at": 1e3 * statistics.mean(at),
        }
    return figures


def show(label: str, figures: dict[str, dict[str, float | None]], ours: str) -> None:
    """A line per peer: milliseconds and how often ours fits in."""
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
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", nargs="+", default=["tanteo-gp", "optuna-gp", "botorch"])
    parser.add_argument("--ours", default="tanteo-gp")
    parser.add_argument("--sizes", nargs="+", default=[f"{n},{d}" for n, d in SIZES], help="trials,parameters")
    parser.add_argument("--asks", type=int, default=3, help="asks of a peer at n trials")
    parser.add_argument("--our-asks", type=int, default=17, help="our asks at n trials: two refits and what is between")
    parser.add_argument(
        "--cap", type=float, default=60.0, help="seconds that a whole run of a peer may take, negative for none"
    )
    parser.add_argument("--json", help="also write the figures to this file")
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
