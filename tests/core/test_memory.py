"""Too little memory raises `MemoryError`, leaves the search unchanged and never ends the interpreter.

Each call runs in forked children of one process. Each child has more address space than the last, until the call
succeeds.
"""

import pytest

from support.processes import python_json

SWEEP = """
import json, os, resource, sys
import numpy as np
import tanteo as tt

def space_in_use():
    return int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()

def limit(size):
    resource.setrlimit(resource.RLIMIT_AS, (size, resource.RLIM_INFINITY))

def search(sampler, n):
    names = ["x0", "x1", "x2", "x3"]
    opt = tt.Optimizer({name: tt.Float(0.0, 1.0) for name in names}, sampler=sampler, seed=0)
    for x in np.random.default_rng(0).random((n, 4)).tolist():
        opt.observe(dict(zip(names, x)), sum(x))
    opt.tell(opt.ask(), 1.0)
    opt.ask(2)
    return opt

def attempt(work, opt, more):
    # Run the call in a child with `more` bytes of address space. The outcome is "done", "refused" (with nothing
    # changed) or an exit code.
    child = os.fork()
    if child == 0:
        sizes = len(opt), len(opt.pending)
        limit(space_in_use() + more)
        try:
            work()
            os._exit(0)
        except MemoryError:
            limit(resource.RLIM_INFINITY)
            same = sizes == (len(opt), len(opt.pending))
            opt.tell(opt.ask(), 1.0)
            os._exit(3 if same else 4)
        except BaseException as error:
            sys.stderr.write(repr(error))
            os._exit(5)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {0: "done", 3: "refused"}.get(code, f"exit code {code}")

few, many, gp, tpe = search("random", 100), search("random", 12_000), search("gp", 200), search("tpe", 6000)
auto, cma = search("auto", 150), search("auto", 6000)
data, points = many.to_bytes(), few.space.sample(4000, seed=0)
X = np.random.default_rng(0).random((400, 3))
model = tt.models.GaussianProcess().fit(X[:50], X[:50].sum(1))
constraints = {str(k): 0.0 for k in range(100)}
few.to_dict()  # imports its modules now: without memory, an import fails in other ways
CALLS = {
    "ask": (few, lambda: few.ask(20_000)),
    "ask of the Gaussian process": (gp, lambda: gp.ask()),
    "ask of TPE": (tpe, lambda: tpe.ask()),
    "ask of Auto": (auto, lambda: auto.ask(8)),
    "ask of CMA-ES": (cma, lambda: cma.ask(8)),
    "sample": (few, lambda: few.space.sample(20_000, seed=0)),
    "constraints": (many, lambda: many.tell(many.pending[0], 1.0, constraints=constraints)),
    "explain": (many, lambda: many.explain(6000)),
    "predict": (few, lambda: few.predict(points)),
    "to_bytes": (many, lambda: many.to_bytes()),
    "from_bytes": (few, lambda: tt.Optimizer.from_bytes(data)),
    "to_dict": (many, lambda: many.to_dict()),
    "view": (many, lambda: many.view()),
    "fit": (few, lambda: tt.models.GaussianProcess().fit(X[:180], X[:180].sum(1))),
    "draw": (few, lambda: model.sample(X, 10, seed=0)),
}

def sweep(opt, work):
    outcomes = []
    for k in range(36, 64):
        outcomes.append(attempt(work, opt, int(2 ** (k / 2))))
        if outcomes[-1] != "refused":
            break
    return outcomes

print(json.dumps({name: sweep(*call) for name, call in CALLS.items()}))
"""


def test_a_call_is_refused_without_enough_memory_and_succeeds_with_enough():
    # With a fixed threshold, the C library returns large buffers to the system when they are freed.
    outcomes = python_json(SWEEP, TANTEO_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MALLOC_MMAP_THRESHOLD_="65536")
    assert len(outcomes) == 15
    assert {name: calls for name, calls in outcomes.items() if calls[-1] != "done" or len(calls) == 1} == {}


@pytest.mark.parametrize("call", ["opt.ask(2**32 - 1)", "opt.space.sample(2**32 - 1, seed=0)"])
def test_a_request_beyond_the_memory_fails_immediately(call):
    code = f"""
import json, resource
import tanteo as tt
opt = tt.Optimizer({{"x": tt.Float(0.0, 1.0)}}, seed=0)
resource.setrlimit(resource.RLIMIT_AS, (2**33, resource.RLIM_INFINITY))
try:
    {call}
except MemoryError as error:
    print(json.dumps([str(error), len(opt), opt.ask().id]))
"""
    message, n, first = python_json(code)
    assert "bytes of memory are needed" in message
    assert (n, first) == (0, 0)
