"""Run several small experiments on one local Ray, one after another, and print the outcome of each."""

import json
import math
import sys
import tempfile
from pathlib import Path

import ray
from ray import tune
from ray.tune.schedulers import ASHAScheduler, HyperBandForBOHB, HyperBandScheduler, MedianStoppingRule
from ray.tune.search import ConcurrencyLimiter, Repeater

from tanteo.integrations.ray import NanStopper, TanteoSearch, recommended_concurrency

STORAGE = sys.argv[1]


class Marker:
    """An object that only a pickle can hold."""

    def __init__(self, name):
        self.name = name


def fit(trainable, space, search, *, n=8, name, scheduler=None, tuning=None, **run):
    configured = {
        "reuse_actors": True,
        "num_samples": n,
        "search_alg": search,
        "scheduler": scheduler,
        **(tuning or {}),
    }
    return tune.Tuner(
        trainable,
        param_space=space,
        tune_config=tune.TuneConfig(**{"metric": "loss", "mode": "min", **configured}),
        run_config=tune.RunConfig(storage_path=STORAGE, name=name, verbose=0, **run),
    ).fit()


def report_path(config):
    """Report five times. The trial can resume from a checkpoint, which HyperBand needs."""
    start = 0
    checkpoint = tune.get_checkpoint()
    if checkpoint:
        with checkpoint.as_directory() as folder:
            start = int((Path(folder) / "step").read_text())
    for step in range(start + 1, 6):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "step").write_text(str(step))
            tune.report({"loss": config["x"] + 1 / step}, checkpoint=tune.Checkpoint.from_directory(folder))


def structure():
    space = {
        "x": tune.uniform(0, 1),
        "m": tune.choice([{"kind": "a", "r": tune.loguniform(1e-3, 1)}, {"kind": "b"}]),
        "rows": [1, tune.randint(0, 4)],
        "o": tune.choice([Marker("one"), Marker("two")]),
        "twice": tune.sample_from(lambda config: 2 * config["x"]),
        "a/b": tune.quniform(0, 1, 0.1),
    }

    def trainable(config):
        is_correct = config["twice"] == 2 * config["x"] and isinstance(config["o"], Marker) and config["rows"][0] == 1
        is_correct = is_correct and (config["m"].keys() == ({"kind", "r"} if config["m"]["kind"] == "a" else {"kind"}))
        tune.report({"loss": config["x"] if is_correct else math.nan, "good": is_correct})

    results = fit(trainable, space, TanteoSearch(seed=0), name="structure", tuning={"max_concurrent_trials": 2})
    return {"good": [result.metrics["good"] for result in results]}


def asha():
    search = TanteoSearch(sampler="tpe", seed=0)

    def trainable(config):
        for step in range(1, 10):
            tune.report({"loss": config["x"] + 1 / step})

    scheduler = ASHAScheduler(max_t=9, grace_period=1, reduction_factor=3)
    fit(trainable, {"x": tune.uniform(0, 1)}, search, n=12, name="asha", scheduler=scheduler)
    trials = search.to_optimizer().trials
    return {"states": [trial.state for trial in trials], "lengths": [len(trial.steps) for trial in trials]}


def hyperband():
    states = {}
    for scheduler in (HyperBandScheduler(max_t=4, reduction_factor=2), HyperBandForBOHB(max_t=4, reduction_factor=2)):
        search = TanteoSearch(seed=0)
        name = type(scheduler).__name__
        fit(report_path, {"x": tune.uniform(0, 1)}, search, n=6, name=name, scheduler=scheduler)
        states[name] = [trial.state for trial in search.to_optimizer().trials]
    return states


def trouble():
    """Trials that crash, are retried, or report unusual values."""
    search = TanteoSearch(seed=0)
    marks = Path(STORAGE) / "marks"
    marks.mkdir(exist_ok=True)

    def trainable(config):
        kind = config["kind"]
        mark = marks / f"{kind}-{config['x']}"
        if kind == "crash" or (kind == "once" and not mark.exists()):
            mark.touch()
            tune.report({"loss": 5.0})
            raise MemoryError("out of memory")
        unusual_values = {"nan": math.nan, "minus infinity": -math.inf, "infinity": math.inf, "text": "oops"}
        tune.report({"loss": unusual_values.get(kind, 0.5)})

    kinds = ["crash", "once", "nan", "minus infinity", "infinity", "text", "fine"]
    space = {"x": tune.uniform(0, 1), "kind": tune.choice(kinds)}
    search = TanteoSearch(seed=0, points_to_evaluate=[{"kind": kind} for kind in kinds])
    fit(trainable, space, search, n=7, name="trouble", failure_config=tune.FailureConfig(max_failures=1))
    trials = search.to_optimizer().trials
    return {trial.params["kind"]: [trial.state, trial.value] for trial in trials}


