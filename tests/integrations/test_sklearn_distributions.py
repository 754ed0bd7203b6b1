"""The parameters of a `TanteoSearchCV` as scikit-learn declares them."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tanteo as tt

pytest.importorskip("sklearn", reason="scikit-learn is not installed")

from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.svm import SVC

from tanteo.integrations.sklearn import TanteoSearchCV
from tanteo.integrations.sklearn.distributions import declare


def drawn(distribution, n=4000):
    """Return what the estimator gets for a parameter in a random search."""
    declared = declare({"a": distribution})
    search = tt.Optimizer(declared.space, seed=0)
    return np.array([declared.params(search, params)["a"] for params in declared.space.sample(n, 0)])


EXACT = {
    "uniform": (stats.uniform(1, 2), tt.Float(1.0, 3.0)),
    "loguniform": (stats.loguniform(1e-3, 10.0), tt.Float(1e-3, 10.0, log=True)),
    "randint": (stats.randint(3, 9), tt.Int(3, 8)),
}


@pytest.mark.parametrize("kind", EXACT)
def test_a_distribution_that_is_a_parameter_becomes_that(kind):
    distribution, parameter = EXACT[kind]
    assert declare({"a": distribution}).space == tt.SearchSpace({"a": parameter})


WITH_PRIOR = {
    "norm": (stats.norm(3, 2), 3.0, 2.0, (-6.5, 12.5), False),
    "norm of keywords": (stats.norm(scale=2, loc=3), 3.0, 2.0, (-6.5, 12.5), False),
    "truncnorm": (stats.truncnorm(-1, 2, loc=5, scale=3), 5.0, 3.0, (2.0, 11.0), False),
    "lognorm": (stats.lognorm(1.5, scale=0.01), math.log(0.01), 1.5, (8e-6, 12.5), True),
}


@pytest.mark.parametrize("kind", WITH_PRIOR)
def test_a_normal_distribution_becomes_a_prior(kind):
    distribution, mean, std, ends, log = WITH_PRIOR[kind]
    parameter = declare({"a": distribution}).space["a"]
    assert (parameter.prior.mean, parameter.prior.std) == pytest.approx((mean, std))
    assert (parameter.low, parameter.high, parameter.log) == (*(pytest.approx(end, rel=0.01) for end in ends), log)


@pytest.mark.parametrize(
    "distribution",
    [
        stats.expon(scale=0.1),
        stats.gamma(2.0, loc=1.0),
        stats.beta(0.5, 0.5),
        stats.lognorm(0.5, loc=1.0),
        stats.norm(3, 2),
        stats.truncnorm(1, 3),
        stats.lognorm(1.5, scale=0.01),
        stats.Normal(mu=1.0, sigma=2.0),
    ],
)
def test_a_random_search_draws_from_the_distribution(distribution):
    values = drawn(distribution)
    for p in (0.1, 0.5, 0.9):
        # Five standard deviations of a binomial share.
        quantile = distribution.icdf(p) if hasattr(distribution, "icdf") else distribution.ppf(p)
        assert np.mean(values <= quantile) == pytest.approx(p, abs=5 * math.sqrt(p * (1 - p) / len(values)))


@pytest.mark.parametrize("distribution", [stats.poisson(3), stats.binom(10, 0.3), stats.geom(0.4), stats.poisson(1e6)])
def test_a_discrete_distribution_gives_integers(distribution):
    values = drawn(distribution)
    assert values.dtype == int
    middle = int(distribution.ppf(0.5))
    share = distribution.cdf(middle)
    assert np.mean(values <= middle) == pytest.approx(share, abs=5 * math.sqrt(share * (1 - share) / len(values)))


class Dice:
    """What scikit-learn asks of a distribution."""

    def __init__(self, faces):
        self.faces = faces

    def rvs(self, random_state=None):
        return self.faces[random_state.randint(len(self.faces))]


def test_an_object_with_nothing_but_draws_is_drawn_from():
    values = drawn(Dice([1.0, 2.0, 4.0, 8.0]))
    assert set(values) == {1.0, 2.0, 4.0, 8.0}
    assert np.mean(values == 8.0) == pytest.approx(0.25, abs=0.06)
    assert set(drawn(Dice(["a", "b"]), 100)) == {"a", "b"}
    assert all(type(value) is float for value in drawn(Dice(np.array([1.0, 2.0])), 10).tolist())


def test_a_list_holds_choices():
    linear, other = SVC(kernel="linear"), SVC()
    space = declare(
        {
            "model": [linear, other],
            "weight": [None, "balanced", "balanced", "balanced"],
            "size": [1, 10, 100],
            "down": np.array([0.5, 0.25, 0.125]),
            "pair": [1, 2],
            "mixed": [3, 1, 2],
            "bools": [True, False],
            "range": range(3),
        }
    ).space
    assert [space[name] for name in ("size", "down", "range")] == [
        tt.Ordinal([1, 10, 100]),
        tt.Ordinal([0.5, 0.25, 0.125]),
        tt.Ordinal([0, 1, 2]),
    ]
    assert space["weight"] == tt.Categorical([None, "balanced"], weights=[1.0, 3.0])
    for name in ("pair", "mixed", "bools", "model"):
        assert isinstance(space[name], tt.Categorical)
    assert space["model"].choices[0] is linear


class Kernel(ClassifierMixin, BaseEstimator):
    """An estimator that refuses parameters of another kernel."""

    def __init__(self, kernel="rbf", gamma=None, degree=None, c=1.0):
        self.kernel, self.gamma, self.degree, self.c = kernel, gamma, degree, c

    def fit(self, x, y):
        assert (self.gamma is None) == (self.kernel != "rbf")
        assert (self.degree is None) == (self.kernel != "poly")
        self.classes_ = np.unique(y)
        return self

    def score(self, x, y):
        return self.c


ALTERNATIVES = [
    {"kernel": ["rbf"], "gamma": stats.expon(scale=0.1), "c": stats.loguniform(0.1, 1.0)},
    {"kernel": ["poly"], "degree": [2, 3, 4], "c": stats.loguniform(0.1, 1.0)},
    {"kernel": ["linear"], "c": stats.uniform(0.0, 5.0)},
]
X, Y = np.random.RandomState(0).rand(20, 2), np.arange(20) % 2


def test_of_a_list_of_dicts_one_applies_at_a_time():
    options = {"n_iter": 30, "cv": 2, "random_state": 0, "sampler": "random", "error_score": "raise"}
    search = TanteoSearchCV(Kernel(), param_distributions=ALTERNATIVES, **options).fit(X, Y)
    by_kernel = {params["kernel"]: set(params) for params in search.cv_results_["params"]}
    assert by_kernel == {"rbf": {"kernel", "gamma", "c"}, "poly": {"kernel", "degree", "c"}, "linear": {"kernel", "c"}}
    assert search.best_params_ == {"kernel": "linear", "c": search.best_score_}
    assert {"param_kernel", "param_gamma", "param_c"} <= set(search.cv_results_)
    kernels = {f"kernel ({k})" for k in (1, 2, 3)}
    assert set(search.study_.space) == {"alternative", *kernels, "gamma/quantile", "degree", "c (1)", "c (2)"}
    assert search.study_.best.params["alternative"] == 2


def test_a_list_of_dicts_shares_equal_domains():
    space = declare(ALTERNATIVES).space
    for name, low, chosen in (("c (1)", 0.1, [0, 1]), ("c (2)", 0.0, [2])):
        assert space[name].low == low
        assert space[name].when["alternative"].values == tuple(chosen)
    assert declare([{"a": [1, 2]}]).space == tt.SearchSpace({"a": tt.Categorical([1, 2])})
    assert "alternative_" in declare([{"alternative": [1, 2]}, {"b": 3}]).space


def test_groups_hold_distributions():
    declared = declare({"model": tt.Group({"c": stats.expon(), "kind": ["a", "b"]}), "scale": {"size": [1, 2]}})
    search = tt.Optimizer(declared.space, seed=0)
    params = declared.params(search, declared.space.sample(1, 0)[0])
    assert set(params) == {"model__c", "model__kind", "scale__size"}


def test_what_cannot_be_read_is_refused():
    for given, message in (
        (3, "param_distributions must be"),
        ([], "param_distributions must be"),
        ([{"a": [1, 2]}, 3], "param_distributions must be"),
        ([{"a": tt.Float(0, 1, when={"b": 1})}, {"b": [1, 2]}], "parameter 'a' of alternative 0"),
        ([{"a": {"b": [1]}}, {"b": [1, 2]}], "parameter 'a' of alternative 0"),
        ({"a": []}, "parameter 'a': choices must not be empty"),
    ):
        with pytest.raises(tt.TanteoError, match=message):
            declare(given)
