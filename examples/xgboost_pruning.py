"""Tune XGBoost, and stop trials that are behind. Needs `pip install 'tanteo[xgboost,sklearn]'`."""

import xgboost
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import tanteo as tt
from tanteo.integrations.xgboost import Pruning

SPACE = {
    "learning_rate": tt.Float(1e-3, 1.0, log=True),
    "max_depth": tt.Int(1, 6),
    "reg_lambda": tt.Float(1e-3, 10.0, log=True),
}


def main():
    """Search, and print how many trials were stopped."""
    x, x_valid, y, y_valid = train_test_split(*load_breast_cancer(return_X_y=True), random_state=0)

    def train(params, trial):
        model = xgboost.XGBClassifier(
            **params, n_estimators=30, n_jobs=1, eval_metric="logloss", callbacks=[Pruning(trial, "logloss")]
        )
        model.fit(x, y, eval_set=[(x_valid, y_valid)], verbose=False)
        return model.evals_result()["validation_0"]["logloss"][-1]

    result = tt.minimize(train, SPACE, n_trials=12, seed=0, progress=False)
    n_pruned = sum(trial.state == "pruned" for trial in result.trials)
    print(f"log loss {result.best.value:.3f} with {result.best.params}; {n_pruned} of 12 trials were stopped early")


if __name__ == "__main__":
    main()
