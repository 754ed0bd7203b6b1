"""Factories of samplers that others wrote: Optuna, Hyperopt, searchers of Ray Tune, plain functions.

Each translates :class:`tanteo.SearchSpace` into the space of its library. What cannot be expressed there raises
:class:`tanteo.testing.Unsupported`, so that it is skipped and counted.
"""

from __future__ import annotations

from .function import from_function
from .hyperopt import from_hyperopt
from .optuna import from_optuna
from .ray import from_ray

__all__ = ["from_function", "from_hyperopt", "from_optuna", "from_ray"]
