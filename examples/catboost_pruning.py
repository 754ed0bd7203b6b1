"""Tune CatBoost, and stop trials that are behind. Needs `pip install 'tanteo[catboost,sklearn]'`."""

from catboost import CatBoostClassifier
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import tanteo as tt
from tanteo.integrations.catboost import Pruning

SPACE = {
    "learning_rate": tt.Float(1e-3, 1.0, log=True),
    "depth": tt.Int(1, 6),
    "l2_leaf_reg": tt.Float(0.1, 10.0, log=True),
}


def main():
    """Search, and print how many trials were stopped."""
    x, x_valid, y, y_valid = train_test_split(*load_breast_cancer(return_X_y=True), random_state=0)

    def train(params, trial):
        model = CatBoostClassifier(**params, iterations=30, thread_count=1, verbose=False, allow_writing_files=False)
        pruning = Pruning(trial, "Logloss")
        model.fit(x, y, eval_set=(x_valid, y_valid), use_best_model=False, callbacks=[pruning])
        pruning.raise_if_stopped()
        return model.evals_result_["validation"]["Logloss"][-1]

    result = tt.minimize(train, SPACE, n_trials=12, seed=0, progress=False)
    n_pruned = sum(trial.state == "pruned" for trial in result.trials)
    print(f"log loss {result.best.value:.3f} with {result.best.params}; {n_pruned} of 12 trials were stopped early")


if __name__ == "__main__":
    main()
