"""Complete experiments of Ray Tune: ``python -m benches.python.ray.runs``.

A scikit-learn network is trained on scikit-learn's digits: 8 concurrent trials (8 slots of Ray, independent of the
number of processors), ASHA with at most 27 epochs, and reused actors. For each searcher and seed the output has the
wall time of ``fit``, the seconds that the driver spent in the searcher, the lowest validation error of all trials, and
the total number of epochs. The searchers alternate. Each experiment starts its own actors, which is part of its time.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import statistics
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, Self

from benches.python.threads import ONE_THREAD

os.environ.update(ONE_THREAD)

# The variables above are read when the libraries are loaded.
import ray
from ray import tune
from ray.tune.schedulers import ASHAScheduler

from benches.python.ray.searchers import SEARCHERS

_SLOTS = 8
_EPOCHS = 27
_CALLS = ("suggest", "on_trial_result", "on_trial_complete", "save")


def train(config: dict[str, Any]) -> None:
    """Train a network and report after each epoch."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier

    warnings.filterwarnings("ignore", module="sklearn")
    x, y = load_digits(return_X_y=True)
    x_train, x_valid, y_train, y_valid = train_test_split(x / 16, y, test_size=0.4, random_state=0, stratify=y)
    network = MLPClassifier(
        [config["width"]] * config["depth"],
        activation=config["activation"],
        solver=config["solver"],
        learning_rate_init=config["lr"],
        momentum=config["momentum"],
        alpha=config["alpha"],
        batch_size=config["batch"],
        random_state=0,
    )
    for _ in range(_EPOCHS):
        network.partial_fit(x_train, y_train, classes=range(10))
        tune.report({"error": 1.0 - network.score(x_valid, y_valid)})


SPACE = {
    "width": tune.lograndint(4, 64),
    "depth": tune.randint(1, 4),
    "activation": tune.choice(["relu", "tanh", "logistic"]),
    "solver": tune.choice(["adam", "sgd"]),
    "lr": tune.loguniform(1e-5, 1.0),
    "momentum": tune.uniform(0.0, 0.99),
    "alpha": tune.loguniform(1e-7, 1e-1),
    "batch": tune.randint(16, 256),
}


class Clock:
    """A context manager that adds up the time that the driver spends in the methods of a searcher's class."""

    def __init__(self, kind: type) -> None:
        self._kind = kind
        self._originals = {name: getattr(kind, name) for name in _CALLS}
        self.seconds = 0.0

    def __enter__(self) -> Self:
        for name, original in self._originals.items():
            setattr(self._kind, name, self._timed(original))
        return self

    def __exit__(self, *error: object) -> None:
        for name, original in self._originals.items():
            setattr(self._kind, name, original)

    def _timed(self, original: Any) -> Any:
        @functools.wraps(original)
        def call(*arguments: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return original(*arguments, **named)
            finally:
                self.seconds += time.perf_counter() - start

        return call


def experiment(name: str, seed: int, trials: int, folder: str) -> dict[str, float]:
    """Run one experiment and return its figures."""
    searcher = SEARCHERS[name](seed, 10)
    tuner = tune.Tuner(
        train,
        param_space=SPACE,
        tune_config=tune.TuneConfig(
            metric="error",
            mode="min",
            search_alg=searcher,
            scheduler=ASHAScheduler(max_t=_EPOCHS, grace_period=1, reduction_factor=3),
            num_samples=trials,
            max_concurrent_trials=_SLOTS + 1,
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(storage_path=folder, name=f"{name}-{seed}", verbose=0),
    )
    with Clock(type(searcher)) as clock:
        start = time.perf_counter()
        results = tuner.fit()
        wall = time.perf_counter() - start
    epochs = sum(result.metrics["training_iteration"] for result in results)
    best = results.get_best_result(scope="all").metrics["error"]
    return {"wall": wall, "searcher": clock.seconds, "error": best, "epochs": epochs}


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searchers", nargs="+", default=["tanteo-auto", "tanteo-tpe", "optuna", "hyperopt"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--trials", type=int, default=64)
    parser.add_argument("--json", help="file to which all measurements are also written")
    options = parser.parse_args()
    ray.init(address="local", num_cpus=_SLOTS, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    results: dict[str, list[dict[str, float]]] = {name: [] for name in options.searchers}
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.seeds):
            for name in options.searchers:
                results[name].append(experiment(name, seed, options.trials, folder))
                row = {key: round(value, 4) for key, value in results[name][-1].items()}
                print(f"seed {seed} {name:12} {row}", flush=True)
    for name, rows in results.items():
        medians = {key: round(statistics.median(row[key] for row in rows), 4) for key in rows[0]}
        print(f"median {name:12} {medians}")
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1))
    ray.shutdown()


if __name__ == "__main__":
    main()
