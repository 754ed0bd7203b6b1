"""Networks on GPUs with Ray Tune: one GPU per trial, any number of nodes, ASHA, checkpoints, and limited memory.

On one machine        python ray_tune_gpu.py
On a cluster          ray start --head, and ray start --address=HEAD:6379 on every other node; then on one of them
                      python ray_tune_gpu.py --address auto --storage /shared/results
After an interruption the same command with --restore. Finished trials are kept, running trials resume from their
                      checkpoints, and the search continues, since Tune stores its state with the results.
Without a GPU         python ray_tune_gpu.py --smoke: two nodes with a fake GPU each, and tiny networks. A fake GPU has
                      no memory, so the limit is computed. Without PyTorch, scikit-learn is used for training.

Wide and deep networks are best here until they no longer fit into the memory of the GPU; then the trial crashes. The
search learns the memory limit from these crashes and suggests few configurations beyond it.
"""

import argparse
import contextlib
import importlib.util
import pickle
import tempfile
import warnings
from pathlib import Path

import ray
from ray import tune
from ray.tune.schedulers import ASHAScheduler

from tanteo.integrations.ray import TanteoSearch, recommended_concurrency

NAME = "gpu"


def space(smoke):
    """Return the search space; constants are part of the configuration."""
    return {
        "width": tune.lograndint(8, 256) if smoke else tune.lograndint(256, 16384),
        "depth": tune.randint(1, 6),
        "batch": tune.choice([32, 64, 128]),
        "lr": tune.loguniform(1e-4, 1e-1),
        "epochs": 4 if smoke else 30,
        "memory": 200e3 if smoke else 150e6,  # memory limit of a trial in bytes
    }


def required_memory(config):
    """Return the approximate memory of training in bytes: weights with gradients and two moments, and activations."""
    width, depth = config["width"], config["depth"]
    weights = 64 * width + (depth - 1) * width**2 + 10 * width
    return 4 * (4 * weights + 3 * depth * width * config["batch"])


class TorchNetwork:
    """A multilayer perceptron in PyTorch, on the GPU if there is one."""

    def __init__(self, config, inputs, labels):
        import torch

        self.torch, self.batch = torch, config["batch"]
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        if self.device == "cuda":
            total = torch.cuda.get_device_properties(0).total_memory
            torch.cuda.set_per_process_memory_fraction(min(1.0, config["memory"] / total))
        torch.manual_seed(0)
        layers, n_inputs = [], inputs.shape[1]
        for _ in range(config["depth"]):
            layers += [torch.nn.Linear(n_inputs, config["width"], device=self.device), torch.nn.ReLU()]
            n_inputs = config["width"]
        self.model = torch.nn.Sequential(*layers, torch.nn.Linear(n_inputs, 10, device=self.device))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=config["lr"])
        self.inputs, self.labels = self._tensor(inputs), torch.as_tensor(labels).to(self.device)

    def train(self):
        """Train for one epoch."""
        loss = self.torch.nn.CrossEntropyLoss()
        for rows in self.torch.randperm(len(self.inputs), device=self.device).split(self.batch):
            self.optimizer.zero_grad()
            loss(self.model(self.inputs[rows]), self.labels[rows]).backward()
            self.optimizer.step()

    def predict(self, inputs):
        """Return the predicted digits."""
        with self.torch.no_grad():
            return self.model(self._tensor(inputs)).argmax(1).cpu().numpy()

    def state(self):
        """Return the state for a checkpoint."""
        return self.model.state_dict(), self.optimizer.state_dict()

    def resume(self, state):
        """Continue from a checkpoint."""
        self.model.load_state_dict(state[0])
        self.optimizer.load_state_dict(state[1])

    def _tensor(self, inputs):
        return self.torch.as_tensor(inputs, dtype=self.torch.float32).to(self.device)


class SklearnNetwork:
    """The same network in scikit-learn, for the smoke run without PyTorch."""

    def __init__(self, config, inputs, labels):
        from sklearn.neural_network import MLPClassifier

        warnings.filterwarnings("ignore", module="sklearn")  # a diverging network is only a bad trial
        shape, batch, lr = [config["width"]] * config["depth"], config["batch"], config["lr"]
        self.model = MLPClassifier(shape, batch_size=batch, learning_rate_init=lr, random_state=0)
        self.inputs, self.labels = inputs, labels

    def train(self):
        """Train for one epoch."""
        self.model.partial_fit(self.inputs, self.labels, classes=range(10))

    def predict(self, inputs):
        """Return the predicted digits."""
        return self.model.predict(inputs)

    def state(self):
        """Return the state for a checkpoint."""
        return self.model

    def resume(self, state):
        """Continue from a checkpoint."""
        self.model = state


