"""Basins: problems with false basins that are found early, built before any sampler was run on them.

There are four sets. Each of eight kinds is in two halves, with another place, width and number of parameters in each:

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

The fourth set, ``wide``, is the mildest and has two halves: random search nearly always finds the right basins.

The lowest value is 0, at a known configuration. A search *stays* if none of its trials is better than the lowest value
outside the right basin. ``basins-tuning`` and ``basins-wide-tuning`` are for choosing between variants,
``basins-report`` and ``basins-wide-report`` for reports only, and ``basins-new`` for one decision between rules that
had been chosen on the first half.
"""

from __future__ import annotations

import functools

from benches.quality.basins import mixed, new_mixed, new_smooth, ridges, smooth, wide
from benches.quality.basins.landscape import Basins
from benches.quality.problem import Problem

__all__ = ["Basins", "halves", "landscapes"]

MODULES = (smooth, ridges, mixed)


@functools.cache
def landscapes() -> dict[str, dict[str, Basins]]:
    """Return the problems of every half with their right basins, by name."""
    halves = {
        "basins-tuning": [basins for module in MODULES for basins in module.tuning()],
        "basins-report": [basins for module in MODULES for basins in module.reported()],
        "basins-new": [*new_smooth.new(), *new_mixed.new()],
        "basins-wide-tuning": wide.tuning(),
        "basins-wide-report": wide.reported(),
    }
    return {half: {basins.name: basins for basins in of_half} for half, of_half in halves.items()}


def halves() -> dict[str, dict[str, Problem]]:
    """Return the problems of every half, by name."""
    return {half: {name: basins.problem for name, basins in of_half.items()} for half, of_half in landscapes().items()}
