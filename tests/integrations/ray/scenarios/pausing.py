"""Run an experiment that pauses trials and whose driver may be killed, or restore it, and print the outcome."""

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
#: Points sorted from best to worst: the second is among the best third once six have reported, and no point from here
#: on ever is, since a third of all twelve is four.
POINTS = [0.05 * k for k in range(12)]
HOPELESS = POINTS[5:]


class Curve(tune.Trainable):
    """A curve that resumes from its checkpoint and logs every step that it executes."""

    def setup(self, config):
        self.x, self.step_done = config["x"], 0

    def step(self):
        self.step_done += 1
        self._append_to_log(self.step_done)
        return {"loss": self.x + 1 / self.step_done, "done": self.step_done == LONGEST}

    def save_checkpoint(self, checkpoint_dir):
        (Path(checkpoint_dir) / "step").write_text(str(self.step_done))

    def load_checkpoint(self, checkpoint_dir):
        self.step_done = int((Path(checkpoint_dir) / "step").read_text())
        self._append_to_log("resumes")

    def _append_to_log(self, event):
        with (Path(STORAGE) / "log").open("a") as log:
            log.write(f"{self.trial_id} {event}\n")

    def reset_config(self, new_config):
        self.x, self.step_done = new_config["x"], 0
        return True


class Kill(tune.Callback):
    """Kills the driver after twenty results, as soon as two trials are paused that are never to go on.

    It first waits until Tune has copied the state of the experiment to its storage. Tune copies file by file and cannot
    restore a partial copy.
    """

    n_results = 0

    def on_trial_result(self, iteration, trials, trial, result, **info):
        self.n_results += 1

    def on_step_begin(self, iteration, trials, **info):
        # A restored experiment has this callback too.
        paused = sorted(each.trial_id for each in trials if each.status == "PAUSED" and each.config["x"] in HOPELESS)
        if sys.argv[1] == "killed" and self.n_results >= 20 and len(paused) >= 2:
            storage = next(
                candidate for candidate in gc.get_objects() if isinstance(candidate, TuneController)
            )._storage
            storage.syncer.wait()
            storage.syncer.sync_up(storage.experiment_driver_staging_path, storage.experiment_fs_path)
            storage.syncer.wait()
            (Path(STORAGE) / "paused").write_text(" ".join(paused))
            os.kill(os.getpid(), signal.SIGKILL)


def make_tuner():
    search = TanteoSearch(seed=4, points_to_evaluate=[{"x": x} for x in POINTS])
    halving = tt.pruners.SuccessiveHalving(min_resource=1, reduction_factor=3)
    return tune.Tuner(
        Curve,
        param_space={"x": tune.uniform(0, 1)},
        tune_config=tune.TuneConfig(
            metric="loss",
            mode="min",
            search_alg=search,
            scheduler=TanteoScheduler(halving, pausing=True),
            num_samples=len(POINTS),
            max_concurrent_trials=2,
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(storage_path=STORAGE, name=NAME, verbose=0, callbacks=[Kill()]),
    )


def outcome_of(tuner, results):
    """Return the last step of each trial, the executed steps, and the states in the search and the scheduler."""
    config = tuner._local_tuner._tune_config
    scheduled = config.scheduler._trials.optimizer.trials
    return {
        "reach": sorted(result.metrics["training_iteration"] for result in results),
        "errors": [str(result.error) for result in results if result.error],
        "log": [line.split(maxsplit=1) for line in (Path(STORAGE) / "log").read_text().splitlines()],
        "states": sorted(trial.state for trial in config.search_alg.to_optimizer().trials),
        "scheduler_states": sorted(trial.state for trial in scheduled),
        "still_paused": sum(trial.state == "paused" for trial in scheduled),
    }


def main():
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    outcome = {}
    if MODE == "restore":
        path = f"{STORAGE}/{NAME}"
        outcome["paused"] = (Path(STORAGE) / "paused").read_text().split()
        shutil.copytree(path, f"{path}-2")
        log = (Path(STORAGE) / "log").rename(Path(STORAGE) / "earlier log")
        outcome["earlier_log"] = [line.split(maxsplit=1) for line in log.read_text().splitlines()]
        tuner = tune.Tuner.restore(path, trainable=Curve)
    else:
        tuner = make_tuner()
    outcome |= outcome_of(tuner, tuner.fit())
    if MODE == "restore":
        tune.Tuner.restore(path, trainable=Curve).fit()
        outcome["n_logged_later"] = len((Path(STORAGE) / "log").read_text().splitlines()) - len(outcome["log"])
    ray.shutdown()
    print(json.dumps(outcome))  # noqa: T201 - the result of the scenario


if __name__ == "__main__":
    main()
