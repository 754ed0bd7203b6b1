"""Named objectives: the names are given with the directions, stored, and shown with the values."""

from __future__ import annotations

import copy
import json
import math
import pickle

import pytest

import tanteo as tt
from tanteo.cli import main
from tanteo.integrations.tables import from_frame
from tanteo.pruners.user_objects import UserObjects
from tanteo.snapshots import write_snapshot

SPACE = {"x": tt.Float(0.0, 1.0)}
NAMED = {"loss": "minimize", "accuracy": "maximize"}


def make_search():
    optimizer = tt.Optimizer(SPACE, directions=NAMED, seed=0, sampler="random")
    for _ in range(3):
        trial = optimizer.ask()
        x = trial.params["x"]
        optimizer.tell(trial, {"accuracy": 1.0 - x, "loss": x}, sem={"loss": 0.25, "accuracy": None})
    return optimizer


def test_values_are_told_by_name_in_any_order():
    optimizer = make_search()
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


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"loss": 1.0}, ".*it lacks 'accuracy'"),
        ({"los": 1.0, "accuracy": 1.0}, "; there is no objective 'los'$"),
        ({"loss": 1.0, "accuracy": 1.0, "f1": 1.0, 0: 1.0}, "; there is no objective 'f1', 0$"),
        ({}, "; it lacks 'loss', 'accuracy'"),
    ],
)
def test_names_that_are_missing_or_unknown_are_refused_and_named(value, problem):
    optimizer = make_search()
    trial = optimizer.ask()
    for call in (lambda: optimizer.tell(trial, value), lambda: optimizer.observe(trial.params, value)):
        with pytest.raises(tt.ArgumentError, match=f"value must have the objectives 'loss', 'accuracy'{problem}"):
            call()
    if "los" in value:
        with pytest.raises(tt.ArgumentError, match=f"sem must have the objectives 'loss', 'accuracy'{problem}"):
            optimizer.tell(trial, (1.0, 1.0), sem=value)
        with pytest.raises(tt.ArgumentError, match=f"value must have the objectives 'loss', 'accuracy'{problem}"):
            optimizer.report(trial, 1, value)
    assert optimizer.trials[trial.id].state == "pending"


@pytest.mark.parametrize("kind", ["memory", "study"])
@pytest.mark.parametrize("names", [("loss", "accuracy"), None])
def test_errors_call_an_objective_by_its_name(kind, names, tmp_path):
    """The core, which finds these, knows its position only."""
    goals = ["minimize", "maximize"] if names is None else dict(zip(names, ["minimize", "maximize"], strict=True))
    optimizer = (
        tt.Optimizer({"x": tt.Float(0, 1)}, directions=goals)
        if kind == "memory"
        else tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1)}, directions=goals)
    )
    called, trial = "objective 1" if names is None else "accuracy", optimizer.ask()
    for call, message in [
        (lambda: optimizer.tell(trial, (1.0, math.inf)), "value inf of {} is infinitely good"),
        (lambda: optimizer.tell(trial, (1.0, 1.0), sem=(None, -1.0)), "sem of {} must be a finite number"),
        (lambda: optimizer.observe({"x": 0.5}, (1.0, math.inf)), "value inf of {} is infinitely good"),
        (lambda: optimizer.report(trial, 3, (1.0, math.inf)), "value inf of {} at step 3 is infinitely good"),
        (lambda: optimizer.tell_objectives(trial, {1: math.inf}), "value inf of {} is told before the result"),
        (lambda: optimizer.tell_objectives(trial, {1: 1.0}, sem={1: math.nan}), "sem of {} must be a finite number"),
    ]:
        with pytest.raises(tt.ArgumentError, match=f"^{message.format(called)}"):
            call()


def test_an_objective_is_given_once():
    optimizer = make_search()
    trial = optimizer.ask()
    twice = {"loss": 1.0, 0: 2.0}
    with pytest.raises(tt.ArgumentError, match="values must have each objective once, and loss is given twice"):
        optimizer.tell_objectives(trial, twice)
    with pytest.raises(tt.ArgumentError, match="thresholds must have each objective once"):
        optimizer.recommend(thresholds=twice)


