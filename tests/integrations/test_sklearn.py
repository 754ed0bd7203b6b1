"""TanteoSearchCV, a hyperparameter search with the interface of scikit-learn's own."""

from __future__ import annotations

import copy
import math
import pickle
import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest

import tanteo as tt

sklearn = pytest.importorskip("sklearn", reason="scikit-learn is not installed")

import joblib  # noqa: E402 - scikit-learn brings it
from scipy import sparse  # noqa: E402 - scikit-learn brings it
from sklearn.base import BaseEstimator, ClassifierMixin, clone  # noqa: E402 - after the check that it is installed
from sklearn.datasets import make_classification  # noqa: E402 - as above
from sklearn.exceptions import FitFailedWarning  # noqa: E402 - as above
from sklearn.linear_model import LogisticRegression  # noqa: E402 - as above
from sklearn.metrics import make_scorer  # noqa: E402 - as above
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold, ShuffleSplit  # noqa: E402 - as above
from sklearn.pipeline import Pipeline  # noqa: E402 - as above
from sklearn.preprocessing import StandardScaler  # noqa: E402 - as above
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402 - as above

from support.profile import LONG  # noqa: E402 - as above
from tanteo.integrations.sklearn import TanteoSearchCV  # noqa: E402 - as above
from tanteo.integrations.sklearn.identity import identity  # noqa: E402 - as above
from tanteo.integrations.sklearn.racing import add_races  # noqa: E402 - as above
from tanteo.integrations.sklearn.search import _score_name as score_name  # noqa: E402 - as above

X, Y = make_classification(60, 5, random_state=0)
SPACE = {"C": tt.Float(1e-3, 1e3, log=True)}


class FixedScore(ClassifierMixin, BaseEstimator):
    """An estimator that costs nothing. Its score is `level`, and fitting fails if `level` is negative."""

    def __init__(self, level=0.5, kind="a"):
        self.level, self.kind = level, kind

    def fit(self, x, y, sample_weight=None):
        if self.level < 0.0:
            raise ValueError("a negative level")
        self.classes_ = np.unique(y)
        return self

    def predict(self, x):
        return np.zeros(len(x), dtype=int)

    def score(self, x, y, sample_weight=None):
        return self.level


def make_search(space=None, **options):
    own = {"sampler": "random", "random_state": 0}
    if isinstance(study := options.get("study"), tt.Optimizer):
        own, space = {}, study.space if space is None else space
    options = {"n_iter": 6, "cv": 2, **own, **options}
    return TanteoSearchCV(FixedScore(), {"level": tt.Float(0.0, 1.0)} if space is None else space, **options)


# All checks take a minute. The short profile runs only the checks of behaviour that is specific to a search.
_SHORT = ("clone", "parameters_default", "no_attributes_set_in_init", "get_params", "set_params", "pickle", "dict_unch")


# scikit-learn casts an infinite target to an integer before it refuses it.
@pytest.mark.filterwarnings("ignore:invalid value encountered in cast:RuntimeWarning")
@parametrize_with_checks([TanteoSearchCV(LogisticRegression(), SPACE, n_iter=2, cv=2, error_score="raise")])
def test_a_search_passes_the_estimator_checks(estimator, check):
    name = check.func.__name__
    if not LONG and not any(part in name for part in _SHORT):
        pytest.skip("in the long profile")
    check(estimator)


def test_the_best_candidate_is_reported_as_scikit_learn_does():
    search = TanteoSearchCV(LogisticRegression(), SPACE, n_iter=6, cv=3, random_state=0, return_train_score=True)
    assert search.fit(X, Y) is search
    results = search.cv_results_
    assert len(results["params"]) == len(search.study_.trials) == 6
    assert search.best_score_ == results["mean_test_score"].max() == results["mean_test_score"][search.best_index_]
    assert search.best_params_ == results["params"][search.best_index_] == search.study_.best.params
    assert search.best_params_["C"] == search.best_estimator_.C
    assert search.score(X, Y) == search.best_estimator_.score(X, Y)
    assert {"rank_test_score", "split2_train_score", "param_C", "mean_fit_time"} <= set(results)
    for k, trial in enumerate(search.study_.trials):
        assert trial.folds == {fold: results[f"split{fold}_test_score"][k] for fold in range(3)}
        assert trial.value == pytest.approx(results["mean_test_score"][k])
    assert pickle.loads(pickle.dumps(search)).best_params_ == search.best_params_
    assert not hasattr(clone(search), "study_")


