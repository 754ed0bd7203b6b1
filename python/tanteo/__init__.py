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

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import exceptions
from ._core import __version__
from .exceptions import *  # noqa: F403 - the names are listed once, in exceptions.__all__

if TYPE_CHECKING:
    from . import importance, models, plotting, pruners, report, samplers, stopping
    from .optimizer import Optimizer
    from .run import Result, RunningTrial, maximize, minimize
    from .run.signals import Cancelled, Paused, Pruned, StopSearch, WorkerError
    from .space.candidates import Candidates
    from .space.conditions import at_least, at_most, between
    from .space.constraints import Forbid, Linear, Order
    from .space.group import Group, Simplex
    from .space.parameters import Categorical, Constant, Float, Int, Ordinal, Parameter
    from .space.priors import Histogram, Normal
    from .space.search_space import SearchSpace
    from .study import Study
    from .trials.comparison import Comparison
    from .trials.equality import Equal
    from .trials.explanation import Explanation
    from .trials.front import Compromise, FrontTrial, ParetoFront
    from .trials.replicates import Replicates
    from .trials.trial import FrozenTrial, Trial

#: The modules that are imported on first access, and the public names in each.
_LAZY = {
    "importance": (),
    "models": (),
    "optimizer": ("Optimizer",),
    "plotting": (),
    "pruners": (),
    "report": (),
    "run": ("Result", "RunningTrial", "maximize", "minimize"),
    "run.signals": ("Cancelled", "Paused", "Pruned", "StopSearch", "WorkerError"),
    "samplers": (),
    "space.candidates": ("Candidates",),
    "space.conditions": ("at_least", "at_most", "between"),
    "space.constraints": ("Forbid", "Linear", "Order"),
    "space.group": ("Group", "Simplex"),
    "space.parameters": ("Categorical", "Constant", "Float", "Int", "Ordinal", "Parameter"),
    "space.priors": ("Histogram", "Normal"),
    "space.search_space": ("SearchSpace",),
    "stopping": (),
    "study": ("Study",),
    "trials.comparison": ("Comparison",),
    "trials.explanation": ("Explanation",),
    "trials.front": ("Compromise", "FrontTrial", "ParetoFront"),
    "trials.equality": ("Equal",),
    "trials.replicates": ("Replicates",),
    "trials.trial": ("FrozenTrial", "Trial"),
}
_HOMES = {name: module for module, names in _LAZY.items() for name in names}

__all__ = [
    "Cancelled",
    "Candidates",
    "Categorical",
    "Comparison",
    "Compromise",
    "Constant",
    "Equal",
    "Explanation",
    "Float",
    "Forbid",
    "FrontTrial",
    "FrozenTrial",
    "Group",
    "Histogram",
    "Int",
    "Linear",
    "Normal",
    "Optimizer",
    "Order",
    "Ordinal",
    "Parameter",
    "ParetoFront",
    "Paused",
    "Pruned",
    "Replicates",
    "Result",
    "RunningTrial",
    "SearchSpace",
    "Simplex",
    "StopSearch",
    "Study",
    "Trial",
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
    "report",
    "samplers",
    "stopping",
]
__all__ += exceptions.__all__


def __getattr__(name: str) -> Any:
    """Import a module on first access to it or to one of its public names (PEP 562)."""
    if name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    elif name in _LAZY:
        value = import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{_closest(name)}")
    globals()[name] = value
    return value


def _closest(name: str) -> str:
    """Return the end of the message about an unknown name: Python's own hint is lost once the exception is caught."""
    from difflib import get_close_matches  # needed for an error only

    from ._internal.optuna_names import hint

    if ours := hint(name, __all__):
        return ours
    matches = [] if name.startswith("_") else get_close_matches(name, __all__, n=1)
    return f"; the closest name is {__name__}.{matches[0]}" if matches else ""


def __dir__() -> list[str]:
    return sorted(__all__)
