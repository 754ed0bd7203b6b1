"""Whole experiments of Ray Tune, in processes of their own."""

import pytest

from support.ray_process import private_folder, run

pytestmark = pytest.mark.xdist_group("ray runs")


@pytest.fixture(scope="module")
def outcomes():
    """The outcomes of the experiments on one local Ray."""
    with private_folder() as folder:
        yield run("local", folder, str(folder / "results"))


def test_structure_objects_and_functions_reach_the_trainable(outcomes):
    assert outcomes["structure"]["good"] == [True] * 8


def test_asha_stops_trials_and_the_search_has_their_curves(outcomes):
    states, lengths = outcomes["asha"]["states"], outcomes["asha"]["lengths"]
    assert len(states) == 12
    assert {"complete", "pruned"} == set(states)
    assert max(lengths) == 9
    assert min(lengths) == 1


@pytest.mark.parametrize("scheduler", ["HyperBandScheduler", "HyperBandForBOHB"])
def test_hyperband_pauses_and_stops_trials_without_a_result(outcomes, scheduler):
    states = outcomes["hyperband"][scheduler]
    assert len(states) == 6
    assert set(states) == {"complete", "pruned"}


def test_crashes_retries_and_unusual_values_do_not_end_the_experiment(outcomes):
    trouble = outcomes["trouble"]
    assert {kind: state for kind, (state, _) in trouble.items()} == {
        "crash": "failed", "once": "complete", "nan": "failed", "minus infinity": "failed",
        "infinity": "complete", "text": "failed", "fine": "complete",
    }  # fmt: skip


def test_the_stopper_ends_trials_that_asha_would_never_stop(outcomes):
    assert any(is_nan for _, is_nan in outcomes["nan_stopper"]["lengths"])
    assert all(length == 1 for length, is_nan in outcomes["nan_stopper"]["lengths"] if is_nan)


def test_trials_under_wrappers_and_in_finite_spaces_are_completed(outcomes):
    assert outcomes["wrappers"] == {
        "repeater": 4,
        "repeater completed": 2,
        "batch": 6,
        "batch completed": 6,
        "finite": 3,
    }


def test_several_objectives_and_an_observed_metric_under_median_stopping(outcomes):
    several = outcomes["several"]
    assert len(several["lengths"]) == 6
    assert several["lengths"][:2] == [5, 5]
    assert several["lengths"][3] < 5, "the scheduler stops trials by one of the metrics"
    assert several["front"] >= 1


def test_a_search_learns_from_earlier_experiments(outcomes):
    best = outcomes["earlier"]["best"]
    assert outcomes["earlier"]["counts"] == [[5, 1, best], [5, 1, best]]


def test_trials_interrupted_by_a_time_budget_stay_pending(outcomes):
    assert "pending" in outcomes["earlier"]["interrupted"]


def test_the_recommended_concurrency_of_a_real_cluster(outcomes):
    assert outcomes["concurrency"] == 3
