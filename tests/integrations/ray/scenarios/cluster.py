"""Run an experiment on two nodes with fake GPUs, one of which dies. Then run an optimizer in an actor, without Tune."""

import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import ray
from ray import tune
from ray.cluster_utils import Cluster

import tanteo as tt
from tanteo.integrations.ray import RemoteOptimizer, TanteoSearch, recommended_concurrency

STORAGE = sys.argv[1]
MEMORY = 80 * 2**20
#: Seconds; on a busy machine a living worker may be silent for a while.
LEASE = 8.0
HEALTH = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 1000, "health_check_failure_threshold": 5}


class KillNode(tune.Callback):
    """Removes the node that reported a certain result and adds another, in the main thread as `add_node` requires."""

    cluster = None
    nodes = ()
    at_result = 0
    n_results = 0
    killed = 0

    def __reduce__(self):
        return tune.Callback, ()  # the cluster must not get into Tune's pickle

    def on_trial_result(self, iteration, trials, trial, result, **info):
        self.n_results += 1
        if self.n_results < self.at_result or self.killed:
            return
        for node in list(self.nodes):
            if node.node_id == result["node"]:
                self.cluster.remove_node(node, allow_graceful=False)
                self.killed = 1
                self.nodes.remove(node)
                self.nodes.append(add_node(self.cluster, wait=False))


def add_node(cluster, **options):
    return cluster.add_node(num_cpus=1, num_gpus=1, resources={"slot": 3}, object_store_memory=MEMORY, **options)


def train(config):
    start, checkpoint = 0, tune.get_checkpoint()
    if checkpoint:
        with checkpoint.as_directory() as folder:
            start = int((Path(folder) / "step").read_text())
    node = ray.get_runtime_context().get_node_id()
    for step in range(start + 1, 5):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "step").write_text(str(step))
            metrics = {"loss": (config["x"] - 0.3) ** 2 + 1 / step, "node": node, "start": start}
            tune.report(metrics, checkpoint=tune.Checkpoint.from_directory(folder))


def experiment(cluster, nodes, name, at_result, max_failures, **options):
    """Run an experiment in which the node that reported a certain result dies."""
    callback = KillNode()
    callback.cluster, callback.nodes, callback.at_result = cluster, nodes, at_result
    search = TanteoSearch(seed=0)
    results = tune.Tuner(
        tune.with_resources(train, {"cpu": 1, "gpu": 1}),
        param_space={"x": tune.uniform(-1, 1)},
        tune_config=tune.TuneConfig(metric="loss", mode="min", search_alg=search, **options),
        run_config=tune.RunConfig(
            storage_path=STORAGE,
            name=name,
            verbose=0,
            failure_config=tune.FailureConfig(max_failures=max_failures),
            callbacks=[callback],
        ),
    ).fit()
    return results, search.to_optimizer().trials, callback.killed


def lost_node(cluster, nodes):
    """The trial of the node is retried."""
    results, trials, killed = experiment(cluster, nodes, "nodes", 3, 3, num_samples=4)
    return {
        "killed": killed,
        "errors": results.num_errors,
        "ended": len(results),
        "resumed": max(result.metrics["start"] for result in results),
        "states": [trial.state for trial in trials],
        "lengths": [len(trial.steps) for trial in trials],
    }


def lost_trial(cluster, nodes):
    """The trial of the node is not retried, and the next one repeats its configuration."""
    results, trials, killed = experiment(cluster, nodes, "lost", 1, 0, num_samples=2, max_concurrent_trials=1)
    return {
        "killed": killed,
        "errors": results.num_errors,
        "configs": len({result.config["x"] for result in results}),
        "states": [trial.state for trial in trials],
    }


def loss(trial):
    """A parabola without noise. If some trials had other values, the model might treat all values as noisy."""
    return (trial.params["x"] - 0.25) ** 2


@ray.remote(num_cpus=0, max_retries=0)
def work(optimizer, n):
    for _ in range(n):
        trial = optimizer.ask()
        optimizer.report(trial, 1, 2.0)
        optimizer.tell(trial, loss(trial))
    return os.getpid()


@ray.remote(num_cpus=0, max_retries=0)
def die(optimizer):
    optimizer.ask(2)
    os.kill(os.getpid(), signal.SIGKILL)


@ray.remote(num_cpus=0)
def linger(optimizer, seconds):
    """A slow worker. It is alive, so it keeps its trial for longer than a lease."""
    trial = optimizer.ask()
    time.sleep(seconds)
    return optimizer.tell(trial, loss(trial))


def completed(optimizer):
    return {trial.id: trial.value for trial in optimizer.trials if trial.state == "complete"}


