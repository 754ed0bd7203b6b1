"""The fields and the states of a trial are declared once, and every form of a trial follows from them."""

import json
import pickle
import re
from typing import get_args

import pytest

import tanteo as tt
from tanteo._internal import states as known
from tanteo.cli.output import trial_as_json
from tanteo.integrations.imported_trials import ImportedTrial
from tanteo.integrations.optuna.names import OF_OPTUNA
from tanteo.integrations.optuna.names import STATES as OPTUNA_STATES
from tanteo.study.trials import OF_STUDIES, StudyTrial
from tanteo.trials import schema
from tanteo.trials.frames import Extra, all_columns
from tanteo.trials.trial import FrozenTrial

SPACE = {"x": tt.Float(0, 1)}


@pytest.fixture
def search():
    """A search with a trial in every state."""
    search = tt.Optimizer(SPACE, pausing=True, pruner="nothing", seed=0)
    trials = search.ask(5)
    trials[1].report(3, 0.5, constraints={"size": 1.0})
    trials[1].set_attr("tags", ["a", {"b": 1}])
    search.tell(trials[1], state="paused", cost=2.0)
    search.tell(trials[2], tt.Replicates([1.0, 2.0]))
    search.tell(trials[3], state="pruned", reason="bad curve")
    search.tell(trials[4], state="failed")
    return search


def test_every_state_is_declared(search):
    states = {trial.state for trial in search.trials}
    assert states == set(known.STATES) == set(OPTUNA_STATES)
    assert set(known.TOLD) == states - {"pending"}
    assert set(search.to_dict()["state"]) == states


def test_the_docstring_has_every_field_once():
    for kind, names in ((FrozenTrial, FrozenTrial._names), (StudyTrial, OF_STUDIES)):
        lines = (kind.__doc__ or "").splitlines()
        documented = [name for line in lines if " : " in line for name in line.split(" : ")[0].strip().split(", ")]
        assert sorted(documented) == sorted(names)


def test_every_origin_is_one_of_the_core_and_documented_once():
    origins = get_args(schema.Origin)
    (documented,) = re.findall(r"    origin : str\n(.*?)\n    \w+ : ", FrozenTrial.__doc__ or "", re.DOTALL)
    assert sorted(re.findall(r'"(\w+)"', documented)) == sorted(origins)
    search = tt.Optimizer(SPACE, seed=0)
    search.enqueue({"x": 0.5})
    search._core.adopt([([0.5], origin) for origin in origins], 0, 0)
    assert [trial.origin for trial in search.trials] == list(origins)


def test_a_field_with_one_entry_per_trial_is_a_column_of_the_kind_of_its_annotation(search):
    columns = {column.name: column for column in all_columns(search._core, search.space, Extra())}
    kinds = {name: columns[name].kind for name in FrozenTrial._names if name in columns}
    assert kinds == {
        **dict.fromkeys(("id", "resume_from"), "int"),
        **dict.fromkeys(("state", "origin", "reason"), "text"),
        **dict.fromkeys(("feasible", "excluded"), "bool"),
        "cost": "float",
    }
    assert all(
        columns[name].values == [getattr(trial, name) for trial in search.trials] for name in kinds if name != "cost"
    )


def test_json_has_every_field(search):
    for trial in search.trials:
        assert list(trial_as_json(trial)) == list(FrozenTrial._names)
    assert json.loads(json.dumps(trial_as_json(search.trials[1])))["step_constraints"] == {"3": {"size": 1.0}}


def test_fields_cannot_be_changed_and_survive_pickling(search):
    for trial in search.trials:
        copy = pickle.loads(pickle.dumps(trial))
        assert copy == trial
        for name in FrozenTrial._names:
            assert type(getattr(copy, name)) is type(getattr(trial, name)), name
            with pytest.raises(AttributeError, match="read-only"):
                setattr(trial, name, None)
    assert search.trials[1].attrs["tags"] == ["a", {"b": 1}]
    with pytest.raises(TypeError):
        search.trials[1].steps[4] = 0.0


def test_an_import_keeps_every_field_that_it_can_tell():
    kept = {name for name in ImportedTrial.__dataclass_fields__ if name != "name"}
    assert set(FrozenTrial._names) - kept == {"id", "origin", "feasible", "resume_from"}
    assert kept <= set(FrozenTrial._names)


def test_optuna_has_no_field_that_is_unknown():
    assert set(OF_OPTUNA) <= set(FrozenTrial._names)


def test_a_new_field_is_one_annotation(search):
    class Timed(FrozenTrial):
        """A trial whose record in the core also has `gpu`."""

        gpu: tuple[int, ...]

    record = {**search._core.trial(1), "gpu": [0, 1]}
    fields = schema.fields_of(Timed._names, record, search._codec, 1)
    trial = Timed(None, (), None, **fields)
    assert trial.gpu == (0, 1)
    assert trial_as_json(trial)["gpu"] == [0, 1]
    assert "gpu" not in FrozenTrial._names


def test_a_cancelled_trial_is_excluded(search):
    search.cancel(0)
    assert [trial.excluded for trial in search.trials] == [True, False, False, False, False]
