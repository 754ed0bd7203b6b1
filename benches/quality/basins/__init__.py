"""Basins: problems with false basins that are found early, built before any sampler was run on them.

There are three sets. Each of eight kinds is in two halves, with another place, width and number of parameters in each:

- ``corner``: a slope to a false corner, and a hollow elsewhere;
- ``widths``: a wide basin, and a lower, narrower one;
- ``decoys``: three false basins and a narrower right one;
- ``corners``: two opposite corners, where the centre slopes to the wrong one;
- ``ridge``: a nearly flat valley with a false and a right hollow;
- ``copies``: false basins in which many configurations have exactly equal values;
- ``twins``: all levels of a choice but one are copies of each other;
- ``levels``: every level of a choice has a basin of its own.

The third set, ``basins-new``, was built later and has ten problems of other kinds. They are milder: a third to two
thirds of random searches of 100 trials find the right basin.

- ``rim``: all numbers get better towards a false corner;
- ``canyon``: a valley along a ring or a wave, with a long false hollow and a short right one;
- ``bowls``: a wide bowl, and a lower, narrower one;
- ``shelf``: stairs of exactly equal values, and numbers without an effect;
- ``branch``: a branch or a pair of levels that is only good where its numbers are tuned.

The lowest value is 0, at a known configuration. A search *stays* if none of its trials is better than the lowest value
outside the right basin. ``basins-tuning`` is for choosing between variants, ``basins-report`` for reports only, and
``basins-new`` for one decision between rules that had been chosen on the first half.
"""

from __future__ import annotations

from benches.quality.basins import mixed, new_mixed, new_smooth, ridges, smooth
from benches.quality.basins.landscape import Basins
from benches.quality.problem import Problem

__all__ = ["Basins", "landscapes", "new", "reported", "tuning"]

MODULES = (smooth, ridges, mixed)
NEW = (new_smooth, new_mixed)


def landscapes() -> dict[str, Basins]:
    """Return all problems with their right basins, by name."""
    halves = ([*module.tuning(), *module.reported()] for module in MODULES)
    later = (module.new() for module in NEW)
    return {basins.name: basins for half in (*halves, *later) for basins in half}


def tuning() -> dict[str, Problem]:
    """Return the problems for choosing between variants, by name."""
    return {basins.name: basins.problem for module in MODULES for basins in module.tuning()}


def reported() -> dict[str, Problem]:
    """Return the problems for reports only, by name."""
    return {basins.name: basins.problem for module in MODULES for basins in module.reported()}


def new() -> dict[str, Problem]:
    """Return the problems that were built later, by name."""
    return {basins.name: basins.problem for module in NEW for basins in module.new()}
