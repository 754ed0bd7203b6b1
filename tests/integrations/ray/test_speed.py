"""What Tune's event loop waits for: every call stops the whole cluster for as long as it takes.

The least of many calls, in processor time of the calling thread: other programs on the machine do not count.
"""

import time

import pytest
from ray import tune

import tanteo as tt
from support.tune_loop import Loop
from tanteo.integrations.ray import TanteoSearch


def space():
    floats = {f"u{i}": tune.uniform(0, 1) for i in range(10)} | {f"l{i}": tune.loguniform(1e-5, 1) for i in range(4)}
    counts = {f"i{i}": tune.randint(0, 100) for i in range(3)}
    return floats | counts | {f"c{i}": tune.choice(list("abcd")) for i in range(3)}


@pytest.fixture(scope="module")
def tuning():
    """A search that has ended 1,000 trials of 20 parameters."""
    made = Loop(TanteoSearch(sampler=tt.samplers.TPE(n_startup=1000), seed=0), space())
    made.run(lambda config: config["u0"], 1000)
    return made


def least(calls):
    seconds = []
    for call in calls:
        start = time.thread_time()
        call()
        seconds.append(time.thread_time() - start)
    return min(seconds)


def result(value, step):
    return {"loss": value, "training_iteration": step, "trial_id": "x", "time_total_s": 1.0}


def test_results_take_under_fifty_microseconds(tuning):
    search, trial = tuning.searcher, tuning.suggest()
    calls = [lambda step=step: search.on_trial_result(trial, result(0.5, step)) for step in range(1, 200)]
    assert least(calls) < 50e-6


def test_ends_take_under_fifty_microseconds(tuning):
    search, trials = tuning.searcher, [tuning.suggest() for _ in range(100)]
    calls = [lambda trial=trial: search.on_trial_complete(trial, result(0.5, 1)) for trial in trials]
    assert least(calls) < 50e-6


def test_a_suggestion_that_is_ready_takes_under_half_a_millisecond(tuning):
    def suggestions():
        for _ in range(50):
            tuning.stop(tuning.suggest(), 0.5)
            tuning.searcher._session.ledger()  # waits until the next one is ready
            yield tuning.suggest

    assert least(suggestions()) < 500e-6


def test_a_save_at_a_thousand_trials_takes_under_four_milliseconds(tuning, tmp_path):
    """The goal is 2; twice that for a processor whose caches others use."""
    assert least([lambda: tuning.searcher.save(str(tmp_path / "state"))] * 30) < 4e-3
