"""Promise 23: at most 1 KiB a told trial of 10 parameters, and nothing else grows."""

import pytest

from support.processes import python_json
from support.profile import count

TRIALS = count(100_000, 1_000_000)

_GROWTH = """
import gc, json, resource, tracemalloc
import tanteo as tt

def resident():
    gc.collect()
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()

floats = {{f"p{{i}}": tt.Float(0, 1) for i in range(8)}}
space = tt.SearchSpace({{**floats, "n": tt.Int(0, 2**40), "c": tt.Categorical(list("abc"))}})
optimizer = tt.Optimizer(space, sampler="random", seed=1)

def work(n):
    for k in range(n):
        optimizer.tell(optimizer.ask(), float(k))

work(1000)
before = resident()
work({trials})
grown = resident() - before
tracemalloc.start()
work(100)
first = tracemalloc.take_snapshot()
work(2000)
python = sum(entry.size_diff for entry in tracemalloc.take_snapshot().compare_to(first, "filename")
             if "tracemalloc" not in entry.traceback[0].filename)
print(json.dumps([grown, python]))
"""


def test_promise_23_a_told_trial_takes_at_most_1_kib_and_nothing_else_grows():
    grown, python_objects = python_json(_GROWTH.format(trials=TRIALS))
    assert grown <= 1024 * TRIALS
    assert python_objects < 64 * 1024, "Python objects pile up"


def test_promise_23_so_does_one_with_times_and_an_attribute():
    code = """
import json, resource
import tanteo as tt
space = tt.SearchSpace({f"p{i}": tt.Float(0, 1) for i in range(10)})
optimizer = tt.Optimizer(space, sampler="random", seed=1)

def work(n):
    for k in range(n):
        trial = optimizer.ask()
        trial.set_attr("accuracy", 0.9123456789)
        optimizer.tell(trial, float(k))
        optimizer._core.set_evaluation(trial.id, 1.7e9 + k, 1.7e9 + k + 0.5, None)

resident = lambda: int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
work(100)
before = resident()
work(20000)
print(json.dumps(resident() - before))
"""
    assert python_json(code) <= 1024 * 20000


def test_promise_23_asks_that_are_refused_take_nothing():
    code = """
import json, resource
import tanteo as tt
space = tt.SearchSpace({"c": tt.Categorical(list("abc"))})
optimizer = tt.Optimizer(space, sampler="random", seed=1)
optimizer.ask(3)

def work(n):
    for _ in range(n):
        try:
            optimizer.ask()
        except tt.SpaceExhausted:
            pass
        try:
            optimizer.tell(0, "x")
        except tt.TanteoError:
            pass

resident = lambda: int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
work(2000)
before = resident()
work(20000)
print(json.dumps(resident() - before))
"""
    assert python_json(code) < 2 * 2**20


@pytest.mark.parametrize("what", ["optimizer.to_bytes()", "tt.Optimizer.from_bytes(data)", "copy.deepcopy(optimizer)"])
def test_promise_23_copies_are_given_back(what):
    code = f"""
import copy, gc, json, resource
import tanteo as tt
from support.searches import mixed_space, run
optimizer = tt.Optimizer(mixed_space(), sampler="random", seed=1)
run(optimizer, 2000)
data = optimizer.to_bytes()
resident = lambda: int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
for _ in range(20): {what}
before = resident()
for _ in range(100): {what}
print(json.dumps([resident() - before, len(data)]))
"""
    grown, size = python_json(code)
    assert grown < 20 * size
