"""Tune a model of Lightning, and stop trials that are behind. Needs `pip install 'tanteo[lightning,sklearn]'`."""

import logging
import warnings

import lightning
import torch
from sklearn.datasets import load_digits
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

import tanteo as tt
from tanteo.integrations.lightning import Pruning

SPACE = {"lr": tt.Float(1e-4, 1.0, log=True), "units": tt.Int(4, 64, log=True)}
QUIET = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}


class Digits(lightning.LightningModule):
    """A network with one hidden layer."""

    def __init__(self, lr, units):
        super().__init__()
        self.lr = lr
        self.layers = torch.nn.Sequential(torch.nn.Linear(64, units), torch.nn.ReLU(), torch.nn.Linear(units, 10))

    def training_step(self, batch, _):
        """Return the loss of a batch."""
        return cross_entropy(self.layers(batch[0]), batch[1])

    def validation_step(self, batch, _):
        """Log the loss, which the callback reports."""
        self.log("val_loss", self.training_step(batch, _))

    def configure_optimizers(self):
        """Return Adam."""
        return torch.optim.Adam(self.parameters(), self.lr)


def main():
    """Search, and print how many trials were stopped."""
    warnings.simplefilter("ignore")  # Lightning recommends more workers for the data
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    x, y = (torch.tensor(part) for part in load_digits(return_X_y=True))
    data = TensorDataset(x.float() / 16, y)
    loaders = [DataLoader(torch.utils.data.Subset(data, rows), 200) for rows in (range(1200), range(1200, 1797))]

    def train(params, trial):
        lightning.seed_everything(0, verbose=False)
        trainer = lightning.Trainer(max_epochs=6, accelerator="cpu", callbacks=[Pruning(trial, "val_loss")], **QUIET)
        trainer.fit(Digits(**params), *loaders)
        return trainer.callback_metrics["val_loss"].item()

    result = tt.minimize(train, SPACE, n_trials=8, seed=0, progress=False)
    n_pruned = sum(trial.state == "pruned" for trial in result.trials)
    print(f"loss {result.best.value:.3f} with {result.best.params}; {n_pruned} of 8 trials were stopped early")


if __name__ == "__main__":
    main()
