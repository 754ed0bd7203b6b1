"""A whole experiment with the scheduler: trials pause, go on, and survive the death of the driver."""

import pytest

from support.ray_process import private_folder, run

pytestmark = pytest.mark.xdist_group("ray failures")


@pytest.fixture(scope="module")
def found():
    """An experiment that is killed and restored."""
    with private_folder() as folder:
        results = folder / "results"
        results.mkdir()
        run("pausing", folder, "killed", str(results), "broken", killed=True)
        yield run("pausing", folder, "restore", str(results), "broken")


def test_trials_pause_and_go_on_from_their_checkpoints(found):
    log = [*found["before"], *found["log"]]
    assert found["errors"] == []
    assert any(what == "goes on" for _, what in log)
    steps = [(trial, what) for trial, what in log if trial in found["paused"] and what != "goes on"]
    assert len(steps) == len(set(steps)), "no step of a paused trial is worked on twice"


def test_paused_trials_leave_room_for_others_and_are_stopped_at_the_end(found):
    assert len(found["reach"]) == 12, "within a limit of two at once"
    assert found["reach"][-1] == 8
    assert found["still_paused"] == 0
    assert found["states"] == found["judged"]
    assert set(found["states"]) == {"complete", "pruned"}


def test_a_restored_experiment_leaves_paused_trials_paused(found):
    again = {trial for trial, _ in found["log"]}
    assert set(found["paused"]) - again, "not all that were paused were started again"
