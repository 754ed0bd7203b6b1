"""Experiments in which a node, a driver, a worker or an actor is killed."""

import shutil

import pytest

from support.ray_process import private_folder, run

pytestmark = pytest.mark.xdist_group("ray failures")


@pytest.fixture(scope="module")
def cluster():
    with private_folder() as folder:
        yield run("cluster", folder, str(folder / "results"))


@pytest.fixture(scope="module")
def drivers():
    """The same experiment straight through, and killed and restored."""
    with private_folder() as folder:
        results = str(folder / "results")
        straight = run("driver", folder, "straight", results, "straight")
        run("driver", folder, "killed", results, "broken", killed=True)
        broken = run("driver", folder, "restore", results, "broken")
        shutil.rmtree(results)
        yield straight, broken


def test_a_node_that_dies_costs_no_trial(cluster):
    node = cluster["node"]
    assert (node["killed"], node["errors"], node["ended"]) == (1, 0, 5)
    assert node["resumed"] >= 1, "the trial went on from its checkpoint on another node"
    assert node["states"] == ["complete"] * 5
    assert node["lengths"] == [4] * 5


def test_fake_gpus_count_as_slots(cluster):
    assert cluster["concurrency"] == 3


def test_workers_share_an_optimizer_and_its_actor_may_die(cluster):
    shared = cluster["shared"]
    assert shared["workers"] >= 2
    assert shared["told"][0] >= 20
    assert shared["told"][1], "nothing acknowledged is lost with the actor"
    assert shared["refused"]
    assert "parameter 'x': high 2.0 in the given space, 1.0 in the stored one" in shared["another space"]
    assert "\n" not in shared["another space"]
    assert shared["pending"] == 0
    assert shared["best"] < 0.02
    assert shared["recommended"]


def test_an_actor_keeps_a_study_and_may_die(cluster):
    """Six trials of workers, one told after the death of the actor that asked for it, and one pending."""
    assert cluster["study"] == {"counted": True, "ids": [7, 8], "values": 7, "best": 6, "placed": True}


def test_a_dead_worker_returns_its_trials_and_a_slow_one_keeps_them(cluster):
    shared = cluster["shared"]
    assert shared["crashed"]
    assert shared["counted"]
    assert len(shared["again"][0]) == 2
    assert shared["again"][0] == shared["again"][1]


def test_living_workers_keep_their_trials_while_asks_take_longer_than_a_lease(cluster):
    assert cluster["slow"] == [0, 1, 2]


def test_a_killed_driver_goes_on_exactly_as_the_uninterrupted_run(drivers):
    straight, broken = drivers
    assert broken["configs"] == straight["configs"]


def test_a_restored_run_that_cannot_have_its_objects_says_what_to_pass(drivers):
    assert "pass param_space= to Tuner.restore" in drivers[1]["without the space"]