def test_candidates_are_those_of_an_optimizer_for_any_number_of_jobs():
    sequential = make_search(sampler="tpe", n_iter=12).fit(X, Y)
    with joblib.parallel_backend("threading"):
        parallel = make_search(sampler="tpe", n_iter=12, n_jobs=2).fit(X, Y)
    assert sequential.cv_results_["params"] == parallel.cv_results_["params"]
    optimizer = tt.Optimizer({"level": tt.Float(0.0, 1.0)}, direction="maximize", sampler="tpe", seed=0)
    for params in sequential.cv_results_["params"]:
        trial = optimizer.ask()
        assert trial.params == params
        optimizer.tell(trial, params["level"])
    generator = np.random.RandomState(0)
    assert make_search(random_state=generator).fit(X, Y).study_.seed == np.random.RandomState(0).randint(2**31)
    assert make_search(random_state=None).fit(X, Y).study_.seed != make_search(random_state=None).fit(X, Y).study_.seed


def test_candidates_may_be_asked_for_in_batches():
    search = make_search(n_iter=7, batch_size=3).fit(X, Y)
    assert len(search.cv_results_["params"]) == 7
    assert [trial.value for trial in search.study_.trials] == [p["level"] for p in search.cv_results_["params"]]


def test_inactive_parameters_are_masked():
    space = {"kind": tt.Categorical(["a", "b"]), "level": tt.Float(0.0, 1.0, when={"kind": "b"})}
    results = make_search(space, n_iter=10).fit(X, Y).cv_results_
    kinds = [params["kind"] for params in results["params"]]
    assert set(kinds) == {"a", "b"}
    assert list(np.ma.getmaskarray(results["param_level"])) == [kind == "a" for kind in kinds]


def test_a_group_is_a_step_of_a_pipeline():
    linear = LogisticRegression()
    pipeline = Pipeline([("scale", StandardScaler()), ("model", linear)])
    space = {"model": {"C": tt.Float(0.1, 1.0)}, "scale__with_mean": tt.Categorical([True, False])}
    search = TanteoSearchCV(pipeline, space, n_iter=2, cv=2, random_state=0).fit(X, Y)
    assert set(search.best_params_) == {"model__C", "scale__with_mean"}
    assert search.best_params_["model__C"] == search.best_estimator_["model"].C


@pytest.mark.filterwarnings("ignore:One or more of the test scores are non-finite")
def test_a_candidate_that_fails_is_a_failed_trial():
    space = {"level": tt.Categorical([-1.0, 0.5])}
    with pytest.warns(FitFailedWarning, match="2 fits failed with the following error"):
        search = make_search(space, n_iter=8).fit(X, Y)
    states = {trial.params["level"]: (trial.state, trial.reason) for trial in search.study_.trials}
    assert states == {0.5: ("complete", None), -1.0: ("failed", "ValueError: a negative level")}
    assert search.best_params_ == {"level": 0.5}
    with pytest.raises(ValueError, match="a negative level"):
        make_search(space, n_iter=8, error_score="raise").fit(X, Y)
    with pytest.raises(ValueError, match="All the 4 fits failed"):
        make_search({"level": tt.Categorical([-1.0, -2.0])}, n_iter=2).fit(X, Y)
    with pytest.raises(ValueError, match="Invalid parameter 'depth'"):
        make_search({"depth": tt.Int(1, 2)}).fit(X, Y)


@pytest.mark.filterwarnings(
    "ignore:One or more of the t.* scores are non-finite", "ignore::sklearn.exceptions.FitFailedWarning"
)
@pytest.mark.parametrize("batch", [1, 2])
def test_results_include_candidates_whose_fits_all_failed(batch):
    """They keep their positions, as in RandomizedSearchCV. The first and the last candidate fail too."""
    levels = [-1.0, 0.5, -2.0, -3.0, 0.25, -4.0]
    study = tt.Optimizer({"level": tt.Float(-5.0, 1.0)}, direction="maximize", sampler="random", seed=0)
    for level in levels:
        study.enqueue({"level": level})
    options = {"study": study, "n_iter": 6, "batch_size": batch, "return_train_score": True}
    search = make_search(**options).fit(X, Y)
    results = search.cv_results_
    expected = GridSearchCV(FixedScore(), {"level": levels}, cv=2, return_train_score=True).fit(X, Y).cv_results_
    assert set(results) == set(expected)
    assert results["params"] == expected["params"]
    for name in results:
        if "time" not in name and name != "params":
            np.testing.assert_array_equal(results[name], expected[name])
    # Times are unknown for a batch whose candidates all failed, since scikit-learn has no results for it.
    unknown = [0, 2, 3, 5] if batch == 1 else [2, 3]
    assert np.flatnonzero(np.isnan(results["mean_fit_time"])).tolist() == unknown
    assert search.best_index_ == 1
    assert search.best_params_ == {"level": 0.5}
    assert [trial.value for trial in study.trials] == [level if level > 0 else None for level in levels]
    assert "_evaluation" not in vars(search)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.FitFailedWarning")
