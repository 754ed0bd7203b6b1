"""The defaults form the first trial. Parameters without a default are sampled."""

from __future__ import annotations

import numpy as np

import tanteo as tt


def space() -> tt.SearchSpace:
    """A space in which two parameters have a default, one of them conditional."""
    return tt.SearchSpace(
        {
            "lr": tt.Float(1e-5, 1e-1, log=True, default=1e-3),
            "depth": tt.Int(1, 8),
            "optimizer": tt.Categorical(["adam", "sgd"]),
            "momentum": tt.Float(0.0, 0.99, default=0.9, when={"optimizer": "sgd"}),
        }
    )


def test_given_defaults_are_used_and_the_rest_is_sampled() -> None:
    first_trials = [tt.Optimizer(space(), seed=seed).ask() for seed in range(30)]
    assert {trial.params["lr"] for trial in first_trials} == {1e-3}
    assert len({trial.params["depth"] for trial in first_trials}) > 4
    assert {trial.params["optimizer"] for trial in first_trials} == {"adam", "sgd"}
    assert {trial.params.get("momentum", 0.9) for trial in first_trials} == {0.9}


def test_the_defaults_are_suggested_once_after_the_queued_points() -> None:
    search = tt.Optimizer(space(), seed=0)
    search.enqueue({"depth": 3})
    trials = search.ask(6)
    assert [search.trials[trial.id].origin for trial in trials[:2]] == ["enqueued", "default"]
    assert sum(trial.params["lr"] == 1e-3 for trial in trials) == 1
    for trial in trials:
        search.tell(trial, 1.0)
    assert search.ask().params["lr"] != 1e-3


def test_a_search_restored_before_or_after_the_defaults_continues_identically() -> None:
    search = tt.Optimizer(space(), seed=3)
    first = tt.Optimizer.from_bytes(search.to_bytes()).ask()
    assert first == search.ask()
    second = tt.Optimizer.from_bytes(search.to_bytes()).ask()
    assert second == search.ask()
    assert second.params["lr"] != 1e-3


def test_incomplete_defaults_without_an_untried_completion_are_skipped() -> None:
    search = tt.Optimizer({"a": tt.Int(0, 1, default=1), "b": tt.Int(0, 1)}, sampler="random", seed=0)
    for b in (0, 1):
        search.observe({"a": 1, "b": b}, 1.0)
    assert {trial.params["a"] for trial in search.ask(2)} == {0}


def test_incomplete_defaults_come_before_the_points_of_a_python_sampler() -> None:
    class Middle:
        def suggest(self, view, n, rng):  # type: ignore[no-untyped-def]  # as a user writes it
            return np.full((n, len(view.axes)), 0.5)

    search = tt.Optimizer(space(), sampler=Middle(), seed=0)
    assert search.ask().params["lr"] == 1e-3
    assert [trial.origin for trial in search.trials] == ["default"]


def test_default_is_the_whole_configuration_or_none() -> None:
    assert space().default() is None
    assert tt.SearchSpace({"x": tt.Int(0, 3, default=2), "k": 1}).default() == {"x": 2, "k": 1}
