"""The pruning callbacks of LightGBM and XGBoost, with the real libraries."""

from __future__ import annotations

import copy

import pytest

import tanteo as tt
from support import training
from tanteo.integrations import lightgbm as for_lightgbm
from tanteo.integrations import xgboost as for_xgboost
from tanteo.integrations.torch import check_shared

pytest.importorskip("sklearn", reason="scikit-learn is not installed")

from sklearn.datasets import load_breast_cancer

lightgbm = pytest.importorskip("lightgbm", reason="LightGBM is not installed")
xgboost = pytest.importorskip("xgboost", reason="XGBoost is not installed")

X, Y = load_breast_cancer(return_X_y=True)
N_ROUNDS = 6
LIGHTGBM = {
    "objective": "binary",
    "num_leaves": 4,
    "verbose": -1,
    "num_threads": 1,
    "metric": ["binary_logloss", "auc"],
}
XGBOOST = {"objective": "binary:logistic", "max_depth": 2, "nthread": 1, "eval_metric": ["auc", "logloss"]}


def lightgbm_train(trial, metric, *others, **options):
    data = lightgbm.Dataset(X[:400], Y[:400])
    sets = {
        "valid_sets": [data, lightgbm.Dataset(X[400:], Y[400:], reference=data)],
        "valid_names": ["training", "valid"],
    }
    record = {}
    pruning = for_lightgbm.pruning(trial, metric, **options)
    callbacks = [lightgbm.record_evaluation(record), *others, pruning]
    lightgbm.train(LIGHTGBM, data, N_ROUNDS, **sets, callbacks=callbacks)
    return record["valid"][metric][-1]


def lightgbm_cv(trial, metric):
    result = lightgbm.cv(
        LIGHTGBM, lightgbm.Dataset(X, Y), N_ROUNDS, nfold=3, callbacks=[for_lightgbm.pruning(trial, metric)]
    )
    return result[f"valid {metric}-mean"][-1]


def lightgbm_fit(trial, metric):
    model = lightgbm.LGBMClassifier(n_estimators=N_ROUNDS, num_leaves=4, verbose=-1, n_jobs=1)
    model.fit(X[:400], Y[:400], eval_X=X[400:], eval_y=Y[400:], callbacks=[for_lightgbm.pruning(trial, metric)])
    return model.evals_result_["valid_0"][metric][-1]


def xgboost_train(trial, metric, *others, **options):
    data, record = xgboost.DMatrix(X[:400], Y[:400]), {}
    evals = [(data, "train"), (xgboost.DMatrix(X[400:], Y[400:]), "valid")]
    callbacks = [for_xgboost.Pruning(trial, metric, **options), *others]
    xgboost.train(XGBOOST, data, N_ROUNDS, evals=evals, evals_result=record, verbose_eval=False, callbacks=callbacks)
    return record["valid"][metric][-1]


def xgboost_cv(trial, metric):
    callbacks = [for_xgboost.Pruning(trial, metric)]
    result = xgboost.cv(XGBOOST, xgboost.DMatrix(X, Y), N_ROUNDS, nfold=3, callbacks=callbacks)
    return result[f"test-{metric}-mean"].iloc[-1]


def xgboost_fit(trial, metric):
    model = xgboost.XGBClassifier(
        n_estimators=N_ROUNDS, max_depth=2, n_jobs=1, eval_metric=metric, callbacks=[for_xgboost.Pruning(trial, metric)]
    )
    model.fit(X[:400], Y[:400], eval_set=[(X[400:], Y[400:])], verbose=False)
    return model.evals_result()["validation_0"][metric][-1]


TRAININGS = {
    "lightgbm.train": (lightgbm_train, "binary_logloss"),
    "lightgbm.cv": (lightgbm_cv, "binary_logloss"),
    "lightgbm.fit": (lightgbm_fit, "binary_logloss"),
    "xgboost.train": (xgboost_train, "logloss"),
    "xgboost.cv": (xgboost_cv, "logloss"),
    "xgboost.fit": (xgboost_fit, "logloss"),
}
every_training = pytest.mark.parametrize(("train", "metric"), TRAININGS.values(), ids=TRAININGS)


@every_training
def test_a_good_trial_trains_to_the_end(train, metric):
    training.check_good_trial(train, metric, N_ROUNDS)


@every_training
def test_a_hopeless_trial_is_stopped(train, metric):
    training.check_hopeless_trial(train, metric)
    training.check_ask_and_tell(train, metric)


@pytest.mark.parametrize("name", ["lightgbm.train", "lightgbm.cv", "xgboost.train", "xgboost.cv"])
def test_a_wrong_metric_is_an_error(name):
    train, metric = TRAININGS[name]
    training.check_wrong_metric(train, metric)


@pytest.mark.parametrize("train", [lightgbm_train, xgboost_train])
def test_a_data_set_may_be_named(train):
    metric = "auc" if train is lightgbm_train else "logloss"
    options = {"directions": ["maximize"]} if metric == "auc" else {}
    on_valid = training.run(train, metric, **options).steps
    on_train = training.run(
        lambda trial, metric: train(trial, metric, dataset="train" if options == {} else "training"), metric, **options
    ).steps
    assert len(on_train) == len(on_valid) == N_ROUNDS
    assert on_train != on_valid
    with pytest.raises(tt.ArgumentError, match=r"there is no data set 'test'; the training has .*'valid' with"):
        training.run(lambda trial, metric: train(trial, metric, dataset="test"), metric, **options)


