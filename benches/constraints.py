"""Searches for one minimum under black-box constraints.

``tuning`` is for choosing between variants, and ``report`` is only ever reported. A score is the mean over seeds of
``log10(gap of random search / gap)``, where the gap is the distance of the best feasible value to the best known one
and the gap of random search is its median. It is cut at 3, and at -1 for a search that found nothing feasible.

```sh
python -m benches.constraints run f.jsonl --half tuning --peers random tanteo-tpe --seeds 20 --trials 100
python -m benches.constraints report f.jsonl --half tuning -n 50 100
python -m benches.constraints compare before.jsonl after.jsonl --half tuning --peers tanteo-tpe -n 50 100
```
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from benches import lines
from benches.objectives.peers import PEERS, SLOW
from benches.objectives.problem import Problem, box
from benches.objectives.problems import constrained
from benches.python.peers.space import Parameter, Space

Result: TypeAlias = tuple[Any, list[Any]]
Scores: TypeAlias = dict[tuple[str, str], dict[int, float]]

CUT, NOTHING = 3.0, -1.0
#: Peers that search for one minimum and take constraints.
TAKING_CONSTRAINTS = (
    "random", "tanteo-auto", "tanteo-gp", "tanteo-tpe", "optuna-tpe", "optuna-nsga2", "optuna-gp", "rustuna-tpe",
)  # fmt: skip


def minimum(name: str, space: Iterable[Parameter], function: Callable[..., Result], best: float) -> Problem:
    """Return a problem with one objective, whose front is its best known feasible value.

    The function takes a column of each parameter, and returns values and constraints, which hold when ``<= 0``.
    """

    def values(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        value, constraints = function(*x.T)
        return value[:, None], np.stack(constraints, axis=1)

    return Problem(name, "minimum", Space(space), 1, values, lambda: np.array([[best]]))


def gardner(x: Any, y: Any) -> Result:
    """A wave with a feasible set in pieces (Gardner et al. 2014)."""
    return np.sin(x) + y, [np.sin(x) * np.sin(y) + 0.95]


def waves(x: Any, y: Any) -> Result:
    """Gardner et al. (2014), the first function."""
    return np.cos(2 * x) * np.cos(y) + np.sin(x), [np.cos(x + y) - 0.5]


def bird(x: Any, y: Any) -> Result:
    """Mishra's bird in a disc."""
    value = np.sin(y) * np.exp((1 - np.cos(x)) ** 2) + np.cos(x) * np.exp((1 - np.sin(y)) ** 2) + (x - y) ** 2
    return value, [(x + 5) ** 2 + (y + 5) ** 2 - 25]


def welded_beam(h: Any, length: Any, t: Any, b: Any) -> Result:
    """The cost of a welded beam; five constraints in units from inches to pounds per square inch."""
    (cost, deflection), kept = constrained.welded_beam(h, length, t, b, root=np.sqrt(2))
    return cost, [*(-k for k in kept), deflection - 0.25]


def vessel(shell: Any, head: Any, radius: Any, length: Any) -> Result:
    """The cost of a pressure vessel with sheets in steps of 1/16 inch."""
    (cost, negative_volume), (of_shell, of_head, _) = constrained.pressure_vessel(shell, head, radius, length)
    return cost, [-of_shell, -of_head, 1.296e6 + negative_volume]


def spring(wire: Any, coil: Any, turns: Any) -> Result:
    """The weight of a spring."""
    return (turns + 2) * coil * wire**2, [
        1 - coil**3 * turns / (71785 * wire**4),
        (4 * coil**2 - wire * coil) / (12566 * (coil * wire**3 - wire**4)) + 1 / (5108 * wire**2) - 1,
        1 - 140.45 * wire / (coil**2 * turns),
        (wire + coil) / 1.5 - 1,
    ]


def reducer(a: Any, b: Any, n: Any, d: Any, e: Any, f: Any, g: Any) -> Result:
    """The weight of a speed reducer; eleven constraints."""
    weight = constrained.reducer_weight(a, b, n, d, e, f, g, linear=14.9334, cubic=7.4777)
    first, second = constrained.reducer_stresses(b, n, d, e, f, g)
    return weight, [
        27 / (a * b**2 * n) - 1, 397.5 / (a * b**2 * n**2) - 1, 1.93 * d**3 / (b * n * f**4) - 1,
        1.93 * e**3 / (b * n * g**4) - 1, b * n - 40, 5 - a / b, a / b - 12, 1.5 * f + 1.9 - d, 1.1 * g + 1.9 - e,
        first - 1100, second - 850,
    ]  # fmt: skip