def kill_actor(optimizer):
    """Kill the actor and wait until another process replaces it. The old one may still answer for a while."""
    process = ray.get(optimizer._actor.__ray_call__.remote(lambda host: os.getpid()))
    ray.kill(optimizer._actor, no_restart=False)
    while ray.get(optimizer._actor.__ray_call__.remote(lambda host: os.getpid())) == process:
        time.sleep(0.1)


def shared_optimizer():
    optimizer = RemoteOptimizer({"x": tt.Float(0, 1)}, seed=0, sampler="tpe", path=f"{STORAGE}/shared", lease=LEASE)
    slow_result = linger.remote(optimizer, 2 * LEASE)
    pids = ray.get([work.remote(optimizer, 5) for _ in range(4)])
    try:
        ray.get(die.remote(optimizer))
    except ray.exceptions.WorkerCrashedError:
        crashed = True
    before_crash = completed(optimizer)
    kill_actor(optimizer)
    after_crash = completed(optimizer)
    counted = ray.get(slow_result)
    time.sleep(1.2 * LEASE)  # longer than the lease of the dead worker
    lost_ids = [trial.id for trial in optimizer.pending]
    returned = optimizer.ask(2)
    returned_ids = [trial.id for trial in returned]
    for trial in returned:
        optimizer.tell(trial.id, loss(trial))
    try:
        optimizer.tell(10_000, 1.0)
    except tt.UnknownTrialError:
        rejected = True
    outcome = {
        "workers": len(set(pids)),
        "completed": [len(before_crash), before_crash.items() <= after_crash.items()],
        "crashed": crashed,
        "counted": counted,
        "again": [lost_ids, returned_ids],
        "rejected": rejected,
        "another space": another_space(),
        "best": optimizer.best.value,
        "pending": len(optimizer.pending),
        "recommended": optimizer.recommend() == optimizer.best == optimizer.pareto_front[0],
    }
    optimizer.shutdown()
    return outcome


def another_space():
    """Return the error for a folder that holds another search."""
    try:
        RemoteOptimizer({"x": tt.Float(0, 2)}, path=f"{STORAGE}/shared")
    except tt.StudyError as error:
        return str(error)
    return None


def on_a_study():
    """The actor dies, and the file holds all trials."""
    path = f"{STORAGE}/study.db"
    optimizer = RemoteOptimizer({"x": tt.Float(0, 1)}, seed=0, sampler="tpe", study=path, lease=LEASE)
    pids = ray.get([work.remote(optimizer, 3) for _ in range(2)])
    pending = optimizer.ask()
    kill_actor(optimizer)
    counted = optimizer.tell(pending, -1.0)
    ids = [optimizer.ask().id, len(optimizer.trials)]
    optimizer.shutdown()
    with tt.Study(path) as study:
        return {
            "counted": counted,
            "ids": ids,
            "values": sum(trial.state == "complete" for trial in study.trials),
            "best": study.best.id,
            "placed": [{trial.process for trial in trials} for trials in (study.trials[:6], study.trials[6:])]
            == [set(pids), {os.getpid()}],
        }


class Slow:
    """A sampler that takes longer than a lease."""

    def suggest(self, view, n, rng):
        time.sleep(1.1 * LEASE)
        return rng.random((n, len(view.axes)))


@ray.remote(num_cpus=0)
def hold(optimizer):
    trial = optimizer.ask()
    time.sleep(1.5 * LEASE)  # longer than the ask of another worker
    return trial.id


def slow_asks():
    """Workers renew their leases while their asks wait for one another for longer than a lease."""
    optimizer = RemoteOptimizer({"x": tt.Float(0, 1)}, seed=0, sampler=Slow(), lease=LEASE)
    ids = ray.get([hold.remote(optimizer) for _ in range(3)])
    optimizer.shutdown()
    return sorted(ids)


def main():
    head = {"num_cpus": 0, "num_gpus": 0, "object_store_memory": MEMORY, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args={**head, "_system_config": HEALTH})
    nodes = [add_node(cluster) for _ in range(2)]
    cluster.wait_for_nodes(60)
    ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
    outcomes = {"concurrency": [recommended_concurrency(needed) for needed in ({"cpu": 1, "gpu": 0.5}, {"slot": 2})]}
    outcomes["node"] = lost_node(cluster, nodes)
    outcomes["lost"] = lost_trial(cluster, nodes)
    outcomes["shared"] = shared_optimizer()
    outcomes["study"] = on_a_study()
    outcomes["slow"] = slow_asks()
    ray.shutdown()
    cluster.shutdown()
    print(json.dumps(outcomes))  # noqa: T201 - the result of the scenario


if __name__ == "__main__":
    main()
