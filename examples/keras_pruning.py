"""Tune a network of Keras, and stop trials that are behind.

Needs `pip install 'tanteo[keras,sklearn]'` and a backend of Keras.
"""

import keras
from sklearn.datasets import load_digits

import tanteo as tt
from tanteo.integrations.keras import Pruning

SPACE = {"lr": tt.Float(1e-4, 1.0, log=True), "units": tt.Int(4, 64, log=True)}


def main():
    """Search, and print how many trials were stopped."""
    x, y = load_digits(return_X_y=True)

    def train(params, trial):
        keras.utils.set_random_seed(0)
        layers = [keras.layers.Dense(params["units"], activation="relu"), keras.layers.Dense(10, activation="softmax")]
        model = keras.Sequential(layers)
        model.compile(keras.optimizers.Adam(params["lr"]), "sparse_categorical_crossentropy")
        callbacks = [Pruning(trial, "val_loss")]
        options = {"epochs": 8, "batch_size": 128, "validation_split": 0.3, "verbose": 0}
        return model.fit(x / 16, y, callbacks=callbacks, **options).history["val_loss"][-1]

    result = tt.minimize(train, SPACE, n_trials=8, seed=0, progress=False)
    n_pruned = sum(trial.state == "pruned" for trial in result.trials)
    print(f"loss {result.best.value:.3f} with {result.best.params}; {n_pruned} of 8 trials were stopped early")


if __name__ == "__main__":
    main()
