"""Ray Tune over Ray Train: every trial is a distributed training run of its own.

On one machine        python ray_train.py
On a cluster          ray start --head, and ray start --address=HEAD:6379 on every other node; then on one of them
                      python ray_train.py --address auto --storage /shared/results
After an interruption the same command with --restore.
To try it             python ray_train.py --smoke: two small trials of one worker, one after the other.

A trial is a function on one processor that starts a trainer, which starts the workers. Trials hold processors as well,
so ``max_concurrent_trials`` must leave some to the workers: otherwise trials may take them all and wait for ever.

It trains with PyTorch (DistributedDataParallel) on the GPUs or processors there are. Where PyTorch is missing, one
worker of scikit-learn stands in for it.
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
from ray.tune.schedulers import ASHAScheduler

from tanteo.integrations.ray import TanteoSearch

NAME = "tune"
WITH_TORCH = importlib.util.find_spec("torch") is not None


def digits():
    """Return images to learn from, images to judge by, and the labels of both."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    x, y = load_digits(return_X_y=True)
    return train_test_split(x.astype("float32") / 16, y, test_size=0.3, random_state=0, stratify=y)


class TorchNetwork:
    """One of several workers: each sees its share of every batch, gradients are averaged."""

    def __init__(self, config):
        import torch
        from ray.train.torch import prepare_data_loader, prepare_model
        from torch.utils.data import DataLoader, TensorDataset

        self.torch = torch
        x_train, self.x_valid, y_train, self.y_valid = (torch.from_numpy(each) for each in digits())
        torch.manual_seed(0)
        net = torch.nn.Sequential(
            torch.nn.Linear(64, config["width"]), torch.nn.ReLU(), torch.nn.Linear(config["width"], 10)
        )
        self.model = prepare_model(net)
        self.loader = prepare_data_loader(DataLoader(TensorDataset(x_train, y_train), batch_size=64, shuffle=True))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=config["lr"])

    def train(self, epoch):
        """Go over the data once."""
        if train.get_context().get_world_size() > 1:
            self.loader.sampler.set_epoch(epoch)
        for inputs, labels in self.loader:
            self.optimizer.zero_grad()
            self.torch.nn.functional.cross_entropy(self.model(inputs), labels).backward()
            self.optimizer.step()

    def accuracy(self):
        """Return the share of digits that are recognized."""
        device = next(self.model.parameters()).device
        with self.torch.no_grad():
            right = self.model(self.x_valid.to(device)).argmax(1).cpu() == self.y_valid
        return right.float().mean().item()

    def state(self):
        """Return what a checkpoint keeps, on the processor: another worker may have another GPU."""
        model = getattr(self.model, "module", self.model)
        return {name: weight.cpu() for name, weight in model.state_dict().items()}, self.optimizer.state_dict()

    def resume(self, state):
        """Continue from a checkpoint."""
        getattr(self.model, "module", self.model).load_state_dict(state[0])
        self.optimizer.load_state_dict(state[1])


class SklearnNetwork:
    """The only worker where PyTorch is missing."""

    def __init__(self, config):
        from sklearn.neural_network import MLPClassifier

        warnings.filterwarnings("ignore", module="sklearn")  # a diverging network is a bad trial, not news
        self.x_train, self.x_valid, self.y_train, self.y_valid = digits()
        self.model = MLPClassifier([config["width"]], batch_size=64, learning_rate_init=config["lr"], random_state=0)

    def train(self, epoch):
        """Go over the data once."""
        self.model.partial_fit(self.x_train, self.y_train, classes=range(10))

    def accuracy(self):
        """Return the share of digits that are recognized."""
        return self.model.score(self.x_valid, self.y_valid)

    def state(self):
        """Return what a checkpoint keeps."""
        return self.model

    def resume(self, state):
        """Continue from a checkpoint."""
        self.model = state


def load(network, checkpoint):
    """Set a network to a checkpoint; return how many epochs it has had."""
    with checkpoint.as_directory() as folder:
        epochs, state = pickle.loads((Path(folder) / "state").read_bytes())  # noqa: S301 - our own checkpoint
    network.resume(state)
    return epochs


