"""Promise 29: whatever an objective prints, raises or returns, at worst its trial fails; the search continues.

Exceptions outside ``catch`` end a search on purpose; they are not tested here.
"""

import os
import subprocess
import sys
import threading

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0, default=0.5)}
pytestmark = pytest.mark.filterwarnings("ignore:.* of this run failed")


def hostile_objective():
    """Return the expected states and names of the cases, and an objective that runs the case of its trial's number.

    All classes are defined in this function, as in a script: workers get them by value, and the parent cannot import
    them.
    """

    class Number(float):
        def __float__(self):
            raise RuntimeError("no float")

        def __reduce__(self):
            raise RuntimeError("no pickle")

    class Plain(float):
        pass

    class Count(int):
        pass

    class Text(str):
        __slots__ = ()

        def split(self, *_):
            raise RuntimeError("no split")

        def __format__(self, spec):
            raise RuntimeError("no format")

    class Folds(tt.Replicates):
        pass

    class MuteError(Exception):
        def __str__(self):
            raise RuntimeError("no str")

        __repr__ = __str__

    class TextError(Exception):
        def __str__(self):
            return Text("odd")

    class Broken:
        def __getattr__(self, name):
            raise RuntimeError(f"no {name}")

    class BrokenNumber:
        def __float__(self):
            raise ZeroDivisionError("no float")

    class BrokenArray:
        ndim = 1

        def tolist(self):
            return [Broken()]

    class Mute:
        def __repr__(self):
            raise RuntimeError("no repr")

    class BrokenDict(dict):
        def items(self):
            raise RuntimeError("no items")

        __iter__ = __getitem__ = items

    class Key:
        def __hash__(self):
            return hash("value")

        def __eq__(self, other):
            raise RuntimeError("no eq")

    def fail(error):
        raise error

    def deep(n):
        return deep(n + 1) + 1

    def nested():
        inner = []
        for _ in range(20_000):
            inner = [inner]
        return inner

    def endless():
        inner = []
        inner.append(inner)
        return inner

    def report(trial, step, value):
        trial.report(step, value)
        trial.should_prune()
        return 0.25

    complete = {
        "float": lambda _: Number(0.25),
        "int": lambda _: Count(1),
        "mapping": lambda _: {
            Text("value"): Number(0.25),
            Text("cost"): Count(1),
            "constraints": {Text("c"): Count(0)},
        },
        "state": lambda _: {"value": 0.25, "state": Text("complete")},
        "replicates": lambda _: Folds([0.25, Plain(0.5)]),
        "report": lambda trial: report(trial, Count(0), Plain(0.5)),
        "printed": lambda _: sys.stderr.write("\udcff") and 0.25,
    }
    failed = {
        "mute exception": lambda _: fail(MuteError()),
        "odd exception": lambda _: fail(TextError()),
        "group": lambda _: fail(ExceptionGroup("several", [MuteError(), ValueError("\ud800")])),
        "text": lambda _: Text("a"),
        "broken": lambda _: Broken(),
        "broken number": lambda _: BrokenNumber(),
        "broken array": lambda _: BrokenArray(),
        "mute": lambda _: Mute(),
        "broken mapping": lambda _: BrokenDict(value=1.0),
        "broken value": lambda _: {"value": Broken()},
        "broken key": lambda _: {Key(): 1.0},
        "object as the name of a constraint": lambda _: {"value": 1.0, "constraints": {Mute(): 1.0}},
        "pruned with an object": lambda _: fail(tt.Pruned(Mute())),
        "generator": lambda _: (i for i in range(3)),
        "endless recursion": lambda _: deep(0),
        "nested": lambda _: nested(),
        "endless list": lambda _: endless(),
        "huge integer": lambda _: 10**5000,
        "huge text": lambda _: "x" * 10**6,
        "huge list": lambda _: [0.0] * 10**5,
        "huge reason": lambda _: fail(ValueError("x" * 10**7)),
        "function": lambda _: lambda: 0.0,
        "class": lambda _: Broken,
        "lock": lambda _: threading.Lock(),
        "report": lambda trial: report(trial, 0, Mute()),
        "report of a huge step": lambda trial: report(trial, 10**5000, 0.5),
    }
    cases = [("complete", name, case) for name, case in complete.items()]
    cases += [("failed", name, case) for name, case in failed.items()]

    def objective(params, trial):
        return cases[trial.id][2](trial) if trial.id < len(cases) else 0.5

    return [(state, name) for state, name, _ in cases], objective


@pytest.mark.filterwarnings("ignore:.* is no result of this search")
@pytest.mark.parametrize("n_workers", [1, 2])
def test_whatever_an_objective_returns_or_raises_affects_only_its_trial(n_workers):
    expected, objective = hostile_objective()
    result = tt.minimize(objective, SPACE, n_trials=len(expected) + 2, n_workers=n_workers, seed=0, sampler="random")
    results = [(trial.state, name) for trial, (_, name) in zip(result.trials, expected, strict=False)]
    assert results == expected
    assert [trial.state for trial in result.trials[len(expected) :]] == ["complete"] * 2
    assert all(trial.reason and len(trial.reason) <= 400 for trial in result.trials if trial.state == "failed")
    assert "failed" in repr(result)


