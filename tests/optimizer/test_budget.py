"""Budgets of cost: what is spent, and how costs weigh on what is suggested."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0), "kind": tt.Categorical(["a", "b"])}
TREE = {**SPACE, "z": tt.Float(0.0, 1.0, when={"kind": "a"})}
SAMPLERS = ("auto", "gp", "tpe")


def loss(params: dict[str, Any]) -> float:
    return float((params["x"] - 0.6) ** 2 + (params["y"] - 0.3) ** 2 + (params["kind"] == "b") * 0.1)


def dear(params: dict[str, Any]) -> float:
    return math.exp(4.0 * params["x"])


def flat(params: dict[str, Any]) -> float:
    """What is dear is as good as what is cheap."""
    return float((params["y"] - 0.3) ** 2)


def searched(
    sampler: str,
    cost: Callable[[dict[str, Any]], float | None],
    n: int = 16,
    space: Any = SPACE,
    fn: Callable[[dict[str, Any]], float] = loss,
    **options: Any,
) -> tt.Optimizer:
    """A search in which a third of the space fails."""
    opt = tt.Optimizer(space, sampler=sampler, seed=0, **options)
    for _ in range(n):
        trial = opt.ask()
        value = None if trial.params["y"] > 0.7 else fn(trial.params)
        opt.tell(trial, value, cost=cost(trial.params))
    return opt


def suggested(opt: tt.Optimizer) -> list[dict[str, Any]]:
    return [trial.params for trial in opt.trials]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_costs_matter_with_a_budget_alone(sampler: str) -> None:
    plain = suggested(searched(sampler, lambda _: None))
    assert suggested(searched(sampler, dear)) == plain
    assert suggested(searched(sampler, dear, budget=1e4)) != plain


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_costs_that_do_not_differ_change_nothing(sampler: str) -> None:
    plain = suggested(searched(sampler, lambda _: None))
    assert suggested(searched(sampler, lambda params: 1.0 + 0.1 * params["x"], budget=1e4)) == plain


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_what_is_cheap_because_it_fails_is_not_good(sampler: str) -> None:
    plain = suggested(searched(sampler, lambda _: None))
    assert suggested(searched(sampler, lambda params: 0.001 if params["y"] > 0.7 else 1.0, budget=1e4)) == plain


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("space", [SPACE, TREE], ids=["flat", "tree"])
def test_cheap_trials_come_first(sampler: str, space: Any) -> None:
    whole = searched(sampler, dear, 30, space, flat).spent
    assert searched(sampler, dear, 30, space, flat, budget=10 * whole).spent < 0.7 * whole


def test_once_it_is_spent_costs_have_no_say() -> None:
    """Four costs are needed before any weighs, and by then it is spent."""
    assert suggested(searched("gp", dear, budget=1.0)) == suggested(searched("gp", lambda _: None))


def test_what_is_spent_counts_every_trial_of_the_search() -> None:
    opt = tt.Optimizer(SPACE, seed=0)
    assert (opt.spent, opt.budget) == (0.0, None)
    first, second, third, fourth = opt.ask(4)
    opt.tell(first, 1.0, cost=2.0)
    opt.tell(second, state="failed", cost=0.5)
    opt.tell(third, state="pruned", cost=0.25)
    opt.tell(fourth, 1.0)
    opt.observe(opt.space.sample(1, seed=0)[0], 1.0, cost=100.0)
    assert opt.spent == 2.75
    opt.retract(first)
    assert opt.spent == 0.75


def test_a_copy_has_the_budget_and_goes_on_alike() -> None:
    opt = searched("gp", dear, budget=1e4)
    copy = tt.Optimizer.from_bytes(opt.to_bytes())
    assert copy.budget == opt.budget == 1e4
    assert copy.ask() == opt.ask()


def test_a_loaded_search_goes_on_with_another_budget(tmp_path: Path) -> None:
    opt = searched("gp", dear, budget=1e4)
    opt.save(tmp_path / "search")
    loaded = tt.Optimizer.load(tmp_path / "search", budget=2e4)
    other = tt.Optimizer.from_bytes(opt.to_bytes(), budget=2e4)
    assert (opt.budget, loaded.budget, other.budget, loaded.spent) == (1e4, 2e4, 2e4, opt.spent)
    assert loaded.ask() == tt.Optimizer.load(tmp_path / "search", budget=2e4).ask()
    # Costs weigh by what is left of the budget that counts now: next to nothing, or nearly all.
    little, much = (tt.Optimizer.from_bytes(opt.to_bytes(), budget=opt.spent * more) for more in (1.0 + 1e-9, 1e4))
    assert little.ask().params != much.ask().params
    with pytest.raises(tt.ArgumentError, match="budget must be"):
        tt.Optimizer.load(tmp_path / "search", budget=0)


@pytest.mark.parametrize("budget", [0, -1.0, math.nan, math.inf, "much"])
def test_a_budget_is_a_positive_number(budget: Any) -> None:
    with pytest.raises(tt.ArgumentError, match="budget must be"):
        tt.Optimizer(SPACE, budget=budget)
