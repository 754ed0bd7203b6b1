"""Conditional trees: model selection on real data, and two synthetic trees."""

from __future__ import annotations

from typing import Any

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.problem import Params, Problem, exact
from benches.quality.problems.bbob import standard_normals
from benches.quality.problems.data import classification, classification_error, diabetes, squared_error

F, N, C = "float", "int", "categorical"


def only(parent: str, *values: Any) -> tuple[str, tuple[Any, ...]]:
    return parent, values


CLASSIFIERS = Space([
    Parameter("model", C, choices=("svm", "knn", "tree", "sgd")),
    Parameter("kernel", C, choices=("rbf", "poly"), parent=only("model", "svm")),
    Parameter("C", F, 1e-3, 1e3, True, parent=only("model", "svm")),
    Parameter("gamma", F, 1e-5, 1e0, True, parent=only("kernel", "rbf")),
    Parameter("degree", N, 1, 5, parent=only("kernel", "poly")),
    Parameter("coef0", F, 0.0, 2.0, parent=only("kernel", "poly")),
    Parameter("neighbors", N, 1, 50, True, parent=only("model", "knn")),
    Parameter("p", F, 1.0, 5.0, parent=only("model", "knn")),
    Parameter("weights", C, choices=("uniform", "distance"), parent=only("model", "knn")),
    Parameter("depth", N, 2, 20, parent=only("model", "tree")),
    Parameter("leaf", N, 1, 30, True, parent=only("model", "tree")),
    Parameter("criterion", C, choices=("gini", "entropy"), parent=only("model", "tree")),
    Parameter("alpha", F, 1e-7, 1e0, True, parent=only("model", "sgd")),
    Parameter("penalty", C, choices=("l2", "l1", "elasticnet"), parent=only("model", "sgd")),
    Parameter("l1", F, 0.0, 1.0, parent=only("penalty", "elasticnet")),
])  # fmt: skip


def classifier(p: Params) -> Any:
    from sklearn.linear_model import SGDClassifier
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier

    if p["model"] == "svm":
        rest = {k: p[k] for k in ("gamma", "degree", "coef0") if k in p}
        return SVC(C=p["C"], kernel=p["kernel"], max_iter=3000, **rest)
    if p["model"] == "knn":
        return KNeighborsClassifier(p["neighbors"], p=p["p"], weights=p["weights"])
    if p["model"] == "tree":
        return DecisionTreeClassifier(
            criterion=p["criterion"], max_depth=p["depth"], min_samples_leaf=p["leaf"], random_state=0
        )
    return SGDClassifier(
        alpha=p["alpha"], penalty=p["penalty"], l1_ratio=p.get("l1", 0.15), max_iter=20, tol=None, random_state=0
    )


def digits_models(p: Params) -> float:
    return classification_error(classifier(p), *classification("digits", 400))


def breast_cancer_models(p: Params) -> float:
    return classification_error(classifier(p), *classification("breast_cancer", 400))


REGRESSORS = Space([
    Parameter("features", C, choices=("plain", "pca", "polynomial")),
    Parameter("components", N, 1, 10, parent=only("features", "pca")),
    Parameter("interactions", C, choices=(False, True), parent=only("features", "polynomial")),
    Parameter("model", C, choices=("ridge", "svr", "tree", "knn")),
    Parameter("alpha", F, 1e-4, 1e4, True, parent=only("model", "ridge")),
    Parameter("C", F, 1e-3, 1e3, True, parent=only("model", "svr")),
    Parameter("gamma", F, 1e-5, 1e0, True, parent=only("model", "svr")),
    Parameter("epsilon", F, 1e-3, 1e0, True, parent=only("model", "svr")),
    Parameter("depth", N, 1, 15, parent=only("model", "tree")),
    Parameter("leaf", N, 1, 60, True, parent=only("model", "tree")),
    Parameter("neighbors", N, 1, 80, True, parent=only("model", "knn")),
    Parameter("p", F, 1.0, 5.0, parent=only("model", "knn")),
])  # fmt: skip


def diabetes_models(p: Params) -> float:
    from sklearn.decomposition import PCA
    from sklearn.linear_model import Ridge
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, PolynomialFeatures
    from sklearn.svm import SVR
    from sklearn.tree import DecisionTreeRegressor

    features = {
        "plain": lambda: FunctionTransformer(),
        "pca": lambda: PCA(p["components"], random_state=0),
        "polynomial": lambda: PolynomialFeatures(2, interaction_only=p["interactions"]),
    }[p["features"]]()
    model = {
        "ridge": lambda: Ridge(p["alpha"]),
        "svr": lambda: SVR(C=p["C"], gamma=p["gamma"], epsilon=p["epsilon"], max_iter=10000),
        "tree": lambda: DecisionTreeRegressor(max_depth=p["depth"], min_samples_leaf=p["leaf"], random_state=0),
        "knn": lambda: KNeighborsRegressor(p["neighbors"], p=p["p"]),
    }[p["model"]]()
    return squared_error(make_pipeline(features, model), *diabetes())


def branches(n: int, depth: int, seed: int) -> tuple[Space, object]:
    """A tree of ``n``-way choices of depth ``depth``, with two floats at every node and an optimum in each leaf."""
    rng = standard_normals(seed)
    parameters: list[Parameter] = []
    targets: dict[str, float] = {}
    floors: dict[str, float] = {}

    def grow(path: str, parent: tuple[str, tuple[Any, ...]] | None, level: int) -> None:
        for letter in "xy":
            parameters.append(Parameter(f"{letter}{path}", F, 0.0, 1.0, parent=parent))
            targets[f"{letter}{path}"] = float(rng.uniform(0.1, 0.9))
        if level == depth:
            floors[path] = float(rng.uniform(0.0, 0.5))
            return
        parameters.append(Parameter(f"go{path}", C, choices=tuple(range(n)), parent=parent))
        for k in range(n):
            grow(f"{path}{k}", only(f"go{path}", k), level + 1)

    grow("", None, 0)

    def value(p: Params) -> float:
        path = ""
        while f"go{path}" in p:
            path += str(p[f"go{path}"])
        distances = [(p[name] - targets[name]) ** 2 for name in p if name in targets]
        return floors[path] + float(np.sum(distances))

    return Space(parameters), value


def problems() -> list[Problem]:
    """Return five problems of 100 trials."""
    shallow, deep = branches(4, 1, 31), branches(2, 3, 32)
    return [
        Problem("models-digits", "conditional", CLASSIFIERS, 100, exact(digits_models)),
        Problem("branches-4-wide", "conditional", shallow[0], 100, exact(shallow[1])),
        Problem("models-diabetes", "conditional", REGRESSORS, 100, exact(diabetes_models)),
        Problem("branches-3-deep", "conditional", deep[0], 100, exact(deep[1])),
        Problem("models-breast-cancer", "conditional", CLASSIFIERS, 100, exact(breast_cancer_models)),
    ]
