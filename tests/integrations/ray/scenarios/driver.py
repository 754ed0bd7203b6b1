"""Run an experiment whose driver may be killed, or restore it, and print the sorted configurations."""

import gc
import json
import os
import shutil
import signal
import sys

import ray
from ray import tune
from ray.tune.execution.tune_controller import TuneController

from tanteo.integrations.ray import TanteoSearch

MODE, STORAGE, NAME = sys.argv[1:4]


class Marker:
    """An object that Tune replaces in the space."""

    def __init__(self, name):
        self.name = name


class Kill(tune.Callback):
    """Kills the driver when the fifth trial is over.

    It first waits until Tune has copied the state of the experiment to its storage. Tune copies file by file, cannot
    restore a partial copy, and would start over.
    """

    n_completed = 0

    def on_trial_complete(self, iteration, trials, trial, **info):
        self.n_completed += 1
        # A restored experiment has this callback too.
        if self.n_completed == 5 and sys.argv[1] == "killed":
            # The storage of a trial is a copy, whose syncer has no record of a transfer in progress.
            storage = next(
                candidate for candidate in gc.get_objects() if isinstance(candidate, TuneController)
            )._storage
            storage.syncer.wait()
            storage.syncer.sync_up(storage.experiment_driver_staging_path, storage.experiment_fs_path)
            storage.syncer.wait()
            os.kill(os.getpid(), signal.SIGKILL)


def train(config):
    assert isinstance(config["marker"], Marker), config["marker"]
    tune.report({"loss": (config["x"] - 0.3) ** 2})
    if config["x"] > 0.8:
        raise RuntimeError("edge")


SPACE = {"x": tune.uniform(0, 1), "n": tune.randint(0, 50), "marker": tune.choice([Marker("a"), Marker("b")])}


def make_tuner(callbacks):
    return tune.Tuner(
        train,
        param_space=SPACE,
        tune_config=tune.TuneConfig(
            metric="loss",
            mode="min",
            search_alg=TanteoSearch(seed=4, sampler="tpe"),
            num_samples=14,
            max_concurrent_trials=1,
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(storage_path=STORAGE, name=NAME, verbose=0, callbacks=callbacks),
    )


def main():
    ray.init(address="local", num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    outcome = {}
    if MODE == "restore":
        path = f"{STORAGE}/{NAME}"
        shutil.copytree(path, f"{path}-2")
        tuner = tune.Tuner.restore(path, trainable=train, param_space=SPACE)
    else:
        tuner = make_tuner([Kill()] if MODE == "killed" else [])
    results = tuner.fit()
    outcome["configs"] = sorted([result.config["x"], result.config["n"]] for result in results)
    outcome["errors"] = results.num_errors
    if MODE == "restore":
        try:
            tune.Tuner.restore(f"{path}-2", trainable=train).fit()
        except Exception as error:
            outcome["without the space"] = str(error)
    ray.shutdown()
    print(json.dumps(outcome))  # noqa: T201 - the result of the scenario


if __name__ == "__main__":
    main()
