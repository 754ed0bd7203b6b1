"""What users of Ray are given, all of which needs Ray."""

from .concurrency import recommended_concurrency
from .remote import RemoteOptimizer
from .scheduler import TanteoScheduler
from .searcher import TanteoSearch
from .stopper import NanStopper

__all__ = ["NanStopper", "RemoteOptimizer", "TanteoScheduler", "TanteoSearch", "recommended_concurrency"]
