"""Best known values, found by long searches without Tanteo's samplers, and the medians of random search.

For each problem: 20,000 random points; from the five best of them, an evolution strategy with a single point (the step
follows Rechenberg's one-fifth rule, and choices mutate one at a time); and, if all parameters are floats, Optuna's
CMA-ES twice. Noise is left out. The median is that of the true value held after 100 trials of random search, over 200
searches::

    python -m benches.quality.fresh.best --half fresh-report --only tree

With fewer ``--points`` the searches are shorter; the number of steps of the evolution is proportional. The recorded
values come from 20,000 points for the half for tuning and the first two problems of the other half, and from 3,000 or
4,000 points for the remaining problems.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

import numpy as np

from benches.python.peers.cube import from_unit, to_unit
from benches.python.peers.optuna_peer import Optuna
from benches.python.peers.random_peer import Random
from benches.quality.fresh import reported, tuning
from benches.quality.problem import Observation, Params, Problem

HELD, STARTS, TRIALS = 100, 5, 1_500
# Steps of the evolution strategy per random point.
STEPS = 0.05


@dataclass(frozen=True, slots=True)
class Known:
    """The result of the long searches of a problem."""

    by_random: float
    by_evolution: float
    by_cmaes: float
    median: float
    params: Params


def evolved(problem: Problem, params: Params, rng: np.random.Generator, steps: int) -> tuple[float, Params]:
    """Run the evolution strategy from one point; a point is replaced if the new one is not worse."""
    best, width = problem.evaluate(params, rng).true, 0.1
    for _ in range(steps):
        candidate = mutant(problem, params, width, rng)
        value = problem.evaluate(candidate, rng).true
        width = min(max(width * (1.5 if value < best else 0.9), 1e-4), 0.3)
        if value <= best:
            best, params = value, candidate
    return best, params


def mutant(problem: Problem, params: Params, width: float, rng: np.random.Generator) -> Params:
    """Change a third of the numbers and, one time in ten, a choice."""
    choices = [p for p in problem.space if p.kind == "categorical"]
    mutated = dict(params)
    for p in problem.space:
        if p.kind != "categorical" and rng.random() < 1 / 3:
            u = to_unit(p, mutated[p.name]) + width * float(rng.standard_normal())
            mutated[p.name] = from_unit(p, min(max(u, 0.0), 1.0))
    if choices and rng.random() < 0.1:
        p = choices[int(rng.integers(len(choices)))]
        mutated[p.name] = p.choices[int(rng.integers(len(p.choices)))]
    return mutated


def cmaes(problem: Problem, seed: int) -> float:
    """Return the best value of one search with Optuna's CMA-ES, infinity if it does not apply."""
    import optuna

    if not problem.space.is_continuous:
        return np.inf
    study = Optuna(problem.space, optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False))
    bests, rng = [], np.random.default_rng(seed)
    for _ in range(TRIALS):
        handle, params = study.ask()
        value = problem.evaluate(params, rng).true
        study.tell(handle, value if np.isfinite(value) else None)
        bests.append(value)
    return min(bests)


def median(observations: list[Observation]) -> float:
    """Return the median of the true values held after 100 trials of each search."""
    told_values = np.array([np.inf if o.told is None else o.told for o in observations]).reshape(-1, HELD)
    true = np.array([o.true for o in observations]).reshape(-1, HELD)
    return float(np.median(np.take_along_axis(true, told_values.argmin(axis=1)[:, None], axis=1)))


def search_long(problem: Problem, n: int) -> Known:
    """Run all long searches of a problem."""
    draws, rng = Random(problem.space, 2026), np.random.default_rng(2026)
    points = [draws.ask()[1] for _ in range(n)]
    observations = [problem.evaluate(params, rng) for params in points]
    order = np.argsort([o.true for o in observations], kind="stable")[:STARTS]
    results = [evolved(problem, points[i], rng, round(STEPS * n)) for i in order]
    best, params = min(results, key=lambda result: result[0])
    by_cmaes = min(cmaes(problem, seed) for seed in range(2))
    return Known(observations[order[0]].true, best, by_cmaes, median(observations), params)


def abbreviated(value: Any) -> Any:
    """Return a value in short form."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def main() -> None:
    """Print a line for each problem."""
    parser = argparse.ArgumentParser(prog="python -m benches.quality.fresh.best", description=main.__doc__)
    parser.add_argument("--half", choices=("fresh-tuning", "fresh-report"), default="fresh-tuning")
    parser.add_argument("--only", default="", help="substring of the problems' names")
    parser.add_argument("--points", type=int, default=20_000, help="number of random points, a multiple of 100")
    options = parser.parse_args()
    for name, problem in (tuning() if options.half == "fresh-tuning" else reported()).items():
        if options.only in name:
            result = search_long(problem, options.points)
            values = (result.by_random, result.by_evolution, result.by_cmaes, result.median)
            best_params = {key: abbreviated(result.params[key]) for key in list(result.params)[:10]}
            print(name, *(f"{value:.6f}" for value in values), best_params, flush=True)


if __name__ == "__main__":
    main()
