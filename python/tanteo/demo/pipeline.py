"""The problem of the demo: three classifiers of handwritten digits, each with its own parameters."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tanteo._internal.optional import require
from tanteo.exceptions import ArgumentError
from tanteo.space.conditions import at_least
from tanteo.space.group import Group
from tanteo.space.parameters import Categorical, Float, Int, Ordinal
from tanteo.space.search_space import SearchSpace
from tanteo.trials.replicates import Replicates

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

ALGORITHMS = ("svm", "boosting", "network")
FOLDS = 5

_SVM = Group(
    {
        "C": Float(1e-2, 1e3, log=True, default=1.0),
        "kernel": Categorical(["rbf", "poly", "linear"], default="rbf"),
        # In units of scikit-learn's "scale": 1 / (number of features * variance of the data).
        "gamma": Float(1e-2, 1e2, log=True, default=1.0, when={"kernel": ["rbf", "poly"]}),
        "degree": Int(2, 5, default=3, when={"kernel": "poly"}),
    },
    when={"algorithm": "svm"},
)
_BOOSTING = Group(
    {
        "rounds": Int(10, 100, log=True, default=100),
        "learning_rate": Float(0.02, 1.0, log=True, default=0.1),
        "leaves": Int(3, 31, log=True, default=31),
        "leaf_size": Int(5, 60, log=True, default=20),
        "l2": Float(0.0, 10.0, step=0.5, default=0.0),
    },
    when={"algorithm": "boosting"},
)
_NETWORK = Group(
    {
        "layers": Int(1, 3, default=1),
        "width": Int(16, 128, log=True, default=100),
        "narrowing": Float(0.25, 1.0, default=1.0, when={"layers": at_least(2)}),
        "activation": Categorical(["relu", "tanh", "logistic"], default="relu"),
        "alpha": Float(1e-6, 1e-1, log=True, default=1e-4),
        "epochs": Int(10, 200, log=True, default=200),
        "batch": Ordinal([32, 64, 128, 200], default=200),
        "solver": Categorical(["adam", "sgd"], default="adam"),
        "learning_rate": Float(1e-4, 1.0, log=True, default=1e-3),
        "schedule": Categorical(["constant", "invscaling", "adaptive"], default="constant", when={"solver": "sgd"}),
        "power": Float(0.1, 1.0, default=0.5, when={"solver": "sgd", "schedule": "invscaling"}),
        "momentum": Float(0.0, 0.99, default=0.9, when={"solver": "sgd"}),
    },
    when={"algorithm": "network"},
)


def make_space(first: str = "svm") -> SearchSpace:
    """Return the search space, with scikit-learn's defaults and ``first`` as the default algorithm.

    Each group is active for its algorithm only, and ``power`` for one learning-rate schedule of one solver only.
    """
    if first not in ALGORITHMS:
        raise ArgumentError(f"the algorithm must be one of {', '.join(ALGORITHMS)}, got {first!r}")
    return SearchSpace(
        {
            "scaling": Categorical(["none", "standard", "min-max"], default="none"),
            "algorithm": Categorical(list(ALGORITHMS), default=first),
            "svm": _SVM,
            "boosting": _BOOSTING,
            "network": _NETWORK,
        }
    )


@dataclass(frozen=True, slots=True)
class Digits:
    """The data set of handwritten digits that scikit-learn ships, in two parts.

    Attributes
    ----------
    x, y : arrays, shapes (718, 64) and (718,)
        The data of the search.
    held_out_x, held_out_y : arrays, shapes (1079, 64) and (1079,)
        The data for a single test after the search.
    """

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.int64]
    held_out_x: npt.NDArray[np.float64]
    held_out_y: npt.NDArray[np.int64]


def load_digits(seed: int) -> Digits:
    """Load the data and hold out 60 %, stratified by class.

    The remaining 40 % is hard enough for the parameters to matter and small enough for a hundred trials in a minute. A
    thousand held-out digits measure the improvement to a fraction of a percent.
    """
    datasets = require("sklearn.datasets", extra="demo", needed_by="tanteo demo")
    selection = require("sklearn.model_selection", extra="demo", needed_by="tanteo demo")
    x, y = datasets.load_digits(return_X_y=True)
    x, held_out_x, y, held_out_y = selection.train_test_split(x, y, test_size=0.6, stratify=y, random_state=seed)
    return Digits(x, y, held_out_x, held_out_y)


@dataclass(frozen=True, slots=True)
class CrossValidatedError:
    """The objective: the percentage of misclassified digits in each fold.

    All trials use the same folds, so that differences between trials are paired.
    """

    digits: Digits
    seed: int

    def __call__(self, params: dict[str, Any]) -> Replicates:
        """Run a cross-validation: for each fold, fit on the others and test on that fold."""
        from sklearn.model_selection import StratifiedKFold

        x, y = self.digits.x, self.digits.y
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=self.seed).split(x, y)
        return Replicates(
            percent_wrong(fit(params, x[train], y[train], self.seed), x[test], y[test]) for train, test in folds
        )


def fit(params: dict[str, Any], x: Any, y: Any, seed: int) -> Any:
    """Fit the pipeline that a configuration describes."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

    scaler = {"none": FunctionTransformer, "standard": StandardScaler, "min-max": MinMaxScaler}[params["scaling"]]()
    scaled = scaler.fit_transform(x)
    model = make_model(params, scaled, seed)
    with warnings.catch_warnings():
        # The number of epochs is a parameter, so stopping before convergence is intended.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return make_pipeline(scaler, model.fit(scaled, y))


def make_model(params: dict[str, Any], scaled: Any, seed: int) -> Any:
    """Return the classifier that a configuration describes, for scaled rows."""
    make = {"svm": _svm, "boosting": _boosting, "network": _network}[params["algorithm"]]
    return make(params[params["algorithm"]], scaled, seed)


def percent_wrong(model: Any, x: Any, y: Any) -> float:
    """Return the percentage of misclassified rows."""
    return 100.0 * float((model.predict(x) != y).mean())


def _svm(params: dict[str, Any], scaled: Any, seed: int) -> Any:
    from sklearn.svm import SVC

    gamma = params.get("gamma", 1.0) / (scaled.shape[1] * scaled.var())
    return SVC(C=params["C"], kernel=params["kernel"], gamma=gamma, degree=params.get("degree", 3), random_state=seed)


def _boosting(params: dict[str, Any], scaled: Any, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=params["rounds"],
        learning_rate=params["learning_rate"],
        max_leaf_nodes=params["leaves"],
        min_samples_leaf=params["leaf_size"],
        l2_regularization=params["l2"],
        random_state=seed,
    )


def _network(params: dict[str, Any], scaled: Any, seed: int) -> Any:
    from sklearn.neural_network import MLPClassifier

    narrowing = params.get("narrowing", 1.0)
    return MLPClassifier(
        hidden_layer_sizes=[max(4, round(params["width"] * narrowing**layer)) for layer in range(params["layers"])],
        activation=params["activation"],
        alpha=params["alpha"],
        max_iter=params["epochs"],
        batch_size=params["batch"],
        solver=params["solver"],
        learning_rate_init=params["learning_rate"],
        learning_rate=params.get("schedule", "constant"),
        power_t=params.get("power", 0.5),
        momentum=params.get("momentum", 0.9),
        random_state=seed,
    )
