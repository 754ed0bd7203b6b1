"""Whole experiments of Ray Tune, in processes of their own."""

import pytest

from support.ray_process import private_folder, run

pytestmark = pytest.mark.xdist_group("ray runs")


@pytest.fixture(scope="module")
def found():
    """What the experiments on one local Ray came to."""
    with private_folder() as folder:
        yield run("local", folder, str(folder / "results"))


def test_structure_objects_and_functions_reach_the_trainable(found):
    assert found["structure"]["good"] == [True] * 8


def test_asha_stops_trials_and_the_search_knows_their_curves(found):
    states, lengths = found["asha"]["states"], found["asha"]["lengths"]
    assert len(states) == 12
    assert {"complete", "pruned"} == set(states)
    assert max(lengths) == 9
    assert min(lengths) == 1


@pytest.mark.parametrize("scheduler", ["HyperBandScheduler", "HyperBandForBOHB"])
def test_hyperband_pauses_and_stops_trials_without_a_result(found, scheduler):
    states = found["hyperband"][scheduler]
    assert len(states) == 6
    assert set(states) == {"complete", "pruned"}


def test_crashes_retries_and_odd_numbers_end_no_experiment(found):
    trouble = found["trouble"]
    assert {kind: state for kind, (state, _) in trouble.items()} == {
        "crash": "failed", "once": "complete", "nan": "failed", "tempting": "failed",
        "worst": "complete", "text": "failed", "fine": "complete",
    }  # fmt: skip


def test_the_stopper_ends_trials_that_asha_would_never_stop(found):
    assert any(is_nan for _, is_nan in found["nan_stopper"]["lengths"])
    assert all(length == 1 for length, is_nan in found["nan_stopper"]["lengths"] if is_nan)


def test_wrappers_and_finite_spaces(found):
    assert found["wrappers"] == {"repeater": 4, "repeater learned": 2, "batch": 6, "batch learned": 6, "finite": 3}


def test_several_objectives_with_one_watched_under_median_stopping(found):
    several = found["several"]
    assert len(several["lengths"]) == 6
    assert several["lengths"][:2] == [5, 5]
    assert several["lengths"][3] < 5, "the scheduler stops by one of the metrics"
    assert several["front"] >= 1


def test_earlier_experiments_are_learned_from(found):
    best = found["earlier"]["best"]
    assert found["earlier"]["counts"] == [[5, 1, best], [5, 1, best]]


def test_a_time_budget_leaves_trials_running_and_does_no_harm(found):
    assert "pending" in found["earlier"]["left"]


def test_the_recommended_concurrency_of_a_real_cluster(found):
    assert found["concurrency"] == 3
