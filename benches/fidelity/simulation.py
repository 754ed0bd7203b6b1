"""A search on a simulated clock, with some workers that train, and one event per completed step.

The unit of time is a full training of average cost. At time ``b / workers`` the work of ``b`` full trainings is done,
and the recommendation of the peer at that time is judged. Asking takes no time.
"""

from __future__ import annotations

import heapq
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benches.fidelity.peers.protocol import Peer
from benches.fidelity.problem import Problem
from benches.fidelity.tables import key as frozen
from benches.quality.problem import Params

BUDGETS = (5, 10, 20, 40)
# Tolerance, since sums of step times differ from the budgets by rounding.
SLACK = 1e-6


@dataclass(slots=True)
class Training:
    """A trial: the values of its steps, and its progress."""

    params: Params
    reported: np.ndarray
    means: np.ndarray
    step_costs: np.ndarray
    final: float
    started: float
    step: int = 0
    resumed_at: int = 0
    state: str = "running"
    ended: float | None = None


@dataclass(slots=True)
class Simulation:
    """One search; :meth:`run` executes it.

    A peer that does not report steps spares all trainings of their own but the last.
    """

    problem: Problem
    peer: Peer
    workers: int
    noise: tuple[int, ...]
    reports_steps: bool = True
    trainings: dict[Any, Training] = field(default_factory=dict)
    held: list[float | None] = field(default_factory=list)
    best_stopped: list[bool] = field(default_factory=list)
    peer_seconds: float = 0.0
    _order: np.ndarray = field(init=False)
    _repeats: Counter[Any] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        steps = np.arange(len(self.problem.reported))
        # The order of the folds is the same for all trials of a search and for all peers.
        self._order = np.random.default_rng(self.noise).permutation(steps) if self.problem.is_folds else steps

    def run(self) -> None:
        """Run the search up to the largest budget."""
        events, running = [(0.0, worker) for worker in range(self.workers)], dict[int, Any]()
        checkpoints = [budget / self.workers for budget in BUDGETS]
        while True:
            now, worker = heapq.heappop(events)
            while checkpoints and now > checkpoints[0] + SLACK:
                self._take_stock()
                checkpoints.pop(0)
            if not checkpoints:
                return
            if worker not in running or self._advance(running[worker], now):
                running[worker] = self._start(now)
            heapq.heappush(events, (now + self._next_cost(running[worker]), worker))

    def _next_cost(self, key: Any) -> float:
        training = self.trainings[key]
        return float(training.step_costs[training.step])

    def _start(self, now: float) -> Any:
        start = time.perf_counter()
        key, params = self.peer.ask()
        self.peer_seconds += time.perf_counter() - start
        if key not in self.trainings:
            self.trainings[key] = self._training(params, now)
        training = self.trainings[key]
        training.state, training.resumed_at, training.ended = "running", training.step, None
        return key

    def _training(self, params: Params, now: float) -> Training:
        key = frozen(params)
        rng = np.random.default_rng([*self.noise, zlib.crc32(repr(key).encode()), self._repeats[key]])
        self._repeats[key] += 1
        values = self.problem.curve(params)
        values = values[self._order] + self.problem.noise * rng.standard_normal(len(values))
        means = np.cumsum(values) / np.arange(1, len(values) + 1) if self.problem.is_folds else values
        reported = values if self.peer.reads_folds else means
        spares = self.problem.is_retrained and not self.reports_steps
        first = len(values) - 1 if spares else 0
        costs = self.problem.step_costs(params)
        return Training(params, reported, means, costs, self.problem.final(params), now, first)

    def _advance(self, key: Any, now: float) -> bool:
        """Complete a step; return whether the trial ends."""
        training = self.trainings[key]
        training.step += 1
        value, mean = (float(values[training.step - 1]) for values in (training.reported, training.means))
        start = time.perf_counter()
        step, is_last = self.problem.reported[training.step - 1], training.step == len(training.step_costs)
        stops = self.peer.report(key, step, value)
        if stops or is_last:
            training.state, training.ended = "complete" if is_last else "stopped", now
            cost = float(training.step_costs[training.resumed_at : training.step].sum())
            self.peer.finish(key, mean, "complete" if is_last else "stopped", cost)
        self.peer_seconds += time.perf_counter() - start
        return stops or is_last

    def _take_stock(self) -> None:
        params = self.peer.recommend()
        self.held.append(None if params is None else self.problem.final(params))
        started = [training for training in self.trainings.values() if training.step]
        best = min((training.final for training in started), default=None)
        states = {training.state for training in started if training.final == best}
        self.best_stopped.append(states == {"stopped"})
