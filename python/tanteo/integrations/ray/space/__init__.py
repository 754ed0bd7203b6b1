"""Converts search spaces of Ray Tune to search spaces of Tanteo, and configurations in both directions."""

from __future__ import annotations

from .nodes import Point
from .plan import Plan

__all__ = ["Plan", "Point"]
