"""Cost budgets: how spending is counted, and how costs influence the suggestions."""

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


def rising_cost(params: dict[str, Any]) -> float:
    return math.exp(4.0 * params["x"])


def loss_of_y(params: dict[str, Any]) -> float:
    """A loss that does not depend on ``x``, so cheap and expensive points are equally good."""
    return float((params["y"] - 0.3) ** 2)


def run_search(
    sampler: str,
    cost: Callable[[dict[str, Any]], float | None],
    n: int = 16,
    space: Any = SPACE,
    fn: Callable[[dict[str, Any]], float] = loss,
    **options: Any,
) -> tt.Optimizer:
    """Run a search in which trials with ``y > 0.7`` fail."""
    opt = tt.Optimizer(space, sampler=sampler, seed=0, **options)
    for _ in range(n):
        trial = opt.ask()
        value = None if trial.params["y"] > 0.7 else fn(trial.params)
        opt.tell(trial, value, cost=cost(trial.params))
    return opt


def suggestions(opt: tt.Optimizer) -> list[dict[str, Any]]:
    return [trial.params for trial in opt.trials]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_costs_matter_only_with_a_budget(sampler: str) -> None:
    without_costs = suggestions(run_search(sampler, lambda _: None))
    assert suggestions(run_search(sampler, rising_cost)) == without_costs
    assert suggestions(run_search(sampler, rising_cost, budget=1e4)) != without_costs


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_nearly_equal_costs_change_nothing(sampler: str) -> None:
    without_costs = suggestions(run_search(sampler, lambda _: None))
    assert suggestions(run_search(sampler, lambda params: 1.0 + 0.1 * params["x"], budget=1e4)) == without_costs


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_cheap_failures_do_not_attract_the_search(sampler: str) -> None:
    without_costs = suggestions(run_search(sampler, lambda _: None))
    assert (
        suggestions(run_search(sampler, lambda params: 0.001 if params["y"] > 0.7 else 1.0, budget=1e4))
        == without_costs
    )


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("space", [SPACE, TREE], ids=["flat", "tree"])
def test_cheap_trials_come_first(sampler: str, space: Any) -> None:
    spent_without_budget = run_search(sampler, rising_cost, 30, space, loss_of_y).spent
    assert (
        run_search(sampler, rising_cost, 30, space, loss_of_y, budget=10 * spent_without_budget).spent
        < 0.7 * spent_without_budget
    )


def test_costs_do_not_matter_once_the_budget_is_spent() -> None:
    """Costs influence suggestions once four costs are known. By then the budget is spent."""
    assert suggestions(run_search("gp", rising_cost, budget=1.0)) == suggestions(run_search("gp", lambda _: None))


def test_spent_counts_asked_trials_and_not_observed_trials() -> None:
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


def test_a_copy_keeps_the_budget_and_continues_identically() -> None:
    opt = run_search("gp", rising_cost, budget=1e4)
    copy = tt.Optimizer.from_bytes(opt.to_bytes())
    assert copy.budget == opt.budget == 1e4
    assert copy.ask() == opt.ask()


def test_a_loaded_search_can_continue_with_another_budget(tmp_path: Path) -> None:
    opt = run_search("gp", rising_cost, budget=1e4)
    opt.save(tmp_path / "search")
    loaded = tt.Optimizer.load(tmp_path / "search", budget=2e4)
    other = tt.Optimizer.from_bytes(opt.to_bytes(), budget=2e4)
    assert (opt.budget, loaded.budget, other.budget, loaded.spent) == (1e4, 2e4, 2e4, opt.spent)
    assert loaded.ask() == tt.Optimizer.load(tmp_path / "search", budget=2e4).ask()
    # The weight of costs depends on the rest of the new budget, which is almost nothing or almost all of it.
    nearly_spent, nearly_unspent = (
        tt.Optimizer.from_bytes(opt.to_bytes(), budget=opt.spent * factor) for factor in (1.0 + 1e-9, 1e4)
    )
    assert nearly_spent.ask().params != nearly_unspent.ask().params
    with pytest.raises(tt.ArgumentError, match="budget must be"):
        tt.Optimizer.load(tmp_path / "search", budget=0)


@pytest.mark.parametrize("budget", [0, -1.0, math.nan, math.inf, "much"])
def test_a_budget_is_a_positive_number(budget: Any) -> None:
    with pytest.raises(tt.ArgumentError, match="budget must be"):
        tt.Optimizer(SPACE, budget=budget)
