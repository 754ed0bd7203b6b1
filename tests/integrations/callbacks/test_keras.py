"""The pruning callback of Keras."""

from __future__ import annotations

import pytest

from support import training
from tanteo.integrations.keras import Pruning

pytest.importorskip("jax", reason="JAX, which Keras trains with here, is not installed")
keras = pytest.importorskip("keras", reason="Keras is not installed")

from sklearn.datasets import load_digits  # noqa: E402 - after the check that the library is installed

X, Y = load_digits(return_X_y=True)
N_EPOCHS = 5


class Ends(keras.callbacks.Callback):
    """Counts the ends of trainings."""

    n = 0

    def on_train_end(self, logs=None):
        Ends.n += 1


def train(trial, metric, **options):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Dense(10, activation="softmax")])
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    options = {
        "epochs": N_EPOCHS,
        "batch_size": 256,
        "verbose": 0,
        "validation_data": (X[600:800], Y[600:800]),
        **options,
    }
    callbacks = [Ends(), Pruning(trial, metric)]
    return model.fit(X[:600] / 16, Y[:600], callbacks=callbacks, **options).history[metric][-1]


def test_a_good_trial_trains_to_the_end():
    training.check_good_trial(train, "val_loss", N_EPOCHS)


def test_a_hopeless_trial_is_stopped_after_the_other_callbacks_have_ended():
    n_before = Ends.n
    training.check_hopeless_trial(train, "val_loss")
    training.check_ask_and_tell(train, "val_loss")
    assert Ends.n == n_before + 2


def test_a_wrong_metric_is_an_error():
    training.check_wrong_metric(train, "val_accuracy")


def test_an_epoch_without_validation_is_not_reported():
    trial = training.run(lambda trial, metric: train(trial, metric, validation_freq=2), "val_loss")
    assert list(trial.steps) == [1, 3]


def test_a_missing_library_is_named():
    training.check_missing_library(lambda: Pruning(None, "loss"), "keras", "keras")
