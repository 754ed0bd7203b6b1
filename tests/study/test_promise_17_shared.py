"""Several processes on one file: nothing lost, doubled or changed; what is suggested depends on the order alone."""

import json

import pytest

import tanteo as tt
from support.processes import python_json
from support.profile import count

_TOGETHER = """
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
            # Shorter than what a pipe takes in one piece.
            os.write(write, (json.dumps([trial.id, trial.params, value]) + "\\n").encode())
        study.close()
        os._exit(0)
    children.append(child)
os.close(write)
with os.fdopen(read) as told:
    lines = [json.loads(line) for line in told]
codes = [os.waitpid(child, 0)[1] for child in children]
print(json.dumps([codes, lines]))
"""


def together(path, processes, tells, sampler="random"):
    code = _TOGETHER.format(path=str(path), processes=processes, tells=tells, sampler=sampler)
    codes, lines = python_json(code)
    assert codes == [0] * processes
    return lines


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_nothing_is_lost_doubled_or_changed(tmp_path, sampler):
    processes, tells = count(4, 8), count(25, 200)
    told = together(tmp_path / "study.db", processes, tells, sampler)
    assert sorted(number for number, _, _ in told) == list(range(processes * tells))
    study = tt.Study(tmp_path / "study.db")
    assert len(study) == processes * tells
    for number, params, value in told:
        kept = study.trials[number]
        assert (kept.params, kept.value, kept.state) == (params, value, "complete")
    assert len({trial.process for trial in study.trials}) == processes == len(study.environments)


def test_all_may_create_it_at_once(tmp_path):
    told = together(tmp_path / "study.db", 16, 1)
    assert sorted(number for number, _, _ in told) == list(range(16))
    assert len(tt.Study(tmp_path / "study.db")) == 16


def order_of(study):
    """The operations of a study, as calls of an optimizer in memory."""
    return [(kind, json.loads(body)) for kind, body in study._session.rows("SELECT kind, body FROM log ORDER BY seq")]


@pytest.mark.parametrize("sampler", ["tpe", "gp", "auto", "sobol"])
def test_suggestions_depend_on_the_order_alone(tmp_path, sampler):
    """One optimizer that gets all calls in their order suggests what the processes were suggested."""
    together(tmp_path / "study.db", 3, count(12, 40), sampler)
    study = tt.Study(tmp_path / "study.db")
    alone = tt.Optimizer(study.space, seed=0, sampler=sampler)
    for kind, body in order_of(study):
        if kind == b"ask":
            asked = [list(alone._core.trial(trial.id)["row"]) for trial in alone.ask(len(body["trials"]))]
            assert asked == [row for row, _ in body["trials"]]
        elif kind == b"tell":
            alone.tell(body["trial"], body["told"]["values"][0])
    assert [a.params for a in alone.trials] == [b.params for b in study.trials]
    assert alone.ask().params == study.ask().params