def worker(config):
    """What each worker of a trial runs: report after each epoch, and let the first worker keep a checkpoint."""
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
    """What Tune runs: a trainer whose results reach Tune through a callback.

    A run of Ray Train that is started again under its name, as a restored or retried trial does, continues from its
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
            failure_config=train.FailureConfig(max_failures=1),  # a lost worker costs an epoch, not the trial
        ),
    )
    trainer.fit()


def space(options, storage, workers, *, gpu):
    """Return the search space: what the loop takes. The rest of the configuration is constant."""
    loop = {
        "width": tune.lograndint(8, 256),
        "lr": tune.loguniform(1e-4, 1e-1),
        "epochs": 3 if options.smoke else 20,
    }
    return {"loop": loop, "workers": workers, "gpu": gpu, "storage": f"{storage}/train"}


def scheduler(epochs, *, smoke):
    """Return one that stops bad trials early, but none at its last epoch: a trial that ends by itself tidies up.

    Ray frees the workers of a trial that was stopped with the help of its dashboard (``pip install 'ray[default]'``).
    Without one they keep their processors, so the smoke run stops no trial.
    """
    return ASHAScheduler(time_attr="epoch", max_t=epochs + 1, grace_period=epochs + 1 if smoke else 2)


def search(options, storage):
    """Run the experiment, or the rest of one that was interrupted; return its results."""
    workers = options.workers if WITH_TORCH and not options.smoke else 1
    available = ray.cluster_resources()
    gpu = available.get("GPU", 0) >= workers
    # One processor for a trial itself and one for each worker; of GPUs, one for each worker.
    at_once = min(available["CPU"] // (1 + workers), available["GPU"] // workers if gpu else float("inf"))
    domains, place = space(options, storage, workers, gpu=gpu), f"{storage}/{NAME}"
    if options.restore:
        if not tune.Tuner.can_restore(place):
            raise SystemExit(f"there is nothing to restore at {place}")
        return tune.Tuner.restore(place, trainable=trial, param_space=domains).fit()
    return tune.Tuner(
        trial,
        param_space=domains,
        tune_config=tune.TuneConfig(
            metric="accuracy",
            mode="max",
            # The budget is the epoch: a trial that is tried again counts its results from one, but not its epochs.
            search_alg=TanteoSearch(seed=0, time_attr="epoch"),
            scheduler=scheduler(domains["loop"]["epochs"], smoke=options.smoke),
            num_samples=options.trials or (2 if options.smoke else 16),
            max_concurrent_trials=max(1, int(at_once)),
        ),
        run_config=tune.RunConfig(
            storage_path=storage,
            name=NAME,
            verbose=0 if options.smoke else 1,
            failure_config=tune.FailureConfig(max_failures=1),  # for a trial that dies itself
        ),
    ).fit()


def show(results, storage):
    """Load the network of the best trial, and print what it achieves."""
    best = results.get_best_result()
    files, _ = pyarrow.fs.FileSystem.from_uri(storage)
    checkpoint = train.Checkpoint(best.metrics["checkpoint_path"], filesystem=files)
    print("PyTorch" if WITH_TORCH else "scikit-learn (PyTorch is not installed)", "trains, Tanteo chooses")
    print(f"accuracy {best.metrics['accuracy']:.3f} with {best.config['loop']}")
    if not WITH_TORCH:  # a network for DistributedDataParallel exists in a worker only
        network = SklearnNetwork(best.config["loop"])
        print(f"its checkpoint of epoch {load(network, checkpoint)} has accuracy {network.accuracy():.3f}")
    else:
        print(f"its checkpoint: {checkpoint.path}")


def arguments(given=None):
    """Return the options of the command line, checked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="local", help="of a running cluster; 'auto' on one of its nodes")
    parser.add_argument(
        "--storage", help="a folder (or bucket, s3://...) that every node can reach; default: a temporary folder"
    )
    parser.add_argument("--restore", action="store_true", help="continue what was interrupted, from --storage")
    parser.add_argument("--workers", type=int, default=2, help="of each trial")
    parser.add_argument("--trials", type=int, help="how many")
    parser.add_argument("--smoke", action="store_true", help="small trials of one worker")
    options = parser.parse_args(given)
    if options.address != "local" and not options.storage:
        parser.error(
            f"--address {options.address} needs --storage, a folder or bucket that every node can reach, such as "
            "/shared/results or s3://bucket/results: a folder of this machine alone would lose checkpoints"
        )
    if options.restore and not options.storage:
        parser.error("--restore needs --storage, the folder of the run that was interrupted")
    if options.storage and "://" not in options.storage:
        options.storage = str(Path(options.storage).absolute())  # Ray takes a relative path for an address
    return options


def main():
    """Connect, search, show."""
    options = arguments()
    small = {"num_cpus": 2, "include_dashboard": False} if options.smoke and options.address == "local" else {}
    ray.init(address=options.address, log_to_driver=False, **small)
    with tempfile.TemporaryDirectory() as folder:
        storage = options.storage or folder
        show(search(options, storage), storage)
    ray.shutdown()


if __name__ == "__main__":
    main()