def test_error_score_replaces_every_score_of_a_failure():
    scoring = {"level": lambda model, x, y: model.level, "less": lambda model, x, y: -model.level}
    study = tt.Optimizer({"level": tt.Categorical([-1.0, 0.5, 0.25])}, direction="maximize", seed=0)
    for level in (-1.0, 0.5, 0.25):
        study.enqueue({"level": level})
    search = make_search(study=study, scoring=scoring, refit="level", error_score=-9.0, n_iter=3).fit(X, Y)
    rows = {p["level"]: k for k, p in enumerate(search.cv_results_["params"])}
    assert [search.cv_results_[f"mean_test_{name}"][rows[-1.0]] for name in scoring] == [-9.0, -9.0]
    assert search.best_params_ == {"level": 0.5}
    failing = {"level": tt.Categorical([-1.0, -2.0])}
    study = tt.Optimizer(failing, direction="maximize", seed=0)
    study.tell(study.ask(), 1.0)
    with pytest.raises(ValueError, match="All the 2 fits failed"):
        make_search(failing, study=study, n_iter=1).fit(X, Y)


@pytest.mark.filterwarnings("ignore:One or more of the test scores are non-finite")
def test_a_score_of_nan_is_a_failure():
    scores = iter([0.5, math.nan, 0.25, 0.75])
    search = make_search(n_iter=2, scoring=lambda model, x, y: next(scores)).fit(X, Y)
    assert [(trial.value, trial.reason) for trial in search.study_.trials] == [
        (None, "the score of 1 of 2 folds is NaN"),
        (0.5, None),
    ]
    assert len(search.cv_results_["params"]) == 2


def test_refit_names_the_score_to_optimize():
    scoring = {"level": lambda model, x, y: model.level, "less": lambda model, x, y: -model.level}
    search = make_search(scoring=scoring, refit="less", n_iter=4).fit(X, Y)
    assert search.best_params_["level"] == min(params["level"] for params in search.cv_results_["params"])
    assert [trial.value for trial in search.study_.trials] == list(search.cv_results_["mean_test_less"])


def level_and_less(model, x, y):
    return {"level": model.level, "less": -model.level}


@pytest.mark.parametrize("refit", [False, lambda results: 0, "less"])
@pytest.mark.parametrize("kind", ["list", "dict", "function"])
def test_the_first_of_several_scores_is_optimized_unless_refit_names_one(refit, kind):
    level, less = (make_scorer(lambda true, predicted, sign=sign: sign, greater_is_better=True) for sign in (1.0, -1.0))
    scoring = {"list": ["accuracy", "f1"], "dict": {"level": level, "less": less}, "function": level_and_less}[kind]
    names = {"list": ["accuracy", "f1"]}.get(kind, ["level", "less"])
    named = names[1] if refit == "less" else refit
    search = make_search(scoring=scoring, refit=named, n_iter=3).fit(X, Y)
    optimized = names[1] if refit == "less" else names[0]
    assert [trial.value for trial in search.study_.trials] == pytest.approx(
        search.cv_results_[f"mean_test_{optimized}"]
    )
    assert search.multimetric_
    assert hasattr(search, "best_params_") == (refit is not False)
    if kind != "function" or refit == "less":
        assert search.study_.objective_names == (optimized,)


def test_refit_may_be_the_name_of_the_only_score():
    search = make_search(scoring="accuracy", refit="accuracy", n_iter=2).fit(X, Y)
    assert search.best_score_ == search.study_.best.value
    assert search.study_.objective_names == ("accuracy",)


def test_refit_that_names_none_of_several_scores_ends_the_search_at_once():
    study = tt.Optimizer({"level": tt.Float(0.0, 1.0)}, direction="maximize", seed=0)
    with pytest.raises(ValueError, match="For multi-metric scoring, the parameter refit must be set to a scorer key"):
        make_search(study=study, scoring=level_and_less, refit="more").fit(X, Y)
    assert len(study.trials) == 1


