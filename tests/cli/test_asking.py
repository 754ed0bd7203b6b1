"""A laboratory runs a search from the shell: new, ask, tell, report."""

import json
import shlex

import pytest

import tanteo as tt

SPACE = tt.SearchSpace({"acid": tt.Float(0.0, 1.0), "stirrer": tt.Categorical(["slow", "fast"])})


@pytest.fixture
def space(tmp_path):
    path = tmp_path / "space.json"
    path.write_text(SPACE.to_json())
    return path


def asked(text):
    return [json.loads(line) for line in text.splitlines()]


def test_a_search_from_the_shell_is_that_of_a_program(tmp_path, space, run):
    path = tmp_path / "lab.db"
    run("new", path, "--space", space, "--seed", 7)
    with tt.Study(tmp_path / "program.db", SPACE, seed=7) as study:
        for k in range(8):
            (found,) = asked(run("ask", path, "--json"))
            trial = study.ask()
            assert found == {"id": trial.id, "params": trial.params}
            assert f"trial {trial.id} is complete" in run("tell", path, trial.id, -0.25e-5 * k)
            study.tell(trial, -0.25e-5 * k)
        with tt.Study(path, read_only=True) as told:
            assert [trial.value for trial in told.trials] == [trial.value for trial in study.trials]


def test_several_trials_are_one_line_each(tmp_path, space, run):
    path = tmp_path / "lab.db"
    run("new", path, "--space", space)
    assert [trial["id"] for trial in asked(run("ask", path, "-n", 3, "--json"))] == [0, 1, 2]
    assert run("ask", path).startswith("trial 3  acid=")
    with tt.Study(path, read_only=True) as study:
        assert len(study.pending) == 4


def test_named_objectives_constraints_and_failures(tmp_path, space, run):
    path = tmp_path / "lab.db"
    run("new", path, "--space", space, "--direction", "yield=maximize", "--direction", "price=minimize")
    run("ask", path, "-n", 3)
    assert "needs 2 values" not in run("tell", path, 0, 0.5, 12, "--constraint", "heat=-1", "--cost", 3)
    assert "a complete trial of this search has 2 values" in run("tell", path, 1, 0.5, code=1)
    run("tell", path, 1, "--state", "failed", "--reason", "the cell broke")
    assert "trial 2 is failed" in run("tell", path, 2, "nan", 1)
    with tt.Study(path, read_only=True) as study:
        first, second, third = study.trials
        assert study.objective_names == ("yield", "price")
        assert study.directions == ("maximize", "minimize")
        assert (first.values, dict(first.constraints), first.cost) == ((0.5, 12.0), {"heat": -1.0}, 3.0)
        assert (second.state, second.reason) == ("failed", "the cell broke")
        assert third.state == "failed"


def test_a_constraint_that_is_given_twice_tells_nothing(tmp_path, space, run):
    path = tmp_path / "lab.db"
    run("new", path, "--space", space)
    run("ask", path)
    twice = ["--constraint", "size=-1", "--constraint", "size=2"]
    assert "--constraint size=2: 'size' is given twice" in run("tell", path, 0, 1.0, *twice, code=1)
    with tt.Study(path, read_only=True) as study:
        assert study.trials[0].state == "pending"


def test_each_objective_has_its_standard_error(tmp_path, space, run):
    path = tmp_path / "lab.db"
    goals = ["--direction", "yield=maximize", "--direction", "price=minimize"]
    run("new", *goals, "--threshold", "yield=0.25", "--threshold", "1=30", path, "--space", space)
    run("ask", path, "-n", 2)
    run("tell", "--sem", 0, "--sem", "nan", path, 0, 0.5, 12)
    message = run("tell", path, 1, 1, 2, "--sem", 1, code=1)
    assert "give --sem 2 times (yield, price; nan for an error that is not known), got 1" in message
    assert "has 2 values (yield, price), got 1" in run("tell", path, 1, 1, code=1)
    with tt.Study(path, read_only=True) as study:
        assert study.trials[0].sems == (0.0, None)
        assert study.thresholds == (0.25, 30.0)
        assert study.trials[1].state == "pending"


def test_a_told_result_is_withdrawn_as_the_error_says(tmp_path, space, run):
    path = tmp_path / "lab.db"
    run("new", path, "--space", space)
    run("ask", path)
    run("tell", path, 0, 25, "--sem", 0.5)
    advice = run("tell", path, 0, 0.25, code=1).partition("withdraw it first: tanteo ")[2]
    assert advice.strip() == f"retract {path} 0"
    assert run(*shlex.split(advice)) == "trial 0 is pending again, and can be told\n"
    assert "trial 0 is pending" in run("retract", path, 0, code=1)
    assert "trial 7" in run("retract", path, 7, code=1)
    run("tell", path, 0, 0.25)
    with tt.Study(path, read_only=True) as study:
        assert (study.best.value, study.best.sem) == (0.25, None)


def test_a_result_in_a_snapshot_is_withdrawn_as_the_error_says(tmp_path, run):
    path = tmp_path / "it's.tanteo"
    tt.Optimizer(SPACE, seed=0).save(path)
    run("ask", path)
    run("tell", path, 0, 25)
    run(*shlex.split(run("tell", path, 0, 0.25, code=1).partition("withdraw it first: tanteo ")[2]))
    run("tell", path, 0, 0.25)
    assert tt.Optimizer.load(path).best.value == 0.25


