"""The defaults are the first trial; what has none is sampled beside them."""

from __future__ import annotations

import numpy as np

import tanteo as tt


def space() -> tt.SearchSpace:
    """As in the README: one default of six parameters, one of them conditional."""
    return tt.SearchSpace(
        {
            "lr": tt.Float(1e-5, 1e-1, log=True, default=1e-3),
            "depth": tt.Int(1, 8),
            "optimizer": tt.Categorical(["adam", "sgd"]),
            "momentum": tt.Float(0.0, 0.99, default=0.9, when={"optimizer": "sgd"}),
        }
    )


def test_one_default_is_used_and_the_rest_is_sampled() -> None:
    firsts = [tt.Optimizer(space(), seed=seed).ask() for seed in range(30)]
    assert {trial.params["lr"] for trial in firsts} == {1e-3}
    assert len({trial.params["depth"] for trial in firsts}) > 4
    assert {trial.params["optimizer"] for trial in firsts} == {"adam", "sgd"}
    assert {trial.params.get("momentum", 0.9) for trial in firsts} == {0.9}


def test_the_defaults_are_handed_out_once_and_after_what_is_queued() -> None:
    search = tt.Optimizer(space(), seed=0)
    search.enqueue({"depth": 3})
    trials = search.ask(6)
    assert [search.trials[trial.id].origin for trial in trials[:2]] == ["enqueued", "default"]
    assert sum(trial.params["lr"] == 1e-3 for trial in trials) == 1
    for trial in trials:
        search.tell(trial, 1.0)
    assert search.ask().params["lr"] != 1e-3


def test_a_search_restored_before_and_after_the_defaults_goes_on_alike() -> None:
    search = tt.Optimizer(space(), seed=3)
    first = tt.Optimizer.from_bytes(search.to_bytes()).ask()
    assert first == search.ask()
    second = tt.Optimizer.from_bytes(search.to_bytes()).ask()
    assert second == search.ask()
    assert second.params["lr"] != 1e-3


def test_incomplete_defaults_without_an_untried_completion_are_passed_over() -> None:
    search = tt.Optimizer({"a": tt.Int(0, 1, default=1), "b": tt.Int(0, 1)}, sampler="random", seed=0)
    for b in (0, 1):
        search.observe({"a": 1, "b": b}, 1.0)
    assert {trial.params["a"] for trial in search.ask(2)} == {0}


def test_a_sampler_in_python_is_given_the_incomplete_defaults_first() -> None:
    class Middle:
        def suggest(self, view, n, rng):  # type: ignore[no-untyped-def]  # as a user writes it
            return np.full((n, len(view.axes)), 0.5)

    search = tt.Optimizer(space(), sampler=Middle(), seed=0)
    assert search.ask().params["lr"] == 1e-3
    assert [trial.origin for trial in search.trials] == ["default"]


def test_default_is_the_whole_configuration_or_none() -> None:
    assert space().default() is None
    assert tt.SearchSpace({"x": tt.Int(0, 3, default=2), "k": 1}).default() == {"x": 2, "k": 1}
