"""Callbacks for experiment trackers, tested with fakes that check every call and with the real packages offline."""

import json
import sys
import types

import pytest

import tanteo as tt
from tanteo.integrations.mlflow import MLflowCallback
from tanteo.integrations.trackers import facts
from tanteo.integrations.wandb import WandbCallback

SPACE = {"lr": tt.Float(1e-4, 1.0, log=True), "net": {"kind": tt.Categorical(["a", (1, 2)])}}


def objective(params, trial):
    trial.report(0, 3.0)
    trial.report(2, 1.5)
    if trial.id == 2:
        raise ValueError("out of memory")
    if trial.id == 3:
        raise tt.Pruned
    trial.set_attr("gpu", ["a", 1])
    return {"value": params["lr"], "cost": 2.0, "constraints": {"size (MB)": -1.0}, "sem": 0.25}


def run_search(callback):
    return tt.minimize(objective, SPACE, n_trials=5, seed=0, progress=False, callbacks=[callback])


class Client:
    """A fake of MLflow's client: the methods that the callback may use, with the limits of MLflow's stores."""

    def __init__(self, tracking_uri=None):
        self.uri, self.experiments, self.runs = tracking_uri, {"other": "7"}, {}
        CLIENTS.append(self)

    def get_experiment_by_name(self, name):
        experiment_id = self.experiments.get(name)
        return experiment_id and types.SimpleNamespace(experiment_id=experiment_id)

    def create_experiment(self, name):
        self.experiments[name] = str(len(self.experiments))
        return self.experiments[name]

    def create_run(self, experiment_id, start_time=None, tags=None, run_name=None):
        assert experiment_id in self.experiments.values()
        run_id = f"run{len(self.runs)}"
        self.runs[run_id] = {"name": run_name, "start": start_time, "tags": dict(tags), "metrics": [], "params": {}}
        return types.SimpleNamespace(info=types.SimpleNamespace(run_id=run_id))

    def log_batch(self, run_id, metrics=(), params=(), tags=()):
        assert len(metrics) <= 1000
        assert len(params) <= 100
        assert len(tags) <= 100
        self.runs[run_id]["metrics"] += [
            (metric.key, metric.value, metric.timestamp, metric.step) for metric in metrics
        ]
        self.runs[run_id]["params"] |= {param.key: param.value for param in params}
        self.runs[run_id]["tags"] |= {tag.key: tag.value for tag in tags}

    def set_terminated(self, run_id, status=None, end_time=None):
        self.runs[run_id] |= {"status": status, "end": end_time}


CLIENTS = []


@pytest.fixture
def mlflow(monkeypatch):
    def entry(*names):
        return lambda *values: types.SimpleNamespace(**dict(zip(names, values, strict=True)))

    entities = types.ModuleType("mlflow.entities")
    entities.Metric = entry("key", "value", "timestamp", "step")
    entities.Param = entities.RunTag = entry("key", "value")
    tracking = types.ModuleType("mlflow.tracking")
    tracking.MlflowClient = Client
    for name, module in (("mlflow", types.ModuleType("mlflow")), ("mlflow.entities", entities)):
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(sys.modules, "mlflow.tracking", tracking)
    CLIENTS.clear()
    return CLIENTS


def test_a_failed_trial_has_the_objectives_that_it_told():
    search = tt.Optimizer(SPACE, directions={"loss": "minimize", "speed": "maximize"}, seed=0)
    trial = search.ask()
    trial.tell_objectives({"speed": 3.0}, sem={"speed": 0.5})
    search.tell(trial, state="failed")
    assert facts(search, search.trials[0]).metrics == {"value/speed": 3.0, "sem/speed": 0.5}


def test_a_run_does_not_end_before_it_starts_though_the_clock_was_set_back(mlflow):
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
    search.tell(search.ask(), 1.0)
    search._core.set_evaluation(0, 1000.0, 400.0, None)
    MLflowCallback()(types.SimpleNamespace(optimizer=search, cancelled=False), search.trials[0])
    [run] = mlflow[0].runs.values()
    assert (run["start"], run["end"]) == (1_000_000, 1_000_000)


def test_every_trial_is_an_mlflow_run(mlflow):
    result = run_search(MLflowCallback("sweep", tracking_uri="file:///x", tags={"team": "vision"}))
    [client] = mlflow
    assert client.uri == "file:///x"
    runs = list(client.runs.values())
    assert [run["name"] for run in runs] == [f"trial {k}" for k in range(5)]
    assert [run["status"] for run in runs] == ["FINISHED", "FINISHED", "FAILED", "KILLED", "FINISHED"]
    for run, trial in zip(runs, result.trials, strict=True):
        assert run["params"] == {"lr": str(trial.params["lr"]), "net/kind": str(trial.params["net"]["kind"])}
        metrics = {(key, step): value for key, value, _, step in run["metrics"]}
        assert (metrics["report", 0], metrics["report", 2]) == (3.0, 1.5)
        assert metrics.get(("value", 0)) == trial.value
        assert run["tags"]["team"] == "vision"
        assert (run["start"], run["end"]) == (round(trial.started * 1000), round(trial.finished * 1000))
    first = {key: value for key, value, *_ in runs[0]["metrics"]}
    assert (first["cost"], first["sem"], first["constraints/size _MB_"]) == (2.0, 0.25, -1.0)
    assert json.loads(runs[0]["tags"]["attrs/gpu"]) == ["a", 1]
    assert runs[2]["tags"]["reason"] == "ValueError: out of memory"
    assert "objective" in runs[2]["tags"]["traceback"]