@pytest.mark.parametrize("directions", [{}, {"": "minimize"}, {1: "minimize"}, {"a\n": "minimize"}, {"a": "up"}])
def test_names_and_directions_are_checked(directions):
    with pytest.raises(tt.exceptions.ArgumentError):
        tt.Optimizer(SPACE, directions=directions)


@pytest.mark.parametrize("name", ["value", "state", "sem", "constraints", "cost", "reason"])
def test_an_argument_of_tell_cannot_be_a_name(name, tmp_path):
    for make in (
        lambda d: tt.Optimizer(SPACE, directions=d),
        lambda d: tt.Study(tmp_path / "s.db", SPACE, directions=d),
    ):
        with pytest.raises(tt.exceptions.ArgumentError, match=f"an objective cannot be called '{name}'"):
            make({"loss": "minimize", name: "minimize"})


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_copies_keep_the_names(duplicate):
    assert duplicate(make_search()).objective_names == ("loss", "accuracy")
    assert tt.Optimizer.from_bytes(make_search().to_bytes()).to_bytes() == make_search().to_bytes()


def test_a_snapshot_whose_names_do_not_match_its_objectives_is_refused():
    optimizer = make_search()
    for names in (("loss",), ("loss", 1)):
        data = write_snapshot(optimizer._core, optimizer.space, UserObjects(), names, {})
        with pytest.raises(tt.exceptions.SnapshotError, match="its labels and its trials have different objectives"):
            tt.Optimizer.from_bytes(data)


def test_columns_contain_the_names():
    columns = make_search().to_dict(replicates=True)
    assert columns["value/loss"].tolist() == columns["params/x"].tolist()
    assert {"value/accuracy", "sem/loss", "replicates/accuracy"} <= set(columns)
    assert "value_0" not in columns
    assert len(json.loads(make_search().to_json())["value/loss"]) == 3


def by_name(params):
    return {"accuracy": params["x"], "loss": params["x"] / 2, "epochs": 3}


def test_an_objective_may_return_values_by_name():
    result = tt.minimize(by_name, SPACE, n_trials=2, directions=NAMED, seed=0, progress=False)
    for trial in result.trials:
        assert trial.values == (trial.params["x"] / 2, trial.params["x"])
        assert trial.attrs == {"epochs": 3}
    with pytest.raises(tt.exceptions.ArgumentError, match="has the directions"):
        tt.minimize(by_name, study=result.optimizer, directions={"a": "minimize", "b": "maximize"}, n_trials=1)


def test_a_study_keeps_the_names(tmp_path):
    path = tmp_path / "study.db"
    tt.minimize(by_name, SPACE, n_trials=2, directions=NAMED, study=path, progress=False)
    for directions in (None, NAMED, ["minimize", "maximize"]):
        assert tt.Study(path, directions=directions).objective_names == ("loss", "accuracy")
    with pytest.raises(tt.StudyError, match="was made with directions="):
        tt.Study(path, directions={"loss": "minimize", "f1": "maximize"})
    unnamed = tt.Study(tmp_path / "plain.db", SPACE, directions=["minimize", "maximize"])
    assert unnamed.objective_names is None
    with pytest.raises(tt.StudyError, match="was made with directions="):
        tt.Study(tmp_path / "plain.db", directions=NAMED)


