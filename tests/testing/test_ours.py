"""All samplers of Tanteo, and one written in Python, pass all checks in the selected profile."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import settings

import tanteo as tt
from support.profile import CHECKS, count
from support.searches import SAMPLERS
from tanteo.testing import check_sampler, machine, parametrize_with_checks


class Nearby:
    """A sampler in Python that perturbs the best trial and keeps away from failed ones."""

    def suggest(self, view, n, rng):
        points = rng.random((8 * n, len(view.axes)))
        completed = np.flatnonzero(view.state == 1)
        if completed.size < 5 or view.values.shape[1] != 1:
            return points[:n]
        losses = np.nan_to_num(view.values[completed, 0], nan=np.inf, posinf=np.finfo(float).max)
        best = np.nan_to_num(view.unit[completed[np.argmin(losses)]], nan=0.5)
        candidates = np.clip(best + 0.15 * rng.standard_normal(points.shape), 0.0, 1.0)
        failed_points = np.nan_to_num(view.unit[view.state == 3], nan=0.5)
        if failed_points.size:
            distances = np.min(np.abs(candidates[:, None, :] - failed_points[None]).max(axis=2), axis=1)
            candidates = candidates[np.argsort(-distances, kind="stable")]
        return candidates[:n]


def factory_of(sampler):
    """Return a factory with the name of its sampler."""
    factory = functools.partial(tt.Optimizer, sampler=sampler)
    factory.name = sampler if isinstance(sampler, str) else type(sampler).__name__
    return factory


#: Genetic algorithms need more than the 50 trials of a check, or a smaller population than their default.
SMALLER = {kind.name: kind(population_size=8) for kind in (tt.samplers.NSGA2, tt.samplers.NSGA3)}
FACTORIES = [factory_of(SMALLER.get(sampler, sampler)) for sampler in SAMPLERS]
FACTORIES.append(factory_of(Nearby()))


@parametrize_with_checks(FACTORIES)
def test_our_samplers_pass(factory, check):
    check(factory, profile=CHECKS)


@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.name)
def test_no_check_of_tell_or_threads_is_skipped(factory):
    """Our samplers have every capability that these groups need."""
    report = check_sampler(factory, tags=["tell", "threads"])
    assert {outcome.status for outcome in report} == {"passed"}


TestMachine = machine(tt.Optimizer).TestCase
TestMachine.settings = settings(max_examples=count(30, 300))
