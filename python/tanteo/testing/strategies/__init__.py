"""Hypothesis strategies for spaces, parameters, configurations, outcomes of trials, and objectives.

>>> from hypothesis import given, settings
>>> import tanteo as tt
>>> from tanteo.testing import strategies
>>> @settings(max_examples=5)
... @given(strategies.search_spaces(), strategies.seeds())
... def test_samples_are_valid(space, seed):
...     assert space.validate(space.sample(1, seed)[0])
>>> test_samples_are_valid()
"""

from __future__ import annotations

from .outcomes import KINDS, Objective, histories, labels, objectives, outcomes, seeds, values
from .spaces import HOSTILE_NAMES, parameters, params, search_spaces

__all__ = [
    "HOSTILE_NAMES",
    "KINDS",
    "Objective",
    "histories",
    "labels",
    "objectives",
    "outcomes",
    "parameters",
    "params",
    "search_spaces",
    "seeds",
    "values",
]
