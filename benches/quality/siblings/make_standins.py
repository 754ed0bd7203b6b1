"""Trains the models behind the stand-ins: ``python -m benches.quality.siblings.make_standins [N]`` (continues)."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from benches.quality.problem import Params
from benches.quality.problems import problems
from benches.quality.problems.make_tables import tabulate
from benches.quality.siblings.standins import DATA, TRAINED


def main(n: int) -> None:
    """Train ``n`` uniform configurations of each; a diverged training has an error of 1."""
    DATA.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    for name in TRAINED:
        problem = problems()[name]

        def train(params: Params, evaluate=problem.evaluate) -> float:
            loss = evaluate(params, rng).told
            return 1.0 if loss is None else loss

        tabulate(DATA / f"{name}.csv.gz", problem.space, train, n)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 700)
