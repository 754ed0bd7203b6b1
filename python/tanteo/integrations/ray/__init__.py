"""A searcher for Ray Tune, and a shared optimizer for Ray workers.

>>> from ray import tune                                                                      # doctest: +SKIP
>>> from tanteo.integrations.ray import TanteoSearch                                          # doctest: +SKIP
>>> tune.Tuner(                                                                               # doctest: +SKIP
...     train,
...     param_space={"lr": tune.loguniform(1e-5, 1e-1)},
...     tune_config=tune.TuneConfig(search_alg=TanteoSearch(), metric="loss", mode="min", num_samples=100),
... ).fit()

Ray is imported when one of the names below is first used. If it is missing, the error names the extra to install.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .public import NanStopper, RemoteOptimizer, TanteoScheduler, TanteoSearch, recommended_concurrency

__all__ = ["NanStopper", "RemoteOptimizer", "TanteoScheduler", "TanteoSearch", "recommended_concurrency"]


def __getattr__(name: str) -> Any:
    """Import names that need Ray on first access."""
    if name in __all__:
        from . import public

        return getattr(public, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
