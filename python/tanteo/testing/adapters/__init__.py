"""Factories for samplers of other libraries: Optuna, Hyperopt, searchers of Ray Tune, and plain functions.

Each adapter translates :class:`tanteo.SearchSpace` into the space of its library. It raises
:class:`tanteo.testing.Unsupported` for a space that the library cannot express; the check is then reported as skipped.
"""

from __future__ import annotations

from .function import from_function
from .hyperopt import from_hyperopt
from .optuna import from_optuna
from .ray import from_ray

__all__ = ["from_function", "from_hyperopt", "from_optuna", "from_ray"]
