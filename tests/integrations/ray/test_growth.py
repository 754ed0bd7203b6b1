"""A searcher does as much for a call after 1,000 trials as after 100; the whole cluster waits during each of them.

Calls of functions are counted, since they are the same on every machine. ``benches/python/ray/calls.py`` measures the
times, and what the core does within a call.
"""

import sys

import pytest
from ray import tune

import tanteo as tt
from support.tune_loop import Loop
from tanteo.integrations.ray import TanteoSearch


def space():
    floats = {f"u{i}": tune.uniform(0, 1) for i in range(10)} | {f"l{i}": tune.loguniform(1e-5, 1) for i in range(4)}
    counts = {f"i{i}": tune.randint(0, 100) for i in range(3)}
    return floats | counts | {f"c{i}": tune.choice(list("abcd")) for i in range(3)}


def search_of(n):
    """Return a search with so many finished trials of 20 parameters."""
    tuning = Loop(TanteoSearch(sampler=tt.samplers.TPE(n_startup=n), seed=0), space())
    tuning.run(lambda config: config["u0"], n)
    return tuning


@pytest.fixture(scope="module")
def searches():
    return search_of(100), search_of(1000)


def calls_during(action):
    """Return how often this thread calls a function, of Python or of C, during the action."""
    n = 0

    def count(_frame, event, _argument):
        nonlocal n
        n += event in ("call", "c_call")

    previous = sys.getprofile()
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(previous)
    return n


def a_result(tuning):
    trial = tuning.suggest()
    return lambda: tuning.report(trial, 0.5, 1)


def a_completion(tuning):
    trial = tuning.suggest()
    return lambda: tuning.stop(trial, 0.5)


def a_prepared_suggestion(tuning):
    tuning.stop(tuning.suggest(), 0.5)
    tuning.searcher._session.ledger()  # waits until the next suggestion is ready
    return tuning.suggest


@pytest.mark.parametrize("call", [a_result, a_completion, a_prepared_suggestion])
def test_a_call_does_not_grow_with_the_number_of_trials(searches, call):
    few, many = (min(calls_during(call(tuning)) for _ in range(5)) for tuning in searches)
    assert 0 < many <= 1.2 * few


def test_a_save_grows_by_what_a_trial_holds(searches, tmp_path):
    """A trial of 20 parameters holds 160 bytes of numbers, and Python looks at its id."""
    n_calls, n_bytes = [], []
    for n, tuning in enumerate(searches):
        path = tmp_path / str(n)
        n_calls.append(calls_during(lambda tuning=tuning, path=path: tuning.searcher.save(str(path))))
        n_bytes.append(path.stat().st_size)
    n_more = len(searches[1].configs) - len(searches[0].configs)
    assert n_calls[1] - n_calls[0] < 3 * n_more
    assert n_bytes[1] - n_bytes[0] < 250 * n_more