def test_a_stop_whose_text_raises_ends_the_search():
    class MuteStop(tt.StopSearch):
        def __str__(self):
            raise RuntimeError

    def objective(params):
        raise MuteStop

    result = tt.minimize(objective, SPACE, n_trials=3, seed=0)
    assert (result.stopped, [trial.state for trial in result.trials]) == ("callback", ["failed"])


DAMAGE = """
import os, signal, sys, threading, time
import tanteo as tt

def pipe():
    # The only socket of a worker.
    return next(n for n in range(3, 64) if os.path.exists(f"/proc/self/fd/{n}")
                and os.readlink(f"/proc/self/fd/{n}").startswith("socket"))

def forked(params):
    if os.fork() == 0:
        return 1.0
    os.wait4(-1, os.WNOHANG)
    time.sleep(0.05)
    return 0.25

FAILED = {
    "garbage": lambda params: os.write(pipe(), b"garbage") and 0.25,
    "a byte": lambda params: os.write(pipe(), b"\\n") and 0.25,
    "closed": lambda params: os.close(pipe()) or 0.25,
    "exit": lambda params: os._exit(0),
    "killed": lambda params: os.kill(os.getpid(), signal.SIGKILL),
}
COMPLETE = {
    "forked": forked,
    "output closed": lambda params: sys.stdout.close() or 0.25,
    "output gone": lambda params: setattr(sys, "stdout", None) or 0.25,
    "errors closed": lambda params: sys.stderr.close() or 0.25,
    "no descriptor 1": lambda params: print("lost") or os.close(1) or 0.25,
}
cases = [*FAILED.items(), *COMPLETE.items()]

def objective(params, trial):
    return cases[trial.id][1](params) if trial.id < len(cases) else 0.5

result = tt.minimize(objective, {"x": tt.Float(0.0, 1.0)}, n_trials=len(cases) + 2, n_workers=2, seed=0,
                     sampler="random", progress=False)
expected = ["failed"] * len(FAILED) + ["complete"] * (len(COMPLETE) + 2)
states = [trial.state for trial in result.trials]
assert states == expected, [(name, trial) for (name, _), trial in zip(cases, result.trials)]
assert "file descriptor" in result.trials[0].reason
"""


def test_an_objective_that_damages_its_worker_loses_only_its_trial():
    run_script(DAMAGE)


def run_script(script, *, stdout=subprocess.PIPE, **environment):
    process = subprocess.run(
        [sys.executable, "-c", script],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stderr


PRINTS = """
import sys
import tanteo as tt

def objective(params):
    print("to be lost")
    return params["x"]

result = tt.minimize(objective, {"x": tt.Float(0.0, 1.0)}, n_trials=3, n_workers=2, seed=0)
assert [trial.state for trial in result.trials] == ["STATE"] * 3, list(result.trials)
"""


@pytest.fixture(params=["closed pipe", "full disk"])
def broken_output(request):
    """Yield a descriptor to which every write fails."""
    if request.param == "full disk":
        descriptor = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, descriptor = os.pipe()
        os.close(reader)
    yield descriptor
    os.close(descriptor)


def test_output_that_cannot_be_written_after_a_trial_is_lost_with_a_warning(broken_output):
    stderr = run_script(PRINTS.replace("STATE", "complete"), stdout=broken_output, PYTHONUNBUFFERED="")
    assert "standard output cannot be written" in stderr
    assert "Traceback" not in stderr


def test_a_print_that_raises_fails_the_trial(broken_output):
    run_script(PRINTS.replace("STATE", "failed"), stdout=broken_output, PYTHONUNBUFFERED="1")


@pytest.mark.parametrize("closes", ["stdout", "stderr"])
def test_an_objective_may_close_a_stream_of_this_process(closes):
    script = f"""
import sys
import tanteo as tt

def objective(params):
    sys.{closes}.close()
    raise ValueError

result = tt.minimize(objective, {{"x": tt.Float(0.0, 1.0)}}, n_trials=6, seed=0, progress=True)
assert [trial.state for trial in result.trials] == ["failed"] * 6
"""
    run_script(script)


def test_reports_from_several_threads_are_recorded_and_refused_after_the_end():
    def objective(params, trial):
        lock, step = threading.Lock(), iter(range(100))

        def reports():
            for _ in range(10):
                with lock:
                    trial.report(next(step), 0.5)
                trial.should_prune()

        threads = [threading.Thread(target=reports) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        late = threading.Timer(0.01, lambda: trial.report(1000, 0.5))
        late.start()
        return 0.25

    result = tt.minimize(objective, SPACE, n_trials=6, n_workers=2, seed=0, sampler="random")
    assert [trial.state for trial in result.trials] == ["complete"] * 6
    assert all(len(trial.steps) == 40 for trial in result.trials)
