"""Stand-ins for the real trainings of the half for tuning: forests fitted to trainings at random points.

The forests are extremely randomized trees grown to the end, so plateaus of equal errors are preserved. Their settings
are those of the tables of the suite, but with fewer trees, which are faster. Where the points are far apart,
which includes the region near the optimum, the forests are coarser than the trainings.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benches.python.peers.space import Space
from benches.quality.problem import Params, Problem, exact
from benches.quality.problems.tables import encode, read

DATA = Path(__file__).parent / "data"
N_TREES = 40
TRAINED = (
    "svm-breast-cancer", "kernel-ridge-diabetes", "elastic-net-diabetes", "sgd-digits", "models-digits",
    "models-diabetes", "models-breast-cancer",
)  # fmt: skip


class Forest:
    """The trees of a fitted forest as arrays, which are traversed in parallel."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        from sklearn.ensemble import ExtraTreesRegressor

        trees = [t.tree_ for t in ExtraTreesRegressor(N_TREES, max_features=0.7, random_state=0).fit(x, y)]
        starts = np.cumsum([0, *(t.node_count for t in trees)])
        self.roots = starts[:-1]
        self.feature = np.concatenate([t.feature for t in trees])
        self.threshold = np.concatenate([t.threshold for t in trees])
        self.value = np.concatenate([t.value[:, 0, 0] for t in trees])
        sides = [(t.children_left + start, t.children_right + start) for t, start in zip(trees, starts, strict=False)]
        self.left, self.right = (np.concatenate(side) for side in zip(*sides, strict=True))

    def predict(self, x: np.ndarray) -> float:
        """Return the mean prediction of the trees at one point, compared in single precision as in training."""
        x, nodes = x.astype(np.float32), self.roots
        while (inner := self.feature[nodes] >= 0).any():
            go_left = x[self.feature[nodes]] <= self.threshold[nodes]
            nodes = np.where(inner, np.where(go_left, self.left[nodes], self.right[nodes]), nodes)
        return float(self.value[nodes].mean())


def stand_in(name: str, space: Space) -> Callable[[Params], float]:
    """Return the forest, which is fitted on first access."""
    forest = functools.cache(lambda: Forest(*read(DATA / f"{name}.csv.gz", space)))
    return lambda params: forest().predict(np.array(encode(space, params)))


def problems() -> list[Problem]:
    """Return one problem for each of :data:`TRAINED`, 100 trials."""
    from benches.quality.problems import problems as suite

    suite_problems = suite()
    trained = [suite_problems[name] for name in TRAINED]
    return [Problem(f"like-{p.name}", p.family, p.space, 100, exact(stand_in(p.name, p.space))) for p in trained]
