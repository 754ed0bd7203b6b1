"""The pruning callback of CatBoost."""

from __future__ import annotations

import pytest

from support import training
from tanteo.integrations.catboost import Pruning

catboost = pytest.importorskip("catboost", reason="CatBoost is not installed")

from sklearn.datasets import load_breast_cancer  # noqa: E402 - after the check that the library is installed

X, Y = load_breast_cancer(return_X_y=True)
N_ROUNDS = 6


def train(trial, metric, **options):
    model = catboost.CatBoostClassifier(
        iterations=N_ROUNDS, depth=2, thread_count=1, verbose=False, allow_writing_files=False, eval_metric="AUC"
    )
    pruning = Pruning(trial, metric, **options)
    model.fit(X[:400], Y[:400], eval_set=(X[400:], Y[400:]), callbacks=[pruning])
    pruning.raise_if_stopped()
    return model.evals_result_["validation"][metric][-1]


def test_a_good_trial_trains_to_the_end():
    training.check_good_trial(train, "Logloss", N_ROUNDS)


def test_a_hopeless_trial_is_stopped():
    training.check_hopeless_trial(train, "Logloss")
    training.check_ask_and_tell(train, "Logloss")


def test_a_wrong_metric_is_an_error():
    """CatBoost would turn it into an error of its own without the reason."""
    training.check_wrong_metric(train, "Logloss")


def test_a_data_set_may_be_named():
    # CatBoost evaluates AUC on the validation data only.
    steps = training.run(lambda trial, metric: train(trial, metric, dataset="learn"), "Logloss").steps
    assert len(steps) == N_ROUNDS
    assert steps != training.run(train, "Logloss").steps


def test_a_missing_library_is_named():
    training.check_missing_library(lambda: Pruning(None, "AUC"), "catboost", "catboost")
