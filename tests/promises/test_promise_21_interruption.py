"""Promise 21: Ctrl-C ends a long ask and leaves the state as it was; the interpreter lock is released meanwhile.

The 200 ms and 50 ms of the promise are measured in benches/; here a long ask must end early, and another thread must
get on.
"""

import signal
import threading
import time

import pytest

import tanteo as tt
from support.processes import python
from support.searches import mixed_space, random_trials_of_a_sphere, run

#: Takes far longer than the tests wait. Memory for all of them is asked for first, and there is enough.
ENDLESS = 10**6


def long_search() -> tt.Optimizer:
    """A search whose next ask takes its time: a large batch from a model."""
    optimizer = tt.Optimizer(mixed_space(), sampler="tpe", seed=1)
    run(optimizer, 200)
    return optimizer


def interrupt_an_ask(optimizer: tt.Optimizer, seconds: float) -> None:
    """Ask for more than anyone waits for, press Ctrl-C after some seconds; the state is as it was."""
    before = optimizer.to_bytes()
    timer = threading.Timer(seconds, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        optimizer.ask(ENDLESS)
    timer.join()
    assert optimizer.to_bytes() == before


@pytest.mark.parametrize("sampler", ["random", "sobol", "tpe"])
def test_promise_21_an_interrupt_ends_a_long_ask_and_changes_nothing(sampler):
    optimizer = tt.Optimizer(mixed_space(), sampler=sampler, seed=1, deduplicate=False)
    run(optimizer, 50)
    interrupt_an_ask(optimizer, 0.3)
    assert len(run(optimizer, 3)) == 3


def test_promise_21_an_interrupt_ends_fits_to_a_thousand_trials():
    """The first ask after so many trials fits the model several times; each evaluation of a fit looks for signals."""
    optimizer = random_trials_of_a_sphere(1000, 50, seed=1)
    interrupt_an_ask(optimizer, 0.1)
    assert optimizer.ask().params


def test_promise_21_an_interrupt_ends_a_recommendation():
    """An alarm of the system's stands for Ctrl-C: it comes in time however busy the machine is."""
    optimizer = random_trials_of_a_sphere(1000, 500, seed=1)
    before = optimizer.to_bytes()
    handler = signal.signal(signal.SIGALRM, signal.default_int_handler)

    def alarmed() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        optimizer.recommend()

    try:
        with pytest.raises(KeyboardInterrupt):
            alarmed()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, handler)
    assert optimizer.to_bytes() == before


def test_promise_21_a_handler_of_the_users_decides():
    """A handler that raises nothing lets the ask go on; one that raises its own error ends it with that."""

    class StopError(Exception):
        pass

    def handler(*_):
        raise StopError

    optimizer = tt.Optimizer(mixed_space(), sampler="random", seed=1, deduplicate=False)
    previous = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(StopError):
            optimizer.ask(ENDLESS)
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert len(optimizer.trials) == 0


def test_promise_21_other_threads_get_on_during_a_long_ask():
    optimizer = long_search()
    ticks = []
    done = threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    start = time.perf_counter()
    optimizer.ask(3000)
    end = time.perf_counter()
    done.set()
    thread.join()
    during = sum(start < moment < end for moment in ticks)
    assert during >= 3, f"{during} ticks in {end - start:.2f} s: with the lock held there are none"


def test_promise_21_an_interrupt_of_a_process_ends_it():
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
