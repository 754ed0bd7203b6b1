"""Promise 4: if one half of the square always fails, later suggestions avoid it."""

import pytest

import tanteo as tt
from support.searches import unit_square

SEEDS = range(3)
FAILURES = [{"state": "failed"}, {"value": float("nan")}]


def share_of_crashes(sampler: str, failure: dict, optimum: float) -> float:
    """Return the share of suggestions 50 to 150 that lie in the half x < 1/2, where every trial fails."""
    crashes = 0
    for seed in SEEDS:
        optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=seed)
        for k in range(150):
            trial = optimizer.ask()
            if trial.params["x"] < 0.5:
                optimizer.tell(trial, **failure)
                crashes += k >= 50
            else:
                optimizer.tell(trial, (trial.params["x"] - optimum) ** 2 + (trial.params["y"] - 0.6) ** 2)
    return crashes / (100 * len(SEEDS))


@pytest.mark.parametrize("sampler", ["tpe", "gp", "auto"])
@pytest.mark.parametrize("failure", FAILURES)
def test_promise_4_crash_regions_repel(sampler, failure):
    """Half of all random draws lie there: among 300 suggestions, their share cannot be below a fifth by chance."""
    assert share_of_crashes(sampler, failure, optimum=0.75) < 0.2


@pytest.mark.parametrize("sampler", ["tpe", "gp", "auto"])
def test_promise_4_an_optimum_in_the_crash_region_does_not_attract_the_search(sampler):
    """The losses decrease towards the edge and would decrease further behind it, so the best point is at the edge."""
    assert share_of_crashes(sampler, {"state": "failed"}, optimum=0.3) < 0.5
