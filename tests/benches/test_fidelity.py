"""The simulated clock of ``benches/fidelity``: the charged work, the values that a peer receives, and the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from benches.fidelity import analytic
from benches.fidelity.peers import maker
from benches.fidelity.peers.checkpoints import Checkpoints
from benches.fidelity.peers.random_peer import Asha, Unpruned, rungs
from benches.fidelity.problem import SIZES, Problem, Task
from benches.fidelity.simulation import BUDGETS, Simulation
from benches.fidelity.tables import rounded
from benches.fidelity.trainings import TRAININGS, grid
from benches.python.peers.space import Parameter, Space

SPACE = Space([Parameter("x", "float", 0.0, 1.0)])


def line_problem(steps: int = 10, *, is_folds: bool = False, noise: float = 0.0) -> Problem:
    """Return a problem whose curves fall linearly to ``x``. With ``is_folds`` the values are those of single folds."""

    def curve(params: dict[str, Any]) -> np.ndarray:
        return params["x"] + np.linspace(1.0, 0.0, steps)

    return Problem("lines", "lines", "tuning", SPACE, steps, curve, 0.0, noise=noise, is_folds=is_folds)


def search(peer: Any, problem: Problem, workers: int = 1, seed: int = 0) -> Simulation:
    simulation = Simulation(problem, peer, workers, (seed,))
    simulation.run()
    return simulation


def task(problem: Problem) -> Task:
    return Task(problem.space, problem.steps, problem.is_folds, 1)


class FixedPeer:
    """Suggests a fixed sequence of configurations, stops each at the same step and records the reports."""

    def __init__(
        self,
        stops_at: int = 100,
        *,
        reads_folds: bool = False,
        xs: tuple[float, ...] = (0.5,),
        steps: Sequence[int] = range(1, 28),
    ) -> None:
        self.reads_folds, self._stops_at, self._xs, self._steps = reads_folds, stops_at, xs, steps
        self.reported: list[list[float]] = []
        self.ends: list[tuple[float, str, float]] = []

    def ask(self) -> tuple[int, dict[str, float]]:
        self.reported.append([])
        return len(self.reported) - 1, {"x": self._xs[(len(self.reported) - 1) % len(self._xs)]}

    def report(self, key: int, step: int, value: float) -> bool:
        self.reported[key].append(value)
        assert step == self._steps[len(self.reported[key]) - 1] or step == SIZES[-1]
        return step >= self._stops_at

    def finish(self, key: int, value: float, state: Any, cost: float) -> None:
        self.ends.append((value, state, cost))

    def recommend(self) -> dict[str, float]:
        return {"x": 0.25}


def test_trainings_of_growing_size_are_paid_one_by_one_and_spared_if_nothing_is_reported() -> None:
    problem = line_problem(27).retrained()
    peer, silent = FixedPeer(steps=SIZES, stops_at=9), FixedPeer(steps=SIZES)
    search(peer, problem)
    assert [cost for _, _, cost in peer.ends] == pytest.approx([13 / 27] * len(peer.ends))
    assert peer.reported[0] == pytest.approx([line_problem(27).curve({"x": 0.5})[size - 1] for size in SIZES[:3]])
    Simulation(problem, silent, 1, (0,), reports_steps=False).run()
    assert [len(values) for values in silent.reported[:40]] == [1] * 40
    assert [cost for _, _, cost in silent.ends] == [1.0] * 40


@pytest.mark.parametrize("workers", [1, 8])
def test_the_work_done_equals_the_budget(workers: int) -> None:
    peer = FixedPeer(stops_at=4)
    search(peer, line_problem(), workers)
    steps = sum(len(values) for values in peer.reported)
    # A worker leaves out its last step if that step would end after the budget.
    assert BUDGETS[-1] * 10 - workers <= steps <= BUDGETS[-1] * 10
    assert [cost for _, _, cost in peer.ends] == pytest.approx([0.4] * len(peer.ends))


def test_trainings_that_are_not_stopped_are_complete() -> None:
    peer = FixedPeer()
    simulation = search(peer, line_problem())
    assert [end[:2] for end in peer.ends] == [(0.5, "complete")] * 40
    assert simulation.held == [0.25] * len(BUDGETS)


def test_peers_receive_means_of_folds_or_single_folds_in_the_same_order() -> None:
    problem = line_problem(is_folds=True)
    means, single = FixedPeer(), FixedPeer(reads_folds=True)
    search(means, problem)
    search(single, problem)
    values = np.array(single.reported[0])
    assert sorted(values) == pytest.approx(sorted(problem.curve({"x": 0.5})))
    assert means.reported[0] == pytest.approx(np.cumsum(values) / np.arange(1, 11))
    assert single.reported[1] == single.reported[0]
    assert single.ends[0][0] == means.ends[0][0] == pytest.approx(problem.final({"x": 0.5}))


def test_noise_depends_on_the_configuration_and_its_repetition_and_not_on_the_peer() -> None:
    problem = line_problem(noise=0.1)
    first, second = FixedPeer(), FixedPeer(xs=(0.1, 0.5))
    search(first, problem)
    search(second, problem)
    assert second.reported[1] == first.reported[0]
    assert second.reported[3] == first.reported[1] != first.reported[0]


def test_the_record_says_whether_the_best_configuration_was_stopped() -> None:
    stopped = search(FixedPeer(stops_at=4, xs=(0.5, 0.1)), line_problem())
    assert stopped.best_stopped == [True] * len(BUDGETS)
    assert search(FixedPeer(xs=(0.5, 0.1)), line_problem()).best_stopped == [False] * len(BUDGETS)


def test_asha_resumes_promoted_trials_and_pays_for_the_missing_steps_only() -> None:
    problem = line_problem(9)
    peer = Asha(task(problem), 0)
    simulation = search(peer, problem)
    assert rungs(9, 3) == [1, 3, 9]
    assert rungs(10, 3) == [1, 3, 10]
    steps = sum(training.step for training in simulation.trainings.values())
    assert BUDGETS[-1] * 9 - 1 <= steps <= BUDGETS[-1] * 9
    reached = [training.step for training in simulation.trainings.values() if training.state != "running"]
    assert set(reached) == {1, 3, 9}
    assert simulation.held[-1] == min(t.final for t in simulation.trainings.values() if t.step == 9)


def test_random_search_recommends_a_complete_trial_before_a_better_incomplete_one() -> None:
    peer = Unpruned(task(line_problem()), 0)
    keys = [peer.ask() for _ in range(2)]
    peer.report(keys[0][0], 1, 5.0)
    peer.report(keys[1][0], 2, 6.0)
    assert peer.recommend() == keys[1][1]
    peer.finish(keys[1][0], 6.0, "complete", 1.0)
    peer.report(keys[0][0], 3, 1.0)
    assert peer.recommend() == keys[1][1]


def test_a_configuration_suggested_again_is_resumed_unless_it_is_running() -> None:
    checkpoints = Checkpoints(9)
    first = checkpoints.start({"x": 1}, "a", 1.0)
    concurrent = checkpoints.start({"x": 1}, "b", 3.0)
    assert concurrent != first
    assert checkpoints.stops(first, 1)
    assert checkpoints.finish(first, {"x": 1}) == "a"
    assert checkpoints.start({"x": 1}, "c", 3.0) == first


@pytest.mark.parametrize("problem", list(analytic.problems()), ids=lambda problem: problem.name)
def test_formulas_cost_one_on_average_and_curves_end_at_the_final_value(problem: Problem) -> None:
    peer = Unpruned(task(problem), 0)
    samples = [peer.ask()[1] for _ in range(200)]
    assert min(problem.final(params) for params in samples) > problem.optimum
    assert np.mean([problem.cost(params) for params in samples]) == pytest.approx(1.0, abs=0.15)
    assert problem.curve(samples[0]).shape == (problem.steps,)
    assert problem.curve(samples[0])[-1] == problem.final(samples[0])


def test_the_minimum_of_a_landscape_is_at_its_centre() -> None:
    landscape = analytic.Landscape(3, 4)
    centre = {f"x{i}": float(x) for i, x in enumerate(landscape.centre)}
    assert min(landscape.value({**centre, "kind": kind}) for kind in analytic.KINDS) == 0.0


@pytest.mark.parametrize("kind", range(len(analytic.KIND_NAMES)))
def test_curves_end_at_the_landscape(kind: int) -> None:
    problem = analytic.problem("tuning", kind)
    landscape = analytic.Landscape(kind, 4)
    if problem.family == "cost":
        landscape.centre[0] = 0.8
    params = Unpruned(task(problem), 0).ask()[1]
    assert problem.final(params) == pytest.approx(landscape.value(params), abs=1e-12)


def test_grids_hold_every_active_combination_once() -> None:
    for training in TRAININGS.values():
        rows = [tuple(sorted(params.items())) for params in grid(training.space)]
        assert len(set(rows)) == len(rows)
        assert all(set(dict(row)) == {p.name for p in training.space if p.is_active(dict(row))} for row in rows[:200])


def test_rounded_values_keep_four_digits() -> None:
    values = np.random.default_rng(0).lognormal(size=1000)
    assert np.max(np.abs(rounded(values) / values - 1)) < 5e-5


def test_tanteo_uses_the_pruner_in_the_name_of_the_peer() -> None:
    problem = line_problem()
    states = {}
    for name in ("tanteo-random+none", "tanteo-random+median"):
        simulation = search(maker(name)(task(problem), 0), problem)
        states[name] = {training.state for training in simulation.trainings.values()}
        assert simulation.held[-1] == min(t.final for t in simulation.trainings.values() if t.state == "complete")
    assert "stopped" not in states["tanteo-random+none"]
    assert "stopped" in states["tanteo-random+median"]


def test_trials_stopped_by_optunas_wilcoxon_pruner_have_the_mean_so_far() -> None:
    pytest.importorskip("optuna")
    problem = line_problem(is_folds=True)
    peer: Any = maker("optuna-tpe+wilcoxon")(task(problem), 0)
    key, params = peer.ask()
    assert not peer.report(key, 1, 0.5)
    peer.finish(key, 0.25, "stopped", 0.1)
    assert peer.recommend() == params
    assert peer._study.best_value == 0.25


def test_an_unknown_peer_is_named() -> None:
    with pytest.raises(SystemExit, match="no peer 'optuna-tpe'"):
        maker("optuna-tpe")
