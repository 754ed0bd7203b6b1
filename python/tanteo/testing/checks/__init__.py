"""The checks, one file for each group. Importing this puts them on the list of :func:`tanteo.testing.all_checks`."""

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
