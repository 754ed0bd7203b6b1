"""Converts search spaces of Ray Tune to search spaces of Tanteo, and configurations in both directions."""

from __future__ import annotations

from .plan import Plan
from .point import Point

__all__ = ["Plan", "Point"]
