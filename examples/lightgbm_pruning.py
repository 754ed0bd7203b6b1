"""Tune LightGBM, and stop trials that are behind. Needs `pip install 'tanteo[lightgbm,sklearn]'`."""

import lightgbm
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import tanteo as tt
from tanteo.integrations.lightgbm import pruning

SPACE = {
    "learning_rate": tt.Float(1e-3, 1.0, log=True),
    "num_leaves": tt.Int(2, 31, log=True),
    "lambda_l2": tt.Float(1e-3, 10.0, log=True),
}


def main():
    """Search, and print how many trials were stopped."""
    x, x_valid, y, y_valid = train_test_split(*load_digits(return_X_y=True), random_state=0)

    def train(params, trial):
        fixed = {"objective": "multiclass", "num_class": 10, "verbose": -1, "num_threads": 1}
        data = lightgbm.Dataset(x, y)
        valid = lightgbm.Dataset(x_valid, y_valid, reference=data)
        model = lightgbm.train(
            {**fixed, **params}, data, 20, valid_sets=[valid], callbacks=[pruning(trial, "multi_logloss")]
        )
        return model.best_score["valid_0"]["multi_logloss"]

    result = tt.minimize(train, SPACE, n_trials=12, seed=0, progress=False)
    n_pruned = sum(trial.state == "pruned" for trial in result.trials)
    print(f"log loss {result.best.value:.3f} with {result.best.params}; {n_pruned} of 12 trials were stopped early")


if __name__ == "__main__":
    main()
