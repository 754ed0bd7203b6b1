"""The checks, one file per group. Importing this package registers them for :func:`tanteo.testing.all_checks`."""

from __future__ import annotations

from . import (
    history,
    hygiene,
    learns,
    metamorphic,
    reproducible,
    scale,
    state,
    tell,
    threads,
    valid,
)

__all__ = [
    "history",
    "hygiene",
    "learns",
    "metamorphic",
    "reproducible",
    "scale",
    "state",
    "tell",
    "threads",
    "valid",
]
