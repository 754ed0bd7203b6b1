"""A whole experiment with the scheduler: trials pause, resume, and survive the death of the driver."""

import pytest

from support.ray_process import private_folder, run

pytestmark = pytest.mark.xdist_group("ray failures")


@pytest.fixture(scope="module")
def outcome():
    """The outcome of an experiment that is killed and restored."""
    with private_folder() as folder:
        results = folder / "results"
        results.mkdir()
        run("pausing", folder, "killed", str(results), "interrupted", killed=True)
        yield run("pausing", folder, "restore", str(results), "interrupted")


def test_trials_pause_and_resume_from_their_checkpoints(outcome):
    log = [*outcome["earlier_log"], *outcome["log"]]
    assert outcome["errors"] == []
    assert any(event == "resumes" for _, event in log)
    steps = [(trial, event) for trial, event in log if trial in outcome["paused"] and event != "resumes"]
    assert len(steps) == len(set(steps)), "no step of a paused trial is executed twice"


def test_paused_trials_leave_room_for_others_and_are_stopped_at_the_end(outcome):
    assert len(outcome["reach"]) == 12, "with at most two at once"
    assert outcome["reach"][-1] == 8
    assert outcome["still_paused"] == 0
    assert outcome["states"] == outcome["scheduler_states"]
    assert set(outcome["states"]) == {"complete", "pruned"}


def test_a_restored_experiment_leaves_paused_trials_paused(outcome):
    started = {trial for trial, _ in outcome["log"]}
    assert len(outcome["paused"]) >= 2
    assert not started.intersection(outcome["paused"]), "only the pruner starts a paused trial again"


def test_a_finished_experiment_runs_nothing_when_it_is_restored(outcome):
    assert outcome["n_logged_later"] == 0
