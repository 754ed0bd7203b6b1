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

from typing import TYPE_CHECKING

from ..._internal.optional import on_first_access

if TYPE_CHECKING:
    from .concurrency import recommended_concurrency
    from .remote.client import RemoteOptimizer
    from .scheduler.scheduler import TanteoScheduler
    from .searcher import TanteoSearch
    from .stopper import NanStopper

__all__ = ["NanStopper", "RemoteOptimizer", "TanteoScheduler", "TanteoSearch", "recommended_concurrency"]
_HOMES = {
    "NanStopper": "stopper",
    "RemoteOptimizer": "remote.client",
    "TanteoScheduler": "scheduler.scheduler",
    "TanteoSearch": "searcher",
    "recommended_concurrency": "concurrency",
}
__getattr__, __dir__ = on_first_access(__name__, __all__, _HOMES)
