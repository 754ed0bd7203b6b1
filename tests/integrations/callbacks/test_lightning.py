"""The pruning callback of Lightning, under both of its names."""

from __future__ import annotations

import importlib
import types

import pytest

import tanteo as tt
from support import training
from tanteo.integrations.lightning import Pruning

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("lightning", reason="Lightning is not installed")

from sklearn.datasets import load_digits  # noqa: E402 - after the check that the library is installed

# Lightning warns of few workers, and of a log folder; libraries of its own warn of each other.
pytestmark = pytest.mark.filterwarnings("ignore")
N_EPOCHS = 5
every_package = pytest.mark.parametrize("package", ["lightning.pytorch", "pytorch_lightning"])


def trainer_of(package):
    """Return a function that trains with one of the packages."""
    package = importlib.import_module(package)
    x, y = (torch.tensor(part) for part in load_digits(return_X_y=True))
    data = torch.utils.data.TensorDataset(x[:800].float() / 16, y[:800])
    loaders = [torch.utils.data.DataLoader(data, 200) for _ in range(2)]

    class Model(package.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(64, 10)

        def training_step(self, batch, _):
            return torch.nn.functional.cross_entropy(self.layer(batch[0]), batch[1])

        def validation_step(self, batch, _):
            self.log("val_loss", self.training_step(batch, _))

        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters(), 0.01)

    def train(trial, metric, **options):
        torch.manual_seed(0)
        quiet = {
            "logger": False,
            "enable_checkpointing": False,
            "enable_progress_bar": False,
            "enable_model_summary": False,
        }
        options = {"max_epochs": N_EPOCHS, "accelerator": "cpu", "devices": 1, **quiet, **options}
        trainer = package.Trainer(callbacks=[Pruning(trial, metric)], **options)
        trainer.fit(model := Model(), *loaders)
        trainer.validate(model, loaders[1], verbose=False)  # reports nothing
        return float(trainer.callback_metrics[metric])

    return train


@every_package
def test_a_good_trial_trains_to_the_end(package):
    training.check_good_trial(trainer_of(package), "val_loss", N_EPOCHS)


@every_package
def test_a_hopeless_trial_is_stopped(package):
    training.check_hopeless_trial(trainer_of(package), "val_loss")
    training.check_ask_and_tell(trainer_of(package), "val_loss")


def test_a_wrong_metric_is_an_error():
    training.check_wrong_metric(trainer_of("lightning.pytorch"), "val_loss")


def test_several_validations_in_an_epoch_are_one_report():
    train = trainer_of("lightning.pytorch")
    trial = training.run(lambda trial, metric: (train(trial, metric, val_check_interval=0.5), 0.0)[1], "val_loss")
    assert list(trial.steps) == list(range(N_EPOCHS))


def test_processes_that_do_not_share_the_trial_are_refused():
    callback = Pruning(tt.Optimizer(training.SPACE, seed=0).ask(), "val_loss")

    class Trainer:
        sanity_checking, current_epoch, world_size = False, 0, 2
        state = types.SimpleNamespace(fn="fit")

    with pytest.raises(tt.ArgumentError, match=r"2 processes train, .* start the script with torchrun"):
        callback.on_validation_end(Trainer(), None)


def test_a_missing_library_is_named():
    training.check_missing_library(lambda: Pruning(None, "loss"), "lightning", "lightning")
