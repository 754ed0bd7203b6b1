"""The pruning callback of the `Trainer` of transformers."""

from __future__ import annotations

import pytest

from support import training
from tanteo.integrations.transformers import PruningCallback

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
transformers = pytest.importorskip("transformers", reason="transformers is not installed")

from sklearn.datasets import load_digits  # noqa: E402 - after the check that the library is installed

pytestmark = pytest.mark.filterwarnings("ignore")
N_EPOCHS = 5


def train_in(folder, **options):
    """Return a function that trains a small BERT on the rows of digits, whose 64 pixels are its words."""
    x, y = load_digits(return_X_y=True)
    data = [
        {"input_ids": torch.tensor(row).long(), "labels": int(label)} for row, label in zip(x[:64], y[:64], strict=True)
    ]
    config = transformers.BertConfig(
        vocab_size=17, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, num_labels=10
    )
    options = {"num_train_epochs": N_EPOCHS, "eval_strategy": "epoch", "per_device_train_batch_size": 32, **options}
    quiet = {"report_to": [], "save_strategy": "no", "disable_tqdm": True, "use_cpu": True, "logging_strategy": "no"}

    def train(trial, metric):
        transformers.set_seed(0)
        arguments = transformers.TrainingArguments(str(folder), **{**quiet, **options})
        model = transformers.BertForSequenceClassification(config)
        callbacks = [PruningCallback(trial, metric)]
        trainer = transformers.Trainer(model, arguments, train_dataset=data, eval_dataset=data, callbacks=callbacks)
        trainer.train()
        return trainer.evaluate()[metric]  # reports nothing

    return train


def test_a_good_trial_trains_to_the_end(tmp_path):
    training.check_good_trial(train_in(tmp_path), "eval_loss", N_EPOCHS)


def test_a_hopeless_trial_is_stopped(tmp_path):
    training.check_hopeless_trial(train_in(tmp_path), "eval_loss")
    training.check_ask_and_tell(train_in(tmp_path), "eval_loss")


def test_steps_are_those_of_the_evaluations(tmp_path):
    train = train_in(tmp_path, eval_strategy="steps", eval_steps=4)
    assert list(training.run(train, "eval_loss").steps) == [4, 8, 10]


def test_a_wrong_metric_is_an_error(tmp_path):
    training.check_wrong_metric(train_in(tmp_path), "eval_loss")


def test_a_missing_library_is_named():
    training.check_missing_library(lambda: PruningCallback(None, "loss"), "transformers", "transformers")
