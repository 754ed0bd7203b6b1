"""Promise 20: a panic becomes an InternalError, nothing is printed, and the optimizer remains usable."""

import threading

import pytest

from tanteo._core import __version__
from tanteo.exceptions import InternalError


def test_a_panic_is_an_internal_error_with_version_and_seed(optimizer):
    with pytest.raises(InternalError, match=rf"tanteo {__version__}, seed 77: provoked at .*\.rs:\d+") as raised:
        optimizer(seed=77).provoke_panic()
    assert isinstance(raised.value, Exception)


@pytest.mark.parametrize("sampler", ["random", "sobol", "tpe", "auto"])
def test_a_panic_changes_nothing_in_the_optimizer(optimizer, sampler):
    panicked, untouched = optimizer(sampler=sampler), optimizer(sampler=sampler)
    for search in (panicked, untouched):
        search.enqueue((0.5, 7, None, None, None))
        search.tell_value(search.ask()[0], 1.0)
        search.enqueue((0.25, None, None, None, None))
    snapshot = panicked.snapshot(b"")
    for _ in range(3):
        with pytest.raises(InternalError):
            panicked.provoke_panic()
    assert panicked.snapshot(b"") == snapshot
    assert [panicked.ask() for _ in range(15)] == [untouched.ask() for _ in range(15)]
    assert panicked.snapshot(b"") == untouched.snapshot(b"")


def test_the_lock_is_free_for_other_threads_after_a_panic(optimizer):
    search = optimizer()
    with pytest.raises(InternalError):
        search.provoke_panic()
    trials = []
    thread = threading.Thread(target=lambda: trials.append(search.ask()))
    thread.start()
    thread.join(60)
    assert len(trials) == 1


def test_a_panic_prints_nothing(python, program):
    code = program + (
        "from tanteo.exceptions import InternalError\n"
        "try:\n    make().provoke_panic()\nexcept InternalError:\n    print('caught')\n"
    )
    finished = python(code, RUST_BACKTRACE="1")
    assert (finished.stdout, finished.stderr) == ("caught\n", "")
