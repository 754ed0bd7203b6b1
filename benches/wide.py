"""Searches of 600 to 1,000 numbers, of which few or all matter.

``tuning`` is for choosing between variants, and ``report`` is only ever reported.

```sh
python -m benches.wide run f.jsonl --half report --samplers auto random --seeds 10
python -m benches.wide report f.jsonl
```
"""

from __future__ import annotations

import argparse
import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

import tanteo as tt
from benches import lines

Point: TypeAlias = npt.NDArray[np.float64]
Loss: TypeAlias = Callable[[Point], float]

#: The numbers of trials after which the best value is kept.
AFTER = (100, 300, 1000, 3000, 6000)


def some_of(d: int, n: int, draw: np.random.Generator) -> Loss:
    """A weighted bowl in n of the numbers."""
    which, at, weights = draw.choice(d, n, replace=False), draw.uniform(0.1, 0.9, n), 10 ** draw.uniform(-0.5, 0.5, n)
    return lambda x: float((weights * (x[which] - at) ** 2).sum() / weights.sum())


def bowl(d: int, draw: np.random.Generator) -> Loss:
    """A bowl in all numbers."""
    at = draw.uniform(0.15, 0.85, d)
    return lambda x: float(((x - at) ** 2).mean())


def ellipsoid(d: int, draw: np.random.Generator) -> Loss:
    """A bowl whose axes differ by a factor of 1,000."""
    at, weights = draw.uniform(0.15, 0.85, d), 10 ** (3 * draw.permutation(d) / d)
    return lambda x: float((weights * (x - at) ** 2).sum() / weights.sum())


def pairs(d: int, n: int, draw: np.random.Generator) -> Loss:
    """Valleys along the diagonals of n pairs of the numbers."""
    which, at = draw.choice(d, 2 * n, replace=False), draw.uniform(0.2, 0.8, 2 * n)

    def loss(x: Point) -> float:
        a, b = (x[which] - at).reshape(n, 2).T
        return float(((a + b) ** 2 + 0.1 * (a - b) ** 2).mean())

    return loss


def ackley(d: int, draw: np.random.Generator) -> Loss:
    """Many local minima (Ackley 1987)."""
    at = draw.uniform(0.15, 0.85, d)

    def loss(x: Point) -> float:
        z = 20 * (x - at)
        wave = np.exp(np.cos(2 * np.pi * z).mean())
        return float(20 + np.e - 20 * np.exp(-0.2 * np.sqrt((z**2).mean())) - wave)

    return loss


def edges(d: int, n: int, draw: np.random.Generator) -> Loss:
    """Kinks at the edges and in the middle of n of the numbers; the others matter a little."""
    which, at = draw.choice(d, n, replace=False), draw.choice([0.0, 0.5, 1.0], n)
    return lambda x: float(np.abs(x[which] - at).mean() + 0.02 * x.mean())


def rosenbrock(d: int, draw: np.random.Generator) -> Loss:
    """A bent valley through all numbers (Rosenbrock 1960)."""
    shift = draw.uniform(-0.3, 0.3, d)

    def loss(x: Point) -> float:
        z = 2 * (x + shift)
        return float((100 * (z[1:] - z[:-1] ** 2) ** 2 + (1 - z[:-1]) ** 2).mean())

    return loss


#: Half -> name -> number of parameters, and what makes the loss of a seed.
HALVES: dict[str, dict[str, tuple[int, Callable[[np.random.Generator], Loss]]]] = {
    "tuning": {
        "10 of 1,000": (1000, lambda draw: some_of(1000, 10, draw)),
        "30 of 600": (600, lambda draw: some_of(600, 30, draw)),
        "bowl of 600": (600, lambda draw: bowl(600, draw)),
        "ellipsoid of 1,000": (1000, lambda draw: ellipsoid(1000, draw)),
    },
    "report": {
        "5 pairs of 800": (800, lambda draw: pairs(800, 5, draw)),
        "20 edges of 1,000": (1000, lambda draw: edges(1000, 20, draw)),
        "Ackley of 600": (600, lambda draw: ackley(600, draw)),
        "Rosenbrock of 600": (600, lambda draw: rosenbrock(600, draw)),
    },
}


@dataclass(frozen=True, slots=True)
class Run(lines.Run):
    """The best values of a search after some numbers of trials."""

    best: list[float]


def run_one(n: int, key: tuple[str, str, int]) -> Run:
    """Run a search of n trials of a problem by a sampler with a seed."""
    name, peer, seed = key
    d, make = (HALVES["tuning"] | HALVES["report"])[name]
    return Run(name, peer, seed, search(make(np.random.default_rng(seed)), d, peer, seed, n))


def run(options: argparse.Namespace) -> None:
    """Write the searches that the file does not have."""
    keys = itertools.product(HALVES[options.half], options.samplers, range(options.seeds))
    Run.append_missing(options.file, functools.partial(run_one, options.trials), keys, 2)


def search(loss: Loss, d: int, sampler: str, seed: int, n: int) -> list[float]:
    """Return the best values after some numbers of trials."""
    optimizer = tt.Optimizer({f"x{j}": tt.Float(0, 1) for j in range(d)}, sampler=sampler, seed=seed)
    values = list[float]()
    for _ in range(n):
        trial = optimizer.ask()
        values.append(loss(np.fromiter(trial.params.values(), float, d)))
        optimizer.tell(trial, values[-1])
    return [min(values[:k]) for k in AFTER if k <= n]


def report(options: argparse.Namespace) -> None:
    """Print the median best value of each sampler."""
    found: dict[tuple[str, str], list[list[float]]] = {}
    for one in Run.read(options.file):
        found.setdefault((one.problem, one.peer), []).append(one.best)
    for (problem, sampler), best in found.items():
        medians = ", ".join(f"{k}: {m:.3g}" for k, m in zip(AFTER, np.median(best, axis=0), strict=False))
        print(f"{problem:20s} {sampler:8s} {len(best)} seeds  {medians}")


def main() -> None:
    """Run or report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    running = commands.add_parser("run")
    running.add_argument("file", type=Path)
    running.add_argument("--half", choices=HALVES, required=True)
    running.add_argument("--samplers", nargs="+", default=["auto", "random"])
    running.add_argument("--seeds", type=int, default=10)
    running.add_argument("--trials", type=int, default=1000)
    running.set_defaults(call=run)
    reporting = commands.add_parser("report")
    reporting.add_argument("file", type=Path)
    reporting.set_defaults(call=report)
    options = parser.parse_args()
    options.call(options)


if __name__ == "__main__":
    main()