def test_names_in_another_order_are_refused(tmp_path):
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


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda o, t: o.tell(t, 1.0),
            r"must have one number for each objective \(loss, accuracy\), got one number, 1\.0",
        ),
        (lambda o, t: o.tell(t, [1.0, "a"]), "value of accuracy must be a number, got 'a'"),
        (
            lambda o, t: o.tell(t, [1.0, 2.0], sem=0.5),
            r"sem must have one number for each objective \(loss, accuracy\)",
        ),
        (lambda o, t: o.tell(t, [1.0, 2.0], sem=[0.5, "a"]), "sem of accuracy must be a number, got 'a'"),
        (lambda o, t: o.tell(t, [1.0, 2.0], sem=[0.5, -1.0]), "sem of accuracy must be a finite number"),
        (lambda o, t: o.tell(t, [float("-inf"), 2.0]), "value -inf of loss is infinitely good"),
        (
            lambda o, t: o.report(t, 1, 1.0),
            r"must have one number for each objective \(loss, accuracy\), got one number, 1\.0",
        ),
        (lambda o, t: o.report(t, 1, [1.0, "a"]), "value of accuracy must be a number, got 'a'"),
        (lambda o, t: o.report(t, 1, [1.0, float("inf")]), "value inf of accuracy at step 1 is infinitely good"),
        (lambda o, t: o.tell_objectives(t, {"loss": "a"}), "value of loss must be a number, got 'a'"),
        (
            lambda o, t: o.tell_objectives(t, {"loss": None}),
            "value of loss must be a number or tt.Replicates, got None",
        ),
        (lambda o, t: o.tell_objectives(t, {"loss": 1.0}, sem={"loss": "a"}), "sem of loss must be a number, got 'a'"),
        (lambda o, t: o.best, r"best needs one objective, and this search has 2 \(loss, accuracy\); pareto_front has"),
        (lambda o, t: o.comparison(), r"comparison needs one objective, .*\(loss, accuracy\); front\(\) has"),
    ],
)
def test_errors_name_the_objective(call, message):
    optimizer = tt.Optimizer(SPACE, directions=NAMED, seed=0)
    trial = optimizer.ask()
    with pytest.raises(tt.ArgumentError, match=message):
        call(optimizer, trial)
    assert optimizer.trials[0].state == "pending"


def test_a_failure_without_a_value_names_the_objective():
    optimizer = tt.Optimizer(SPACE, directions=NAMED, seed=0)
    for value in ([1.0, float("nan")], {"loss": None, "accuracy": 1.0}, [None, None], None):
        optimizer.tell(optimizer.ask(), value)
    assert [trial.reason for trial in optimizer.trials] == [
        "the value of accuracy told was NaN",
        "no value was told for 'loss'",
        "no value was told for 'loss', 'accuracy'",
        "no value was told",
    ]


def test_the_command_line_shows_the_names(tmp_path, capsys):
    path = tmp_path / "study.db"
    tt.minimize(by_name, SPACE, n_trials=4, directions=NAMED, study=path, seed=0, progress=False)
    assert main(["show", str(path)]) == 0
    output = capsys.readouterr().out
    assert "loss: minimize, accuracy: maximize" in output
    assert "trials, values: loss, accuracy" in output
    order = {}
    for column in ("loss", "value/accuracy", "value"):
        assert main(["trials", str(path), "--sort", column, "--json"]) == 0
        order[column] = [trial["values"][0] for trial in json.loads(capsys.readouterr().out)]
    assert order["loss"] == order["value"] == sorted(order["loss"])
    assert order["value/accuracy"] == order["loss"][::-1]
    assert main(["show", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["objective_names"] == ["loss", "accuracy"]
    single = tt.Optimizer(SPACE, directions={"loss": "minimize"})
    single.tell(single.ask(), 0.5)
    single.save(tmp_path / "single.tanteo")
    assert main(["best", str(tmp_path / "single.tanteo")]) == 0
    assert "  loss  0.5" in capsys.readouterr().out


def test_an_exported_table_is_imported_with_its_names(tmp_path):
    search = make_search()
    assert main(["export", save(search, tmp_path), "--out", str(tmp_path / "table.csv")]) == 0
    imported = from_frame(tmp_path / "table.csv", SPACE, directions=NAMED)
    assert [trial.values for trial in imported.trials] == [trial.values for trial in search.trials]
    assert imported.objective_names == search.objective_names


def save(search, folder):
    search.save(folder / "search.tanteo")
    return str(folder / "search.tanteo")


def test_a_standard_error_that_a_mapping_leaves_out_is_unknown():
    optimizer = make_search()
    optimizer.tell(optimizer.ask(), {"loss": 1.0, "accuracy": 0.5}, sem={"accuracy": 0.1})
    optimizer.observe({"x": 0.25}, {"loss": 1.0, "accuracy": 0.5}, sem={"loss": 0.2})
    assert [trial.sems for trial in optimizer.trials][-2:] == [(None, 0.1), (0.2, None)]
    with pytest.raises(tt.ArgumentError, match=r"sem must have the objectives .* no objective 'los'"):
        optimizer.tell(optimizer.ask(), {"loss": 1.0, "accuracy": 0.5}, sem={"los": 0.1})
