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
    """The outcomes of one experiment: run without interruption, and killed and then restored."""
    with private_folder() as folder:
        results = str(folder / "results")
        uninterrupted = run("driver", folder, "uninterrupted", results, "uninterrupted")
        run("driver", folder, "killed", results, "interrupted", killed=True)
        restored = run("driver", folder, "restore", results, "interrupted")
        shutil.rmtree(results)
        yield uninterrupted, restored


def test_no_trial_is_lost_when_a_node_dies(cluster):
    node = cluster["node"]
    assert (node["killed"], node["errors"], node["ended"]) == (1, 0, 4)
    assert node["resumed"] >= 1, "the trial resumed from its checkpoint on another node"
    assert node["states"] == ["complete"] * 4
    assert node["lengths"] == [4] * 4


def test_a_trial_lost_with_its_node_is_repeated_and_has_not_failed(cluster):
    assert cluster["lost"] == {"killed": 1, "errors": 1, "configs": 1, "states": ["complete"]}


def test_fake_gpus_count_as_slots_and_slots_are_counted_on_each_node(cluster):
    """Each of two nodes has one GPU, and three units of a resource of which a trial needs two."""
    assert cluster["concurrency"] == [3, 3]


def test_workers_share_an_optimizer_that_survives_the_death_of_its_actor(cluster):
    shared = cluster["shared"]
    assert shared["workers"] >= 2
    assert shared["completed"][0] >= 20
    assert shared["completed"][1], "nothing acknowledged is lost with the actor"
    assert shared["rejected"]
    assert "parameter 'x': high 2.0 in the given space, 1.0 in the stored one" in shared["another space"]
    assert "\n" not in shared["another space"]
    assert shared["pending"] == 0
    assert shared["best"] < 0.02
    assert shared["recommended"]


def test_a_study_survives_the_death_of_its_actor(cluster):
    """Six trials of workers, one told after the death of the actor that suggested it, and one pending."""
    assert cluster["study"] == {"counted": True, "ids": [7, 8], "values": 7, "best": 6, "placed": True}


def test_trials_of_a_dead_worker_are_returned_and_a_slow_worker_keeps_its_trials(cluster):
    shared = cluster["shared"]
    assert shared["crashed"]
    assert shared["counted"]
    assert len(shared["again"][0]) == 2
    assert shared["again"][0] == shared["again"][1]


def test_live_workers_keep_their_trials_while_asks_take_longer_than_a_lease(cluster):
    assert cluster["slow"] == [0, 1, 2]


def test_a_restored_driver_makes_the_suggestions_of_an_uninterrupted_driver(drivers):
    uninterrupted, restored = drivers
    assert restored["configs"] == uninterrupted["configs"]


def test_the_error_of_a_restored_run_without_its_objects_names_what_to_pass(drivers):
    _, restored = drivers
    assert "pass param_space= to Tuner.restore" in restored["without the space"]
