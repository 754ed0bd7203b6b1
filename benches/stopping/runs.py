"""Recorded searches, and where a rule would have stopped them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benches import lines
from benches.python.peers.tanteo_peer import search_space
from benches.quality.problems import problems
from tanteo.stopping import ExpectedGain

TRIALS, N_AHEAD = 100, 10
Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Run(lines.Run):
    """One search.

    Attributes
    ----------
    values : list
        The told value of every trial; None if it failed.
    gains : list
        The improvement by the next ten trials that the model expects after each trial; None without a trusted model,
        and before ``10 + 2 d`` trials.
    """

    values: list[float | None]
    gains: list[float | None]


def search(key: Key) -> Run:
    """Run one search; called by name in a worker process."""
    import tanteo as tt

    name, sampler, seed = key
    problem = problems()[name]
    noise = np.random.default_rng([seed, zlib.crc32(name.encode())])
    opt = tt.Optimizer(search_space(problem.space), sampler=sampler, seed=seed)
    values: list[float | None] = []
    gains: list[float | None] = []
    for _ in range(TRIALS):
        trial = opt.ask()
        value = problem.evaluate(trial.params, noise).told
        opt.tell(trial, value)
        values.append(value)
        n_complete = sum(value is not None for value in values)
        gains.append(opt._expected_gain(N_AHEAD, len(opt)) if n_complete >= min_trials(name) else None)
    return Run(*key, values, gains)


def min_trials(name: str) -> int:
    """Return the number of complete trials before which the rule is not applied."""
    return 10 + 2 * len(problems()[name].space)


def run_all(path: Path, names: Iterable[str], seeds: range) -> None:
    """Run the missing searches and append each of them."""
    keys = [(name, "auto", seed) for seed in seeds for name in names]
    Run.append_missing(path, search, keys, 1)


@dataclass(frozen=True, slots=True)
class Stopped:
    """Where a rule stopped a search.

    Attributes
    ----------
    trials : int
        The number of trials; all trials if the rule did not stop the search.
    lost : float
        The missed share of the improvement of the whole search, from the median of its first values to its best.
    """

    trials: int
    lost: float


def stopped(run: Run, below: float, patience: int) -> Stopped:
    """Return where ``tanteo.stopping.ExpectedGain`` stops."""
    values = [np.inf if value is None else value for value in run.values]
    rule = ExpectedGain(below, n_ahead=N_AHEAD, patience=patience)
    least, forecast = min_trials(run.problem), dict(enumerate(run.gains, 1)).__getitem__
    for trials in range(least, len(values)):
        if rule.reason(values[:trials], least, forecast) is not None:
            return stop_at(values, start_of(run), trials)
    return stop_at(values, start_of(run), len(values))


def without_improvement(run: Run, n_trials: int) -> Stopped:
    """Return where ``tanteo.stopping.NoImprovement`` would have stopped."""
    values = [np.inf if value is None else value for value in run.values]
    for trial in range(n_trials, len(values)):
        previous_best = min(values[: trial + 1 - n_trials])
        if np.isfinite(previous_best) and min(values[: trial + 1]) >= previous_best:
            return stop_at(values, start_of(run), trial + 1)
    return stop_at(values, start_of(run), len(values))


def start_of(run: Run) -> float:
    """Return the median of the first values."""
    first = sorted([value for value in run.values if value is not None][: min_trials(run.problem)])
    return first[min_trials(run.problem) // 2]


def stop_at(values: list[float], start: float, trials: int) -> Stopped:
    """Return what a search missed by stopping after a number of trials."""
    best, improvement = min(values[:trials]), start - min(values)
    return Stopped(trials, (best - min(values)) / improvement if improvement > 0 else 0.0)