def ball(*x: Any) -> Result:
    """A sum of six numbers in a ball away from the centre, and in a slab."""
    return sum(x), [sum((v - 0.6) ** 2 for v in x) - 0.3, abs(x[0] - x[1]) - 0.2]


def network(layers: Any, width: Any, batch: Any, rate: Any, kind: Any) -> Result:
    """A loss that falls with size, under limits of memory (bytes), of time (hours) and of the norm of gradients."""
    weights = layers * width**2
    factor, handicap = (np.array(by_kind)[kind.astype(int)] for by_kind in ([16.0, 8.0, 10.0], [0.0, 0.3, 0.05]))
    loss = 1.5 + 60 / weights**0.34 + 0.3 * np.log10(batch / 64) ** 2 + 0.2 * (np.log10(rate) + 3) ** 2
    memory = factor * weights + 4e3 * batch * layers * width
    return loss + handicap, [memory - 2e9, weights / batch / 3e6 - 1, rate * width - 0.6]


def tuned_forest(depth: Any, trees: Any, share: Any, leaf: Any) -> Result:
    """An error that falls with the size of a forest, under limits of latency and of size; the limits go together."""
    error = 0.1 + 0.5 / depth + 0.3 / np.sqrt(trees) + 0.1 * (share - 0.4) ** 2 + 0.02 * np.log(leaf) ** 2
    nodes = trees * 2 ** np.minimum(depth, 14) / leaf
    return error, [nodes - 2e5, trees * depth / 1e3 - 1.5, nodes * 1.1 - 2.1e5]


def tuning() -> list[Problem]:
    """Return the problems for choosing between variants."""
    trained = [
        Parameter("layers", "int", 1, 32), Parameter("width", "float", 32, 4096, log=True),
        Parameter("batch", "float", 4, 1024, log=True), Parameter("rate", "float", 1e-5, 1e-1, log=True),
        Parameter("kind", "categorical", choices=("adam", "sgd", "adafactor")),
    ]  # fmt: skip
    return [
        minimum("gardner", box((0, 6), (0, 6)), gardner, 0.25323),
        minimum("welded-beam", box((0.125, 5), (0.1, 10), (0.1, 10), (0.125, 5)), welded_beam, 1.86164),
        minimum("spring", box((0.05, 0.2), (0.25, 1.3), (2, 15)), spring, 0.0126652),
        minimum("network", trained, network, 1.755366),
        minimum("ball", box(*[(0, 1)] * 6), ball, 2.258359),
    ]


def reported() -> list[Problem]:
    """Return the problems that are only ever reported."""
    sheets = [Parameter("shell", "int", 1, 32), Parameter("head", "int", 1, 32)]
    gears = box((2.6, 3.6), (0.7, 0.8), (17, 28), (7.3, 8.3), (7.3, 8.3), (2.9, 3.9), (5, 5.5))
    forest = [
        Parameter("depth", "int", 1, 20), Parameter("trees", "float", 1, 1000, log=True), Parameter("share", "float"),
        Parameter("leaf", "float", 1, 100, log=True),
    ]  # fmt: skip
    return [
        minimum("waves", box((0, 6), (0, 6)), waves, -2.0),
        minimum("bird", box((-10, 0), (-6.5, 0)), bird, -106.7645),
        minimum("vessel", [*sheets, *box((10, 60), (10, 240))], vessel, 5850.383),
        minimum("reducer", [*gears[:2], replace(gears[2], kind="int"), *gears[3:]], reducer, 2994.484),
        minimum("forest", forest, tuned_forest, 0.173978),
    ]


HALVES = {
    name: {problem.name: problem for problem in half} for name, half in (("tuning", tuning()), ("report", reported()))
}
ALL = HALVES["tuning"] | HALVES["report"]


@dataclass(frozen=True, slots=True)
class Run(lines.Run):
    """One search: the best feasible value after each trial, infinite before the first, and how many were feasible."""

    best: list[float]
    feasible: int


def search(n: int, key: tuple[str, str, int]) -> Run:
    """Run one search of n trials."""
    name, peer, seed = key
    problem, optimizer = ALL[name], PEERS[peer](ALL[name], seed)
    best, found, feasible = float("inf"), [], 0
    for _ in range(n):
        handle, params = optimizer.ask()
        values, constraints = problem.values(np.array([problem.row(params)]))
        optimizer.tell(handle, values[0].tolist(), constraints[0].tolist())
        if constraints.max() <= 0:
            best, feasible = min(best, float(values[0, 0])), feasible + 1
        found.append(best)
    return Run(name, peer, seed, found, feasible)


def gap(run: Run, n: int) -> float:
    """Return the distance to the best known value, relative to that value, and at least 1e-6 of it."""
    best = best_known(run.problem)
    return max((run.best[n - 1] - best) / max(1.0, abs(best)), 1e-6)


