"""The examples that start Ray run unchanged, in their small form."""

import math
import re

import pytest
from examples import ray_train, ray_tune_gpu

from support.ray_process import private_folder, run_example
from tanteo.integrations.ray import TanteoSearch

pytestmark = pytest.mark.xdist_group("ray examples")


@pytest.fixture
def folder():
    with private_folder() as path:
        yield path


def test_a_search_on_processors_and_a_search_that_starts_from_its_results(folder):
    printed = run_example("ray_tune_cpu", folder)
    assert float(re.search(r"first search: error (\S+)", printed)[1]) < 0.1
    assert "second search" in printed


def test_a_search_on_gpus_with_limited_memory(folder):
    """Each of two nodes has a fake GPU. Half of the space does not fit into its memory.

    Which trial ends first depends on the machine, so one run of 40 trials shows little. The next test measures
    what a search learns.
    """
    printed = run_example("ray_tune_gpu", folder)
    assert 40 <= int(re.search(r"(\d+)% at random", printed)[1]) <= 60
    assert re.search(r"\d+% of the last 20", printed)
    assert float(re.search(r"best accuracy (\S+) after \d epochs, from its checkpoint", printed)[1]) > 0.9


@pytest.mark.parametrize("sampler", ["tpe", "auto"])
def test_the_memory_limit_of_a_gpu_is_learned(loop, sampler):
    """Ten searches without Ray over the same space and memory. A wider network is better.

    If nothing were learned, 100 ± 7 of the 200 later suggestions would not fit. The limit is four deviations below.
    """
    space = ray_tune_gpu.space(smoke=True)

    def loss(config):
        if ray_tune_gpu.required_memory(config) > config["memory"]:
            raise MemoryError
        return (math.log10(config["lr"]) + 2.3) ** 2 + 1 / math.log(config["width"])

    later = [
        config
        for seed in range(10)
        for config in loop(TanteoSearch(sampler=sampler, seed=seed), space).run(loss, 40)[20:]
    ]
    assert sum(ray_tune_gpu.required_memory(config) > config["memory"] for config in later) <= 72


def test_a_search_over_distributed_trainings(folder):
    printed = run_example("ray_train", folder)
    best = re.search(r"accuracy (\S+) with", printed)[1]
    assert "checkpoint" in printed
    assert ray_train.WITH_TORCH or f"has accuracy {best}" in printed


@pytest.mark.parametrize("example", [ray_train, ray_tune_gpu], ids=["train", "gpu"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--address", "auto"], "--address auto needs --storage, a folder or bucket that every node can reach"),
        (["--address", "ray://head:10001", "--smoke"], "--address ray://head:10001 needs --storage"),
        (["--restore"], "--restore needs --storage, the folder of the interrupted run"),
    ],
)
def test_a_remote_cluster_needs_storage_that_every_node_can_reach(example, arguments, message, capsys):
    with pytest.raises(SystemExit):
        example.parse_arguments(arguments)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("example", [ray_train, ray_tune_gpu], ids=["train", "gpu"])
def test_storage_is_an_address_or_an_absolute_path(example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for storage, expected in (("results", str(tmp_path / "results")), ("s3://bucket/results", "s3://bucket/results")):
        assert example.parse_arguments(["--address", "auto", "--storage", storage]).storage == expected
    assert example.parse_arguments([]).storage is None