def test_several_validation_sets_need_a_name():
    metric = for_lightgbm.Metric(tt.Optimizer(training.SPACE, seed=0).ask(), "auc")
    datasets = {"a": {"auc": 1}, "b": {"auc": 2}, "train": {"auc": 3}}
    with pytest.raises(tt.ArgumentError, match="several data sets have the metric 'auc'; name one, dataset='a'"):
        metric.of_dataset(datasets, None, ("train",))
    with pytest.raises(
        tt.ArgumentError, match="no validation data set with 'auc'; the training has 'train' with 'auc'"
    ):
        metric.of_dataset({"train": {"auc": 3}}, None, ("train",))


def test_lightgbm_refuses_a_search_in_the_other_direction():
    with pytest.raises(tt.ArgumentError, match=r"would maximize the metric 'auc', .*\['minimize'\]; use tt.maximize"):
        training.run(lightgbm_train, "auc")
    assert training.run(lightgbm_train, "auc", directions=["maximize"]).state == "complete"


@pytest.mark.parametrize("train", [lightgbm_train, xgboost_train])
def test_early_stopping_of_the_library_does_not_hide_a_report(train):
    """At every round, also the last, the trial reports before the library stops."""
    if train is lightgbm_train:
        other = lightgbm.early_stopping(1, min_delta=100.0, verbose=False)
    else:
        other = xgboost.callback.EarlyStopping(rounds=1, min_delta=100.0)
    metric = "binary_logloss" if train is lightgbm_train else "logloss"
    trial = training.run(lambda trial, metric: train(trial, metric, other), metric)
    assert list(trial.steps) == [0, 1]


def test_a_callback_reports_to_its_own_trial_when_an_estimator_is_cloned():
    search = tt.Optimizer(training.SPACE, seed=0)
    callback = for_xgboost.Pruning(search.ask(), "logloss")
    assert copy.deepcopy(callback) is callback
    assert isinstance(callback, xgboost.callback.TrainingCallback)
    assert isinstance(callback, for_xgboost.Pruning)


def test_the_arguments_are_checked():
    trial = tt.Optimizer(training.SPACE, seed=0).ask()
    for create in (for_lightgbm.pruning, for_xgboost.Pruning):
        with pytest.raises(tt.ArgumentError, match="metric must be the name"):
            create(trial, 3)
        with pytest.raises(tt.ArgumentError, match="trial must be the trial"):
            create({"x": 1.0}, "auc")


def test_a_missing_library_is_named():
    training.check_missing_library(lambda: for_lightgbm.pruning(None, "auc"), "lightgbm", "lightgbm")
    training.check_missing_library(lambda: for_xgboost.Pruning(None, "auc"), "xgboost", "xgboost")


def test_a_trial_in_a_worker_knows_the_direction():
    def objective(params, trial):
        return {"value": 0.0, "directions": list(trial.directions)}

    for options in ({}, {"trial_timeout": 600.0}):
        result = tt.maximize(objective, training.SPACE, n_trials=1, seed=0, **options)
        assert result.trials[0].attrs["directions"] == ["maximize"]
    assert tt.Optimizer(training.SPACE, direction="maximize").ask().directions == ("maximize",)


def test_a_model_with_a_callback_can_be_saved(tmp_path):
    """In an objective, with and without worker processes; the loaded callback refuses to report."""
    joblib = pytest.importorskip("joblib", reason="joblib is not installed")

    def objective(params, trial):
        model = xgboost.XGBClassifier(
            n_estimators=2, n_jobs=1, eval_metric="logloss", callbacks=[for_xgboost.Pruning(trial, "logloss")]
        )
        model.fit(X, Y, eval_set=[(X, Y)], verbose=False)
        joblib.dump(model, tmp_path / f"{trial.id}")
        joblib.dump(for_lightgbm.pruning(trial, "auc"), tmp_path / "lightgbm")
        return 0.0

    for options in ({}, {"trial_timeout": 600.0}):
        tt.minimize(objective, training.SPACE, n_trials=1, seed=0, catch=(), **options)
        loaded = joblib.load(tmp_path / "0")
        assert (loaded.predict(X) == Y).mean() > 0.9
        assert isinstance(loaded.callbacks[0], for_xgboost.Pruning)
        with pytest.raises(tt.TrialStateError, match="this is a copy of trial 0 and has no search"):
            loaded.fit(X, Y, eval_set=[(X, Y)], verbose=False)


def test_a_trial_of_optuna_trains_in_one_process():
    optuna = pytest.importorskip("optuna", reason="Optuna is not installed")
    metric = for_lightgbm.Metric(optuna.trial.FixedTrial({"x": 0.5}), "loss")
    check_shared(metric.trial, 1)
    with pytest.raises(
        tt.ArgumentError, match=r"2 processes train, and a trial of Optuna trains in one process; .*ask"
    ):
        check_shared(metric.trial, 2)


@every_training
def test_a_trial_of_optuna_reports_and_is_pruned(train, metric):
    optuna = pytest.importorskip("optuna", reason="Optuna is not installed")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    for pruner, n_reports, state in (
        (optuna.pruners.NopPruner(), N_ROUNDS, "COMPLETE"),
        (optuna.pruners.ThresholdPruner(upper=-1.0, n_warmup_steps=2), 3, "PRUNED"),
    ):
        study = optuna.create_study(pruner=pruner)
        study.optimize(lambda trial: train(trial, metric), n_trials=1)
        (trial,) = study.trials
        assert trial.state.name == state
        assert sorted(trial.intermediate_values) == list(range(n_reports))
        assert trial.value == pytest.approx(trial.intermediate_values[n_reports - 1])
