"""``Auto``: rules say which models are possible, credit says which is used."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import tanteo as tt

SPACE = tt.SearchSpace({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0), "kind": tt.Categorical(["a", "b", "c"])})


def search(n: int, seed: int, restarts: bool = False) -> tt.Optimizer:
    optimizer = tt.Optimizer(SPACE, seed=seed)
    for k in range(n):
        if restarts and k % 7 == 3:
            optimizer = tt.Optimizer.from_bytes(optimizer.to_bytes())
        trial = optimizer.ask()
        p = trial.params
        optimizer.tell(trial, (p["x"] - 0.3) ** 2 + (p["y"] - 0.8) ** 2 + 0.1 * ("abc".index(p["kind"])))
    return optimizer


@pytest.mark.parametrize("seed", range(3))
def test_both_models_propose_and_neither_is_forgotten(seed):
    origins = Counter(trial.origin for trial in search(80, seed).trials)
    assert set(origins) == {"design", "gp", "tpe"}
    assert min(origins["gp"], origins["tpe"]) >= 5


def test_credit_is_counted_from_the_history_alone():
    """A search that is saved and loaded again and again chooses the same models and the same points."""
    plain, restarted = search(50, 0), search(50, 0, restarts=True)
    assert [(t.origin, t.params) for t in plain.trials] == [(t.origin, t.params) for t in restarted.trials]


def test_a_finite_space_is_worked_off_without_a_repetition():
    space = tt.SearchSpace({"a": tt.Int(0, 3), "b": tt.Categorical(list("xyz")), "c": tt.Ordinal([1, 2])})
    optimizer = tt.Optimizer(space, seed=0)
    for _ in range(24):
        trial = optimizer.ask()
        optimizer.tell(trial, float(trial.params["a"]) + "xyz".index(trial.params["b"]))
    assert len({tuple(trial.params.values()) for trial in optimizer.trials}) == 24
    with pytest.raises(tt.SpaceExhausted):
        optimizer.ask()


def test_under_noise_the_gaussian_process_proposes():
    """To TPE a lucky trial is a good one; where the model finds noise, all but the first trials are its own."""
    origins: Counter[str | None] = Counter()
    for seed in range(4):
        noise = np.random.default_rng(seed)
        optimizer = tt.Optimizer(SPACE, seed=seed)
        for _ in range(60):
            trial = optimizer.ask()
            optimizer.tell(trial, (trial.params["x"] - 0.3) ** 2 + 0.3 * float(noise.standard_normal()))
        origins.update(trial.origin for trial in optimizer.trials[30:])
    assert origins["gp"] > 0.95 * origins.total()


def test_a_rare_choice_is_tried_on():
    """One suggestion of the Gaussian process in eight is held at the rarest choice if that has less than a tenth."""
    space = tt.SearchSpace({"x": tt.Float(0.0, 1.0), "kind": tt.Categorical(list("abcdef"))})
    n_held = 0
    for seed in range(3):
        optimizer = tt.Optimizer(space, seed=seed)
        for _ in range(80):
            trial = optimizer.ask()
            optimizer.tell(trial, (trial.params["x"] - 0.3) ** 2 + "abcdef".index(trial.params["kind"]))
        kinds = [trial.params["kind"] for trial in optimizer.trials]
        for trial in optimizer.trials[7::8]:
            counts = {kind: kinds[: trial.id].count(kind) for kind in "abcdef"}
            if trial.origin == "gp" and min(counts.values()) < trial.id / 10:
                n_held += 1
                assert counts[trial.params["kind"]] == min(counts.values()), (trial, counts)
    assert n_held >= 15
