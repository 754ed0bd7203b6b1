"""Homoscedastic noise, and noise that is larger for worse values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benches.python.peers.space import floats
from benches.quality.problem import Observation, Params, Problem, noisy
from benches.quality.problems.bbob import regret
from benches.quality.siblings.mixed import switched


def scaled(
    function: Callable[[Params], float], share: float, floor: float
) -> Callable[[Params, np.random.Generator], Observation]:
    """Add normal noise with a deviation of ``floor`` plus a share of the value."""

    def evaluate(p: Params, rng: np.random.Generator) -> Observation:
        value = function(p)
        return Observation(value + (floor + share * abs(value)) * float(rng.standard_normal()), value)

    return evaluate


def problems() -> list[Problem]:
    """Return five problems of 100 trials with noise of a tenth to a third of the spread of random points."""
    space, function = switched(4, 1, 2, 401)
    return [
        Problem("noisy-sphere-6d", "noisy", floats(6, -5.0, 5.0), 100, noisy(regret(1, 6, 402), 10.0), optimum=0.0),
        Problem("noisy-f2-4d", "noisy", floats(4, -5.0, 5.0), 100, scaled(regret(2, 4, 403), 0.3, 1e4), optimum=0.0),
        Problem("noisy-f14-5d", "noisy", floats(5, -5.0, 5.0), 100, noisy(regret(14, 5, 404), 5.0), optimum=0.0),
        Problem("noisy-f20-4d", "noisy", floats(4, -5.0, 5.0), 100, noisy(regret(20, 4, 405), 2000.0), optimum=0.0),
        Problem("noisy-switched", "noisy", space, 100, noisy(function, 0.08)),
    ]
