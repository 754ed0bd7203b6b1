"""Real tuning: small models that are trained in every trial, on data of scikit-learn."""

from __future__ import annotations

from benches.python.peers.space import Parameter, Space
from benches.quality.problem import Params, Problem, exact
from benches.quality.problems.data import classification, classification_error, diabetes, squared_error

F, N, C = "float", "int", "categorical"


def svm_breast_cancer(p: Params) -> float:
    from sklearn.svm import SVC

    model = SVC(
        C=p["C"], gamma=p["gamma"], kernel=p["kernel"], coef0=p["coef0"], degree=p["degree"],
        class_weight=p["class_weight"], tol=p["tol"], max_iter=4000,
    )  # fmt: skip
    return classification_error(model, *classification("breast_cancer"))


def knn_digits(p: Params) -> float:
    from sklearn.decomposition import PCA
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline

    knn = KNeighborsClassifier(p["neighbors"], weights=p["weights"], p=p["p"])
    return classification_error(
        make_pipeline(PCA(p["components"], random_state=0), knn), *classification("digits", 400)
    )


def kernel_ridge_diabetes(p: Params) -> float:
    from sklearn.kernel_ridge import KernelRidge

    model = KernelRidge(alpha=p["alpha"], kernel=p["kernel"], gamma=p["gamma"], degree=p["degree"], coef0=p["coef0"])
    return squared_error(model, *diabetes())


def tree_breast_cancer(p: Params) -> float:
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(
        criterion=p["criterion"], max_depth=p["depth"], min_samples_split=p["split"], min_samples_leaf=p["leaf"],
        max_features=p["features"], ccp_alpha=p["ccp"], class_weight=p["class_weight"], random_state=0,
    )  # fmt: skip
    return classification_error(model, *classification("breast_cancer"), folds=5)


def elastic_net_diabetes(p: Params) -> float:
    from sklearn.linear_model import ElasticNet
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures

    model = ElasticNet(
        alpha=p["alpha"], l1_ratio=p["l1"], max_iter=p["iterations"], tol=p["tol"], selection=p["selection"],
        random_state=0,
    )  # fmt: skip
    features = PolynomialFeatures(2, interaction_only=p["interactions"], include_bias=False)
    return squared_error(make_pipeline(features, model), *diabetes())


def extra_trees_diabetes(p: Params) -> float:
    from sklearn.ensemble import ExtraTreesRegressor

    model = ExtraTreesRegressor(
        p["trees"], max_depth=p["depth"], min_samples_leaf=p["leaf"], max_features=p["features"],
        bootstrap=p["bootstrap"], random_state=0,
    )  # fmt: skip
    return squared_error(model, *diabetes(), folds=3)


def sgd_digits(p: Params) -> float:
    from sklearn.linear_model import SGDClassifier

    model = SGDClassifier(
        loss=p["loss"], penalty=p["penalty"], alpha=p["alpha"], l1_ratio=p["l1"], learning_rate=p["schedule"],
        eta0=p["eta0"], average=p["average"], max_iter=20, tol=None, random_state=0,
    )  # fmt: skip
    return classification_error(model, *classification("digits", 500))


def svr_diabetes(p: Params) -> float:
    from sklearn.svm import SVR

    return squared_error(SVR(C=p["C"], gamma=p["gamma"], epsilon=p["epsilon"], max_iter=20000), *diabetes())


SPACES = {
    svm_breast_cancer: Space([
        Parameter("C", F, 1e-4, 1e4, True), Parameter("gamma", F, 1e-6, 1e1, True),
        Parameter("kernel", C, choices=("rbf", "poly", "sigmoid")), Parameter("coef0", F, 0.0, 2.0),
        Parameter("degree", N, 1, 5), Parameter("class_weight", C, choices=(None, "balanced")),
        Parameter("tol", F, 1e-5, 1e-1, True),
    ]),
    knn_digits: Space([
        Parameter("neighbors", N, 1, 60, True), Parameter("weights", C, choices=("uniform", "distance")),
        Parameter("p", F, 1.0, 6.0), Parameter("components", N, 2, 60),
    ]),
    kernel_ridge_diabetes: Space([
        Parameter("alpha", F, 1e-5, 1e3, True), Parameter("gamma", F, 1e-5, 1e1, True), Parameter("degree", N, 1, 4),
        Parameter("kernel", C, choices=("rbf", "laplacian", "poly", "sigmoid")), Parameter("coef0", F, 0.0, 2.0),
    ]),
    tree_breast_cancer: Space([
        Parameter("criterion", C, choices=("gini", "entropy")), Parameter("depth", N, 1, 30, True),
        Parameter("split", N, 2, 100, True), Parameter("leaf", N, 1, 60, True), Parameter("features", F, 0.05, 1.0),
        Parameter("ccp", F, 1e-5, 1e-1, True), Parameter("class_weight", C, choices=(None, "balanced")),
    ]),
    elastic_net_diabetes: Space([
        Parameter("alpha", F, 1e-5, 1e2, True), Parameter("l1", F, 0.0, 1.0), Parameter("iterations", N, 5, 500, True),
        Parameter("tol", F, 1e-6, 1e-1, True), Parameter("selection", C, choices=("cyclic", "random")),
        Parameter("interactions", C, choices=(False, True)),
    ]),
    extra_trees_diabetes: Space([
        Parameter("trees", N, 5, 40), Parameter("depth", N, 1, 20), Parameter("leaf", N, 1, 50, True),
        Parameter("features", F, 0.1, 1.0), Parameter("bootstrap", C, choices=(False, True)),
    ]),
    sgd_digits: Space([
        Parameter("loss", C, choices=("hinge", "log_loss", "modified_huber", "squared_hinge", "perceptron")),
        Parameter("penalty", C, choices=("l2", "l1", "elasticnet")), Parameter("alpha", F, 1e-7, 1e0, True),
        Parameter("l1", F, 0.0, 1.0), Parameter("eta0", F, 1e-5, 1e1, True),
        Parameter("schedule", C, choices=("constant", "optimal", "invscaling", "adaptive")),
        Parameter("average", C, choices=(False, True)),
    ]),
    svr_diabetes: Space([
        Parameter("C", F, 1e-3, 1e3, True), Parameter("gamma", F, 1e-5, 1e1, True),
        Parameter("epsilon", F, 1e-4, 1e0, True),
    ]),
}  # fmt: skip


def problems() -> list[Problem]:
    """Return eight models of 100 trials."""
    return [Problem(f.__name__.replace("_", "-"), "tuning", space, 100, exact(f)) for f, space in SPACES.items()]
