"""After kill -9 at any moment every acknowledged tell survives, and the file opens and works immediately."""

import pytest

from support.processes import python_json
from support.profile import count

_KILLED = """
import json, os, random, signal, sys, time
import tanteo as tt
from tanteo.study.environment import environment

environment()  # collected once here and not in every child
random.seed(7)
path, acknowledged, wrong, pauses = {path!r}, {{}}, [], []
sleep = time.sleep

def noted(seconds):
    if sys._getframe(1).f_globals["__name__"].startswith("tanteo."):
        pauses.append(seconds)
    sleep(seconds)

def work(write):
    study = tt.Study(path, {{"x": tt.Float(0.0, 1.0), "c": tt.Categorical(["a", "b"])}}, seed=0, sampler={sampler!r})
    while True:
        trial = study.ask()
        value = trial.id + trial.params["x"]
        study.tell(trial, value)
        os.write(write, f"{{trial.id}} {{value!r}}\\n".encode())

for number in range({rounds}):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        work(write)
    os.close(write)
    # Every other child is killed while it asks and tells, the rest possibly while they open the file.
    first = os.read(read, 10000) if number % 2 else b""
    time.sleep(random.uniform(0.0, 0.1))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read, "rb") as pipe:
        lines = (first + pipe.read()).decode().splitlines(keepends=True)
    acknowledged.update((int(line.split()[0]), float(line.split()[1])) for line in lines if line.endswith("\\n"))
    if not os.path.exists(path):
        continue
    time.sleep = noted
    with tt.Study(path, {{"x": tt.Float(0.0, 1.0), "c": tt.Categorical(["a", "b"])}}) as study:
        wrong += [number for number, value in acknowledged.items() if study.trials[number].value != value]
        trial = study.ask()
        study.tell(trial, 0.5)
        acknowledged[trial.id] = 0.5
    time.sleep = sleep
print(json.dumps([len(acknowledged), wrong, pauses]))
"""


@pytest.mark.parametrize("sampler", ["random", "auto"])
def test_no_acknowledged_tell_is_lost(tmp_path, sampler):
    path = str(tmp_path / "study.db")
    rounds = count(10, 200)
    n_acknowledged, wrong_results, pauses = python_json(_KILLED.format(path=path, rounds=rounds, sampler=sampler))
    assert n_acknowledged >= rounds, "every round ends with a tell"
    assert wrong_results == []
    assert pauses == [], "the locks of the dead hold nobody up"
