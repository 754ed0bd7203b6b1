"""Promise 24: nothing printed, no file, no warning, no global generator, handler or floating-point mode touched."""

import pytest

from support.processes import python

#: An ordinary life of an optimizer, everything public touched once.
_LIFE = """
import math, pickle, copy
import tanteo as tt
from support.searches import SAMPLERS, mixed_space, unit_square, with_many_levels, run

def life():
    for sampler in SAMPLERS:
        optimizer = tt.Optimizer(mixed_space(), sampler=with_many_levels(sampler), seed=1)
        optimizer.enqueue({"depth": 2})
        run(optimizer, 20)
        for value in (math.nan, None, math.inf, 1e308, -1e308, 5e-324):
            optimizer.tell(optimizer.ask(), value)
        trial = optimizer.ask()
        optimizer.report(trial, 1, 0.5), optimizer.should_prune(trial)
        optimizer.tell(trial, tt.Replicates([1.0, 2.0]), constraints={"c": -1.0}, cost=2.0)
        optimizer.observe(mixed_space().sample(1, seed=1)[0], 3.0)
        optimizer.best, optimizer.recommend(), optimizer.pareto_front, list(optimizer.trials), optimizer.stats()
        optimizer.to_dict(), optimizer.to_json(), repr(optimizer), repr(optimizer.space)
        copy.deepcopy(pickle.loads(pickle.dumps(tt.Optimizer.from_bytes(optimizer.to_bytes()))))
        run(optimizer, 3)
    two = tt.Optimizer(unit_square(), seed=1, directions=["minimize", "maximize"])
    run(two, 20, lambda p: (p["x"], p["y"]))
    list(two.pareto_front)
    tt.SearchSpace.from_json(mixed_space().to_json())
    tt.minimize(lambda p: p["x"], unit_square(), n_trials=5, seed=1, progress=False)
"""


def test_promise_24_no_warning_and_nothing_printed():
    done = python(_LIFE + "life()", "-W", "error", "-X", "dev")
    assert done.stdout == ""
    assert done.stderr == ""


def test_promise_24_works_where_numpy_raises():
    python(
        _LIFE + "import numpy; numpy.seterr(all='raise')\nlife()\nassert numpy.geterr()['over'] == 'raise'",
        "-W",
        "error",
    )


def test_promise_24_no_file_no_network_no_process(tmp_path):
    """Audit events name every file opened for writing, every connection and process, whoever starts it in Python."""
    code = f"""
{_LIFE}
import os, sys
os.chdir({str(tmp_path)!r})
life()  # imports done
seen = []
active = True

def watch(event, arguments):
    if not active:
        return
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        seen.append((event, arguments))
    elif event.startswith(("socket.", "subprocess.", "os.fork", "os.system", "os.mkdir", "os.remove", "os.rename")):
        seen.append((event, arguments))

sys.addaudithook(watch)
life()
active = False
assert not seen, seen
assert os.listdir() == []
"""
    python(code)


@pytest.mark.parametrize(
    "state",
    [
        "random.getstate()",
        "numpy.random.get_state()[1].tolist(), numpy.random.get_state()[2]",
        "[signal.getsignal(s) for s in signal.valid_signals()]",
        "numpy.geterr()",
        "ctypes.CDLL(None).fegetround()",
        "sys.getswitchinterval(), sys.getrecursionlimit(), threading.excepthook, sys.excepthook, sys.unraisablehook",
        "locale.setlocale(locale.LC_ALL)",
        "warnings.filters[:]",
        "dict(os.environ)",
        "decimal.getcontext().prec, decimal.getcontext().rounding",
        "multiprocessing.get_start_method(allow_none=True)",
        "logging.root.handlers[:], logging.root.level",
    ],
)
def test_promise_24_global_state_is_left_alone(state):
    modules = "ctypes, decimal, locale, logging, multiprocessing, numpy, os, random, signal, sys, threading, warnings"
    python(f"import {modules}\n{_LIFE}\nbefore = repr(({state},))\nlife()\nassert repr(({state},)) == before")


def test_promise_24_denormals_are_kept():
    """Nobody switched flush-to-zero on, in this thread or another."""
    code = f"""
{_LIFE}
life()
import threading
tiny = []
for _ in range(4):
    thread = threading.Thread(target=lambda: tiny.append(5e-324 * 1.0 > 0.0 and 1e-310 / 2 > 0.0))
    thread.start(); thread.join()
assert all(tiny) and 1e-310 / 3 > 0.0
"""
    python(code)


def test_promise_24_no_descriptor_is_left_open():
    code = f"""
{_LIFE}
import os
life()
before = len(os.listdir("/proc/self/fd"))
life()
assert len(os.listdir("/proc/self/fd")) == before
"""
    python(code)
