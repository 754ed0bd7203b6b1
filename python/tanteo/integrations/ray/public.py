"""The public names of this package, all of which need Ray."""

from .concurrency import recommended_concurrency
from .remote import RemoteOptimizer
from .searcher import TanteoSearch
from .stopper import NanStopper

__all__ = ["NanStopper", "RemoteOptimizer", "TanteoSearch", "recommended_concurrency"]
