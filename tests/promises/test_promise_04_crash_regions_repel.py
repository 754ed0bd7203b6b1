"""Promise 4: where half of the square always fails, fewer than 20% of later suggestions go there."""

import pytest

import tanteo as tt
from support.searches import bowl, plane

# Seeds times suggestions counted: 8 * 100. A sampler that goes there half of the time has no chance to pass.
SEEDS = range(8)


@pytest.mark.parametrize("sampler", ["tpe", "auto"])
@pytest.mark.parametrize("told", [{"state": "failed"}, {"value": float("nan")}])
def test_promise_4_crash_regions_repel(sampler, told):
    failed = 0
    for seed in SEEDS:
        optimizer = tt.Optimizer(plane(), sampler=sampler, seed=seed)
        for k in range(150):
            trial = optimizer.ask()
            crashes = trial.params["x"] < 0.5  # the optimum of the bowl, x = 0.3, lies behind the edge
            optimizer.tell(trial, **told) if crashes else optimizer.tell(trial, bowl(trial.params))
            failed += crashes and k >= 50
    assert failed < 0.2 * 100 * len(SEEDS)