@pytest.mark.parametrize("sampler", ["auto", "random", "tpe", "grid"])
def test_each_candidate_of_a_finite_space_is_evaluated_once(sampler):
    """Different scores of the folds used to count as noise, so that candidates were evaluated up to nine times."""
    space = {"kind": tt.Categorical(list("abcdef"))}
    options = {"sampler": sampler, "n_iter": 20, "scoring": lambda model, x, y: x[0, 0]}
    search = make_search(space, **options).fit(X, Y)
    assert len(set(search.study_.trials[0].folds.values())) == 2
    assert sorted(params["kind"] for params in search.cv_results_["params"]) == list("abcdef")


def test_candidates_are_repeated_on_request(tmp_path):
    space = {"kind": tt.Categorical(list("abc"))}
    options = {"n_iter": 8, "deduplicate": False, "scoring": lambda model, x, y: x[0, 0]}
    for study in (None, tmp_path / "study.db"):
        search = make_search(space, study=study, **options).fit(X, Y)
        assert len(search.cv_results_["params"]) == 8
        assert len(search.study_.trials[0].replicates[0]) == 2


@pytest.mark.parametrize("batch", [1, 3])
def test_all_candidates_share_their_folds(batch):
    cv = KFold(3, shuffle=True)
    search = make_search(cv=cv, n_iter=6, batch_size=batch, scoring=lambda model, x, y: x[:, 0].sum()).fit(X, Y)
    for fold in range(3):
        assert len(set(search.cv_results_[f"split{fold}_test_score"])) == 1
    again = search.fit(X, Y)
    assert again.n_splits_ == 3


@pytest.mark.filterwarnings("error")
def test_failed_fits_and_scores_that_are_not_finite_are_reported_once():
    study = tt.Optimizer({"level": tt.Float(-5.0, 1.0)}, direction="maximize", sampler="random", seed=0)
    for level in (-1.0, 0.5, -2.0, 0.25):
        study.enqueue({"level": level})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        make_search(study=study, n_iter=4, return_train_score=True).fit(X, Y)
    messages = [str(warning.message) for warning in caught]
    assert len(messages) == 3
    assert "4 fits failed out of a total of 8." in messages[0]
    assert messages[0].count("fits failed with the following error") == 1
    assert [message[:27] for message in messages[1:]] == ["One or more of the test sco", "One or more of the train sc"]


class FailsSometimes(FixedScore):
    """An estimator that cannot be fitted to data that lack the first row."""

    def fit(self, x, y):
        if not (x == X[0]).all(axis=1).any():
            raise ValueError("the first row is missing")
        return super().fit(x, y)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("error_score", "value"), [(math.nan, None), (-1.0, -0.25)])
def test_a_candidate_of_which_some_fits_fail_has_the_error_score_there(error_score, value):
    options = {"cv": KFold(2), "n_iter": 1, "error_score": error_score, "sampler": "random", "random_state": 0}
    (trial,) = TanteoSearchCV(FailsSometimes(), {"level": tt.Categorical([0.5])}, **options).fit(X, Y).study_.trials
    assert trial.value == value
    assert trial.reason == (None if value else "ValueError: the first row is missing")


@pytest.mark.parametrize("kind", ["path", "optimizer"])
def test_a_study_of_other_data_or_folds_is_refused(kind, tmp_path):
    path = tmp_path / "study.db"
    first = make_search(study=path if kind == "path" else None, n_iter=1).fit(X, Y)
    study = path if kind == "path" else first.study_
    others = X.copy()
    others[3, 2] += 1e-12
    for x, y, options, part in (
        (others, Y, {}, r"other X: \(60, 5\) \w+ there, \(60, 5\) \w+ here"),
        (X[:50], Y[:50], {}, r"other X: .* \(50, 5\)"),
        (X, 1 - Y, {}, "other y"),
        (X, Y, {"cv": 3}, "other folds: 2 .* 3 .* random_state"),
        (X, Y, {"cv": KFold(2, shuffle=True)}, "other folds"),
    ):
        with pytest.raises(tt.ArgumentError, match=part):
            make_search(study=study, **options).fit(x, y)
    for x, y in (
        (X.tolist(), Y.tolist()),
        (pd.DataFrame(X, columns=list("abcde")), pd.Series(Y)),
        (np.asfortranarray(X), Y),
    ):
        make_search(study=study, n_iter=1).fit(x, y)
    assert len(tt.Study(path, read_only=True).trials if kind == "path" else study.trials) == 4


