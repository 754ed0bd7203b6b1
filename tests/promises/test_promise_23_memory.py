"""Promise 23: a told trial of 10 parameters takes at most 1 KiB, and nothing else grows."""

import pytest

from support.processes import python_json
from support.profile import count

TRIALS = count(100_000, 1_000_000)

_GROWTH = """
import gc, json, tracemalloc
import tanteo as tt
from support.processes import resident_bytes

floats = {{f"p{{i}}": tt.Float(0, 1) for i in range(8)}}
space = tt.SearchSpace({{**floats, "n": tt.Int(0, 2**40), "c": tt.Categorical(list("abc"))}})
optimizer = tt.Optimizer(space, sampler="random", seed=1)

def work(n):
    for k in range(n):
        optimizer.tell(optimizer.ask(), float(k))

work(1000)
gc.collect()
initial = resident_bytes()
work({trials})
gc.collect()
growth = resident_bytes() - initial
tracemalloc.start()
work(100)
first = tracemalloc.take_snapshot()
work(2000)
python = sum(entry.size_diff for entry in tracemalloc.take_snapshot().compare_to(first, "filename")
             if "tracemalloc" not in entry.traceback[0].filename)
print(json.dumps([growth, python]))
"""


def test_promise_23_a_told_trial_takes_at_most_1_kib_and_nothing_else_grows():
    growth, python_objects = python_json(_GROWTH.format(trials=TRIALS))
    assert growth <= 1024 * TRIALS
    assert python_objects < 64 * 1024, "Python objects accumulate"


def test_promise_23_a_trial_with_times_and_an_attribute_takes_at_most_1_kib():
    code = """
import json
import tanteo as tt
from support.processes import resident_bytes
space = tt.SearchSpace({f"p{i}": tt.Float(0, 1) for i in range(10)})
optimizer = tt.Optimizer(space, sampler="random", seed=1)

def work(n):
    for k in range(n):
        trial = optimizer.ask()
        trial.set_attr("accuracy", 0.9123456789)
        optimizer.tell(trial, float(k))
        optimizer._core.set_evaluation(trial.id, 1.7e9 + k, 1.7e9 + k + 0.5, None)

work(100)
initial = resident_bytes()
work(20000)
print(json.dumps(resident_bytes() - initial))
"""
    assert python_json(code) <= 1024 * 20000


def test_promise_23_refused_calls_take_no_memory():
    code = """
import json
import tanteo as tt
from support.processes import resident_bytes
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

work(2000)
initial = resident_bytes()
work(20000)
print(json.dumps(resident_bytes() - initial))
"""
    assert python_json(code) < 2 * 2**20


@pytest.mark.parametrize(
    "operation", ["optimizer.to_bytes()", "tt.Optimizer.from_bytes(data)", "copy.deepcopy(optimizer)"]
)
def test_promise_23_the_memory_of_copies_is_released(operation):
    code = f"""
import copy, json
import tanteo as tt
from support.processes import resident_bytes
from support.searches import mixed_space, run
optimizer = tt.Optimizer(mixed_space(), sampler="random", seed=1)
run(optimizer, 2000)
data = optimizer.to_bytes()
for _ in range(20): {operation}
initial = resident_bytes()
for _ in range(100): {operation}
print(json.dumps([resident_bytes() - initial, len(data)]))
"""
    growth, size = python_json(code)
    assert growth < 20 * size
