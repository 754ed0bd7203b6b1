"""Problems with two thousand trials."""

from __future__ import annotations

from benches.python.peers.space import floats
from benches.quality.problem import Problem, exact
from benches.quality.problems.bbob import regret
from benches.quality.problems.mixed import landscape, shifted_ackley


def problems() -> list[Problem]:
    """Return four problems."""
    ackley, nk = shifted_ackley(), landscape(20, 4, 2, 61)
    ten, six = floats(10, -5.0, 5.0), floats(6, -5.0, 5.0)
    return [
        Problem("rastrigin-10d-2000", "many-trials", ten, 2000, exact(regret(3, 10, 62)), optimum=0.0),
        Problem("ackley-mixed-2000", "many-trials", ackley[0], 2000, exact(ackley[1])),
        Problem("ellipsoid-6d-2000", "many-trials", six, 2000, exact(regret(10, 6, 63)), optimum=0.0),
        Problem("nk-20x4-2000", "many-trials", nk[0], 2000, exact(nk[1])),
    ]