def test_an_existing_experiment_is_used_and_long_batches_are_split(mlflow):
    callback = MLflowCallback("other")
    assert callback.experiment_id == "7"
    space = {f"p{k}": tt.Float(0, 1) for k in range(250)}
    tt.minimize(lambda params: 1.0, space, n_trials=1, progress=False, callbacks=[callback])
    [run] = mlflow[0].runs.values()
    assert len(run["params"]) == 250


class Wandb(types.ModuleType):
    """A fake of wandb: what the callback may use."""

    def __init__(self):
        super().__init__("wandb")
        self.runs = []

    def init(self, **options):
        run = types.SimpleNamespace(options=options, logged=[], summary={}, ended=None)

        def log(entries, step):
            assert not run.logged or step >= run.logged[-1][0], "wandb ignores a step below the last one"
            json.dumps(entries)
            run.logged.append((step, entries))

        def finish(exit_code=0):
            run.ended = exit_code

        run.log, run.finish = log, finish
        self.runs.append(run)
        return run


@pytest.fixture
def wandb(monkeypatch):
    module = Wandb()
    monkeypatch.setitem(sys.modules, "wandb", module)
    return module


def test_a_search_is_one_wandb_run(wandb):
    with WandbCallback(project="sweep", mode="offline") as callback:
        result = run_search(callback)
    [run] = wandb.runs
    assert run.options["project"] == "sweep"
    assert run.options["config"]["seed"] == 0
    assert [step for step, _ in run.logged] == [0, 1, 2, 3, 4]
    for (_, entries), trial in zip(run.logged, result.trials, strict=True):
        assert (entries["trial"], entries["state"], entries.get("value")) == (trial.id, trial.state, trial.value)
        assert entries["params/lr"] == trial.params["lr"]
    assert run.logged[-1][1]["best"] == result.best.value
    assert run.ended == 0


def test_every_trial_is_a_wandb_run(wandb):
    result = run_search(WandbCallback(each_trial=True, group="sweep"))
    assert [run.options["name"] for run in wandb.runs] == [f"trial {k}" for k in range(5)]
    assert [run.ended for run in wandb.runs] == [0, 0, 1, 0, 0]
    for run, trial in zip(wandb.runs, result.trials, strict=True):
        assert run.logged == [(0, {"report": 3.0}), (2, {"report": 1.5})]
        assert run.summary.get("value") == trial.value
        assert run.options["config"]["lr"] == trial.params["lr"]
        assert run.options["group"] == "sweep"


@pytest.mark.parametrize(("callback", "package"), [(MLflowCallback, "mlflow"), (WandbCallback, "wandb")])
def test_without_the_package_the_error_names_the_extra(monkeypatch, callback, package):
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"needs {package}.*pip install 'tanteo\[{package}\]'"):
        callback()


@pytest.mark.filterwarnings("ignore")  # warnings of the package itself
def test_the_real_mlflow_stores_the_trials(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")  # the slim package has no database
    pytest.importorskip("mlflow.tracking", reason="mlflow is not installed")
    from mlflow.tracking import MlflowClient

    uri = (tmp_path / "runs").as_uri()
    result = run_search(MLflowCallback("sweep", tracking_uri=uri))
    client = MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name("sweep").experiment_id
    runs = {run.data.tags["mlflow.runName"]: run for run in client.search_runs([experiment])}
    assert runs["trial 0"].data.metrics["value"] == result.trials[0].value
    assert runs["trial 2"].info.status == "FAILED"
    history = client.get_metric_history(runs["trial 0"].info.run_id, "report")
    assert [(metric.step, metric.value) for metric in history] == [(0, 3.0), (2, 1.5)]


@pytest.mark.filterwarnings("ignore")  # warnings of the package itself
def test_the_real_wandb_writes_an_offline_run(tmp_path, monkeypatch):
    pytest.importorskip("wandb", reason="wandb is not installed")
    monkeypatch.setenv("WANDB_SILENT", "true")
    with WandbCallback(project="sweep", mode="offline", dir=str(tmp_path)) as callback:
        run_search(callback)
    [run_file] = (tmp_path / "wandb").glob("offline-run-*/run-*.wandb")
    assert run_file.stat().st_size > 1000


def test_a_cancelled_trial_is_no_failed_run(mlflow, wandb):
    def objective(params, trial):
        if trial.id == 1:
            raise tt.Cancelled("connection lost")
        return params["x"]

    callbacks = [MLflowCallback(), WandbCallback(each_trial=True), WandbCallback()]
    tt.minimize(objective, {"x": tt.Float(0.0, 1.0)}, n_trials=3, progress=False, callbacks=callbacks)
    ends = ["complete", "cancelled", "complete"]
    runs = list(mlflow[0].runs.values())
    assert [run["status"] for run in runs] == ["FINISHED", "KILLED", "FINISHED"]
    assert [run["tags"]["state"] for run in runs] == ends
    first, search, *others = wandb.runs
    assert [run.ended for run in (first, *others)] == [0, 0, 0]
    assert [run.options["tags"] for run in (first, *others)] == [[end] for end in ends]
    assert [run.summary["state"] for run in (first, *others)] == ends
    assert [entries["state"] for _, entries in search.logged] == ends
