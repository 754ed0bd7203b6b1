"""Promises 21 and 22: Ctrl-C, other threads, forks and the end of the process."""

import os
import threading

import pytest

ROUNDS = 20


def test_64_threads_share_one_optimizer(optimizer):
    search = optimizer()
    ids: list[int] = []

    def work() -> None:
        for _ in range(ROUNDS):
            trial, row = search.ask()
            ids.append(trial)
            search.tell_value(trial, row[0])

    threads = [threading.Thread(target=work) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ids) == list(range(64 * ROUNDS))
    assert search.pending() == []
    assert set(search.columns()["state"]) == {"complete"}
    best = min(range(len(search)), key=lambda trial: search.trial(trial)["row"][0])
    assert search.best() == best


def test_other_threads_run_during_a_long_ask(optimizer):
    """A thread wakes every millisecond. It could not if the ask held the global interpreter lock."""
    search, wakes, done = optimizer(), [0], threading.Event()

    def tick() -> None:
        while not done.wait(0.001):
            wakes[0] += 1

    thread = threading.Thread(target=tick)
    thread.start()
    wakes_before = wakes[0]
    search.ask_many(100_000)
    n_wakes = wakes[0] - wakes_before
    done.set()
    thread.join()
    assert n_wakes >= 10


INTERRUPTED = """
import os, signal, threading
search = make()
search.tell_value(search.ask()[0], 1.0)
snapshot = search.snapshot(b"")
threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    search.ask_many(2_000_000)
except KeyboardInterrupt:
    assert search.snapshot(b"") == snapshot
    assert search.ask() == make().ask_many(2)[1]
    print("stopped")
"""


def test_ctrl_c_during_a_long_ask_leaves_the_state_unchanged(python, program):
    finished = python(program + INTERRUPTED)
    assert (finished.stdout, finished.stderr) == ("stopped\n", "")


def test_ctrl_c_ends_a_long_sample(python, program):
    code = """
import os, signal, threading
space = make().space()
threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    space.sample(3_000_000, 1)
except KeyboardInterrupt:
    print("stopped")
"""
    assert python(program + code).stdout == "stopped\n"


def test_a_signal_handler_that_calls_the_optimizer_gets_an_error_and_no_deadlock(python, program):
    code = """
import signal
from tanteo.exceptions import TanteoError
search = make()
signal.signal(signal.SIGALRM, lambda *_: search.ask())
signal.setitimer(signal.ITIMER_REAL, 0.2)
try:
    search.ask_many(2_000_000)
except TanteoError as error:
    print(error)
print(len(search), search.ask()[0])
"""
    message, state = python(program + code).stdout.splitlines()
    assert "same thread" in message
    assert state == "0 0"


def test_a_signal_handler_that_returns_does_not_end_the_ask(python, program):
    code = """
import signal
calls = []
signal.signal(signal.SIGALRM, lambda *_: calls.append(1))
signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
search = make()
asked = len(search.ask_many(100_000))
signal.setitimer(signal.ITIMER_REAL, 0)
print(asked, len(calls) > 0)
"""
    assert python(program + code).stdout == "100000 True\n"


@pytest.mark.parametrize("body", ["search.ask()", "search.ask_many(1000)", "search.snapshot(b'')"])
def test_the_process_ends_cleanly_with_a_daemon_thread_inside(python, program, body):
    code = f"""
import threading, time
search = make()
search.ask_many(100)
def work():
    while True:
        {body}
for _ in range(4):
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.1)
"""
    finished = python(program + code)
    assert (finished.stdout, finished.stderr) == ("", "")


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

FORK = """
import os, warnings
# From Python 3.12 on, a fork in a process with threads causes a warning. These tests check such forks.
warnings.simplefilter("ignore", DeprecationWarning)
def in_child(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""


@needs_fork
@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_a_forked_child_can_use_an_optimizer_of_its_parent(python, program, sampler):
    code = f"""
search = make({sampler!r}, n=10)
for i in range(200):
    search.tell_value(search.ask()[0], float(i * i % 101))
expected = CoreOptimizer.restore(search.snapshot(b""))[0].ask_many(5)
def work():
    assert search.ask_many(5) == expected
    assert in_child(lambda: search.ask()) == 0
print(in_child(work), search.ask_many(5) == expected)
"""
    finished = python(program + FORK + code, TANTEO_NUM_THREADS="4")
    assert (finished.stdout, finished.stderr) == ("0 True\n", "")


@needs_fork
def test_a_fork_during_a_call_of_another_thread_is_an_error_and_no_deadlock(python, program):
    code = """
import threading, time
from tanteo.exceptions import TanteoError
search = make()
threading.Thread(target=search.ask_many, args=(3_000_000,), daemon=True).start()
time.sleep(0.2)
def work():
    for call in (search.ask, search.best, lambda: len(search)):
        try:
            call()
        except TanteoError as error:
            assert "create the optimizer in the child" in str(error), error
        else:
            raise AssertionError("no error")
    assert make().ask()[0] == 0
print(in_child(work), flush=True)
os._exit(0)
"""
    finished = python(program + FORK + code)
    assert (finished.stdout, finished.stderr) == ("0\n", "")