def test_the_study_of_an_unnamed_score_remembers_it():
    study = tt.Optimizer({"level": tt.Float(0.0, 1.0)}, direction="maximize", seed=0)
    study.observe({"level": 0.5}, 0.5)  # says nothing of data
    make_search(study=study, scoring="accuracy", n_iter=1).fit(X, Y)
    with pytest.raises(tt.ArgumentError, match="scores of other score: accuracy there, f1 here"):
        make_search(study=study, scoring="f1").fit(X, Y)


def test_data_of_any_kind_have_an_identity():
    folds = [(np.array([0]), np.array([1]))]

    def described(x):
        return identity(x, None, folds)

    rows, columns = sparse.csr_array(X), sparse.coo_array(X)
    assert described(rows) == described(columns)
    assert described(rows)["X"] != described(sparse.csr_array(2.0 * X))["X"]
    words = ["one", "two"]
    assert described(words) == described(tuple(words)) != described(["one", "too"])
    assert described([[1], [2, 3]])["X"] != described([[1], [2, 4]])["X"]
    mixed = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    assert described(mixed) == described(mixed.copy()) != described(mixed[::-1])
    unknown = [lambda: 0, lambda: 1]
    assert described(unknown) == described(list(unknown))


class Sent(FixedScore):
    """An estimator that pickles the search it is part of, as scikit-learn does to send a fit to a worker."""

    search = received = None

    def fit(self, x, y):
        Sent.received = pickle.loads(pickle.dumps(Sent.search))
        return super().fit(x, y)


def test_a_running_search_is_sent_to_workers_without_its_study(tmp_path):
    space = {"level": tt.Float(0.0, 1.0)}
    study = tt.Study(tmp_path / "study.db", space, direction="maximize")
    Sent.search = search = TanteoSearchCV(Sent(), space, study=study, n_iter=1, cv=KFold(2), refit=False)
    search.fit(X, Y)
    assert Sent.received.study is None
    assert not hasattr(Sent.received, "study_")
    assert isinstance(Sent.received.cv, KFold)
    assert Sent.received.param_distributions == space
    assert len(pickle.loads(pickle.dumps(search)).study_.trials) == 1


@pytest.mark.skipif(not LONG, reason="processes take seconds to start")
@pytest.mark.parametrize("study", [False, True])
def test_fits_may_run_in_other_processes(study, tmp_path):
    options = {"n_iter": 2, "cv": 2, "n_jobs": 2, "random_state": 0, "study": tmp_path / "s.db" if study else None}
    search = TanteoSearchCV(LogisticRegression(), SPACE, **options).fit(X, Y)
    assert len(search.study_.trials) == 2


def test_an_exhausted_space_ends_the_search():
    search = make_search({"kind": tt.Categorical(["a", "b", "c"])}, cv=ShuffleSplit(1, random_state=0), n_iter=9).fit(
        X, Y
    )
    assert sorted(params["kind"] for params in search.cv_results_["params"]) == ["a", "b", "c"]
    assert search.study_.trials[0].replicates is None
    with pytest.raises(tt.SpaceExhausted):
        make_search(study=search.study_, cv=ShuffleSplit(1, random_state=0)).fit(X, Y)


class FoldScore(FixedScore):
    """An estimator whose score depends on the fold: `level` plus a little, and is NaN for kind "b"."""

    n_scored = 0

    def fit(self, x, y):
        self.shift_ = x[:, 0].mean() / 100
        return super().fit(x, y)

    def score(self, x, y):
        FoldScore.n_scored += 1
        return math.nan if self.kind == "b" else self.level + self.shift_


def race(levels, **options):
    study = tt.Optimizer({"level": tt.Float(-1.0, 1.0)}, direction="maximize", sampler="random", seed=0)
    for level in levels:
        study.enqueue({"level": level})
    FoldScore.n_scored = 0
    options = {"study": study, "n_iter": len(levels), "race": True, "cv": 5, **options}
    return TanteoSearchCV(FoldScore(), **options).fit(X, Y)


