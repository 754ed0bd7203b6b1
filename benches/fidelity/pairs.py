"""Two objectives with learning curves: what a search finds at equal total steps, if a pruner stops trials.

Each problem is a pair of landscapes of :mod:`.analytic` on one space, whose curves have the same kind. The measure is
the hypervolume of the complete trials, by their final values without noise, up to the point (1, 1).

Compare two builds of the package by running this twice, with another file and another ``PYTHONPATH``; the last argument
is the number of processes::

    python -m benches.fidelity.pairs run before.jsonl 2
    python -m benches.fidelity.pairs run after.jsonl 2
    python -m benches.fidelity.pairs compare before.jsonl after.jsonl
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benches import lines
from benches.fidelity.analytic import HALVES, NOISE, STEPS, Landscape, kinds
from benches.objectives.hypervolume import volume

KINDS = ("noise-weak", "noise-strong", "misleading-uncorrelated", "crossing-rates", "plateau-stairs")
PEERS = ("auto+median", "auto+auto", "tpe+median")
#: The budgets, in full trainings.
BUDGETS = (15, 30)


@dataclass(frozen=True, slots=True)
class Run(lines.Run):
    """One search.

    Attributes
    ----------
    volumes : list of float
        The hypervolume at each budget.
    trials, stopped : int
        The number of trials, and of those that were stopped.
    """

    volumes: list[float]
    trials: int
    stopped: int


def search(key: tuple[str, str, int]) -> Run:
    """Run one search; called by name in a worker process."""
    import tanteo as tt

    name, peer, seed = key
    half, kind = name.split(":")
    (offset, dimension), position = HALVES[half], KINDS.index(kind)
    places = [Landscape(offset + 200 + 10 * position + k, dimension) for k in range(3)]
    curves = [kinds(places[k], places[2])[kind] for k in range(2)]
    sampler, pruner = peer.split("+")
    space: dict[str, Any] = {f"x{i}": tt.Float(0.0, 1.0) for i in range(dimension)}
    space["kind"] = tt.Categorical(["a", "b", "c"])
    optimizer = tt.Optimizer(space, directions=["minimize"] * 2, sampler=sampler, pruner=pruner, seed=seed)
    rng, spent, finals, volumes = np.random.default_rng([seed, zlib.crc32(name.encode())]), 0, [], []
    for budget in BUDGETS:
        while spent < budget * STEPS:
            trial = optimizer.ask()
            exact = np.array([curve(trial.params) for curve in curves])
            shown = exact + NOISE.get(kind, 0.0) * rng.standard_normal(exact.shape)
            for step in range(1, STEPS + 1):
                trial.report(step, shown[:, step - 1].tolist())
                spent += 1
                if step < STEPS and trial.should_prune():
                    optimizer.tell(trial, state="pruned")
                    break
            else:
                optimizer.tell(trial, shown[:, -1].tolist())
                finals.append(exact[:, -1])
        volumes.append(round(float(volume(np.array(finals).reshape(-1, 2))), 6))
    n_trials = len(optimizer.trials)
    return Run(name, peer, seed, volumes, n_trials, n_trials - len(finals))


def run(path: Path, n_seeds: int, jobs: int) -> None:
    """Run the missing searches and append each of them."""
    names = [f"{half}:{kind}" for half in HALVES for kind in KINDS]
    keys = [(name, peer, seed) for seed in range(n_seeds) for name in names for peer in PEERS]
    Run.append_missing(path, search, keys, jobs)


def table(before: Path, after: Path) -> Iterator[str]:
    """Iterate over the lines of a table: means over the searches that both files have, and paired differences."""
    ones, others = ({run.key: run for run in Run.read(path)} for path in (before, after))
    yield "| peer | half | budget | pairs | before | after | difference (standard error) | trials before / after |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for peer in PEERS:
        for half in HALVES:
            keys = sorted(key for key in ones.keys() & others.keys() if key[0].startswith(half) and key[1] == peer)
            for k, budget in enumerate(BUDGETS if keys else ()):
                a, b = (np.array([found[key].volumes[k] for key in keys]) for found in (ones, others))
                error = (b - a).std(ddof=1) / len(keys) ** 0.5
                counts = " / ".join(f"{np.mean([found[key].trials for key in keys]):.0f}" for found in (ones, others))
                means = f"{a.mean():.4f} | {b.mean():.4f} | {(b - a).mean():+.4f} ({error:.4f})"
                yield f"| {peer} | {half} | {budget} | {len(keys)} | {means} | {counts} |"


def main(arguments: list[str]) -> None:
    """Carry out the command line."""
    if arguments[0] == "run":
        run(Path(arguments[1]), n_seeds=10, jobs=int(arguments[2]))
    else:
        print("\n".join(table(Path(arguments[1]), Path(arguments[2]))))


if __name__ == "__main__":
    main(sys.argv[1:])
