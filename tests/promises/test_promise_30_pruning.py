"""Promise 30: where early steps say nothing of the end, pruning costs at most a tenth of the budget.

And the best trial tried is stopped in fewer than one search in ten.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import tanteo as tt
from support.searches import bowl, unit_square

STEPS, BUDGET, SEARCHES = 27, 27 * 60, 40


def unrelated(loss: float, step: int) -> float:
    """Return a curve that carries no information on its end until the last three steps."""
    return loss if step > STEPS - 3 else math.sin(1e4 * loss)


def search(pruner: str, seed: int, budget: float) -> tuple[float, bool]:
    """Search until a number of steps is used; return the best final value told, and whether the best was stopped."""
    opt = tt.Optimizer(unit_square(), sampler="random", pruner=pruner, seed=seed)
    steps, tried = 0, []
    while steps < budget:
        trial = opt.ask()
        loss = bowl(trial.params)
        tried.append(loss)
        for step in range(1, STEPS + 1):
            steps += 1
            trial.report(step, unrelated(loss, step))
            if step < STEPS and trial.should_prune():
                opt.tell(trial, state="pruned")
                break
        else:
            opt.tell(trial, loss)
    return opt.best_value, opt.best_value > min(tried)


@pytest.fixture(scope="module")
def pruned() -> list[tuple[float, bool]]:
    return [search("auto", seed, BUDGET) for seed in range(SEARCHES)]


def test_promise_30_pruning_costs_at_most_a_tenth_of_the_budget(pruned):
    """With nine tenths of the budget, searches without pruning are no better, up to two standard errors."""
    without = [search("nothing", seed, 0.9 * BUDGET)[0] for seed in range(SEARCHES)]
    difference = np.log([best for best, _ in pruned]) - np.log(without)
    assert difference.mean() <= 2 * difference.std(ddof=1) / math.sqrt(SEARCHES)


def test_promise_30_the_best_trial_is_stopped_in_fewer_than_one_search_in_ten(pruned):
    assert sum(stopped for _, stopped in pruned) < SEARCHES / 10


def test_promise_30_a_pruner_that_trusts_early_steps_breaks_the_promise():
    """Otherwise the tests above could not fail."""
    results = [search("median", seed, BUDGET) for seed in range(SEARCHES // 2)]
    assert sum(stopped for _, stopped in results) >= SEARCHES / 20