def test_a_candidate_that_cannot_win_is_dropped_after_two_folds():
    search = race([0.9, 0.8, 0.85, 0.7, 0.1, 0.2, 0.1, 0.15, 0.1, 0.95])
    results, trials = search.cv_results_, search.study_.trials
    known = np.stack([~np.isnan(results[f"split{fold}_test_score"]) for fold in range(5)], axis=1)
    assert results["n_folds"].tolist() == known.sum(axis=1).tolist() == [len(trial.folds) for trial in trials]
    dropped = results["n_folds"] < 5
    assert 2 <= dropped.sum() < 9
    assert results["n_folds"].min() == 2
    assert FoldScore.n_scored == results["n_folds"].sum()
    for k, trial in enumerate(trials):
        assert trial.state == ("pruned" if dropped[k] else "complete")
        assert results["mean_test_score"][k] == pytest.approx(np.mean(list(trial.folds.values())))
        assert results["std_test_score"][k] == pytest.approx(np.std(list(trial.folds.values())))
    order = search.study_.fold_order(5)
    assert all(list(trial.folds) == order[: len(trial.folds)] for trial in trials)
    assert search.best_params_ == {"level": 0.95}
    assert max(results["rank_test_score"][~dropped]) < min(results["rank_test_score"][dropped])
    assert search.n_splits_ == 5


@pytest.mark.parametrize("n_folds", [2, 3, 5])
def test_a_race_says_of_each_fold_what_a_search_without_one_says(n_folds):
    """Folds are evaluated in an order of their own."""
    plain, orders = race([0.5], race=False, cv=n_folds).cv_results_, set()
    for seed in range(4):
        study = tt.Optimizer({"level": tt.Float(0.0, 1.0)}, direction="maximize", sampler="random", seed=seed)
        study.enqueue({"level": 0.5})
        orders.add(tuple(study.fold_order(n_folds)))
        raced = race([], study=study, n_iter=1, cv=n_folds).cv_results_
        for fold in range(n_folds):
            assert raced[f"split{fold}_test_score"][0] == plain[f"split{fold}_test_score"][0]
    assert len(orders) > 1


@pytest.mark.filterwarnings("error")
def test_a_race_ranks_the_dropped_behind_the_finished():
    """A dropped candidate may have the better mean, since its folds may be easy ones. Nothing is said of NaN."""
    better = {0: {"score": 0.9}, 1: {"score": 0.9}}
    worse = {fold: {"score": 0.5} for fold in range(3)}
    results = {f"split{fold}_test_score": np.array([0.9, 0.5]) for fold in range(3)}
    results |= {"rank_test_score": np.array([1, 2], dtype=np.int32)}
    add_races(results, [better, worse], 3)
    assert results["rank_test_score"].tolist() == [2, 1]
    assert results["mean_test_score"].tolist() == [0.9, 0.5]
    assert np.isnan(results["split2_test_score"]).tolist() == [True, False]
    race([0.9, 0.8, 0.85, 0.1, 0.1, 0.1, 0.1], n_jobs=1, batch_size=3, return_train_score=False)


@pytest.mark.filterwarnings("ignore:One or more of the test scores are non-finite")
def test_a_race_ends_for_a_candidate_with_a_failed_fold():
    study = tt.Optimizer({"kind": tt.Categorical(["a", "b"])}, direction="maximize", sampler="random", seed=0)
    search = race([], study=study, n_iter=2)
    states = {trial.params["kind"]: (trial.state, trial.reason) for trial in study.trials}
    assert states == {"a": ("complete", None), "b": ("failed", "the score of 2 of 2 folds is NaN")}
    folds = dict(zip([p["kind"] for p in search.cv_results_["params"]], search.cv_results_["n_folds"], strict=True))
    assert folds == {"a": 5, "b": 2}
    with pytest.raises(tt.ArgumentError, match="race=True needs deduplicate=True"):
        race([0.5], deduplicate=False)


def test_a_race_that_was_interrupted_goes_on():
    study = tt.Optimizer({"level": tt.Float(0.0, 1.0)}, direction="maximize", sampler="random", seed=0)
    trial = study.ask()
    first = study.fold_order(5)[0]
    study.report_fold(trial, first, 0.75)
    search = race([], study=study, n_iter=1)
    assert list(search.study_.trials[0].folds)[:1] == [first]
    assert len(search.study_.trials[0].folds) == 5


def test_callbacks_see_every_fit_of_a_race():
    utilities = pytest.importorskip("sklearn.callback.tests._utils", reason="scikit-learn has no callbacks before 1.9")
    callback = utilities.RecordingCallback()
    search = TanteoSearchCV(
        FoldScore(), {"level": [0.9, 0.8, 0.7, 0.2, 0.1]}, n_iter=5, cv=5, race=True, random_state=0
    )
    search.set_callbacks(callback).fit(X, Y)
    ends = [record["name"] for record in callback.record].count("on_fit_task_end")
    # The fits, the search, the refit and the whole.
    assert ends == search.cv_results_["n_folds"].sum() + 3 < 25 + 3


