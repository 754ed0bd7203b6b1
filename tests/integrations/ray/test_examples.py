"""The examples that start Ray run as they stand, small."""

import re

import pytest

from support.ray_process import private_folder, run_example

pytestmark = pytest.mark.xdist_group("ray")


@pytest.fixture
def folder():
    with private_folder() as made:
        yield made


def test_a_search_on_processors_and_one_that_starts_from_it(folder):
    printed = run_example("ray_tune_cpu", folder)
    assert float(re.search(r"first search: error (\S+)", printed)[1]) < 0.1
    assert "second search" in printed


def test_the_search_on_gpus_learns_where_the_memory_ends(folder):
    """On two nodes with a fake GPU each; half of the space does not fit."""
    printed = run_example("ray_tune_gpu", folder)
    blind, later = (int(re.search(rf"(\d+)% {words}", printed)[1]) for words in ("at random", "of the last 20"))
    assert 40 <= blind <= 60
    assert later <= 30, "six of twenty; a search that knows nothing comes so low one time in seventeen"
    assert float(re.search(r"best accuracy (\S+)", printed)[1]) > 0.9


def test_a_search_over_distributed_trainings(folder):
    assert "accuracy" in run_example("ray_train", folder)
