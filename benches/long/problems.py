"""BBOB functions (Hansen et al. 2009) in 5 and 20 dimensions, with instances that no decision was made on."""

from __future__ import annotations

from benches.python.peers.space import floats
from benches.quality.problem import Problem, exact
from benches.quality.problems.bbob import regret

TRIALS = 2000
# Separable, ill-conditioned, multimodal with and without structure.
FUNCTIONS = (1, 4, 5, 9, 11, 13, 16, 18, 19, 23, 24)


def problems() -> dict[str, Problem]:
    """Return eleven functions in 5 and in 20 dimensions."""
    cases = [(function, d) for d in (5, 20) for function in FUNCTIONS]
    every = [
        Problem(
            f"f{f}-{d}d", f"{d} dimensions", floats(d, -5.0, 5.0), TRIALS, exact(regret(f, d, 300 + f)), optimum=0.0
        )
        for f, d in cases
    ]
    return {problem.name: problem for problem in every}
