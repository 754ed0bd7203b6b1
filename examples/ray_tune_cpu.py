"""Ray Tune with Tanteo as its searcher: a scikit-learn network on the digits, with ASHA and a warm start.

``python ray_tune_cpu.py`` takes one or two minutes on a laptop, with ``--smoke`` half a minute. The only difference
from a plain Tuner is ``search_alg`` (and optionally ``max_concurrent_trials`` and ``reuse_actors``).
"""

import argparse
import tempfile
import warnings

import ray
from ray import tune
from ray.tune.schedulers import ASHAScheduler

from tanteo.integrations.ray import TanteoSearch, recommended_concurrency

SPACE = {
    "layers": tune.choice([[32], [64], [64, 32]]),
    "lr": tune.loguniform(1e-4, 1e-1),
    "batch": tune.qrandint(16, 128, 16),
    "solver": tune.choice(
        [{"name": "adam"}, {"name": "sgd", "momentum": tune.uniform(0.0, 0.99)}]  # momentum exists for sgd only
    ),
    "alpha": tune.loguniform(1e-6, 1e-1),
    "epochs": 16,
}


def train(config):
    """Train a network, and report the error after each epoch."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier

    warnings.filterwarnings("ignore", module="sklearn")  # a diverging network is only a bad trial
    x, y = load_digits(return_X_y=True)
    x_train, x_valid, y_train, y_valid = train_test_split(x / 16, y, test_size=0.3, random_state=0, stratify=y)
    network = MLPClassifier(
        config["layers"],
        solver=config["solver"]["name"],
        momentum=config["solver"].get("momentum", 0.0),
        learning_rate_init=config["lr"],
        batch_size=config["batch"],
        alpha=config["alpha"],
        random_state=0,
    )
    for _ in range(config["epochs"]):
        network.partial_fit(x_train, y_train, classes=range(10))
        tune.report({"error": 1.0 - network.score(x_valid, y_valid)})


def search(name, folder, searcher, n):
    """Run one experiment."""
    tuner = tune.Tuner(
        train,
        param_space=SPACE,
        tune_config=tune.TuneConfig(
            metric="error",
            mode="min",
            search_alg=searcher,
            scheduler=ASHAScheduler(max_t=SPACE["epochs"], grace_period=2),
            num_samples=n,
            max_concurrent_trials=recommended_concurrency({"cpu": 1}),
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(storage_path=folder, name=name, verbose=0),
    )
    return tuner.fit()


def main():
    """Search, then search again with a warm start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="few trials, two processors")
    smoke = parser.parse_args().smoke
    ray.init(address="local", num_cpus=2 if smoke else None, include_dashboard=False, log_to_driver=False)
    with tempfile.TemporaryDirectory() as folder:
        first = TanteoSearch(seed=0)
        results = search("first", folder, first, 12 if smoke else 48)
        best = results.get_best_result()
        print(f"first search: error {best.metrics['error']:.4f} with {best.config}")

        # A later experiment learns from the earlier trials and does not run them again.
        second = TanteoSearch(seed=1)
        second.warm_start(results, metric="error")
        results = search("second", folder, second, 4 if smoke else 16)
        print(f"second search: error {results.get_best_result().metrics['error']:.4f}")

        # The search as an optimizer, with the curves and results of all trials.
        trials = second.to_optimizer().trials
        print({state: sum(trial.state == state for trial in trials) for state in ("complete", "pruned", "failed")})
    ray.shutdown()


if __name__ == "__main__":
    main()
