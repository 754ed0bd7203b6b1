"""Promise 24: no output, no file, no warning; global generators, handlers and floating-point modes stay the same."""

import pytest

from support.processes import python

#: Calls the whole public API of an optimizer once.
_USE = """
import math, pickle, copy
import tanteo as tt
from support.searches import SAMPLERS, mixed_space, unit_square, with_many_levels, run

def use():
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
    pareto = tt.Optimizer(unit_square(), seed=1, directions=["minimize", "maximize"])
    run(pareto, 20, lambda p: (p["x"], p["y"]))
    list(pareto.pareto_front)
    tt.SearchSpace.from_json(mixed_space().to_json())
    tt.minimize(lambda p: p["x"], unit_square(), n_trials=5, seed=1, progress=False)
"""


def test_promise_24_no_warning_and_nothing_printed():
    process = python(_USE + "use()", "-W", "error", "-X", "dev")
    assert process.stdout == ""
    assert process.stderr == ""


def test_promise_24_works_if_numpy_raises_on_floating_point_errors():
    python(
        _USE + "import numpy; numpy.seterr(all='raise')\nuse()\nassert numpy.geterr()['over'] == 'raise'",
        "-W",
        "error",
    )


def test_promise_24_no_file_no_network_no_process(tmp_path):
    """Audit events report every file that Python opens for writing, every connection and every process."""
    code = f"""
{_USE}
import os, sys
os.chdir({str(tmp_path)!r})
use()  # imports happen here
observed = []
active = True

def watch(event, arguments):
    if not active:
        return
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        observed.append((event, arguments))
    elif event.startswith(("socket.", "subprocess.", "os.fork", "os.system", "os.mkdir", "os.remove", "os.rename")):
        observed.append((event, arguments))

sys.addaudithook(watch)
use()
active = False
assert not observed, observed
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
    python(f"import {modules}\n{_USE}\ninitial = repr(({state},))\nuse()\nassert repr(({state},)) == initial")


def test_promise_24_denormals_are_kept():
    """Flush-to-zero stays off, in this thread and in others."""
    code = f"""
{_USE}
use()
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
{_USE}
import os
use()
initial = len(os.listdir("/proc/self/fd"))
use()
assert len(os.listdir("/proc/self/fd")) == initial
"""
    python(code)
