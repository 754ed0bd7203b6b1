"""Basins: sixteen problems with false basins that are found early, built before any sampler was run on them.

Each of the eight kinds is in both halves, with another place, width and number of parameters in each:

- ``corner``: a slope to a false corner, and a hollow elsewhere;
- ``widths``: a wide basin, and a lower, narrower one;
- ``decoys``: three false basins and a narrower right one;
- ``corners``: two opposite corners, where the centre slopes to the wrong one;
- ``ridge``: a nearly flat valley with a false and a right hollow;
- ``copies``: false basins in which many configurations have exactly equal values;
- ``twins``: all levels of a choice but one are copies of each other;
- ``levels``: every level of a choice has a basin of its own.

The lowest value is 0, at a known configuration. A search *stays* if none of its trials is better than the lowest value
outside the right basin. ``basins-tuning`` is for choosing between variants, ``basins-report`` for reports only.
"""

from __future__ import annotations

from benches.quality.basins import mixed, ridges, smooth
from benches.quality.basins.landscape import Basins
from benches.quality.problem import Problem

__all__ = ["Basins", "landscapes", "reported", "tuning"]

MODULES = (smooth, ridges, mixed)


def landscapes() -> dict[str, Basins]:
    """Return all problems with their right basins, by name."""
    halves = ([*module.tuning(), *module.reported()] for module in MODULES)
    return {basins.name: basins for half in halves for basins in half}


def tuning() -> dict[str, Problem]:
    """Return the problems for choosing between variants, by name."""
    return {basins.name: basins.problem for module in MODULES for basins in module.tuning()}


def reported() -> dict[str, Problem]:
    """Return the problems for reports only, by name."""
    return {basins.name: basins.problem for module in MODULES for basins in module.reported()}
