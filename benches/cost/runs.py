"""Runs one search each until its budget is spent, and appends it to a file of JSON lines."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benches import lines
from benches.cost.problems import Problem, problems
from benches.python.peers.tanteo_peer import search_space

# The largest number of trials, which keeps the duration of the benchmark bounded.
MOST = 400
Key = tuple[str, str, float, int]


@dataclass(frozen=True, slots=True)
class Run(lines.Run):
    """One search.

    Attributes
    ----------
    peer : str
        The sampler; with the suffix ``+budget`` it knows the budget.
    best : float or None
        The best value among the trials within the budget.
    trials, failed : int
        The numbers of all and of failed trials within the budget.
    """

    budget: float
    best: float | None
    trials: int
    failed: int

    @property
    def key(self) -> Key:
        """The key by which a run is found in a file."""
        return self.problem, self.peer, self.budget, self.seed


def search(key: Key) -> Run:
    """Run one search; called by name in a worker process."""
    import tanteo as tt

    name, peer, budget, seed = key
    problem: Problem = problems()[name]
    sampler, _, budget_suffix = peer.partition("+")
    opt = tt.Optimizer(
        search_space(problem.space), sampler=sampler, seed=seed, budget=budget if budget_suffix == "budget" else None
    )
    values: list[float | None] = []
    while opt.spent < budget and len(values) < MOST:
        trial = opt.ask()
        value, cost = problem.value(trial.params), problem.cost(trial.params)
        if opt.spent + cost > budget:
            break
        opt.tell(trial, value, cost=cost)
        values.append(value)
    finite = [value for value in values if value is not None]
    return Run(name, peer, seed, budget, min(finite, default=None), len(values), len(values) - len(finite))


def run_all(path: Path, names: Iterable[str], peers: Iterable[str], budgets: Iterable[float], seeds: range) -> None:
    """Run the missing searches and append each of them."""
    keys = [(n, p, float(b), s) for n in names for s in seeds for b in budgets for p in peers]
    Run.append_missing(path, search, keys, 1)


def regret(run: Run) -> float:
    """Return the difference between the best value and the optimum."""
    return math.inf if run.best is None else run.best


def by_seed(runs: Iterable[Run]) -> dict[tuple[str, str, float], np.ndarray]:
    """Return ``(problem, peer, budget) -> regrets by seed``."""
    regrets: dict[tuple[str, str, float], dict[int, float]] = {}
    for run in runs:
        regrets.setdefault((run.problem, run.peer, run.budget), {})[run.seed] = regret(run)
    return {
        key: np.array([regret_by_seed[seed] for seed in sorted(regret_by_seed)])
        for key, regret_by_seed in regrets.items()
    }
