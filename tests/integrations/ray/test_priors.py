"""A domain of Tune that is a distribution is searched where the distribution is."""

import pytest
from ray import tune

from tanteo.integrations.ray import TanteoSearch


@pytest.mark.parametrize("sampler", ["auto", "tpe", "gp", "sobol"])
@pytest.mark.parametrize("domain", [tune.randn(10, 2), tune.qrandn(10, 2, 0.5)], ids=["randn", "qrandn"])
def test_an_unbounded_normal_domain_is_searched_within_four_deviations(loop, domain, sampler):
    """A falling loss and one that does not look: neither leads to where one value in ten thousand lies."""
    for loss in (lambda value: -value, lambda value: 0.0):
        tuning = loop(TanteoSearch(sampler=sampler, seed=0), {"x": domain, "other": tune.uniform(0, 1)})
        found = []
        for _ in range(20):
            trial = tuning.suggest()
            found.append(tuning.configs[trial]["x"])
            tuning.end(trial, loss(found[-1]))
        # Half a quantum of 0.5 is rounded to the next multiple.
        assert max(abs(x - 10) - 0.25 for x in found) / 2 < 3.9
        assert len(set(found)) > 5
