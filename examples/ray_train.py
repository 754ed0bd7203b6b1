"""Ray Tune with Ray Train: every trial is a distributed training run.

On one machine        python ray_train.py
On a cluster          ray start --head, and ray start --address=HEAD:6379 on every other node; then on one of them
                      python ray_train.py --address auto --storage /shared/results
After an interruption the same command with --restore.
To try it             python ray_train.py --smoke: two small trials with one worker, one after the other.

A trial is a function on one processor that starts a trainer, which starts the workers. Trials occupy processors, too,
so ``max_concurrent_trials`` must leave some for the workers. Otherwise trials may take all of them and wait for ever.

The workers use PyTorch (DistributedDataParallel) on the available GPUs or processors. Without PyTorch, a single worker
uses scikit-learn.
"""

import argparse
import importlib.util
import pickle
import tempfile
import warnings
from pathlib import Path

import pyarrow.fs
import ray
from ray import train, tune
from ray.tune.integration.ray_train import TuneReportCallback

from tanteo.integrations.ray import TanteoScheduler, TanteoSearch

NAME = "tune"
WITH_TORCH = importlib.util.find_spec("torch") is not None


def digits():
    """Return training images, validation images, and the labels of both."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    x, y = load_digits(return_X_y=True)
    return train_test_split(x.astype("float32") / 16, y, test_size=0.3, random_state=0, stratify=y)


class TorchNetwork:
    """One of several workers: each processes its share of every batch, and gradients are averaged."""

    def __init__(self, config):
        import torch
        from ray.train.torch import prepare_data_loader, prepare_model
        from torch.utils.data import DataLoader, TensorDataset

        self.torch = torch
        x_train, self.x_valid, y_train, self.y_valid = (torch.from_numpy(array) for array in digits())
        torch.manual_seed(0)
        net = torch.nn.Sequential(
            torch.nn.Linear(64, config["width"]), torch.nn.ReLU(), torch.nn.Linear(config["width"], 10)
        )
        self.model = prepare_model(net)
        self.loader = prepare_data_loader(DataLoader(TensorDataset(x_train, y_train), batch_size=64, shuffle=True))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=config["lr"])

    def train(self, epoch):
        """Train for one epoch."""
        if train.get_context().get_world_size() > 1:
            self.loader.sampler.set_epoch(epoch)
        for inputs, labels in self.loader:
            self.optimizer.zero_grad()
            self.torch.nn.functional.cross_entropy(self.model(inputs), labels).backward()
            self.optimizer.step()

    def accuracy(self):
        """Return the validation accuracy."""
        device = next(self.model.parameters()).device
        with self.torch.no_grad():
            is_correct = self.model(self.x_valid.to(device)).argmax(1).cpu() == self.y_valid
        return is_correct.float().mean().item()

    def state(self):
        """Return the state for a checkpoint, with the weights on the CPU, since another worker may have another GPU."""
        model = getattr(self.model, "module", self.model)
        return {name: weight.cpu() for name, weight in model.state_dict().items()}, self.optimizer.state_dict()

    def resume(self, state):
        """Continue from a checkpoint."""
        getattr(self.model, "module", self.model).load_state_dict(state[0])
        self.optimizer.load_state_dict(state[1])


class SklearnNetwork:
    """The only worker if PyTorch is missing."""

    def __init__(self, config):
        from sklearn.neural_network import MLPClassifier

        warnings.filterwarnings("ignore", module="sklearn")  # a diverging network is only a bad trial
        self.x_train, self.x_valid, self.y_train, self.y_valid = digits()
        self.model = MLPClassifier([config["width"]], batch_size=64, learning_rate_init=config["lr"], random_state=0)

    def train(self, epoch):
        """Train for one epoch."""
        self.model.partial_fit(self.x_train, self.y_train, classes=range(10))

    def accuracy(self):
        """Return the validation accuracy."""
        return self.model.score(self.x_valid, self.y_valid)

    def state(self):
        """Return the state for a checkpoint."""
        return self.model

    def resume(self, state):
        """Continue from a checkpoint."""
        self.model = state


def load(network, checkpoint):
    """Load a checkpoint into a network; return the number of completed epochs."""
    with checkpoint.as_directory() as folder:
        epochs, state = pickle.loads((Path(folder) / "state").read_bytes())  # noqa: S301 - our own checkpoint
    network.resume(state)
    return epochs


def worker(config):
    """Run one worker of a trial: report after each epoch; the first worker also writes a checkpoint."""
    network = TorchNetwork(config) if WITH_TORCH else SklearnNetwork(config)
    checkpoint = train.get_checkpoint()
    first = load(network, checkpoint) if checkpoint else 0
    for epoch in range(first, config["epochs"]):
        network.train(epoch)
        metrics = {"accuracy": network.accuracy(), "epoch": epoch + 1}
        if train.get_context().get_world_rank() > 0:
            train.report(metrics)
            continue
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "state").write_bytes(pickle.dumps((epoch + 1, network.state())))
            train.report(metrics, checkpoint=train.Checkpoint.from_directory(folder))


def trial(config):
    """Run a trial of Tune: a trainer whose results are passed to Tune by a callback.

    If a run of Ray Train is started again under the same name, as by a restored or retried trial, it continues from its
    latest checkpoint.
    """
    if WITH_TORCH:
        from ray.train.torch import TorchTrainer as Trainer
    else:
        from ray.train.v2.api.data_parallel_trainer import DataParallelTrainer as Trainer

    trainer = Trainer(
        worker,
        train_loop_config=config["loop"],
        scaling_config=train.ScalingConfig(num_workers=config["workers"], use_gpu=config["gpu"]),
        run_config=train.RunConfig(
            name=tune.get_context().get_trial_id(),
            storage_path=config["storage"],
            callbacks=[TuneReportCallback()],
            checkpoint_config=train.CheckpointConfig(num_to_keep=1),
            failure_config=train.FailureConfig(
                max_failures=1
            ),  # after a lost worker the run continues from the last epoch
        ),
    )
    trainer.fit()


def space(options, storage, workers, *, gpu):
    """Return the search space: the configuration of the training loop; everything else is constant."""
    loop = {
        "width": tune.lograndint(8, 256),
        "lr": tune.loguniform(1e-4, 1e-1),
        "epochs": 3 if options.smoke else 20,
    }
    return {"loop": loop, "workers": workers, "gpu": gpu, "storage": f"{storage}/train"}


def scheduler(*, smoke):
    """Return a scheduler that stops trials which are unlikely to become the best.

    Only a few trials run at once, each on many processors. ASHA would compare the first ones with hardly any others.

    Ray needs its dashboard (``pip install 'ray[default]'``) to free the workers of a stopped trial. Without the
    dashboard they keep their processors, so the smoke run stops no trial.
    """
    return TanteoScheduler("nothing" if smoke else "auto", time_attr="epoch", seed=0)


def search(options, storage):
    """Run the experiment, or continue an interrupted one, and return its results."""
    workers = options.workers if WITH_TORCH and not options.smoke else 1
    available = ray.cluster_resources()
    gpu = available.get("GPU", 0) >= workers
    # A trial needs one processor for itself and one for each worker, and with GPUs one GPU for each worker.
    n_concurrent = min(available["CPU"] // (1 + workers), available["GPU"] // workers if gpu else float("inf"))
    domains, path = space(options, storage, workers, gpu=gpu), f"{storage}/{NAME}"
    if options.restore:
        if not tune.Tuner.can_restore(path):
            raise SystemExit(f"there is nothing to restore at {path}")
        return tune.Tuner.restore(path, trainable=trial, param_space=domains).fit()
    return tune.Tuner(
        trial,
        param_space=domains,
        tune_config=tune.TuneConfig(
            metric="accuracy",
            mode="max",
            # The step is the epoch. A retried trial counts its results from one again, but not its epochs.
            search_alg=TanteoSearch(seed=0, time_attr="epoch"),
            scheduler=scheduler(smoke=options.smoke),
            num_samples=options.trials or (2 if options.smoke else 16),
            max_concurrent_trials=max(1, int(n_concurrent)),
        ),
        run_config=tune.RunConfig(
            storage_path=storage,
            name=NAME,
            verbose=0 if options.smoke else 1,
            failure_config=tune.FailureConfig(max_failures=1),  # for a trial that crashes outside of its workers
        ),
    ).fit()


def show(results, storage):
    """Load the network of the best trial, and print its accuracy."""
    best = results.get_best_result()
    files, _ = pyarrow.fs.FileSystem.from_uri(storage)
    checkpoint = train.Checkpoint(best.metrics["checkpoint_path"], filesystem=files)
    print("training with", "PyTorch" if WITH_TORCH else "scikit-learn (PyTorch is not installed)")
    print(f"accuracy {best.metrics['accuracy']:.3f} with {best.config['loop']}")
    if not WITH_TORCH:  # a DistributedDataParallel network exists only in a worker
        network = SklearnNetwork(best.config["loop"])
        print(f"its checkpoint of epoch {load(network, checkpoint)} has accuracy {network.accuracy():.3f}")
    else:
        print(f"its checkpoint: {checkpoint.path}")


def parse_arguments(arguments=None):
    """Return the validated options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="local", help="address of a running cluster; 'auto' on one of its nodes")
    parser.add_argument(
        "--storage", help="a folder (or bucket, s3://...) that every node can reach; default: a temporary folder"
    )
    parser.add_argument("--restore", action="store_true", help="continue an interrupted run from --storage")
    parser.add_argument("--workers", type=int, default=2, help="number of workers of each trial")
    parser.add_argument("--trials", type=int, help="number of trials")
    parser.add_argument("--smoke", action="store_true", help="small trials with one worker")
    options = parser.parse_args(arguments)
    if options.address != "local" and not options.storage:
        parser.error(
            f"--address {options.address} needs --storage, a folder or bucket that every node can reach, such as "
            "/shared/results or s3://bucket/results: with a local folder, checkpoints of other nodes would be lost"
        )
    if options.restore and not options.storage:
        parser.error("--restore needs --storage, the folder of the interrupted run")
    if options.storage and "://" not in options.storage:
        options.storage = str(Path(options.storage).absolute())  # Ray interprets a relative path as an address
    return options


def main():
    """Connect to Ray, search, and print the results."""
    options = parse_arguments()
    small = {"num_cpus": 2, "include_dashboard": False} if options.smoke and options.address == "local" else {}
    ray.init(address=options.address, log_to_driver=False, **small)
    with tempfile.TemporaryDirectory() as folder:
        storage = options.storage or folder
        show(search(options, storage), storage)
    ray.shutdown()


if __name__ == "__main__":
    main()