def digits():
    """Return training images, validation images, and the labels of both."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    x, y = load_digits(return_X_y=True)
    return train_test_split(x / 16, y, test_size=0.3, random_state=0, stratify=y)


def network_of(config, inputs, labels, checkpoint):
    """Return a network and its number of completed epochs, from a checkpoint if there is one."""
    kind = SklearnNetwork if importlib.util.find_spec("torch") is None else TorchNetwork
    network = kind(config, inputs, labels)
    if not checkpoint:
        return network, 0
    with checkpoint.as_directory() as folder:
        epochs, state = pickle.loads((Path(folder) / "state").read_bytes())  # noqa: S301 - our own checkpoint
    network.resume(state)
    return network, epochs


def train(config):
    """Run a trial: train, report and write a checkpoint after each epoch; crash if the memory is exceeded."""
    x_train, x_valid, y_train, y_valid = digits()
    network, first = network_of(config, x_train, y_train, tune.get_checkpoint())
    if getattr(network, "device", "cpu") == "cpu" and required_memory(config) > config["memory"]:
        raise MemoryError(f"out of memory: {required_memory(config):.0f} bytes")  # on a GPU, PyTorch raises the error
    for epoch in range(first, config["epochs"]):
        network.train()
        accuracy = (network.predict(x_valid) == y_valid).mean()
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "state").write_bytes(pickle.dumps((epoch + 1, network.state())))
            tune.report({"accuracy": accuracy}, checkpoint=tune.Checkpoint.from_directory(folder))


def new_tuner(options, storage, trainable, per_trial):
    """Return the tuner of a new experiment."""
    domains = space(options.smoke)
    return tune.Tuner(
        trainable,
        param_space=domains,
        tune_config=tune.TuneConfig(
            metric="accuracy",
            mode="max",
            search_alg=TanteoSearch(seed=0),
            scheduler=ASHAScheduler(max_t=domains["epochs"], grace_period=2),
            num_samples=options.trials or (40 if options.smoke else 200),
            max_concurrent_trials=recommended_concurrency(per_trial),
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(
            storage_path=storage,
            name=NAME,
            verbose=0 if options.smoke else 1,
            # Keep the best checkpoint for the end. Ray always keeps the latest one, from which trials resume.
            checkpoint_config=tune.CheckpointConfig(num_to_keep=1, checkpoint_score_attribute="accuracy"),
            # A trial whose node is lost resumes on another one. Ray also retries crashes, so a single retry is enough.
            failure_config=tune.FailureConfig(max_failures=0 if options.smoke else 1),
        ),
    )


def search(options, storage):
    """Run the experiment, or continue an interrupted one, and return its results."""
    per_trial = {"cpu": 1, "gpu": 1}
    trainable, path = tune.with_resources(train, per_trial), f"{storage}/{NAME}"
    if not options.restore:
        return new_tuner(options, storage, trainable, per_trial).fit()
    if not tune.Tuner.can_restore(path):
        raise SystemExit(f"there is nothing to restore at {path}")
    return tune.Tuner.restore(path, trainable=trainable, param_space=space(options.smoke)).fit()


def show(results, smoke):
    """Print the best trial, and the shares of configurations that exceed the memory."""

    def share(configs):
        exceeds = [required_memory(config) > config["memory"] for config in configs]
        return f"{sum(exceeds) / len(exceeds):.0%}"

    best = results.get_best_result(scope="all")
    checkpoint = best.get_best_checkpoint("accuracy", "max")
    x_train, x_valid, y_train, y_valid = digits()
    network, epochs = network_of(best.config, x_train, y_train, checkpoint)
    accuracy = (network.predict(x_valid) == y_valid).mean()
    print(f"best accuracy {accuracy:.3f} after {epochs} epochs, from its checkpoint, with {best.config}")
    print(f"{results.num_errors} of {len(results)} trials crashed")
    domains = space(smoke)
    random_configs = [
        {name: domain.sample() if hasattr(domain, "sample") else domain for name, domain in domains.items()}
        for _ in range(2000)
    ]
    # After a restore, Tune does not know the configurations of trials that crashed before.
    tried = [result.config for result in results if result.config]
    half = len(tried) // 2
    print(f"share that does not fit into memory: {share(random_configs)} at random, ", end="")
    print(f"{share(tried[:10])} of the first ten trials, {share(tried[half:])} of the last {len(tried) - half}")


def parse_arguments(arguments=None):
    """Return the validated options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="local", help="address of a running cluster; 'auto' on one of its nodes")
    parser.add_argument(
        "--storage", help="a folder (or bucket, s3://...) that every node can reach; default: a temporary folder"
    )
    parser.add_argument("--restore", action="store_true", help="continue an interrupted run from --storage")
    parser.add_argument("--trials", type=int, help="number of trials")
    parser.add_argument("--smoke", action="store_true", help="tiny networks on two nodes with a fake GPU each")
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


@contextlib.contextmanager
def connected(options):
    """Connect to Ray: to a cluster, to the local machine, or to two small nodes that this function starts."""
    cluster = None
    if options.smoke and options.address == "local":
        from ray.cluster_utils import Cluster

        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
        for _ in range(2):
            cluster.add_node(num_cpus=1, num_gpus=1)
    ray.init(address=cluster.address if cluster else options.address, log_to_driver=False)
    yield
    ray.shutdown()
    if cluster:
        cluster.shutdown()


def main():
    """Connect to Ray, search, and print the results."""
    options = parse_arguments()
    with connected(options), tempfile.TemporaryDirectory() as folder:
        show(search(options, options.storage or folder), options.smoke)


if __name__ == "__main__":
    main()
