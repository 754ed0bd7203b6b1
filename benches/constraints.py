"""Searches for one minimum under black-box constraints.

``tuning`` is for choosing between variants, and ``report`` is only ever reported. A score is the mean over seeds of
``log10(gap of random search / gap)``, where the gap is the distance of the best feasible value to the best known one
and the gap of random search is its median. It is cut at 3, and at -1 for a search that found nothing feasible.

```sh
python -m benches.constraints run f.jsonl --half tuning --samplers random tpe --seeds 20 --trials 100
python -m benches.constraints report f.jsonl --half tuning -n 50 100
python -m benches.constraints compare before.jsonl after.jsonl --half tuning --samplers tpe -n 50 100
```
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

import tanteo as tt
from benches import lines
from benches.objectives.problems import constrained

Params: TypeAlias = Mapping[str, Any]
Result: TypeAlias = tuple[float, list[float]]

CUT, NOTHING = 3.0, -1.0


@dataclass(frozen=True, slots=True)
class Problem:
    """A function of ``x0, x1, ...`` that returns a value and constraints, which hold when ``<= 0``.

    Attributes
    ----------
    best : float
        The best known feasible value.
    """

    space: Mapping[str, Any]
    function: Callable[..., Result]
    best: float

    def __call__(self, params: Params) -> Result:
        value, constraints = self.function(*(params[name] for name in self.space))
        return float(value), [float(c) for c in constraints]


def box(*bounds: tuple[float, float]) -> dict[str, Any]:
    """Return a space of floats."""
    return {f"x{i}": tt.Float(low, high) for i, (low, high) in enumerate(bounds)}


def gardner(x: float, y: float) -> Result:
    """A wave with a feasible set in pieces (Gardner et al. 2014)."""
    return np.sin(x) + y, [np.sin(x) * np.sin(y) + 0.95]


def waves(x: float, y: float) -> Result:
    """Gardner et al. (2014), the first function."""
    return np.cos(2 * x) * np.cos(y) + np.sin(x), [np.cos(x + y) - 0.5]


def bird(x: float, y: float) -> Result:
    """Mishra's bird in a disc."""
    value = np.sin(y) * np.exp((1 - np.cos(x)) ** 2) + np.cos(x) * np.exp((1 - np.sin(y)) ** 2) + (x - y) ** 2
    return value, [(x + 5) ** 2 + (y + 5) ** 2 - 25]


def welded_beam(h: float, length: float, t: float, b: float) -> Result:
    """The cost of a welded beam; five constraints in units from inches to pounds per square inch."""
    (cost, deflection), kept = constrained.welded_beam(h, length, t, b, root=np.sqrt(2))
    return cost, [*(-k for k in kept), deflection - 0.25]


def vessel(shell: int, head: int, radius: float, length: float) -> Result:
    """The cost of a pressure vessel with sheets in steps of 1/16 inch."""
    (cost, negative_volume), (of_shell, of_head, _) = constrained.pressure_vessel(shell, head, radius, length)
    return cost, [-of_shell, -of_head, 1.296e6 + negative_volume]


def spring(wire: float, coil: float, turns: float) -> Result:
    """The weight of a spring."""
    return (turns + 2) * coil * wire**2, [
        1 - coil**3 * turns / (71785 * wire**4),
        (4 * coil**2 - wire * coil) / (12566 * (coil * wire**3 - wire**4)) + 1 / (5108 * wire**2) - 1,
        1 - 140.45 * wire / (coil**2 * turns),
        (wire + coil) / 1.5 - 1,
    ]


def reducer(a: float, b: float, n: int, d: float, e: float, f: float, g: float) -> Result:
    """The weight of a speed reducer; eleven constraints."""
    weight = constrained.reducer_weight(a, b, n, d, e, f, g, linear=14.9334, cubic=7.4777)
    first, second = constrained.reducer_stresses(b, n, d, e, f, g)
    return weight, [
        27 / (a * b**2 * n) - 1, 397.5 / (a * b**2 * n**2) - 1, 1.93 * d**3 / (b * n * f**4) - 1,
        1.93 * e**3 / (b * n * g**4) - 1, b * n - 40, 5 - a / b, a / b - 12, 1.5 * f + 1.9 - d, 1.1 * g + 1.9 - e,
        first - 1100, second - 850,
    ]  # fmt: skip


