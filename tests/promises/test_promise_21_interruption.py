"""Promise 21: Ctrl-C ends a long ask and leaves the state unchanged; the interpreter lock is released meanwhile.

The benchmarks in benches/ measure the 200 ms and 50 ms of the promise. Here a long ask must end early, and another
thread must make progress.
"""

import signal
import threading
import time

import pytest

import tanteo as tt
from support.processes import python
from support.searches import mixed_space, random_trials_of_a_sphere, run

#: A batch that takes far longer than the tests wait. Its memory is allocated first, and there is enough.
HUGE_BATCH = 10**6


def long_search() -> tt.Optimizer:
    """Return a search with a model, so that asking for a large batch takes long."""
    optimizer = tt.Optimizer(mixed_space(), sampler="tpe", seed=1)
    run(optimizer, 200)
    return optimizer


def interrupt_an_ask(optimizer: tt.Optimizer, seconds: float) -> None:
    """Interrupt the ask of a huge batch after some seconds, and check that the state is unchanged."""
    snapshot = optimizer.to_bytes()
    timer = threading.Timer(seconds, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        optimizer.ask(HUGE_BATCH)
    timer.join()
    assert optimizer.to_bytes() == snapshot


@pytest.mark.parametrize("sampler", ["random", "sobol", "tpe"])
def test_promise_21_an_interrupt_ends_a_long_ask_and_changes_nothing(sampler):
    optimizer = tt.Optimizer(mixed_space(), sampler=sampler, seed=1, deduplicate=False)
    run(optimizer, 50)
    interrupt_an_ask(optimizer, 0.3)
    assert len(run(optimizer, 3)) == 3


def test_promise_21_an_interrupt_ends_fits_to_a_thousand_trials():
    """The first ask after so many trials fits the model several times. Each evaluation in a fit checks for signals."""
    optimizer = random_trials_of_a_sphere(1000, 50, seed=1)
    interrupt_an_ask(optimizer, 0.1)
    assert optimizer.ask().params


def test_promise_21_an_interrupt_ends_a_recommendation():
    """A system alarm replaces Ctrl-C, because it arrives in time even on a busy machine."""
    optimizer = random_trials_of_a_sphere(1000, 500, seed=1)
    snapshot = optimizer.to_bytes()
    handler = signal.signal(signal.SIGALRM, signal.default_int_handler)

    def recommend_with_an_alarm() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        optimizer.recommend()

    try:
        with pytest.raises(KeyboardInterrupt):
            recommend_with_an_alarm()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, handler)
    assert optimizer.to_bytes() == snapshot


def test_promise_21_an_error_of_the_users_signal_handler_ends_the_ask():

    class StopError(Exception):
        pass

    def handler(*_):
        raise StopError

    optimizer = tt.Optimizer(mixed_space(), sampler="random", seed=1, deduplicate=False)
    previous = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(StopError):
            optimizer.ask(HUGE_BATCH)
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert len(optimizer.trials) == 0


def test_promise_21_other_threads_run_during_a_long_ask():
    optimizer = long_search()
    ticks = []
    finished = threading.Event()

    def tick():
        while not finished.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    start = time.perf_counter()
    optimizer.ask(3000)
    end = time.perf_counter()
    finished.set()
    thread.join()
    during = sum(start < moment < end for moment in ticks)
    assert during >= 3, f"{during} ticks in {end - start:.2f} s; if the lock were held, there would be none"


def test_promise_21_an_interrupt_of_the_process_ends_an_ask():
    code = """
import os, signal, threading, tanteo as tt
optimizer = tt.Optimizer(tt.SearchSpace({"x": tt.Float(0, 1)}), sampler="random", seed=1)
threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()
try:
    optimizer.ask(10**8)
except KeyboardInterrupt:
    print(len(optimizer.trials))
"""
    assert python(code).stdout.strip() == "0"
