"""Tanteo: ask-and-tell optimization for people who tune models.

>>> import tanteo as tt
>>> space = tt.SearchSpace({
...     "lr": tt.Float(1e-5, 1e-1, log=True, default=1e-3),
...     "optimizer": tt.Categorical(["adam", "sgd"], default="adam"),
...     "momentum": tt.Float(0.0, 0.99, when={"optimizer": "sgd"}),
... })
>>> opt = tt.Optimizer(space, seed=0)
>>> trial = opt.ask()
>>> trial.params
{'lr': 0.001, 'optimizer': 'adam'}
>>> opt.tell(trial, 0.25)
>>> opt.best.value
0.25
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import pruners, samplers
from ._core import __version__
from .exceptions import (
    ArgumentError,
    InternalError,
    LostLeaseError,
    ParameterError,
    SnapshotError,
    SpaceError,
    SpaceExhausted,
    StudyError,
    TanteoError,
    TrialStateError,
    UnknownTrialError,
)
from .optimizer import Optimizer
from .space.conditions import at_least, at_most, between
from .space.constraints import Forbid, Linear, Order
from .space.group import Group
from .space.parameters import Categorical, Constant, Float, Int, Ordinal, Parameter
from .space.priors import Histogram, Normal
from .space.search_space import SearchSpace
from .trials.comparison import Comparison
from .trials.explanation import Explanation
from .trials.replicates import Replicates
from .trials.trial import FrozenTrial, Trial

if TYPE_CHECKING:
    from . import importance, models, plotting, stopping
    from .run import Paused, Pruned, Result, RunningTrial, StopSearch, WorkerError, maximize, minimize
    from .study import Study

# Imported on first access, so that a worker that only asks and tells does not import process pools and models.
_LAZY = ("Paused", "Pruned", "Result", "RunningTrial", "StopSearch", "WorkerError", "maximize", "minimize")

__all__ = [
    "ArgumentError",
    "Categorical",
    "Comparison",
    "Constant",
    "Explanation",
    "Float",
    "Forbid",
    "FrozenTrial",
    "Group",
    "Histogram",
    "Int",
    "InternalError",
    "Linear",
    "LostLeaseError",
    "Normal",
    "Optimizer",
    "Order",
    "Ordinal",
    "Parameter",
    "ParameterError",
    "Paused",
    "Pruned",
    "Replicates",
    "Result",
    "RunningTrial",
    "SearchSpace",
    "SnapshotError",
    "SpaceError",
    "SpaceExhausted",
    "StopSearch",
    "Study",
    "StudyError",
    "TanteoError",
    "Trial",
    "TrialStateError",
    "UnknownTrialError",
    "WorkerError",
    "__version__",
    "at_least",
    "at_most",
    "between",
    "importance",
    "maximize",
    "minimize",
    "models",
    "plotting",
    "pruners",
    "samplers",
    "stopping",
]


def __getattr__(name: str) -> Any:
    """Import modules and the functions that run a search on first access."""
    # Not `from . import ..`, which would call this function.
    if name == "importance":
        import tanteo.importance

        return tanteo.importance
    if name == "models":
        import tanteo.models

        return tanteo.models
    if name == "plotting":
        import tanteo.plotting

        return tanteo.plotting
    if name == "stopping":
        import tanteo.stopping

        return tanteo.stopping
    if name == "Study":
        from .study import Study

        return Study
    if name in _LAZY:
        from . import run

        return getattr(run, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
