"""Hypervolumes, and the scale of scores, of ``benches/objectives``."""

from __future__ import annotations

import numpy as np
from benches.objectives import hypervolume
from benches.objectives.problems import half, problems
from benches.objectives.references import references
from benches.objectives.runs import Run
from benches.objectives.score import scores

N = 50


def run(peer: str, seed: int, first: np.ndarray, others: np.ndarray) -> Run:
    """Return a search of ZDT1 with these first numbers and other numbers."""
    return Run("zdt1-6", peer, seed, np.column_stack([first, others]).tolist(), 0.0)


def test_hypervolumes_of_small_fronts():
    assert hypervolume.volume(np.array([[0.0, 0.5], [0.5, 0.0], [0.6, 0.6]])) == 0.75
    assert abs(hypervolume.volume(np.array([[0.0, 0.0, 0.5], [0.5, 0.5, 0.0]])) - 0.625) < 1e-3
    assert hypervolume.volume(np.array([[1.0, 0.0]])) == 0.0
    assert hypervolume.front(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 1.0]])).tolist() == [[0, 1], [1, 0]]


def test_the_halves_are_disjoint_and_complete():
    tuning, report = half("tuning"), half("report")
    assert len(problems()) == 43
    assert sorted(tuning + report) == sorted(problems())
    assert references().keys() == problems().keys()


def test_random_search_scores_0_and_points_of_the_front_almost_100():
    rng = np.random.default_rng(0)
    runs = [run("random", seed, rng.random(N), rng.random((N, 5))) for seed in range(5)]
    runs.append(run("ideal", 0, np.linspace(0, 1, N) ** 2, np.zeros((N, 5))))
    scored = scores(runs, N)
    assert np.median(list(scored["zdt1-6", "random"].values())) == 0.0
    assert 90.0 < scored["zdt1-6", "ideal"][0] <= 101.0