def test_a_warm_start_continues_the_search_on_the_same_folds():
    options = {"cv": KFold(3, shuffle=True), "warm_start": True, "scoring": lambda model, x, y: x[0, 0]}
    search = make_search(n_iter=3, **options).fit(X, Y)
    first = search.cv_results_
    again = search.set_params(n_iter=2).fit(X, Y)
    assert again.cv_results_["params"][:3] == first["params"]
    assert len(again.study_.trials) == len(again.cv_results_["params"]) == 5
    for fold in range(3):
        assert len(set(again.cv_results_[f"split{fold}_test_score"])) == 1
    with pytest.raises(tt.ArgumentError, match="other y"):
        search.fit(X, 1 - Y)
    with pytest.raises(
        tt.ArgumentError, match=r"warm_start=True keeps the 3 folds of the earlier fit, and cv now make"
    ):
        copy.copy(search).set_params(cv=2).fit(X, Y)
    with pytest.raises(tt.ArgumentError, match="differ from those of the earlier fit"):
        copy.copy(search).set_params(param_distributions={"level": [0.5, 0.25]}).fit(X, Y)
    for options, message in (
        ({"random_state": 1}, "the search that warm_start=True continues has the seed 0, and random_state is 1; leave"),
        ({"scoring": "accuracy"}, "the search that warm_start=True continues holds the score '.*; set warm_start=Fal"),
    ):
        with pytest.raises(tt.ArgumentError, match=message):
            copy.copy(search).set_params(**options).fit(X, Y)
    search.set_params(warm_start=False).fit(X, Y)
    assert len(search.study_.trials) == len(search.cv_results_["params"]) == 2


def test_an_integer_of_numpy_is_the_same_seed():
    assert make_search(n_iter=1, random_state=np.int64(7)).fit(X, Y).study_.seed == 7


def test_a_warm_start_survives_pickling():
    search = make_search(n_iter=2, cv=KFold(2, shuffle=True), warm_start=True).fit(X, Y)
    again = pickle.loads(pickle.dumps(search)).fit(X, Y)
    assert len(again.cv_results_["params"]) == 4
    assert not hasattr(clone(search), "_earlier")


class NeedsWeights(FixedScore):
    """An estimator that cannot be fitted without a weight for every row."""

    def fit(self, x, y, sample_weight=None):
        if sample_weight is None or len(sample_weight) != len(y):
            raise ValueError("a weight is missing")
        return super().fit(x, y)


def test_groups_reach_the_splitter_and_sample_weights_reach_every_fit():
    options = {"n_iter": 2, "cv": GroupKFold(3), "sampler": "random", "random_state": 0, "error_score": "raise"}
    search = TanteoSearchCV(NeedsWeights(), {"level": tt.Float(0.0, 1.0)}, **options)
    search.fit(X, Y, groups=np.arange(60) % 3, sample_weight=np.ones(60))
    assert search.n_splits_ == 3
    with pytest.raises(Exception, match="a weight is missing"):
        search.fit(X, Y, groups=np.arange(60) % 3)


@pytest.mark.parametrize("cv", [2, GroupKFold(3), ShuffleSplit(2)])
def test_a_splitter_gets_the_groups_that_it_requests(cv):
    with sklearn.config_context(enable_metadata_routing=True):
        requests = isinstance(cv, GroupKFold)
        search = make_search(n_iter=1, cv=cv).fit(X, Y, **({"groups": np.arange(60) % 3} if requests else {}))
        assert search.n_splits_ == (3 if requests else 2)
        assert search.cv is cv
        with pytest.raises(TypeError if not requests else ValueError, match="groups"):
            make_search(n_iter=1, cv=cv).fit(X, Y, **({} if requests else {"groups": np.arange(60)}))


@pytest.mark.parametrize("kind", ["path", "study", "optimizer"])
def test_an_existing_search_is_continued(tmp_path, kind):
    space, path = {"level": tt.Float(0.0, 1.0)}, tmp_path / "study.db"
    study = (tt.Optimizer if kind == "optimizer" else lambda *a, **o: tt.Study(path, *a, **o))(
        space, direction="maximize", sampler="random", seed=0
    )
    study.tell(study.ask(), 0.25)
    pending = study.ask()
    search = make_search(study=path if kind == "path" else study, n_iter=3).fit(X, Y)
    assert search.cv_results_["params"][0] == pending.params
    stored = search.study_ if kind == "optimizer" else tt.Study(path, read_only=True)
    assert [trial.state for trial in stored.trials] == ["complete"] * 4
    continued = make_search(study=stored if kind == "optimizer" else path, n_iter=1).fit(X, Y)
    assert len(continued.study_.trials) == 5


