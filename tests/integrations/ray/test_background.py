"""No model is fitted in Tune's loop, and threads do not affect the suggestions."""

import copy
import gc
import threading

import numpy as np
import pytest
from ray import tune

from tanteo.integrations.ray import TanteoSearch

SPACE = {"x": tune.uniform(0, 1)}


class Slow:
    """A sampler that waits until `open` is set."""

    def __init__(self):
        self.open = threading.Event()
        self.open.set()
        self.entered = threading.Event()
        self.threads = set()

    def suggest(self, view, n, rng):
        self.threads.add(threading.current_thread())
        self.entered.set()
        assert self.open.wait(60)
        return rng.random((n, len(view.axes)))

    def __reduce__(self):
        return Slow, ()


@pytest.fixture
def slow():
    sampler = Slow()
    yield sampler
    sampler.open.set()


def start_trials(tuning, n):
    """Start `n` trials; one further suggestion may be prepared."""
    return [tuning.suggest() for _ in range(n)]


def test_results_and_saves_do_not_wait_for_a_model_that_is_being_fitted(loop, slow, tmp_path):
    search = TanteoSearch(sampler=slow, seed=0)
    tuning = loop(search, SPACE)
    running = start_trials(tuning, 3)
    search._session.ledger()
    slow.entered.clear()
    slow.open.clear()
    tuning.suggest()
    assert slow.entered.wait(60), "the next suggestion is prepared immediately, since trials are running"
    tuning.report(running[0], 0.5, 1)
    tuning.stop(running[0], 0.5, 2)
    tuning.fail(running[1])
    search.save(tmp_path / "state")
    slow.open.set()
    following = tuning.configs[tuning.suggest()]
    restored = TanteoSearch(sampler=Slow())
    restored.restore(tmp_path / "state")
    assert restored.suggest("again") == following, "commands that waited during the save are executed"
    assert threading.main_thread() not in slow.threads


def test_a_save_does_not_wait_for_the_first_slow_ask_after_a_restore(loop, slow, tmp_path):
    """This ask takes longest: the model is fitted from scratch."""
    tuning = loop(TanteoSearch(sampler=slow, seed=0), SPACE)
    start_trials(tuning, 2)
    restored = copy.deepcopy(tuning.searcher)
    restored._session.ledger()
    sampler = restored._options["sampler"]
    sampler.entered.clear()
    sampler.open.clear()
    tuning.searcher = restored
    tuning.suggest()
    assert sampler.entered.wait(60)
    saving = threading.Thread(target=restored.save, args=(tmp_path / "state",), daemon=True)
    saving.start()
    saving.join(30)
    waited = saving.is_alive()
    sampler.open.set()
    assert not waited


def test_a_suggestion_is_prepared_at_a_fixed_event(loop):
    """A suggestion that is prepared when trial 3 starts has no later result, whether the thread is fast or slow."""

    class Counting(Slow):
        def suggest(self, view, n, rng):
            counts.append(int((view.state != 0).sum()))
            return super().suggest(view, n, rng)

    for is_fast in (True, False):
        counts = []
        sampler = Counting()
        tuning = loop(TanteoSearch(sampler=sampler, seed=0), SPACE)
        running = start_trials(tuning, 3)
        for _ in range(4):
            if not is_fast:
                sampler.open.clear()
            tuning.stop(running.pop(0), 0.5, 1)
            sampler.open.set()
            running.append(tuning.suggest())
        tuning.searcher.to_optimizer()
        assert counts == [0, 0, 0, 0, 1, 2, 3, 4]


def test_a_fast_sampler_uses_every_result(loop):
    """A suggestion that takes no time is not prepared before the last result arrives."""
    search = TanteoSearch(sampler="tpe", seed=0)
    tuning = loop(search, SPACE)
    running = start_trials(tuning, 3)
    assert search._session.prepared == set()
    tuning.stop(running[0], 0.5, 1)
    assert len(search._session.prepared) == 1


def test_with_one_running_trial_no_suggestion_is_prepared_in_advance(loop):
    search = TanteoSearch(sampler="auto", seed=0)
    tuning = loop(search, SPACE)
    tuning.suggest()
    assert search._session.prepared == set()


def test_nothing_is_prepared_beyond_the_last_trial(loop):
    search = TanteoSearch(sampler="auto", seed=0)
    tuning = loop(search, SPACE, n=5)
    running = start_trials(tuning, 5)
    for trial in running:
        tuning.end(trial, 1.0)
    assert search._session.prepared == set()
    assert len(search.to_optimizer().trials) == 5


def test_an_interrupted_wait_leaves_the_suggestion_for_the_next_call(loop, slow, monkeypatch):
    search = TanteoSearch(sampler=slow, seed=0)
    tuning = loop(search, SPACE)
    slow.open.clear()

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("concurrent.futures.Future.result", interrupted)
        with pytest.raises(KeyboardInterrupt):
            search.suggest("1")
    slow.open.set()
    tuning.suggest()
    assert len(search.to_optimizer().trials) == 1


def test_an_error_of_the_sampler_reaches_the_user(loop):
    class Faulty:
        def suggest(self, view, n, rng):
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        loop(TanteoSearch(sampler=Faulty()), SPACE).suggest()


def test_the_thread_ends_with_the_search(loop):
    initial = threading.active_count()
    for _ in range(5):
        tuning = loop(TanteoSearch(seed=0), SPACE)
        tuning.run(lambda config: config["x"], 3)
        del tuning
    gc.collect()
    for thread in [candidate for candidate in threading.enumerate() if candidate.name.startswith("tanteo-ray")]:
        thread.join(10)
    assert threading.active_count() <= initial


def test_thousands_of_results_do_not_pile_up(loop):
    search = TanteoSearch(sampler="random", seed=0)
    tuning = loop(search, SPACE)
    trial = tuning.suggest()
    for step in range(1, 5000):
        tuning.report(trial, float(np.sqrt(step)), step)
    search._session.ledger()
    assert not search._session._worker._waiting