def test_the_standard_error_may_stand_before_the_file(tmp_path, space, run):
    path = tmp_path / "lab.db"
    run("new", path, "--space", space)
    run("ask", path)
    assert "give --sem once, got 2" in run("tell", path, 0, 3.5, "--sem", 1, "--sem", 2, code=1)
    run("tell", "--sem", 0.1, path, 0, 3.5)
    with tt.Study(path, read_only=True) as study:
        assert (study.best.value, study.best.sem) == (3.5, 0.1)


def test_a_snapshot_can_be_asked_and_told(tmp_path, run):
    path = tmp_path / "search.tanteo"
    tt.Optimizer(SPACE, seed=0).save(path)
    (found,) = asked(run("ask", path, "--json"))
    run("tell", path, found["id"], 0.5)
    assert tt.Optimizer.load(path).best.value == 0.5


def test_the_probability_of_violations_is_limited(tmp_path, space, run):
    run("new", tmp_path / "lab.db", "--space", space, "--max-violation-probability", 0.125)
    with tt.Study(tmp_path / "lab.db", read_only=True) as study:
        assert study.max_violation_probability == 0.125


TWO = ["--direction", "a=minimize", "--direction", "b=maximize"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--direction", "upwards"], "write minimize or maximize"),
        (["--direction", "=minimize"], "write minimize or maximize"),
        (["--direction", "a=minimize", "--direction", "maximize"], "--direction maximize: give every objective a name"),
        (["--direction", "a=minimize", "--direction", "a=maximize"], "give every objective a name"),
        (
            ["--direction", "a=minimize,b=maximize"],
            "--direction a=minimize,b=maximize: write minimize or maximize, or a name as in loss=minimize; several "
            "objectives repeat the option",
        ),
        ([*TWO, "--threshold", "0=3", "--threshold", "0=4"], "--threshold 0=4: '0' is given twice"),
        ([*TWO, "--threshold", "a=3", "--threshold", "0=4"], "thresholds must have each objective once"),
        ([*TWO, "--threshold", "a=3", "--threshold", "a=4"], "--threshold a=4: 'a' is given twice"),
        ([*TWO, "--threshold", "1=3", "--threshold", "01=4"], "there is no objective '01'"),
        ([*TWO, "--threshold", "=3"], "--threshold =3: write a name and a number"),
        (["--sampler", "magic"], "magic"),
        (["--max-violation-probability", "1.5"], "max_violation_probability must"),
    ],
)
def test_wrong_settings_make_no_file(tmp_path, space, run, arguments, message):
    path = tmp_path / "lab.db"
    assert message in run("new", path, "--space", space, *arguments, code=1)
    assert not path.exists()


def test_an_existing_file_is_not_replaced(tmp_path, space, run):
    path = tmp_path / "lab.db"
    run("new", path, "--space", space, "--seed", 1)
    before = path.read_bytes()
    assert "exists" in run("new", path, "--space", space, code=1)
    assert path.read_bytes() == before


def test_unknown_and_told_trials_are_refused(tmp_path, space, run):
    path = tmp_path / "lab.db"
    run("new", path, "--space", space)
    run("ask", path)
    run("tell", path, 0, 1.0)
    assert "trial 0" in run("tell", path, 0, 2.0, code=1)
    assert "trial 9" in run("tell", path, 9, 2.0, code=1)
    run("ask", path)
    assert "NAME=NUMBER" in run("tell", path, 1, 2.0, "--constraint", "heat", code=1)


def test_enqueue_without_values_is_refused(tmp_path, space, run):
    path = tmp_path / "lab.db"
    run("new", path, "--space", space)
    assert "name the values to try" in run("enqueue", path, code=1)


def test_report_writes_a_page_and_replaces_no_search(tmp_path, space, run):
    path = tmp_path / "lab.db"
    run("new", path, "--space", space, "--name", "acid & bases")
    run("ask", path, "-n", 2)
    run("tell", path, 0, 1.0)
    page = tmp_path / "page.html"
    assert "open it in a browser" in run("report", path, "--out", page)
    assert "<title>acid &amp; bases</title>" in page.read_text(encoding="utf-8")
    assert "this file holds a search" in run("report", path, "--out", path, code=1)


def test_watch_wants_a_study(tmp_path, run):
    assert "there is no study in the folder" in run("watch", tmp_path, "--port", 0, code=1)
    assert "there is no file" in run("watch", tmp_path / "missing.db", "--port", 0, code=1)


def test_wrong_values_and_files_are_named(tmp_path, space, run, capsys):
    path, wrong = tmp_path / "s.db", tmp_path / "wrong.json"
    wrong.write_text("{}")
    assert f"--space {wrong}: this is not a space" in run("new", path, "--space", wrong, code=1)
    run("new", path, "--space", space)
    assert f"--space {path}: this is not text" in run("new", tmp_path / "t.db", "--space", path, code=1)
    run("ask", path)
    for arguments, message in (
        (("tell", path, 0, "high"), "expected a number, got high"),
        (("tell", path, 0, 1, "--sem", -1), "expected a number from 0 up, or nan, got -1"),
        (("watch", path, "--port", 99999), "expected an integer below 65536, got 99999"),
    ):
        with pytest.raises(SystemExit):
            run(*arguments)
        assert message in capsys.readouterr().err