@pytest.mark.parametrize("kind", ["path", "study", "optimizer"])
def test_a_search_of_another_space_or_other_settings_is_refused(kind, tmp_path):
    space, path = {"level": tt.Float(0.0, 1.0)}, tmp_path / "study.db"
    if kind == "optimizer":
        study = tt.Optimizer(space, direction="maximize", sampler="random", seed=3)
    else:
        study = tt.Study(path, space, direction="maximize", sampler="random", seed=3)
    given = {"study": path if kind == "path" else study, "n_iter": 1, "cv": 2}
    for options, message in (
        ({"param_distributions": {"level": tt.Float(0.0, 2.0)}}, "'level': high "),
        ({"param_distributions": {"kind": ["a", "b"]}}, "parameter 'kind' exists in"),
        ({"sampler": "tpe"}, r"sampler=Random\(\)"),
        ({"deduplicate": False}, "deduplicate=True, and False is given; leave it out"),
        ({"random_state": 4}, "has the seed 3, and random_state is 4; leave it out"),
        ({"random_state": np.int64(4)}, "has the seed 3, and random_state is 4; leave it out"),
    ):
        with pytest.raises((tt.ArgumentError, tt.StudyError), match=message):
            TanteoSearchCV(FixedScore(), **given, **options).fit(X, Y)
    assert len(study.trials) == 0
    same = {"param_distributions": space, "sampler": "random", "random_state": 3}
    assert len(TanteoSearchCV(FixedScore(), **given, **same).fit(X, Y).study_.trials) == 1


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.filterwarnings("ignore:One or more of the test scores are non-finite")
def test_an_infinitely_good_score_is_a_failure_and_never_the_best(several):
    def level(model, x, y):
        score = math.inf if model.level > 0.5 else model.level
        return {"level": score, "other": 1.0} if several else score

    search = make_search(scoring=level, refit="level" if several else True).fit(X, Y)
    failed = [trial for trial in search.study_.trials if trial.state == "failed"]
    assert 0 < len(failed) < 6
    assert failed[0].reason == "the score of 2 of 2 folds is infinitely good"
    assert search.best_params_ == search.study_.best.params
    assert search.best_score_ == search.study_.best.value <= 0.5


def test_invalid_arguments_are_rejected():
    for options, message in (
        ({"n_iter": 0}, "n_iter must be at least 1"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"study": 3}, "study must be"),
        ({"study": tt.Optimizer({"level": tt.Float(0.0, 1.0)})}, "scores are maximized"),
    ):
        with pytest.raises(tt.ArgumentError, match=message):
            make_search(**options).fit(X, Y)
    with pytest.raises(tt.ArgumentError, match="needs param_distributions"):
        TanteoSearchCV(FixedScore()).fit(X, Y)


@pytest.mark.parametrize("kind", ["path", "optimizer"])
def test_a_study_keeps_its_score(kind, tmp_path):
    path = tmp_path / "study.db"
    first = make_search(study=path if kind == "path" else None, scoring="r2", n_iter=1).fit(X, Y)
    assert first.study_.objective_names == ("r2",)
    study = path if kind == "path" else first.study_
    with pytest.raises(tt.ArgumentError, match="holds the score 'r2', and scoring gives 'neg_max_error'"):
        make_search(study=study, scoring="neg_max_error").fit(X, Y)
    assert len(make_search(study=study, scoring="r2", n_iter=1).fit(X, Y).study_.trials) == 2


def test_a_score_is_named_after_its_scorer():
    def less(estimator, x, y):
        return -1.0

    scorer = make_scorer(partial(max, key=lambda _: 0.0))
    several = {"r2": less, "less": less}
    cases = [(None, True), (less, True), (scorer, True), (several, "less"), (several, False), (less, "r2")]
    names = [score_name(*arguments) for arguments in cases]
    assert names[:2] == ["score", "less"]
    assert names[2].startswith("make_scorer(")
    assert "0x" not in names[2]
    assert names[3:] == ["less", "r2", "r2"]
