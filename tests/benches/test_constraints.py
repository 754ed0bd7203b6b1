"""The problems of ``benches/constraints.py``, and what its peers are told."""

from __future__ import annotations

import numpy as np
import pytest
from benches.constraints import ALL, Run, best_known, scores, search, starts
from benches.objectives.peers import PEERS
from benches.objectives.references import bounds

PROBLEMS = list(ALL.values())


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_rows_do_not_depend_on_their_neighbours_and_nothing_beats_the_best_known_value(problem):
    low, high = bounds(problem.space)
    rows = low + np.random.default_rng(0).random((2000, len(low))) * (high - low)
    rows = np.where([p.kind != "float" for p in problem.space], np.round(rows), rows)
    values, told = problem.values(rows)
    alone, told_alone = problem.values(rows[7:8])
    assert np.allclose(alone[0], values[7])
    assert np.allclose(told_alone[0], told[7])
    feasible = values[(told <= 0).all(axis=1)]
    assert len(feasible) == 0 or feasible.min() >= best_known(problem.name)


def test_the_limits_of_a_training_depend_on_its_optimizer():
    network = ALL["network"]
    params = {"layers": 8, "width": 512.0, "batch": 64.0, "rate": 1e-3, "kind": "adam"}
    losses, limits = network.values(np.array([network.row({**params, "kind": k}) for k in ("adam", "sgd")]))
    weights = 8 * 512**2
    assert np.isclose(losses[1, 0] - losses[0, 0], 0.3)
    assert np.isclose(limits[0, 0] - limits[1, 0], (16 - 8) * weights)
    assert limits.shape == (2, 3)


@pytest.mark.parametrize("peer", ["random", "tanteo-tpe", "optuna-tpe", "optuna-nsga2", "optuna-gp", "rustuna-tpe"])
def test_a_search_keeps_the_best_feasible_value(peer):
    pytest.importorskip({"tanteo": "tanteo", "random": "numpy", "optuna": "optuna"}.get(peer.split("-")[0], "rustuna"))
    if peer == "optuna-gp":
        pytest.importorskip("torch")
    run = search(12, ("network", peer, 0))
    assert len(run.best) == 12
    assert run.best == sorted(run.best, reverse=True)
    assert (run.feasible > 0) == np.isfinite(run.best[-1])


def test_optuna_is_told_constraints():
    optuna = pytest.importorskip("optuna")
    optimizer = PEERS["optuna-tpe"](ALL["ball"], 0)
    handle, _ = optimizer.ask()
    optimizer.tell(handle, [1.0], [0.5, -2.0])
    (trial,) = optimizer._study.trials
    assert trial.state == optuna.trial.TrialState.COMPLETE
    assert trial.system_attrs["constraints"] == (0.5, -2.0)


def test_scores_of_a_search_that_finds_nothing_feasible_and_of_one_a_hundred_times_closer():
    best = best_known("waves")
    runs = [
        Run("waves", "random", 0, [best + 0.2], 1),
        Run("waves", "near", 0, [best + 0.002], 1),
        Run("waves", "none", 0, [np.inf], 0),
    ]
    scored = scores(runs, starts(runs, 1), 1)
    assert scored["waves", "random"] == {0: 0.0}
    assert np.isclose(scored["waves", "near"][0], 2)
    assert scored["waves", "none"] == {0: -1.0}


def test_a_score_needs_one_random_search_that_found_something():
    runs = [Run("reducer", "random", seed, [np.inf], 0) for seed in range(2)]
    with pytest.raises(SystemExit, match="nothing feasible on reducer"):
        starts(runs, 1)
    assert starts([*runs, Run("reducer", "random", 2, [2 * best_known("reducer")], 1)], 1) == {"reducer": 1.0}
