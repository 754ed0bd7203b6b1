"""Tune a small BERT on digits, and stop trials that are behind. Needs `pip install 'tanteo[transformers,sklearn]'`."""

import tempfile

import torch
from sklearn.datasets import load_digits
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments, set_seed

import tanteo as tt
from tanteo.integrations.transformers import PruningCallback

SPACE = {"learning_rate": tt.Float(1e-4, 1e-1, log=True), "weight_decay": tt.Float(0.0, 0.3)}
MODEL = {"vocab_size": 17, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
QUIET = {"report_to": [], "save_strategy": "no", "logging_strategy": "no", "disable_tqdm": True, "use_cpu": True}


def main():
    """Search, and print how many trials were stopped. The words are the pixels of an image."""
    x, y = load_digits(return_X_y=True)
    rows = [
        {"input_ids": torch.tensor(row).long(), "labels": int(label)}
        for row, label in zip(x[:400], y[:400], strict=True)
    ]

    def train(params, trial):
        set_seed(0)
        with tempfile.TemporaryDirectory() as folder:
            options = {"num_train_epochs": 4, "eval_strategy": "epoch", "per_device_train_batch_size": 50}
            arguments = TrainingArguments(folder, **options, **QUIET, **params)
            model = BertForSequenceClassification(BertConfig(**MODEL, num_labels=10))
            callbacks = [PruningCallback(trial, "eval_loss")]
            trainer = Trainer(model, arguments, train_dataset=rows[:300], eval_dataset=rows[300:], callbacks=callbacks)
            trainer.train()
            return trainer.evaluate()["eval_loss"]

    result = tt.minimize(train, SPACE, n_trials=6, seed=0, progress=False)
    n_pruned = sum(trial.state == "pruned" for trial in result.trials)
    print(f"loss {result.best.value:.3f} with {result.best.params}; {n_pruned} of 6 trials were stopped early")


if __name__ == "__main__":
    main()
