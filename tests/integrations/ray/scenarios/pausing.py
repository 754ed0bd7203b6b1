"""An experiment that pauses trials, whose driver may be killed, and its restoration; prints what became of them."""

import gc
import json
import os
import shutil
import signal
import sys
from pathlib import Path

import ray
from ray import tune
from ray.tune.execution.tune_controller import TuneController

import tanteo as tt
from tanteo.integrations.ray import TanteoScheduler, TanteoSearch

MODE, STORAGE, NAME = sys.argv[1:4]
LONGEST = 8


class Curve(tune.Trainable):
    """A curve that goes on from its checkpoint, and writes down which of its steps were worked on."""

    def setup(self, config):
        self.x, self.step_done = config["x"], 0

    def step(self):
        self.step_done += 1
        self._note(self.step_done)
        return {"loss": self.x + 1 / self.step_done, "done": self.step_done == LONGEST}

    def save_checkpoint(self, checkpoint_dir):
        (Path(checkpoint_dir) / "step").write_text(str(self.step_done))

    def load_checkpoint(self, checkpoint_dir):
        self.step_done = int((Path(checkpoint_dir) / "step").read_text())
        self._note("goes on")

    def _note(self, what):
        with (Path(STORAGE) / "log").open("a") as log:
            log.write(f"{self.trial_id} {what}\n")

    def reset_config(self, new_config):
        self.x, self.step_done = new_config["x"], 0
        return True


class Kill(tune.Callback):
    """Ends the driver without a word when twenty results are in and two trials are paused.

    Not while Tune copies the state of the experiment to its storage, file by file: nobody can restore what is half
    copied.
    """

    seen = 0

    def on_trial_result(self, iteration, trials, trial, result, **info):
        self.seen += 1

    def on_step_begin(self, iteration, trials, **info):
        # A restored experiment has its callbacks again.
        if sys.argv[1] == "killed" and self.seen >= 20 and sum(trial.status == "PAUSED" for trial in trials) >= 2:
            storage = next(found for found in gc.get_objects() if isinstance(found, TuneController))._storage
            storage.syncer.wait()
            storage.syncer.sync_up(storage.experiment_driver_staging_path, storage.experiment_fs_path)
            storage.syncer.wait()
            paused = sorted(trial.trial_id for trial in trials if trial.status == "PAUSED")
            (Path(STORAGE) / "paused").write_text(" ".join(paused))
            os.kill(os.getpid(), signal.SIGKILL)


def tuner():
    # From good to bad: the second is among the best third once there are six.
    search = TanteoSearch(seed=4, points_to_evaluate=[{"x": 0.05 * k} for k in range(12)])
    halving = tt.pruners.SuccessiveHalving(min_resource=1, reduction_factor=3)
    return tune.Tuner(
        Curve,
        param_space={"x": tune.uniform(0, 1)},
        tune_config=tune.TuneConfig(
            metric="loss",
            mode="min",
            search_alg=search,
            scheduler=TanteoScheduler(halving, pausing=True),
            num_samples=12,
            max_concurrent_trials=2,
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(storage_path=STORAGE, name=NAME, verbose=0, callbacks=[Kill()]),
    )


def described(fitted, results):
    """Return how far each trial came, which steps were worked on, and what search and scheduler made of it."""
    config = fitted._local_tuner._tune_config
    judged = config.scheduler._trials.optimizer.trials
    return {
        "reach": sorted(result.metrics["training_iteration"] for result in results),
        "errors": [str(result.error) for result in results if result.error],
        "log": [line.split(maxsplit=1) for line in (Path(STORAGE) / "log").read_text().splitlines()],
        "states": sorted(trial.state for trial in config.search_alg.to_optimizer().trials),
        "judged": sorted(trial.state for trial in judged),
        "still_paused": sum(trial.paused for trial in judged),
    }


def main():
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    found = {}
    if MODE == "restore":
        path = f"{STORAGE}/{NAME}"
        found["paused"] = (Path(STORAGE) / "paused").read_text().split()
        shutil.copytree(path, f"{path}-2")
        (Path(STORAGE) / "log").rename(Path(STORAGE) / "log before")
        found["before"] = [line.split(maxsplit=1) for line in (Path(STORAGE) / "log before").read_text().splitlines()]
        fitted = tune.Tuner.restore(path, trainable=Curve)
    else:
        fitted = tuner()
    found |= described(fitted, fitted.fit())
    ray.shutdown()
    print(json.dumps(found))  # noqa: T201 - the result of the scenario


if __name__ == "__main__":
    main()
