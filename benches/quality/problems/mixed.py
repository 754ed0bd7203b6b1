"""Mixed spaces and spaces with many categories; two problems use real data."""

from __future__ import annotations

import functools

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.problem import Params, Problem, exact
from benches.quality.problems.bbob import regret, standard_normals
from benches.quality.problems.data import classification, classification_error


def feature_selection(data: str, n: int) -> tuple[Space, object]:
    """Select the columns and the number of neighbours of a nearest-neighbour classifier."""
    columns = classification(data, n)[0].shape[1]
    space = Space([
        Parameter("neighbors", "int", 1, 30), Parameter("weights", "categorical", choices=("uniform", "distance")),
        *(Parameter(f"use{j}", "categorical", choices=(False, True)) for j in range(columns)),
    ])  # fmt: skip

    def error(p: Params) -> float:
        from sklearn.neighbors import KNeighborsClassifier

        x, y = classification(data, n)
        selected = [j for j in range(columns) if p[f"use{j}"]]
        if not selected:
            return 1.0
        # A small penalty per column makes the best subset unique.
        knn = KNeighborsClassifier(p["neighbors"], weights=p["weights"])
        return classification_error(knn, x[:, selected], y, folds=5) + 1e-3 * len(selected)

    return space, error


def landscape(n: int, levels: int, neighbours: int, seed: int) -> tuple[Space, object]:
    """An NK landscape (Kauffman 1993): the effect of each category depends on itself and on ``neighbours`` others."""
    rng = standard_normals(seed)
    links = [np.concatenate(([i], rng.choice([j for j in range(n) if j != i], neighbours, False))) for i in range(n)]
    effects = [rng.standard_normal((levels,) * (neighbours + 1)) for _ in range(n)]
    letters = tuple("abcdefghij"[:levels])
    space = Space(Parameter(f"c{i}", "categorical", choices=letters) for i in range(n))

    def value(p: Params) -> float:
        indices = np.array([letters.index(p[f"c{i}"]) for i in range(n)])
        return float(sum(effects[i][tuple(indices[links[i]])] for i in range(n)) / n)

    return space, value


def shifted_ackley() -> tuple[Space, object]:
    """Ackley over five floats, three integers and four categories, with its optimum off every centre."""
    shift = np.array([0.7, -1.3, 0.2, 1.1, -0.4, 3, -2, 5, 0, 2, 1, 2])
    space = Space([
        *(Parameter(f"x{i}", "float", -3.0, 3.0) for i in range(5)),
        *(Parameter(f"k{i}", "int", -6, 6) for i in range(3)),
        *(Parameter(f"c{i}", "categorical", choices=("p", "q", "r")) for i in range(4)),
    ])  # fmt: skip

    def value(p: Params) -> float:
        x = np.array(
            [
                *(p[f"x{i}"] for i in range(5)),
                *(p[f"k{i}"] for i in range(3)),
                *("pqr".index(p[f"c{i}"]) for i in range(4)),
            ]
        )
        z = (x - shift) * np.array([1.0] * 5 + [0.5] * 3 + [0.0] * 4) + np.array([0.0] * 8 + [1.0] * 4) * (x != shift)
        return float(20 - 20 * np.exp(-0.2 * np.sqrt(np.mean(z**2))) + np.e - np.exp(np.mean(np.cos(2 * np.pi * z))))

    return space, value


def discretized_rosenbrock() -> tuple[Space, object]:
    """BBOB's Rosenbrock with three of six coordinates on grids of 5, 9 and 17 points; a category permutes them."""
    inner = functools.cache(lambda: regret(8, 6, 21))
    points = {"k0": 5, "k1": 9, "k2": 17}
    space = Space([
        *(Parameter(f"x{i}", "float", -5.0, 5.0) for i in range(3)),
        *(Parameter(name, "int", 0, n - 1) for name, n in points.items()),
        Parameter("order", "categorical", choices=("abc", "acb", "bac", "bca", "cab", "cba")),
    ])  # fmt: skip

    def value(p: Params) -> float:
        grid = [10.0 * p[name] / (n - 1) - 5.0 for name, n in points.items()]
        permuted = [p[f"x{'abc'.index(letter)}"] for letter in p["order"]]
        return inner()({f"x{i}": x for i, x in enumerate(permuted + grid)})

    return space, value


CASES = {
    "feature-selection-wine": lambda: feature_selection("wine", 178),
    "nk-10x4": lambda: landscape(10, 4, 1, 5),
    "ackley-mixed": shifted_ackley,
    "feature-selection-breast-cancer": lambda: feature_selection("breast_cancer", 300),
    "nk-15x3": lambda: landscape(15, 3, 2, 6),
    "rosenbrock-mixed": discretized_rosenbrock,
}


def problems() -> list[Problem]:
    """Return six problems of 100 trials."""
    return [
        Problem(name, "mixed", space, 100, exact(function))
        for name, make in CASES.items()
        for space, function in [make()]
    ]
