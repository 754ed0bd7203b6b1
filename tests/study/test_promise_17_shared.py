"""Processes on one file neither lose, duplicate nor change results; suggestions depend only on the order of calls."""

import json

import pytest

import tanteo as tt
from support.processes import python_json
from support.profile import count

_PROCESSES = """
import json, os, tanteo as tt
from tanteo.study.environment import environment

environment()
read, write = os.pipe()
children = []
for number in range({processes}):
    child = os.fork()
    if child == 0:
        study = tt.Study({path!r}, {{"x": tt.Float(0.0, 1.0), "n": tt.Int(1, 9)}}, seed=0, sampler={sampler!r})
        for _ in range({tells}):
            trial = study.ask()
            value = trial.id + trial.params["x"] + number / 64
            study.tell(trial, value)
            # Short enough for an atomic write to a pipe.
            os.write(write, (json.dumps([trial.id, trial.params, value]) + "\\n").encode())
        study.close()
        os._exit(0)
    children.append(child)
os.close(write)
with os.fdopen(read) as pipe:
    lines = [json.loads(line) for line in pipe]
codes = [os.waitpid(child, 0)[1] for child in children]
print(json.dumps([codes, lines]))
"""


def run_processes(path, processes, tells, sampler="random"):
    code = _PROCESSES.format(path=str(path), processes=processes, tells=tells, sampler=sampler)
    codes, lines = python_json(code)
    assert codes == [0] * processes
    return lines


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_no_result_is_lost_duplicated_or_changed(tmp_path, sampler):
    processes, tells = count(4, 8), count(25, 200)
    results = run_processes(tmp_path / "study.db", processes, tells, sampler)
    assert sorted(number for number, _, _ in results) == list(range(processes * tells))
    study = tt.Study(tmp_path / "study.db")
    assert len(study) == processes * tells
    for number, params, value in results:
        trial = study.trials[number]
        assert (trial.params, trial.value, trial.state) == (params, value, "complete")
    assert len({trial.process for trial in study.trials}) == processes == len(study.environments)


def test_all_processes_may_create_the_study_at_once(tmp_path):
    results = run_processes(tmp_path / "study.db", 16, 1)
    assert sorted(number for number, _, _ in results) == list(range(16))
    assert len(tt.Study(tmp_path / "study.db")) == 16


def operations_of(study):
    """Return the kind and the body of each operation of a study, in order."""
    return [(kind, json.loads(body)) for kind, body in study._session.rows("SELECT kind, body FROM log ORDER BY seq")]


@pytest.mark.parametrize("sampler", ["tpe", "gp", "auto", "sobol"])
def test_suggestions_depend_only_on_the_order_of_calls(tmp_path, sampler):
    """An optimizer in memory that gets the same calls in the same order makes the same suggestions."""
    run_processes(tmp_path / "study.db", 3, count(12, 40), sampler)
    study = tt.Study(tmp_path / "study.db")
    in_memory = tt.Optimizer(study.space, seed=0, sampler=sampler)
    for kind, body in operations_of(study):
        if kind == b"ask":
            rows = [list(in_memory._core.trial(trial.id)["row"]) for trial in in_memory.ask(len(body["trials"]))]
            assert rows == [row for row, _ in body["trials"]]
        elif kind == b"tell":
            in_memory.tell(body["trial"], body["told"]["values"][0])
    assert [a.params for a in in_memory.trials] == [b.params for b in study.trials]
    assert in_memory.ask().params == study.ask().params
