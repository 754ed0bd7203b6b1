"""Objectives have names: given with the directions, kept, and shown wherever values are."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

import tanteo as tt
from tanteo.cli import main
from tanteo.integrations.tables import from_frame
from tanteo.pruners.user_objects import UserObjects
from tanteo.snapshots import write_snapshot

SPACE = {"x": tt.Float(0.0, 1.0)}
NAMED = {"loss": "minimize", "accuracy": "maximize"}


def told():
    optimizer = tt.Optimizer(SPACE, directions=NAMED, seed=0, sampler="random")
    for _ in range(3):
        trial = optimizer.ask()
        x = trial.params["x"]
        optimizer.tell(trial, {"accuracy": 1.0 - x, "loss": x}, sem={"loss": 0.25, "accuracy": None})
    return optimizer


def test_values_are_told_by_name_in_any_order():
    optimizer = told()
    assert (optimizer.directions, optimizer.objective_names) == (("minimize", "maximize"), ("loss", "accuracy"))
    trial = optimizer.trials[1]
    assert trial.values == (trial.params["x"], 1.0 - trial.params["x"])
    assert trial.sems == (0.25, None)
    optimizer.observe({"x": 0.5}, {"loss": tt.Replicates([1.0, 2.0]), "accuracy": 0.5})
    assert optimizer.trials[3].values == (1.5, 0.5)
    optimizer.tell(optimizer.ask(), (0.5, 0.5))
    assert "directions={'loss': 'minimize', 'accuracy': 'maximize'}" in repr(optimizer)


def test_one_objective_may_have_a_name():
    optimizer = tt.Optimizer(SPACE, directions={"loss": "minimize"}, seed=0)
    optimizer.tell(optimizer.ask(), {"loss": 0.5})
    assert (optimizer.best_value, optimizer.objective_names) == (0.5, ("loss",))
    assert optimizer.to_dict()["value"].tolist() == [0.5]


@pytest.mark.parametrize("value", [{"loss": 1.0}, {"loss": 1.0, "accuracy": 1.0, "f1": 1.0}, {}])
def test_names_that_are_missing_or_unknown_are_refused(value):
    optimizer = told()
    trial = optimizer.ask()
    with pytest.raises(tt.exceptions.ArgumentError, match="value must have the objectives 'loss', 'accuracy'"):
        optimizer.tell(trial, value)
    assert optimizer.trials[trial.id].state == "pending"


@pytest.mark.parametrize("directions", [{}, {"": "minimize"}, {1: "minimize"}, {"a\n": "minimize"}, {"a": "up"}])
def test_names_and_directions_are_checked(directions):
    with pytest.raises(tt.exceptions.ArgumentError):
        tt.Optimizer(SPACE, directions=directions)


@pytest.mark.parametrize("name", ["value", "state", "sem", "constraints", "cost", "reason"])
def test_what_tell_takes_is_no_name(name, tmp_path):
    for make in (
        lambda d: tt.Optimizer(SPACE, directions=d),
        lambda d: tt.Study(tmp_path / "s.db", SPACE, directions=d),
    ):
        with pytest.raises(tt.exceptions.ArgumentError, match=f"an objective cannot be called '{name}'"):
            make({"loss": "minimize", name: "minimize"})


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_copies_have_them(duplicate):
    assert duplicate(told()).objective_names == ("loss", "accuracy")
    assert tt.Optimizer.from_bytes(told().to_bytes()).to_bytes() == told().to_bytes()


def test_a_snapshot_with_other_names_than_objectives_is_refused():
    optimizer = told()
    for names in (("loss",), ("loss", 1)):
        data = write_snapshot(optimizer._core, optimizer.space, UserObjects(), names)
        with pytest.raises(tt.exceptions.SnapshotError, match="labels name other objectives"):
            tt.Optimizer.from_bytes(data)


def test_columns_are_called_by_them():
    columns = told().to_dict(replicates=True)
    assert columns["value/loss"].tolist() == columns["params/x"].tolist()
    assert {"value/accuracy", "sem/loss", "replicates/accuracy"} <= set(columns)
    assert "value_0" not in columns
    assert len(json.loads(told().to_json())["value/loss"]) == 3


def by_name(params):
    return {"accuracy": params["x"], "loss": params["x"] / 2, "epochs": 3}


def test_an_objective_may_return_them():
    result = tt.minimize(by_name, SPACE, n_trials=2, directions=NAMED, seed=0, progress=False)
    for trial in result.trials:
        assert trial.values == (trial.params["x"] / 2, trial.params["x"])
        assert trial.attrs == {"epochs": 3}
    with pytest.raises(tt.exceptions.ArgumentError, match="has the directions"):
        tt.minimize(by_name, study=result.optimizer, directions={"a": "minimize", "b": "maximize"}, n_trials=1)


def test_a_study_keeps_them(tmp_path):
    path = tmp_path / "study.db"
    tt.minimize(by_name, SPACE, n_trials=2, directions=NAMED, study=path, progress=False)
    for directions in (None, NAMED, ["minimize", "maximize"]):
        assert tt.Study(path, directions=directions).objective_names == ("loss", "accuracy")
    with pytest.raises(tt.StudyError, match="was made with directions="):
        tt.Study(path, directions={"loss": "minimize", "f1": "maximize"})
    plain = tt.Study(tmp_path / "plain.db", SPACE, directions=["minimize", "maximize"])
    assert plain.objective_names is None
    with pytest.raises(tt.StudyError, match="was made with directions="):
        tt.Study(tmp_path / "plain.db", directions=NAMED)


def test_names_in_another_order_are_others(tmp_path):
    first, swapped = (dict.fromkeys(names, "minimize") for names in (("loss", "latency"), ("latency", "loss")))
    tt.Study(tmp_path / "study.db", SPACE, directions=first).close()
    for reopen in (
        lambda: tt.Study(tmp_path / "study.db", directions=swapped),
        lambda: tt.minimize(by_name, study=tmp_path / "study.db", directions=swapped, n_trials=1),
    ):
        with pytest.raises(tt.StudyError, match=r"'loss': 'minimize', 'latency': .* and {'latency': .* is given"):
            reopen()
    with pytest.raises(tt.exceptions.ArgumentError, match=r"has the directions {'loss': .* expected {'latency'"):
        tt.minimize(by_name, study=tt.Optimizer(SPACE, directions=first), directions=swapped, n_trials=1)


def test_the_command_line_shows_them(tmp_path, capsys):
    path = tmp_path / "study.db"
    tt.minimize(by_name, SPACE, n_trials=4, directions=NAMED, study=path, seed=0, progress=False)
    assert main(["show", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "loss: minimize, accuracy: maximize" in shown
    assert "trials, values: loss, accuracy" in shown
    order = {}
    for column in ("loss", "value/accuracy", "value"):
        assert main(["trials", str(path), "--sort", column, "--json"]) == 0
        order[column] = [trial["values"][0] for trial in json.loads(capsys.readouterr().out)]
    assert order["loss"] == order["value"] == sorted(order["loss"])
    assert order["value/accuracy"] == order["loss"][::-1]
    assert main(["show", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["objective_names"] == ["loss", "accuracy"]
    one = tt.Optimizer(SPACE, directions={"loss": "minimize"})
    one.tell(one.ask(), 0.5)
    one.save(tmp_path / "one.tanteo")
    assert main(["best", str(tmp_path / "one.tanteo")]) == 0
    assert "  loss  0.5" in capsys.readouterr().out


def test_a_table_of_ours_comes_back_with_them(tmp_path):
    search = told()
    assert main(["export", save(search, tmp_path), "--out", str(tmp_path / "table.csv")]) == 0
    back = from_frame(tmp_path / "table.csv", SPACE, directions=NAMED)
    assert [trial.values for trial in back.trials] == [trial.values for trial in search.trials]
    assert back.objective_names == search.objective_names


def save(search, folder):
    search.save(folder / "search.tanteo")
    return str(folder / "search.tanteo")
