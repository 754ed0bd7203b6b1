"""Ray Tune's search spaces as search spaces of Tanteo, and values back and forth."""

from __future__ import annotations

from .plan import Plan
from .point import Point

__all__ = ["Plan", "Point"]
