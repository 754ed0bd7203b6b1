"""Ask and tell across a cluster, without Tune."""

from __future__ import annotations

from .client import RemoteOptimizer

__all__ = ["RemoteOptimizer"]