def nan_stopper():
    def trainable(config):
        for _ in range(50):
            tune.report({"loss": math.nan if config["x"] < 0.5 else config["x"]})

    results = fit(
        trainable,
        {"x": tune.uniform(0, 1)},
        TanteoSearch(seed=0),
        n=6,
        name="nan",
        scheduler=ASHAScheduler(max_t=50, grace_period=1),
        stop=NanStopper("loss"),
    )
    return {"lengths": [[r.metrics["training_iteration"], math.isnan(r.metrics["loss"])] for r in results]}


def wrappers():
    def trainable(config):
        tune.report({"loss": config["x"]})

    space, lengths = {"x": tune.uniform(0, 1)}, {}
    for name, wrap, n in (
        ("repeater", lambda search: Repeater(search, repeat=2), 4),
        ("batch", lambda search: ConcurrencyLimiter(search, 2, batch=True), 6),
    ):
        search = TanteoSearch(seed=0, metric="loss", mode="min")
        lengths[name] = len(fit(trainable, space, wrap(search), n=n, name=name))
        lengths[f"{name} completed"] = sum(trial.state == "complete" for trial in search.to_optimizer().trials)
    finite = fit(trainable, {"x": tune.choice([1.0, 2.0, 3.0])}, TanteoSearch(seed=0), n=10, name="finite")
    lengths["finite"] = len(finite)
    return lengths


def several():
    """Two objectives and an observed metric, under a scheduler that uses one of the objectives."""
    points = [{"x": x} for x in (0.1, 0.2, 0.3, 0.9)]
    search = TanteoSearch(
        metric=["loss", "size", "note"], mode=["min", "max", "obs"], points_to_evaluate=points, seed=0
    )

    def trainable(config):
        for step in range(1, 6):
            tune.report({"loss": config["x"] + 1 / step, "size": config["x"] ** 2, "note": "text"})

    scheduler = MedianStoppingRule("training_iteration", "loss", "min", grace_period=1, min_samples_required=2)
    tuning = {"metric": None, "mode": None, "max_concurrent_trials": 1}
    fit(trainable, {"x": tune.uniform(0, 1)}, search, n=6, name="several", scheduler=scheduler, tuning=tuning)
    optimizer = search.to_optimizer()
    lengths = [result.reach for result in search._session.ledger().records]
    return {"front": len(optimizer.pareto_front), "lengths": lengths}


def earlier():
    """Warm starts from results and from a path, and a time budget that interrupts trials."""

    def trainable(config):
        if config["x"] > 0.9:
            raise RuntimeError("edge")
        tune.report({"loss": config["x"]})

    space = {"x": tune.uniform(0, 1), "c": {"k": 1}}
    first = TanteoSearch(seed=0, points_to_evaluate=[{"x": 0.95}, {"x": 0.25}])
    results = fit(trainable, space, first, n=5, name="earlier")
    counts = []
    for source in (results, Path(STORAGE) / "earlier"):
        search = TanteoSearch(seed=1)
        search.warm_start(source, metric="loss")
        assert search.set_search_properties("loss", "min", space)
        optimizer = search.to_optimizer()
        counts.append([len(optimizer.trials), sum(t.state == "failed" for t in optimizer.trials), optimizer.best.value])

    def forever(config):
        while True:
            tune.report({"loss": config["x"]})

    endless = TanteoSearch(seed=0)
    fit(forever, space, endless, n=3, name="budget", tuning={"time_budget_s": 3})
    states = [trial.state for trial in endless.to_optimizer().trials]
    return {
        "counts": counts,
        "best": min(result.metrics["loss"] for result in results if not result.error),
        "interrupted": states,
    }


def main():
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    experiments = (structure, asha, hyperband, trouble, nan_stopper, wrappers, several, earlier)
    outcomes = {experiment.__name__: experiment() for experiment in experiments}
    outcomes["concurrency"] = recommended_concurrency({"cpu": 1})
    ray.shutdown()
    print(json.dumps(outcomes))  # noqa: T201 - the result of the scenario


if __name__ == "__main__":
    main()
