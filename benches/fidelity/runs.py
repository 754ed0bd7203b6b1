"""Runs one search each, and appends it to a file of JSON lines."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from benches import lines
from benches.fidelity.peers import applies, maker, reports_steps
from benches.fidelity.problem import Task
from benches.fidelity.problems import problems
from benches.fidelity.simulation import Simulation

Key: TypeAlias = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class Run(lines.Run):
    """One search.

    Attributes
    ----------
    held : list
        The final value, without noise, of the recommendation at each budget; ``None`` if there was no recommendation.
    best_stopped : list of bool
        Whether, at each budget, the best configuration so far (by its final value without noise) had been stopped.
    trials : list
        For each trial: its final value without noise, its number of steps, its state, and when it began and ended.
    peer_seconds : float
        The time that the peer took.
    """

    workers: int
    held: list[float | None]
    best_stopped: list[bool]
    trials: list[list[Any]]
    peer_seconds: float

    @property
    def key(self) -> Key:
        """The key by which a run is found in a file."""
        return self.problem, self.peer, self.workers, self.seed


def search(key: Key) -> Run:
    """Run one search; called by name in a worker process. The noise depends on the seed and not on the peer."""
    name, peer, workers, seed = key
    problem = problems()[name]
    searcher = maker(peer)(Task(problem.space, problem.steps, problem.is_folds, workers), seed)
    simulation = Simulation(problem, searcher, workers, (seed, zlib.crc32(name.encode())), reports_steps(peer))
    simulation.run()
    trials = [
        [float(f"{t.final:.6g}"), t.step, t.state, round(t.started, 3), None if t.ended is None else round(t.ended, 3)]
        for t in simulation.trainings.values()
    ]
    seconds = round(simulation.peer_seconds, 3)
    return Run(name, peer, seed, workers, simulation.held, simulation.best_stopped, trials, seconds)


def run_all(
    path: Path, names: Iterable[str], peers: Iterable[str], workers: Iterable[int], seeds: range, jobs: int
) -> None:
    """Run the missing searches and append each of them."""
    problems_by_name = problems()
    keys = [
        (n, p, w, s) for s in seeds for w in workers for n in names for p in peers if applies(p, problems_by_name[n])
    ]
    Run.append_missing(path, search, keys, jobs)
