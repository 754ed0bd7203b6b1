"""``tanteo tell`` and ``observe``: objectives by name, cancelled trials, and results from elsewhere."""

import warnings
from pathlib import Path
from typing import Any

import pytest

import tanteo as tt
from tanteo.cli import main

SPACE = tt.SearchSpace({"acid": tt.Float(0.0, 1.0)})
GOALS: Any = {"yield": "maximize", "price": "minimize"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a study with two named objectives and three pending trials."""
    path = tmp_path / "lab.db"
    with tt.Study(path, SPACE, directions=GOALS, seed=0) as study:
        study.ask(3)
    return path


def trials(path: Path) -> list[Any]:
    with tt.Study(path, read_only=True) as study:
        return list(study.trials)


def test_objectives_are_told_by_name_in_any_order(path: Path, run: Any) -> None:
    assert "trial 0 is complete: 0.5, 12" in run("tell", path, 0, "price=12", "yield=5e-1", "--sem", "price=0.5")
    run("tell", path, 1, "1=-inf", "0=-0.5", "--sem", "price=nan", "--sem", "yield=1", code=1)
    run("tell", path, 1, "1=-2", "0=-0.5", "--sem", "price=nan", "--sem", "yield=1")
    first, second, _ = trials(path)
    assert (first.values, first.sems) == ((0.5, 12.0), (None, 0.5))
    assert (second.values, second.sems) == ((-0.5, -2.0), (1.0, None))


def test_a_name_adds_what_the_trial_has_not_told_yet(path: Path, run: Any) -> None:
    with tt.Study(path) as study:
        study.tell_objectives(2, {"yield": 0.25})
    assert "trial 2 is complete: 0.25, 3" in run("tell", path, 2, "price=3")


def test_objectives_and_constraints_are_told_before_the_result(path: Path, run: Any) -> None:
    said = run("tell", path, 1, "yield=42", "--sem", "yield=2", "--constraint", "heat=-1", "--state", "pending")
    assert said == "trial 1 is pending; recorded: yield, heat\n"
    assert "recorded: works" in run("tell", path, 1, "--constraint", "works=True", "--state", "pending")
    assert trials(path)[1].partial_values == (42.0, None)
    assert "trial 1 is complete: 42, 3" in run("tell", path, 1, "price=3", "--constraint", "safe=false")
    assert trials(path)[1].sems == (2.0, None)
    assert dict(trials(path)[1].constraints) == {"heat": -1.0, "works": -1.0, "safe": 1.0}


def test_a_command_with_a_mistake_records_nothing(path: Path, run: Any) -> None:
    run("tell", path, 1, "yield=42", "--constraint", "heat=-inf", "--state", "pending", code=1)
    assert trials(path)[1].partial_values is None


def test_the_value_of_a_single_objective_ends_its_trial(tmp_path: Path, run: Any) -> None:
    with tt.Study(tmp_path / "one.db", SPACE, seed=0) as study:
        study.ask()
    assert "leave out --state pending" in run("tell", tmp_path / "one.db", 0, 1, "--state", "pending", code=1)
    run("tell", tmp_path / "one.db", 0, "--constraint", "size=2", "--state", "pending")
    assert (trials(tmp_path / "one.db")[0].state, trials(tmp_path / "one.db")[0].feasible) == ("pending", False)


def test_the_name_of_a_single_objective_may_be_given(tmp_path: Path, run: Any) -> None:
    one: Any = {"a=b": "maximize"}
    for file, options, name in (("named", {"directions": one}, "a=b"), ("nameless", {}, "0")):
        with tt.Study(tmp_path / file, SPACE, seed=0, **options) as study:
            study.ask()
        run("tell", tmp_path / file, 0, f"{name}=2", "--sem", f"{name}=0.5")
        assert (trials(tmp_path / file)[0].value, trials(tmp_path / file)[0].sem) == (2.0, 0.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["yield=1", "prize=2"], "VALUE: there is no objective 'prize'; the search has 'yield', 'price'"),
        (["yield=1"], "it lacks 'price'; to tell the others before, add --state pending"),
        (["yield=1", "--state", "pending", "--cost", "2"], "--cost and --reason are told with the result"),
        (["1", "2", "--state", "pending"], "with --state pending, write values and --sem as NAME=NUMBER"),
        (["--state", "pending"], "with --state pending, give values as NAME=NUMBER, or --constraint NAME=NUMBER"),
        (["1", "2", "--constraint", "works=maybe"], "or NAME=true if it holds and NAME=false if not"),
        (["yield=1", "0=2"], "VALUE 0=2.0: this objective is given twice"),
        (["yield=1", "2"], "VALUE: write every number as NAME=NUMBER, or none of them"),
        (["yield=1", "price=2", "--sem", "2=1"], "--sem must be from 0 to 1, got 2"),
        (["yield=1", "price=2", "--sem", "1"], "give --sem 2 times (yield, price; nan for an error that is not known)"),
        (["1", "2", "--state", "cancelled"], "nothing is learned from a cancelled trial; leave out VALUE"),
        (["--state", "failed", "--sem", "price=1"], "no value was told; leave out sem, or tell the value"),
        (["--state", "cancelled", "--constraint", "heat=1"], "leave out VALUE, --sem and --constraint, or --state"),
    ],
)
def test_wrong_arguments_tell_nothing(path: Path, run: Any, arguments: list[str], message: str) -> None:
    assert message in run("tell", path, 0, *arguments, code=1)
    assert trials(path)[0].state == "pending"


@pytest.mark.parametrize("text", ["=1", "yield=", "yield=high"])
def test_what_is_no_number_with_a_name_is_refused(path: Path, run: Any, text: str) -> None:
    with pytest.raises(SystemExit):
        run("tell", path, 0, text)


def test_a_cancelled_trial_teaches_nothing(path: Path, run: Any) -> None:
    told = run("tell", path, 0, "--state", "cancelled", "--reason", "not for sale", "--cost", 2)
    assert told == "trial 0 is cancelled: not for sale\n"
    assert run("tell", path, 1, "--state", "cancelled") == "trial 1 is cancelled: cancelled\n"
    first, second, _ = trials(path)
    assert (first.state, first.excluded, first.reason, first.cost) == ("failed", True, "not for sale", 2.0)
    assert (second.state, second.excluded, second.reason) == ("failed", True, "cancelled")
    assert "trial 0 is already cancelled" in run("tell", path, 0, "--state", "cancelled", code=1)
    assert "trial 9" in run("tell", path, 9, "--state", "cancelled", code=1)


def test_a_trial_of_a_snapshot_is_cancelled(tmp_path: Path, run: Any) -> None:
    path = tmp_path / "search.tanteo"
    optimizer = tt.Optimizer(SPACE, seed=0)
    optimizer.ask()
    optimizer.save(path)
    run("tell", path, 0, "--state", "cancelled")
    assert tt.Optimizer.load(path).pending == []


def test_a_value_after_an_option_is_refused_with_the_right_order(path: Path, capsys: Any) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["tell", str(path), "0", "--cost", "3", "1.5"])
    assert "unrecognized arguments: 1.5; values come before the options: tanteo tell FILE ID" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["show", str(path), "1.5"])
    assert "arguments: 1.5\n" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["enqueue", str(path), "{}", "--cost", "1.5"])
    assert "arguments: --cost 1.5\n" in capsys.readouterr().err


def test_a_result_from_elsewhere_is_observed(path: Path, run: Any) -> None:
    told = ["price=12", "yield=0.5", "--sem", "price=0.5", "--cost", 3, "--constraint", "heat=-1"]
    assert run("observe", path, *told, "--params", '{"acid": 0.25}') == "trial 3 is complete: 0.5, 12\n"
    assert run("observe", path, "nan", 2, "--params", '{"acid": 1}').startswith("trial 4 is failed: the value of yield")
    stopped = ["--state", "pruned", "--reason", "too slow"]
    assert run("observe", path, 1, 2, "--params", '{"acid": 0.5}', *stopped) == "trial 5 is pruned: 1, 2\n"
    *_, first, second, third = trials(path)
    assert (first.params, first.values, first.sems, first.cost) == ({"acid": 0.25}, (0.5, 12.0), (None, 0.5), 3.0)
    assert (dict(first.constraints), second.state, third.reason) == ({"heat": -1.0}, "failed", "too slow")


@pytest.mark.parametrize("state", ["failed", "pruned"])
def test_an_observed_trial_without_a_result_needs_no_value(path: Path, run: Any, state: str) -> None:
    said = run("observe", path, "--params", '{"acid": 0.5}', "--state", state, "--reason", "boiled over")
    assert said == f"trial 3 is {state}: boiled over\n"
    assert (trials(path)[3].values, trials(path)[3].reason) == (None, "boiled over")


def test_observe_takes_names_and_values(tmp_path: Path, run: Any) -> None:
    path = tmp_path / "search.tanteo"
    tt.Optimizer({"acid": tt.Float(0.0, 1.0), "g": {"kind": tt.Categorical(["x", True])}}, seed=0).save(path)
    run("observe", path, 1, "--params", "acid=0.25", "--params", "g/kind=True")
    assert tt.Optimizer.load(path).trials[0].params == {"acid": 0.25, "g": {"kind": True}}
    twice = run("observe", path, 1, "--params", "acid=0.25", "--params", "acid=0.5", code=1)
    assert "--params acid=0.25 acid=0.5: a parameter is given twice" in twice


def test_a_result_is_observed_in_a_snapshot(tmp_path: Path, run: Any) -> None:
    path = tmp_path / "search.tanteo"
    tt.Optimizer({"acid": tt.Float(0.0, 1.0), "g": {"kind": tt.Categorical([None, True])}}, seed=0).save(path)
    assert run("observe", path, -1, "--params", '{"acid": 0.25, "g": {"kind": null}}') == "trial 0 is complete: -1\n"
    (trial,) = tt.Optimizer.load(path).trials
    assert (trial.params, trial.value) == ({"acid": 0.25, "g": {"kind": None}}, -1.0)


@pytest.mark.parametrize(
    ("params", "values", "message"),
    [
        ("{acid=0.5", [1, 2], "--params '{acid=0.5': this is not JSON"),
        ("[0.5]", [1, 2], "--params '[0.5]': write NAME=VALUE, such as lr=0.01, or one object, such as"),
        ("acid=much", [1, 2], "--params acid=much: 'much' is not a value of Float(0.0, 1.0)"),
        ("salt=1", [1, 2], "--params salt=1: there is no parameter 'salt'; the space has acid"),
        ('{"acid": 2}', [1, 2], "parameter 'acid'"),
        ("{}", [1, 2], "'acid'"),
        ('{"acid": 0.5}', [], "a complete trial of this search has 2 values (yield, price), got 0"),
        ('{"acid": 0.5}', [1], "a complete trial of this search has 2 values (yield, price), got 1"),
    ],
)
def test_wrong_arguments_observe_nothing(path: Path, run: Any, params: str, values: list[int], message: str) -> None:
    assert message in run("observe", path, *values, "--params", params, code=1)
    assert len(trials(path)) == 3


def test_a_constraint_with_another_name_or_kind_or_without_one_is_said(tmp_path: Path, run: Any, capsys: Any) -> None:
    path = tmp_path / "c.db"
    with tt.Study(path, SPACE, seed=0) as study:
        for trial in study.ask(3):
            study.tell(trial, 1.0, constraints={"pressure": -0.5})
        study.ask(3)
    expected = "trial 3 is complete: 0.25 (not a result without --constraint pressure=...)\n"
    assert run("tell", path, 3, 0.25) == expected
    assert "(lacks a constraint)" in run("trials", path)
    for number, constraint, message in (
        (4, "pressure=true", "The constraint 'pressure' was told both as True or False and as a number"),
        (5, "pressur=-0.5", "Trial 5 tells the constraint 'pressur', which no earlier trial tells"),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            assert main(["tell", str(path), str(number), "0.25", "--constraint", constraint]) == 0
        assert capsys.readouterr().err.startswith(f"tanteo: warning: {message}")
