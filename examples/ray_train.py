"""Ray Tune over Ray Train: every trial is a distributed training run of its own.

A trial is a function on one processor that starts a trainer, which starts the workers that do the work. Trials hold
processors as well, so ``max_concurrent_trials`` must leave some to the workers: without it trials may take them all and
wait for ever.

``python ray_train.py`` trains with PyTorch (DistributedDataParallel) on the GPUs or processors there are; ``--smoke``
runs two small trials, one after the other, and where PyTorch is missing one worker of scikit-learn stands for it.
"""

import argparse
import importlib.util
import tempfile
import warnings

import ray
from ray import train, tune
from ray.tune.integration.ray_train import TuneReportCallback

from tanteo.integrations.ray import TanteoSearch

WITH_TORCH = importlib.util.find_spec("torch") is not None


def digits():
    """Return images and labels to learn from, and others to judge by."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    x, y = load_digits(return_X_y=True)
    return train_test_split(x.astype("float32") / 16, y, test_size=0.3, random_state=0, stratify=y)


def torch_worker(config):
    """One of several workers: each sees its share of every batch, gradients are averaged."""
    import torch
    from ray.train.torch import prepare_data_loader, prepare_model
    from torch.utils.data import DataLoader, TensorDataset

    x_train, x_valid, y_train, y_valid = (torch.from_numpy(each) for each in digits())
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Linear(64, config["width"]), torch.nn.ReLU(), torch.nn.Linear(config["width"], 10)
    )
    model = prepare_model(net)
    device = next(model.parameters()).device
    loader = prepare_data_loader(DataLoader(TensorDataset(x_train, y_train), batch_size=64, shuffle=True))
    optimizer = torch.optim.Adam(model.parameters(), lr=config["lr"])
    for epoch in range(config["epochs"]):
        if train.get_context().get_world_size() > 1:
            loader.sampler.set_epoch(epoch)
        for inputs, labels in loader:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(inputs), labels).backward()
            optimizer.step()
        with torch.no_grad():
            right = model(x_valid.to(device)).argmax(1).cpu() == y_valid
        train.report({"accuracy": right.float().mean().item()})


def sklearn_worker(config):
    """The only worker where PyTorch is missing."""
    from sklearn.neural_network import MLPClassifier

    warnings.filterwarnings("ignore", module="sklearn")  # a diverging network is a bad trial, not news
    x_train, x_valid, y_train, y_valid = digits()
    network = MLPClassifier([config["width"]], batch_size=64, learning_rate_init=config["lr"], random_state=0)
    for _ in range(config["epochs"]):
        network.partial_fit(x_train, y_train, classes=range(10))
        train.report({"accuracy": network.score(x_valid, y_valid)})


def trial(config):
    """What Tune runs: a trainer whose results reach Tune through a callback."""
    if WITH_TORCH:
        from ray.train.torch import TorchTrainer as Trainer
    else:
        from ray.train.v2.api.data_parallel_trainer import DataParallelTrainer as Trainer

    name = tune.get_context().get_trial_id()
    trainer = Trainer(
        torch_worker if WITH_TORCH else sklearn_worker,
        train_loop_config=config["loop"],
        scaling_config=train.ScalingConfig(num_workers=config["workers"], use_gpu=config["gpu"]),
        run_config=train.RunConfig(name=name, storage_path=config["storage"], callbacks=[TuneReportCallback()]),
    )
    trainer.fit()


def search(options, folder):
    """Search over what the loop takes; the rest of the configuration is constant."""
    workers = options.workers if WITH_TORCH and not options.smoke else 1
    available = ray.cluster_resources()
    gpu = available.get("GPU", 0) >= workers
    # One processor for a trial itself and one for each worker; of GPUs, one for each worker.
    at_once = min(available["CPU"] // (1 + workers), available["GPU"] // workers if gpu else float("inf"))
    epochs = 3 if options.smoke else 20
    loop = {"width": tune.lograndint(8, 256), "lr": tune.loguniform(1e-4, 1e-1), "epochs": epochs}
    tuner = tune.Tuner(
        trial,
        param_space={"loop": loop, "workers": workers, "gpu": gpu, "storage": f"{folder}/train"},
        tune_config=tune.TuneConfig(
            metric="accuracy",
            mode="max",
            search_alg=TanteoSearch(seed=0),
            num_samples=2 if options.smoke else 16,
            max_concurrent_trials=max(1, int(at_once)),
        ),
        run_config=tune.RunConfig(storage_path=f"{folder}/tune", name="tune", verbose=0),
    )
    return tuner.fit().get_best_result()


def main():
    """Connect, search, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2, help="of each trial")
    parser.add_argument("--smoke", action="store_true", help="two small trials of one worker")
    options = parser.parse_args()
    ray.init(address="local", num_cpus=2 if options.smoke else None, include_dashboard=False, log_to_driver=False)
    with tempfile.TemporaryDirectory() as folder:
        best = search(options, folder)
    print("PyTorch" if WITH_TORCH else "scikit-learn (PyTorch is not installed)", "trains, Tanteo chooses")
    print(f"accuracy {best.metrics['accuracy']:.3f} with {best.config['loop']}")
    ray.shutdown()


if __name__ == "__main__":
    main()
