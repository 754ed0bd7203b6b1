"""Prints how many searches stay in false basins, and what the model expects at the optimum.

``stays`` reads the files of ``python -m benches.quality run``. ``posterior`` runs searches and asks ``predict``::

    python -m benches.quality run basins.jsonl --half basins-tuning --peers random tanteo-auto --seeds 64
    python -m benches.quality.basins stays basins.jsonl
    python -m benches.quality.basins posterior --seeds 16
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from benches.quality.basins import Basins, landscapes
from benches.quality.report import order, row

MOMENTS = (20, 50, 100)
# Half the width of an interval of 95 %, in standard deviations.
HALF_WIDTH = 1.959964


def stays(options: argparse.Namespace) -> str:
    """Return Markdown with the number of searches that stay, of all, by problem and peer."""
    from benches.quality.runs import distinct

    by_name = {name: basins for half in landscapes().values() for name, basins in half.items()}
    stayed: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for run in distinct(options.files):
        if basins := by_name.get(run.problem):
            best = min(value for value in run.true if value is not None)
            stayed[run.problem, run.peer].append(not basins.is_right(best))
    peers = order({peer for _, peer in stayed})
    names = [name for name in by_name if any((name, peer) in stayed for peer in peers)]
    lines = [row(["", *peers]), "| --- " * (len(peers) + 1) + "|"]
    for name in names:
        cells = (stayed[name, peer] for peer in peers)
        lines.append(row([name, *(f"{sum(cell)} of {len(cell)}" if cell else "-" for cell in cells)]))
    for half, of_half in landscapes().items():
        shares = [[np.mean(stayed[name, peer]) for name in of_half if stayed[name, peer]] for peer in peers]
        if any(shares):
            lines.append(row([f"{half}, %", *(f"{100 * np.mean(share):.1f}" if share else "-" for share in shares)]))
    return "\n".join(lines)


def warp(values: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct values in order, and the half-rank warp of each (``model/output_warp.rs``)."""
    from statistics import NormalDist

    array = np.sort(values)
    median = array[(len(array) - 1) // 2]
    spread = np.sqrt(np.mean((median - array[array <= median]) ** 2))
    distinct = np.unique(array)
    n = int(np.sum(distinct > median))
    worse = [median - spread * NormalDist().inv_cdf((n - i - 0.5) / (2 * n + 1)) for i in range(n)]
    return distinct, np.concatenate([distinct[distinct <= median], worse])


def deviations(optimizer: Any, values: list[float], right: dict[str, Any]) -> float:
    """Return how far the optimum lies below the predicted mean, in standard deviations of the prediction.

    NaN if all values of the better half are equal, because the prediction then has no unit below them.
    """
    known, warped = warp(values)
    median, lower, _ = optimizer.predict([right])[0]
    # Below the best value the warp is the identity; there the optimum lies.
    mean, low = (float(np.interp(y, known, warped)) if y > known[0] else y for y in (median, lower))
    return HALF_WIDTH * mean / (mean - low) if mean > low else np.nan


def search(basins: Basins, seed: int, sampler: str) -> list[float]:
    """Return the deviations of one search at every moment."""
    import tanteo as tt
    from benches.python.peers.tanteo_peer import search_space

    optimizer = tt.Optimizer(search_space(basins.space), sampler=sampler, seed=seed)
    values: list[float] = []
    result = []
    while len(values) < max(MOMENTS):
        trial = optimizer.ask()
        values.append(basins.value(trial.params))
        optimizer.tell(trial, values[-1])
        if len(values) in MOMENTS:
            result.append(deviations(optimizer, values, basins.right))
    return result


def summary(found: np.ndarray) -> str:
    """Return the median over seeds and the 90 % quantile; ``-`` if no search has a unit."""
    known = found[~np.isnan(found)]
    return f"{np.median(known):.1f}, {np.quantile(known, 0.9):.1f}" if len(known) else "-"


def posterior(options: argparse.Namespace) -> str:
    """Return Markdown with the deviations."""
    lines = [row(["", *(f"{n} trials" for n in MOMENTS)]), "| --- " * (len(MOMENTS) + 1) + "|"]
    for name, basins in (item for half in landscapes().values() for item in half.items()):
        found = np.array([search(basins, seed, options.sampler) for seed in range(options.seeds)])
        lines.append(row([name, *map(summary, found.T)]))
    return "\n".join(lines)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benches.quality.basins", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("stays", help=stays.__doc__)
    command.set_defaults(action=stays)
    command.add_argument("files", nargs="+", type=Path)
    command = commands.add_parser("posterior", help=posterior.__doc__)
    command.set_defaults(action=posterior)
    command.add_argument("--seeds", type=int, default=16)
    command.add_argument("--sampler", default="gp")
    options = parser.parse_args()
    print(options.action(options))


if __name__ == "__main__":
    main()