def best_known(name: str) -> float:
    """Return the best known feasible value of a problem."""
    front = ALL[name].front
    assert front is not None
    return float(front()[0, 0])


def scores(runs: list[Run], start: Mapping[str, float], n: int) -> Scores:
    """Return ``(problem, peer) -> seed -> score``."""
    found: Scores = {}
    for run in runs:
        score = NOTHING if gap(run, n) == np.inf else np.clip(np.log10(start[run.problem] / gap(run, n)), NOTHING, CUT)
        found.setdefault((run.problem, run.peer), {})[run.seed] = float(score)
    return found


def starts(runs: list[Run], n: int) -> dict[str, float]:
    """Return the median gap of random search by problem; of the feasible ones where most found nothing feasible."""
    found = {}
    for name in {run.problem for run in runs}:
        gaps = np.array([gap(run, n) for run in chosen(runs, name, "random")])
        if not np.isfinite(gaps).any():
            raise SystemExit(f"random search found nothing feasible on {name}: run it with more seeds")
        found[name] = float(np.median(gaps if np.isfinite(np.median(gaps)) else gaps[np.isfinite(gaps)]))
    return found


def report(options: argparse.Namespace) -> None:
    """Print scores and the medians of the best feasible values."""
    names = list(HALVES[options.half])
    runs = [run for path in options.files for run in Run.read(path) if run.problem in names]
    for n in options.lengths:
        found = scores(runs, starts(runs, n), n)
        peers = [peer for peer in options.peers if all((name, peer) in found for name in names)]
        print(f"\n{n} trials: score, mean of the worst tenth, % of all trials feasible\n")
        table(["mean", *names], {peer: score_cells(runs, found, names, peer) for peer in peers})
        print(f"\n{n} trials: median of the best feasible values\n")
        medians = {peer: [median(chosen(runs, name, peer), n) for name in names] for peer in peers}
        table(names, medians | {"best known": [f"{best_known(name):.7g}" for name in names]})


def table(columns: list[str], rows: Mapping[str, list[str]]) -> None:
    """Print a table of peers."""
    print(f"| peer | {' | '.join(columns)} |\n|{' --- |' * (len(columns) + 1)}")
    for peer, cells in rows.items():
        print(f"| {peer} | {' | '.join(cells)} |")


def score_cells(runs: list[Run], found: Scores, names: list[str], peer: str) -> list[str]:
    """Return the mean over the problems, then score, worst tenth and share of feasible trials of each."""
    rows = {name: np.array(list(found[name, peer].values())) for name in names}
    error = np.sqrt(sum(v.var(ddof=1) / len(v) for v in rows.values())) / len(rows)
    shares = {name: 100 * np.mean([run.feasible / len(run.best) for run in chosen(runs, name, peer)]) for name in names}
    cells = [f"{v.mean():.2f}, {worst(v):.2f}, {shares[name]:.0f}" for name, v in rows.items()]
    return [f"{np.mean([v.mean() for v in rows.values()]):.2f} ± {error:.2f}", *cells]


def median(runs: list[Run], n: int) -> str:
    """Return the median of the best feasible values."""
    value = np.median([run.best[n - 1] for run in runs])
    return f"{value:.7g}" if np.isfinite(value) else "none"


def chosen(runs: list[Run], name: str, peer: str) -> list[Run]:
    """Return the runs of a problem by a peer."""
    return [run for run in runs if (run.problem, run.peer) == (name, peer)]


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
        both = {peer for _, peer in first.keys() & second.keys()}
        for peer in [peer for peer in options.peers if peer in both]:
            means, errors = [], []
            print(f"\n{peer}, {n} trials")
            for name in names:
                old, new = first[name, peer], second[name, peer]
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
    keys = ((name, peer, seed) for seed in seeds for name in HALVES[options.half] for peer in options.peers)
    Run.append_missing(options.files[0], functools.partial(search, options.trials), keys, 1)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benches.constraints", description=__doc__)
    parser.add_argument("action", choices=("run", "report", "compare"))
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--half", choices=HALVES, default="tuning")
    parser.add_argument("--peers", nargs="+", choices=TAKING_CONSTRAINTS, help="run does without slow ones by default")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("-n", dest="lengths", type=int, nargs="+", default=[50, 100])
    options = parser.parse_args()
    if options.peers is None:
        options.peers = [peer for peer in TAKING_CONSTRAINTS if options.action != "run" or peer not in SLOW]
    {"run": run, "report": report, "compare": compare}[options.action](options)


if __name__ == "__main__":
    main()
