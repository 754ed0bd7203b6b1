"""Promise 4: where half of the square always fails, later suggestions keep away from it."""

import pytest

import tanteo as tt
from support.searches import unit_square

SEEDS = range(6)
TOLD = [{"state": "failed"}, {"value": float("nan")}]


def share_of_crashes(sampler: str, told: dict, optimum: float) -> float:
    """The share of suggestions 50 to 150 that fall into the half x < 1/2, where every trial fails."""
    failed = 0
    for seed in SEEDS:
        optimizer = tt.Optimizer(unit_square(), sampler=sampler, seed=seed)
        for k in range(150):
            trial = optimizer.ask()
            if trial.params["x"] < 0.5:
                optimizer.tell(trial, **told)
                failed += k >= 50
            else:
                optimizer.tell(trial, (trial.params["x"] - optimum) ** 2 + (trial.params["y"] - 0.6) ** 2)
    return failed / (100 * len(SEEDS))


@pytest.mark.parametrize("sampler", ["tpe", "gp", "auto"])
@pytest.mark.parametrize("told", TOLD)
def test_promise_4_crash_regions_repel(sampler, told):
    """A random draw goes there half of the time: with 600 suggestions it has no chance to stay below a fifth."""
    assert share_of_crashes(sampler, told, optimum=0.75) < 0.2


@pytest.mark.parametrize("sampler", ["tpe", "gp", "auto"])
def test_promise_4_an_optimum_behind_the_edge_does_not_draw_the_search_in(sampler):
    """The losses fall towards the edge and would go on falling behind it: the best that is left is the edge itself."""
    assert share_of_crashes(sampler, {"state": "failed"}, optimum=0.3) < 0.5