def ball(*x: float) -> Result:
    """A sum of six numbers in a ball away from the centre, and in a slab."""
    return sum(x), [sum((v - 0.6) ** 2 for v in x) - 0.3, abs(x[0] - x[1]) - 0.2]


def network(layers: int, width: float, batch: float, rate: float, kind: str) -> Result:
    """A loss that falls with size, under limits of memory (bytes), of time (hours) and of the norm of gradients."""
    weights = layers * width**2
    factor = {"adam": 16.0, "sgd": 8.0, "adafactor": 10.0}[kind]
    loss = 1.5 + 60 / weights**0.34 + 0.3 * np.log10(batch / 64) ** 2 + 0.2 * (np.log10(rate) + 3) ** 2
    loss += {"adam": 0.0, "sgd": 0.3, "adafactor": 0.05}[kind]
    return loss, [factor * weights + 4e3 * batch * layers * width - 2e9, weights / batch / 3e6 - 1, rate * width - 0.6]


def tuned_forest(depth: int, trees: float, share: float, leaf: float) -> Result:
    """An error that falls with the size of a forest, under limits of latency and of size; the limits go together."""
    error = 0.1 + 0.5 / depth + 0.3 / np.sqrt(trees) + 0.1 * (share - 0.4) ** 2 + 0.02 * np.log(leaf) ** 2
    nodes = trees * 2 ** min(depth, 14) / leaf
    return error, [nodes - 2e5, trees * depth / 1e3 - 1.5, nodes * 1.1 - 2.1e5]


TUNING = {
    "gardner": Problem(box((0, 6), (0, 6)), gardner, 0.25323),
    "welded-beam": Problem(box((0.125, 5), (0.1, 10), (0.1, 10), (0.125, 5)), welded_beam, 1.86164),
    "spring": Problem(box((0.05, 0.2), (0.25, 1.3), (2, 15)), spring, 0.0126652),
    "network": Problem(
        {
            "layers": tt.Int(1, 32), "width": tt.Float(32, 4096, log=True), "batch": tt.Float(4, 1024, log=True),
            "rate": tt.Float(1e-5, 1e-1, log=True), "kind": tt.Categorical(["adam", "sgd", "adafactor"]),
        },
        network, 1.755366,
    ),
    "ball": Problem(box(*[(0, 1)] * 6), ball, 2.258359),
}  # fmt: skip
REPORT = {
    "waves": Problem(box((0, 6), (0, 6)), waves, -2.0),
    "bird": Problem(box((-10, 0), (-6.5, 0)), bird, -106.7645),
    "vessel": Problem(
        {"shell": tt.Int(1, 32), "head": tt.Int(1, 32), "radius": tt.Float(10, 60), "length": tt.Float(10, 240)},
        vessel, 5850.383,
    ),
    "reducer": Problem(
        box((2.6, 3.6), (0.7, 0.8)) | {"n": tt.Int(17, 28)}
        | {f"y{i}": tt.Float(*b) for i, b in enumerate([(7.3, 8.3), (7.3, 8.3), (2.9, 3.9), (5, 5.5)])},
        reducer, 2994.484,
    ),
    "forest": Problem(
        {
            "depth": tt.Int(1, 20), "trees": tt.Float(1, 1000, log=True), "share": tt.Float(0, 1),
            "leaf": tt.Float(1, 100, log=True),
        },
        tuned_forest, 0.173978,
    ),
}  # fmt: skip
HALVES = {"tuning": TUNING, "report": REPORT}


@dataclass(frozen=True, slots=True)
class Run(lines.Run):
    """One search: the best feasible value after each trial, infinite before the first, and how many were feasible."""

    best: list[float]
    feasible: int


def search(n: int, key: tuple[str, str, int]) -> Run:
    """Run one search of n trials."""
    name, sampler, seed = key
    problem = (TUNING | REPORT)[name]
    optimizer = tt.Optimizer(dict(problem.space), sampler=sampler, seed=seed)
    best, found, feasible = float("inf"), [], 0
    for _ in range(n):
        trial = optimizer.ask()
        value, constraints = problem(trial.params)
        optimizer.tell(trial, value, constraints={f"c{k}": c for k, c in enumerate(constraints)})
        if max(constraints) <= 0:
            best, feasible = min(best, value), feasible + 1
        found.append(best)
    return Run(name, sampler, seed, found, feasible)


