"""BBOB functions in five to ten dimensions, and functions with many parameters."""

from __future__ import annotations

from benches.python.peers.space import floats
from benches.quality.problem import Problem, exact
from benches.quality.problems.bbob import regret
from benches.quality.problems.high_dimensional import ellipsoid, rosenbrock

# (function, dimension, instance). The functions 2, 7, 12, 14 and 22 are not in the suite.
CASES = (
    (2, 5, 101), (3, 5, 102), (3, 10, 103), (7, 5, 104), (8, 10, 105), (12, 5, 106), (14, 10, 107), (15, 10, 108),
    (20, 10, 109), (22, 5, 110),
)  # fmt: skip


def problems() -> list[Problem]:
    """Return ten functions with few parameters and three with many; 100 trials."""
    few_parameters = [
        Problem(f"f{f}-{d}d", "bbob", floats(d, -5.0, 5.0), 100, exact(regret(f, d, i)), optimum=0.0)
        for f, d, i in CASES
    ]
    many_parameters = {
        "ellipsoid-80d": ellipsoid(80, 151),
        "ellipsoid-150d": ellipsoid(150, 152),
        "rosenbrock-70d": rosenbrock(70),
    }
    for name, (space, function) in many_parameters.items():
        few_parameters.append(Problem(name, "high-dimensional", space, 100, exact(function), optimum=0.0))
    return few_parameters
