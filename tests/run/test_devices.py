"""Workers have numbers and devices."""

import os

import pytest

import tanteo as tt
from tanteo.run.devices import visible

SPACE = {"x": tt.Float(0.0, 1.0)}


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


@pytest.mark.parametrize(
    ("devices", "expected"),
    [
        (["cuda:0", "cuda:1"], ("0", "1")),
        ([1, "0", "cuda:1"], ("1", "0", "1")),
        ([("cuda:0", 2), "cpu"], ("0,2", "")),
        (["GPU-8f6c1a2b-0000", "MIG-GPU-8f6c1a2b/1/0"], ("GPU-8f6c1a2b-0000", "MIG-GPU-8f6c1a2b/1/0")),
    ],
)
def test_what_each_worker_sees(devices, expected):
    assert visible(devices) == expected


def test_an_index_counts_among_the_devices_that_this_process_sees(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,GPU-8f6c")
    assert visible(["cuda:1", 0]) == ("GPU-8f6c", "4")
    with pytest.raises(tt.ArgumentError, match=r"the device 2, but this process sees 2: .* is '4,GPU-8f6c'"):
        visible([2])
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with pytest.raises(tt.ArgumentError, match="this process sees 0"):
        visible(["cuda:0"])


@pytest.mark.parametrize("devices", [[], "cuda:0", 2, [-1], [True], [None], ["gpu"], ["cuda"], [()], [1.0]])
def test_other_devices_are_refused(devices):
    with pytest.raises(tt.ArgumentError, match="devices must"):
        tt.minimize(lambda params: 0.0, SPACE, n_trials=1, devices=devices)


def seen(params, trial):
    """Return what this worker sees, and what it saw when its module was imported."""
    return {"value": 0.0, "worker": trial.worker, "seen": os.environ["CUDA_VISIBLE_DEVICES"], "process": os.getpid()}


def attributes(result, name):
    return [trial.attrs[name] for trial in result.trials]


def test_each_worker_sees_its_device():
    result = tt.minimize(seen, SPACE, n_trials=9, devices=["cuda:0", "cuda:1", "cuda:0"], seed=0)
    pairs = set(zip(attributes(result, "worker"), attributes(result, "seen"), strict=True))
    assert pairs == {(0, "0"), (1, "1"), (2, "0")}
    assert "CUDA_VISIBLE_DEVICES" not in os.environ
    assert len(set(attributes(result, "process"))) == 3


class Unpickled:
    """An objective that looks for its devices as soon as it is unpickled, as a model on a GPU does."""

    def __init__(self):
        self.found = os.environ.get("CUDA_VISIBLE_DEVICES")

    def __reduce__(self):
        return Unpickled, ()

    def __call__(self, params):
        return {"value": 0.0, "found": self.found}


def test_the_device_is_set_before_the_objective_is_unpickled():
    result = tt.minimize(Unpickled(), SPACE, n_trials=1, devices=["cuda:3"], seed=0)
    assert attributes(result, "found") == ["3"]


def test_a_worker_that_replaces_a_dead_one_has_its_number_and_its_device():
    def deadly(params, trial):
        if trial.id in (1, 4):
            os._exit(1)
        return seen(params, trial)

    result = tt.minimize(deadly, SPACE, n_trials=12, devices=["cuda:0", "cuda:1"], seed=0)
    complete = [trial for trial in result.trials if trial.state == "complete"]
    assert len(complete) == 10
    assert {(trial.attrs["worker"], trial.attrs["seen"]) for trial in complete} == {(0, "0"), (1, "1")}


def test_workers_and_devices_must_agree():
    for n_workers in (2, 4):
        with pytest.raises(tt.ArgumentError, match=rf"devices names 3 for {n_workers} workers; .* several times"):
            tt.minimize(seen, SPACE, n_trials=1, devices=[0, 1, 2], n_workers=n_workers)


@pytest.mark.parametrize("n_workers", [1, 2])
def test_workers_are_numbered_without_devices_too(n_workers):
    def number(params, trial):
        return {"value": 0.0, "worker": trial.worker}

    result = tt.minimize(number, SPACE, n_trials=8, n_workers=n_workers, seed=0)
    assert set(attributes(result, "worker")) == set(range(n_workers))
