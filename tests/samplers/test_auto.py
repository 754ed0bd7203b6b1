"""``Auto``: rules select the models, and the id of a trial decides which one of several suggests it."""

from __future__ import annotations

from collections import Counter

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
def test_both_models_suggest_several_trials(seed):
    origins = Counter(trial.origin for trial in search(80, seed).trials)
    assert set(origins) == {"design", "gp", "tpe"}
    assert min(origins["gp"], origins["tpe"]) >= 5


def test_the_choice_of_models_depends_on_the_history_alone():
    """A search that is saved and loaded repeatedly chooses the same models and the same points."""
    uninterrupted, restarted = search(50, 0), search(50, 0, restarts=True)
    assert [(t.origin, t.params) for t in uninterrupted.trials] == [(t.origin, t.params) for t in restarted.trials]


def test_a_finite_space_is_exhausted_without_a_repetition():
    space = tt.SearchSpace({"a": tt.Int(0, 3), "b": tt.Categorical(list("xyz")), "c": tt.Ordinal([1, 2])})
    optimizer = tt.Optimizer(space, seed=0)
    for _ in range(24):
        trial = optimizer.ask()
        optimizer.tell(trial, float(trial.params["a"]) + "xyz".index(trial.params["b"]))
    assert len({tuple(trial.params.values()) for trial in optimizer.trials}) == 24
    with pytest.raises(tt.SpaceExhausted):
        optimizer.ask()


@pytest.mark.parametrize("sampler", ["gp", "auto"])
def test_all_pairs_of_levels_are_tried(sampler):
    """The Gaussian process fixes one suggestion in eight at levels rarely tried together, so no pair is missing."""
    space = tt.SearchSpace({"x": tt.Float(0.0, 1.0), "a": tt.Categorical(range(5)), "b": tt.Categorical(range(5))})
    for seed in range(3):
        optimizer = tt.Optimizer(space, sampler=sampler, seed=seed)
        for _ in range(120):
            trial = optimizer.ask()
            optimizer.tell(trial, (trial.params["x"] - 0.3) ** 2 + trial.params["a"] + trial.params["b"])
        assert len({(trial.params["a"], trial.params["b"]) for trial in optimizer.trials}) == 25
