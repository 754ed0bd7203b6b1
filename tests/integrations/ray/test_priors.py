"""A domain of Tune that is a distribution is searched where the distribution has its mass."""

import pytest
from ray import tune

from tanteo.integrations.ray import TanteoSearch


@pytest.mark.parametrize("sampler", ["auto", "tpe", "gp", "sobol"])
@pytest.mark.parametrize("domain", [tune.randn(10, 2), tune.qrandn(10, 2, 0.5)], ids=["randn", "qrandn"])
def test_an_unbounded_normal_domain_is_searched_within_four_deviations(loop, domain, sampler):
    """Neither a falling nor a constant loss leads into the tails, where one value in ten thousand lies."""
    for loss in (lambda value: -value, lambda value: 0.0):
        tuning = loop(TanteoSearch(sampler=sampler, seed=0), {"x": domain, "other": tune.uniform(0, 1)})
        values = []
        for _ in range(20):
            trial = tuning.suggest()
            values.append(tuning.configs[trial]["x"])
            tuning.end(trial, loss(values[-1]))
        # Rounding to a multiple of 0.5 moves a value by up to 0.25.
        assert max(abs(x - 10) - 0.25 for x in values) / 2 < 3.9
        assert len(set(values)) > 5
