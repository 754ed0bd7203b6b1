"""The public names of this package, all of which need Ray."""

from .concurrency import recommended_concurrency
from .remote import RemoteOptimizer
from .scheduler import TanteoScheduler
from .searcher import TanteoSearch
from .stopper import NanStopper

__all__ = ["NanStopper", "RemoteOptimizer", "TanteoScheduler", "TanteoSearch", "recommended_concurrency"]