def gap(run: Run, n: int) -> float:
    """Return the distance to the best known value, relative to that value, and at least 1e-6 of it."""
    best = (TUNING | REPORT)[run.problem].best
    return max((run.best[n - 1] - best) / max(1.0, abs(best)), 1e-6)


def scores(runs: list[Run], start: Mapping[str, float], n: int) -> dict[tuple[str, str], dict[int, float]]:
    """Return ``(problem, sampler) -> seed -> score``."""
    found: dict[tuple[str, str], dict[int, float]] = {}
    for run in runs:
        score = NOTHING if gap(run, n) == np.inf else np.clip(np.log10(start[run.problem] / gap(run, n)), NOTHING, CUT)
        found.setdefault((run.problem, run.peer), {})[run.seed] = float(score)
    return found


def starts(runs: list[Run], n: int) -> dict[str, float]:
    """Return the median gap of random search by problem; of the feasible ones where most found nothing feasible."""
    found = {}
    for name in {run.problem for run in runs}:
        gaps = np.array([gap(run, n) for run in runs if (run.problem, run.peer) == (name, "random")])
        found[name] = float(np.median(gaps if np.isfinite(np.median(gaps)) else gaps[np.isfinite(gaps)]))
    return found


def report(options: argparse.Namespace) -> None:
    """Print scores, their worst tenth and the share of feasible trials."""
    runs = [run for path in options.files for run in Run.read(path) if run.problem in HALVES[options.half]]
    for n in options.lengths:
        found = scores(runs, starts(runs, n), n)
        print(f"\n{n} trials: score, mean of the worst tenth, % of all trials feasible")
        for sampler in sorted({key[1] for key in found}):
            rows = {name: np.array(list(found[name, sampler].values())) for name in HALVES[options.half]}
            kept = {name: 100 * np.mean([run.feasible / len(run.best) for run in runs
                                         if (run.problem, run.peer) == (name, sampler)]) for name in rows}  # fmt: skip
            cells = [f"{name} {v.mean():5.2f} {worst(v):5.2f} {kept[name]:3.0f}" for name, v in rows.items()]
            error = np.sqrt(sum(v.var(ddof=1) / len(v) for v in rows.values())) / len(rows)
            mean = np.mean([v.mean() for v in rows.values()])
            print(f"{sampler:8s} {mean:5.2f} ± {error:.2f} | {' | '.join(cells)}")


def worst(values: np.ndarray) -> float:
    """Return the mean of the worst tenth."""
    return float(np.sort(values)[: max(1, len(values) // 10)].mean())


def compare(options: argparse.Namespace) -> None:
    """Print paired differences between two files, of which the first has the random searches."""
    names = HALVES[options.half]
    before, after = ([run for run in Run.read(path) if run.problem in names] for path in options.files[:2])
    for n in options.lengths:
        start = starts(before, n)
        first, second = scores(before, start, n), scores(after, start, n)
        for sampler in options.samplers:
            means, errors = [], []
            print(f"\n{sampler}, {n} trials")
            for name in names:
                old, new = first[name, sampler], second[name, sampler]
                seeds = sorted(old.keys() & new.keys())
                a, b = (np.array([scored[seed] for seed in seeds]) for scored in (old, new))
                means.append((b - a).mean())
                errors.append((b - a).std(ddof=1) / len(seeds) ** 0.5)
                print(f"{name:12s} {a.mean():6.2f} {b.mean():6.2f}  {means[-1]:+.2f} ± {errors[-1]:.2f}"
                      f"   worst tenth {worst(a):6.2f} {worst(b):6.2f}")  # fmt: skip
            print(f"{'all':12s} {np.mean(means):+.2f} ± {np.sqrt(np.sum(np.square(errors))) / len(errors):.2f}")


def run(options: argparse.Namespace) -> None:
    """Run the missing searches."""
    seeds = range(options.seeds)
    keys = ((name, sampler, seed) for seed in seeds for name in HALVES[options.half] for sampler in options.samplers)
    Run.append_missing(options.files[0], functools.partial(search, options.trials), keys, 1)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benches.constraints", description=__doc__)
    parser.add_argument("action", choices=("run", "report", "compare"))
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--half", choices=HALVES, default="tuning")
    parser.add_argument("--samplers", nargs="+", default=["random", "tpe", "gp"])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("-n", dest="lengths", type=int, nargs="+", default=[50, 100])
    options = parser.parse_args()
    {"run": run, "report": report, "compare": compare}[options.action](options)


if __name__ == "__main__":
    main()
