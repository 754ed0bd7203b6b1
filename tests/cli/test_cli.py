"""The command line on snapshots."""

import csv
import io
import json
import math
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import tanteo as tt
from support.command_pages import commands
from tanteo.cli import main
from tanteo.testing.__main__ import build_parser as checks_parser


@pytest.fixture
def snapshot(tmp_path):
    space = {"x": tt.Float(-1.0, 1.0, default=0.5), "net": {"kind": tt.Categorical(["a", "b"], default="a")}}

    def objective(params, trial):
        if trial.id == 3:
            raise ValueError("diverged, badly")
        trial.report(1, params["x"] ** 2)
        return {"value": params["x"] ** 2, "constraints": {"size": params["x"]}}

    result = tt.minimize(objective, space, n_trials=12, seed=0)
    path = tmp_path / "search.tanteo"
    result.optimizer.save(path)
    return path


@pytest.fixture
def infinite(tmp_path):
    optimizer = tt.Optimizer({"x": tt.Float(-1.0, 1.0), "y": tt.Int(0, 9)}, seed=0)
    for trial in optimizer.ask(20):
        optimizer.tell(trial, math.inf)
    path = tmp_path / "infinite.tanteo"
    optimizer.save(path)
    return path


@pytest.fixture
def front(tmp_path):
    result = tt.minimize(
        lambda p: (p["x"], -p["x"]), {"x": tt.Int(0, 9)}, directions=["minimize", "minimize"], n_trials=10, seed=0
    )
    path = tmp_path / "front.tanteo"
    result.optimizer.save(path)
    return path


def test_show_describes_the_search(snapshot, capsys):
    assert main(["show", str(snapshot)]) == 0
    out = capsys.readouterr().out
    assert "minimize" in out
    assert "11 complete, 1 failed" in out
    assert "net/kind" in out
    assert "best: trial" in out


def test_best_is_shown_as_text_and_as_json(snapshot, capsys):
    best = tt.Optimizer.load(snapshot).best
    assert main(["best", str(snapshot)]) == 0
    assert f"trial {best.id}" in capsys.readouterr().out
    assert main(["best", "--json", str(snapshot)]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["id"] == best.id
    assert data["values"] == [best.value]
    assert data["params"] == best.params


@pytest.fixture
def noisy(tmp_path):
    """A search whose best trial has a low mean by chance, as the spread of its replicates shows."""
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
    optimizer.observe({"x": 0.25}, tt.Replicates([0.5, 0.5, 0.52, 0.48]))
    optimizer.observe({"x": 0.75}, tt.Replicates([0.1, 0.85]))
    optimizer.observe({"x": 0.5}, tt.Replicates([0.8, 0.82, 0.81, 0.79]))
    path = tmp_path / "noisy.tanteo"
    optimizer.save(path)
    return path


@pytest.mark.parametrize("command", ["show", "best"])
def test_noisy_results_add_the_recommended_trial(noisy, snapshot, command, capsys):
    search = tt.Optimizer.load(noisy)
    assert (search.best.id, search.recommend().id) == (1, 0)
    assert main([command, str(noisy)]) == 0
    out = capsys.readouterr().out
    assert "best: trial 1" in out
    assert "0.475 ± 0.38" in out
    lines = out.splitlines()
    at = lines.index("recommended: trial 0 (0.5 ± 0.0082), as results are noisy")
    assert lines[at + 1] == "  x  0.25"
    assert "by their own runs trial 1 is better with a probability of" in out
    assert main([command, str(snapshot)]) == 0
    assert "recommended" not in capsys.readouterr().out


def test_an_unknown_command_names_a_similar_one(capsys):
    for command, hint in (("bset", "did you mean best?"), ("xyz", "choose from demo, show, best")):
        with pytest.raises(SystemExit):
            main([command, "s.db"])
        assert f"there is no command '{command}'; {hint}" in capsys.readouterr().err


@pytest.mark.parametrize("sem", [None, 0.05])
def test_runs_of_one_configuration_are_named_on_one_line(tmp_path, sem, run):
    optimizer = tt.Optimizer({"acid": tt.Float(0.0, 1.0), "temp": tt.Int(0, 99)}, direction="maximize", seed=0)
    for acid, value, error in [(0.5, 0.82, None), (0.25, 0.5, sem), (0.5, 0.9, None)]:
        optimizer.observe({"acid": acid, "temp": 55}, value, sem=error)
    optimizer.save(tmp_path / "twice.tanteo")
    line = "recommended: trials 0 and 2 (2 runs of one configuration, mean 0.86)"
    assert line in run("best", tmp_path / "twice.tanteo").splitlines()
    page = tt.report.report(optimizer).html
    assert "This configuration was run 2 times (trials 0 and 2), with a mean of 0.86." in page
    assert "the model" not in page.partition("This configuration")[0]


def test_runs_of_a_configuration_that_is_not_the_best_are_named_with_it(tmp_path, run):
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
    for value in (0.5, 0.5, 0.52, 0.48, 0.5, 0.5, 0.51, 0.49):
        optimizer.observe({"x": 0.25}, value)
    optimizer.observe({"x": 0.75}, tt.Replicates([0.1, 0.85]))
    optimizer.observe({"x": 0.5}, tt.Replicates([0.8, 0.82, 0.81, 0.79]))
    optimizer.save(tmp_path / "runs.tanteo")
    expected = (
        "recommended: trials 0, 1, 2, 3, 4, 2 more and 7 (8 runs of one configuration, mean 0.5), as results are noisy"
    )
    lines = run("best", tmp_path / "runs.tanteo").splitlines()
    assert lines[lines.index(expected) + 1] == "  x  0.25"


@pytest.fixture
def unfinished(tmp_path):
    """A search whose last trial was stopped, and promises more than the best one."""
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, sampler="random", seed=0)
    for end in [*range(12, 0, -1), 0.02]:
        trial = optimizer.ask()
        for step, factor in enumerate([2.0, 1.5, 1.0][: 3 if end >= 1 else 2], 1):
            trial.report(step, end * factor)
        optimizer.tell(trial, end if end >= 1 else None, state="complete" if end >= 1 else "pruned")
    path = tmp_path / "unfinished.tanteo"
    optimizer.save(path)
    return path


@pytest.mark.parametrize("command", ["show", "best"])
def test_an_unfinished_trial_is_recommended_with_its_estimate(unfinished, command, run):
    taken = tt.Optimizer.load(unfinished).recommend()
    lines = run(command, unfinished).splitlines()
    end = f"{taken.estimate:.6g} ± {taken.deviation:.2g}"
    at = lines.index(f"recommended: trial 12, which was stopped and is expected to end at {end}")
    assert lines[at + 1] == f"  x  {taken.params['x']:.6g}"
    data = json.loads(run("best", unfinished, "--json"))["recommended"]
    assert (data["id"], data["estimate"], data["deviation"]) == (12, taken.estimate, taken.deviation)


@pytest.mark.parametrize(("goals", "value"), [({}, "value"), ({"directions": {"loss": "minimize"}}, "loss")])
@pytest.mark.parametrize("by_fold", [False, True])
def test_an_unfinished_trial_is_recommended_without_a_complete_one(tmp_path, run, goals, value, by_fold):
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, **goals, seed=0)
    for last in (0.75, 0.5, 0.625):
        trial = optimizer.ask()
        for k, reported in enumerate([last] * 2 if by_fold else [2.0, last], 1):
            (optimizer.report_fold if by_fold else optimizer.report)(trial, k - 1 if by_fold else k, reported)
        optimizer.tell(trial, state="pruned")
    path = tmp_path / "stopped.tanteo"
    optimizer.save(path)
    taken = optimizer.recommend()
    assert (taken.id, optimizer.best) == (1, None)
    reached = f"trial 1, which was stopped: its {value} was 0.5 {'after 2 folds' if by_fold else 'at step 2'}"
    for command in ("show", "best"):
        lines = run(command, path).splitlines()
        assert "no trial is complete and feasible with a finite value" in lines
        at = lines.index(f"recommended: {reached}")
        assert lines[at + 1] == f"  x  {taken.params['x']:.6g}"
    data = json.loads(run("best", path, "--json"))
    assert (data.keys(), data["recommended"]["id"]) == ({"recommended", "gain"}, 1)
    assert reached in repr(tt.minimize(lambda p: p["x"], study=optimizer, n_trials=0))
    assert f"Take {reached}." in tt.report.report(optimizer).html


def test_json_always_names_the_recommended_trial(noisy, snapshot, capsys):
    for path, best, recommended in [(noisy, 1, 0), (snapshot, *[tt.Optimizer.load(snapshot).best.id] * 2)]:
        assert main(["best", str(path), "--json"]) == 0
        data = json.loads(capsys.readouterr().out)
        assert data["id"] == best
        assert data["recommended"]["id"] == recommended
        assert data["recommended"]["estimate"] is data["recommended"]["deviation"] is None
        assert data["recommended"]["params"] == tt.Optimizer.load(path).trials[recommended].params


def test_a_front_of_one_trial_is_counted_in_the_singular(tmp_path, capsys):
    search = tt.Optimizer({"x": tt.Float(0, 1)}, directions=["minimize", "minimize"], seed=0)
    search.tell(search.ask(), [1.0, 1.0])
    search.save(tmp_path / "one.tanteo")
    assert main(["front", str(tmp_path / "one.tanteo")]) == 0
    assert "Pareto front of 1 trial\n" in capsys.readouterr().out
    assert main(["doctor", str(tmp_path / "one.tanteo")]) == 0
    assert "1 trial, 0 of them pending" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([(0, 0)], None),
        ([(0, 0), (1, 6), (3, 8), (10, 10)], None),
        (
            [(0, 0), (1, 6), (10, 10)],
            "there is no knee, which needs at least 4 trials with different values on the front",
        ),
        ([(k, k) for k in range(5)], "there is no knee, because the front does not bend"),
    ],
)
def test_a_front_without_a_knee_says_why(tmp_path, capsys, values, reason):
    search = tt.Optimizer({"x": tt.Int(0, 9)}, directions=["minimize", "maximize"], seed=0)
    for x, pair in enumerate(values):
        search.observe({"x": x}, list(pair))
    search.save(tmp_path / "front.tanteo")
    assert main(["front", str(tmp_path / "front.tanteo")]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith(reason) if reason else "no knee" not in last
    assert main(["front", str(tmp_path / "front.tanteo"), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(values)


@pytest.mark.parametrize("command", ["front", "show"])
def test_the_front_of_several_objectives(front, command, capsys):
    assert main([command, str(front)]) == 0
    assert "Pareto front of 10 trials" in capsys.readouterr().out
    assert main(["front", str(front), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 10


@pytest.fixture
def bent(tmp_path):
    """A front with a knee at trial 1."""
    search = tt.Optimizer(
        {"x": tt.Int(0, 9)}, directions={"loss": "minimize", "speed": "maximize"}, thresholds={"loss": 0.5}, seed=0
    )
    for x, (loss, speed) in enumerate([(0.0, 0.0), (0.125, 6.0), (0.25, 7.0), (1.0, 10.0)]):
        search.observe({"x": x}, {"loss": loss, "speed": speed})
    search.save(tmp_path / "bent.tanteo")
    return tmp_path / "bent.tanteo"


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        (["--knee"], ["knee: trial 1", "  loss   0.125, gives up 0.125", "  speed  6, gives up 4", "  x      1"]),
        (
            ["--weight", "loss=0", "--weight", "1=1"],
            ["by weights: trial 3", "  loss   1, gives up 1, misses its threshold by 0.5", "  speed  10", "  x      3"],
        ),
        (
            ["--threshold", "speed=6.5", "--threshold", "0=0.5"],
            ["by thresholds: trial 2", "  loss   0.25, gives up 0.25", "  speed  7, gives up 3", "  x      2"],
        ),
        (
            ["--threshold", "speed=12"],
            [
                "by thresholds: trial 3",
                "  loss   1, gives up 1",
                "  speed  10, misses its threshold by 2",
                "  x      3",
            ],
        ),
    ],
)
def test_front_chooses_the_trial_that_recommend_does(bent, options, rows, capsys):
    assert main(["front", str(bent), *options]) == 0
    assert capsys.readouterr().out.splitlines() == rows
    assert main(["front", str(bent), *options, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert f": trial {data['id']}" in rows[0]
    assert [len(data[name]) for name in ("estimates", "deviations", "given_up", "misses", "rates")] == [2] * 5


def test_a_front_without_a_feasible_trial_says_so(tmp_path, capsys):
    search = tt.Optimizer({"x": tt.Int(0, 9)}, directions=["minimize"] * 2, seed=0)
    search.observe({"x": 0}, [1.0, 2.0], constraints={"c": 1.0})
    search.save(tmp_path / "broken.tanteo")
    assert main(["front", str(tmp_path / "broken.tanteo")]) == 0
    assert capsys.readouterr().out == "no trial is complete and feasible with finite values\n"
    assert main(["trials", str(tmp_path / "broken.tanteo")]) == 0
    assert capsys.readouterr().out.split()[:4] == ["trial", "state", "values", "parameters"]


def test_front_says_why_it_chooses_none(front, tmp_path, capsys):
    assert main(["front", str(front), "--knee"]) == 0
    assert capsys.readouterr().out.startswith("there is no knee, because the front does not bend")
    empty = tmp_path / "empty.tanteo"
    tt.Optimizer({"x": tt.Int(0, 9)}, directions=["minimize"] * 2, seed=0).save(empty)
    assert main(["front", str(empty), "--weight", "0=1", "--weight", "1=1"]) == 0
    assert capsys.readouterr().out == "no trial is complete and feasible with finite values\n"
    assert main(["front", str(empty), "--threshold", "0=1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--knee", "--weight", "loss=1"], "--knee and --weight: each chooses a trial by itself; give one of them"),
        (["--weight", "loss"], "--weight loss: write a name and a number"),
        (["--weight", "loss=1"], "error: --weight needs a number for each objective, and lacks speed"),
        (["--weight", "loss=-1", "--weight", "speed=1"], "--weight of loss must be a finite number >= 0, got -1.0"),
        (["--weight", "loss=0", "--weight", "speed=0"], "--weight must have a number above 0"),
        (["--weight", "loss=1", "--weight", "0=1"], "--weight must have each objective once, and loss is given twice"),
        (["--threshold", "loss=inf"], "--threshold of loss must be finite, got inf (float); leave out"),
        (["--threshold", "lost=1"], "objective in --threshold: there is no objective 'lost'"),
        (["--threshold", "loss=nan"], "--threshold loss=nan: NaN is not accepted; write a name and a number"),
    ],
)
def test_a_wrong_choice_of_front_is_refused(bent, options, message, capsys):
    assert main(["front", str(bent), *options]) == 1
    assert message in capsys.readouterr().err


def test_knee_takes_no_value(bent, capsys):
    with pytest.raises(SystemExit):
        main(["front", str(bent), "--knee=loss"])
    assert "argument --knee: ignored explicit argument 'loss'" in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_best_of_several_objectives_names_the_front(front, options, capsys):
    assert main(["best", str(front), *options]) == 1
    assert "best needs one objective" in (error := capsys.readouterr().err)
    assert "(objective 0, objective 1); tanteo front lists" in error


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_front_of_one_objective_names_the_best(snapshot, options, capsys):
    assert main(["front", str(snapshot), *options]) == 1
    assert "front needs several objectives" in (error := capsys.readouterr().err)
    assert "has one; tanteo best shows the best trial" in error


def test_trials_are_sorted_by_any_column(snapshot, front, capsys):
    search = tt.Optimizer.load(snapshot)
    xs = [trial.params["x"] for trial in search.trials]

    def ids(path, column):
        assert main(["trials", str(path), "--json", "--sort", column]) == 0
        return [trial["id"] for trial in json.loads(capsys.readouterr().out)]

    assert ids(snapshot, "x") == ids(snapshot, "params/x") == sorted(range(12), key=lambda i: xs[i])
    assert ids(snapshot, "value")[0] == search.best.id
    assert ids(snapshot, "value")[-1] == 3, "the failed trial is last"
    assert ids(snapshot, "state")[-1] == 3
    assert ids(front, "value") == ids(front, "value_0") == ids(front, "value_1")[::-1] == ids(front, "x")
    assert main(["trials", str(snapshot), "--sort", "y"]) == 1
    assert "no such column" in (error := capsys.readouterr().err)
    assert "params/net/kind" in error


@pytest.mark.parametrize("command", ["show", "best", "trials", "importance"])
def test_every_command_that_reads_a_search_writes_json(snapshot, infinite, command, capsys):
    for path in (snapshot, infinite):
        assert main([command, str(path), "--json"]) == 0
        data = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
        if path is snapshot and command == "show":
            assert data["trials"] == {"complete": 11, "failed": 1}
            assert data["directions"] == ["minimize"]


@pytest.mark.parametrize("arguments", [["show", "sqlite:///s.db"], ["compare", "a.db", "sqlite:///s.db"]])
def test_a_url_in_place_of_a_file_is_answered_with_its_path(capsys, arguments):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "give the path of a file, not a URL" in (error := capsys.readouterr().err)
    assert "its path is 's.db'" in error


@pytest.mark.parametrize(
    "arguments",
    [
        ["trials", "search.tanteo", "--limit", "-1"],
        ["trials", "search.tanteo", "--limit", "ten"],
        ["demo", "--seed", "-1"],
        ["demo", "--seed", str(2**32)],
    ],
)
def test_invalid_integers_are_refused_by_the_parser(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert f"argument {arguments[-2]}: expected an integer" in capsys.readouterr().err


def test_invalid_seconds_are_refused_by_the_parser(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["demo", "--seconds", "ten"])
    assert "argument --seconds: expected a positive number, got ten" in capsys.readouterr().err


def test_best_of_an_empty_search(tmp_path, capsys):
    path = tmp_path / "empty.tanteo"
    tt.Optimizer({"x": tt.Float(0, 1)}, seed=0).save(path)
    assert main(["best", str(path)]) == 0
    assert "no trial is complete" in capsys.readouterr().out
    assert main(["best", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) is None
    assert main(["show", str(path)]) == 0


def test_trials_shows_why_trials_were_pruned(tmp_path, capsys):
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, pruner=tt.pruners.Threshold(upper=1.0), seed=0)
    trial = optimizer.ask()
    trial.report(1, 2.5)
    assert trial.should_prune()
    optimizer.tell(trial, state="pruned")
    optimizer.save(tmp_path / "a.tanteo")
    assert main(["trials", str(tmp_path / "a.tanteo")]) == 0
    assert "(2.5 at step 1 is outside the bounds)" in capsys.readouterr().out
    assert main(["trials", str(tmp_path / "a.tanteo"), "--json"]) == 0
    assert "2.5 at step 1 is outside the bounds" in capsys.readouterr().out


@pytest.mark.parametrize("number", ["-1", "0", "x"])
def test_the_number_of_trials_to_ask_for_is_at_least_one(number, capsys):
    with pytest.raises(SystemExit):
        main(["ask", "s.db", "-n", number])
    assert f"expected an integer from 1 up, got {number}" in capsys.readouterr().err


def test_the_column_of_a_single_objective_is_called_by_its_name(tmp_path, run):
    search = tt.Optimizer({"x": tt.Float(0, 1)}, directions={"yield": "maximize"}, seed=0)
    for value in (0.25, 0.75):
        search.observe({"x": value}, value)
    search.save(tmp_path / "s.tanteo")
    listed = run("trials", tmp_path / "s.tanteo", "--json", "--sort", "yield", "--where", "yield>0.5")
    assert [trial["id"] for trial in json.loads(listed)] == [1]
    assert '"name": "value", "label": "yield"' in tt.report.report(search).html


def test_trials_that_cannot_be_the_best_are_sorted_behind_the_others(tmp_path, run):
    search = tt.Optimizer({"x": tt.Float(0, 1)}, direction="maximize", seed=0)
    for k, (value, state, size) in enumerate(
        [(0.9, "pruned", -1), (0.2, "complete", -1), (0.8, "complete", 1), (0.4, "complete", -1), (1.0, "pruned", -1)]
    ):
        search.observe({"x": k / 8}, value, state=state, constraints={"size": size})
    search.observe({"x": 0.9}, state="failed")
    search.save(tmp_path / "s.tanteo")

    def ids(*options):
        found = json.loads(run("trials", tmp_path / "s.tanteo", "--json", "--sort", "value", *options))
        return [trial["id"] for trial in found]

    assert ids() == [3, 1, 4, 0, 2, 5]
    assert ids("--reverse") == [1, 3, 2, 0, 4, 5]
    assert '"standing": {"0": 1, "2": 1, "4": 1, "5": 1}' in tt.report.report(search).html


def test_trials_can_be_filtered_sorted_and_limited(snapshot, capsys):
    assert main(["trials", str(snapshot)]) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split() == ["trial", "state", "value", "parameters"]
    assert len(lines) == 12
    assert main(["trials", str(snapshot), "--state", "failed"]) == 0
    assert "ValueError: diverged, badly" in capsys.readouterr().out
    assert main(["trials", str(snapshot), "--sort", "value", "--limit", "2"]) == 0
    first, second = (int(line.split()[0]) for line in capsys.readouterr().out.splitlines()[1:])
    trials = tt.Optimizer.load(snapshot).trials
    assert trials[first].value == min(t.value for t in trials if t.value is not None)
    assert trials[first].value <= trials[second].value


def test_export_as_csv_holds_every_trial(snapshot, tmp_path, capsys):
    assert main(["export", str(snapshot)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    trials = tt.Optimizer.load(snapshot).trials
    assert [float(row["value"]) if row["value"] else None for row in rows] == [t.value for t in trials]
    assert [row["params/net/kind"] for row in rows] == [t.params["net"]["kind"] for t in trials]
    assert rows[3]["reason"] == "ValueError: diverged, badly"
    assert main(["export", str(snapshot), "--out", str(tmp_path / "all.csv")]) == 0
    with (tmp_path / "all.csv").open(newline="") as file:
        assert list(csv.DictReader(file)) == rows


def test_an_unknown_export_suffix_is_refused(snapshot, tmp_path, capsys):
    out = tmp_path / "all.xlsx"
    assert main(["export", str(snapshot), "--out", str(out)]) != 0
    error = capsys.readouterr().err
    assert "all.xlsx" in error
    assert ".csv, .json, .jsonl, .parquet" in error
    assert not out.exists()
    assert main(["export", str(snapshot), "--out", str(out), "--format", "csv"]) == 0
    assert out.exists()


def test_export_as_json(snapshot, tmp_path, capsys):
    assert main(["export", str(snapshot), "--format", "json"]) == 0
    columns = json.loads(capsys.readouterr().out)
    assert len(columns["id"]) == 12
    assert main(["export", str(snapshot), "--out", str(tmp_path / "all.json")]) == 0
    assert json.loads((tmp_path / "all.json").read_text()) == columns


@pytest.mark.parametrize("method", [[], ["--method", "fanova"]])
def test_importance(snapshot, capsys, method):
    assert main(["importance", str(snapshot), *method]) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    assert ("fANOVA" if method else "PED-ANOVA") in heading
    assert lines[0].startswith("  x ")
    assert math.isclose(sum(float(line.split()[1]) for line in lines), 1.0, abs_tol=0.11)
    assert all((" ± " in line) == (not method) for line in lines)


def test_show_has_the_errors_of_importances(tmp_path, capsys):
    path = tmp_path / "a.db"
    tt.minimize(lambda params: params["x"], {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, n_trials=12, seed=0, study=path)
    assert main(["show", str(path)]) == 0
    assert re.search(r"\n  x  \d\.\d\d ± \d\.\d\d  #", capsys.readouterr().out)


def test_importances_that_are_all_zero_are_not_shown(infinite, capsys):
    assert main(["importance", str(infinite)]) == 0
    assert capsys.readouterr().out == "no importance: no trial is complete and feasible with a finite value\n"


@pytest.mark.parametrize(("n", "is_said"), [(9, False), (10, True)])
def test_show_has_importances_from_as_many_trials_on_as_the_page(n, is_said, tmp_path, capsys):
    search = tt.Optimizer({"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, seed=0, sampler="random")
    for trial in search.ask(n):
        search.tell(trial, trial.params["x"])
    search.save(tmp_path / "s.tanteo")
    assert main(["show", str(tmp_path / "s.tanteo")]) == 0
    assert ("\nimportance (" in capsys.readouterr().out) == is_said
    assert ("What mattered needs" in tt.report.report(search).html) != is_said
    assert main(["show", str(tmp_path / "s.tanteo"), "--json"]) == 0
    assert bool(json.loads(capsys.readouterr().out)["importance"]) == is_said


def test_show_says_how_many_importances_it_leaves_out(tmp_path, capsys):
    search = tt.Optimizer({f"x{k}": tt.Float(0, 1) for k in range(11)}, seed=0, sampler="random")
    for trial in search.ask(30):
        search.tell(trial, trial.params["x3"])
    search.save(tmp_path / "wide.tanteo")
    assert main(["show", str(tmp_path / "wide.tanteo")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "  ...  and 3 more: tanteo importance"


def test_a_page_is_only_written_to_html(snapshot, tmp_path, capsys):
    for name in ("page.pdf", "page"):
        assert main(["report", str(snapshot), "--out", str(tmp_path / name)]) == 1
        assert f"use one of the endings .html, .htm, got '{tmp_path / name}'" in capsys.readouterr().err
    assert main(["report", str(snapshot), "--out", str(tmp_path / "page.HTM")]) == 0


@pytest.mark.parametrize("kind", ["history", "slice", "importances", "edf", "contour", "intermediate"])
def test_plot_with_matplotlib(snapshot, tmp_path, kind):
    pytest.importorskip("matplotlib")
    picture = tmp_path / "figure.png"
    assert main(["plot", str(snapshot), kind, "--out", str(picture)]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("command", ["show", "best", "trials", "importance"])
def test_a_search_of_infinite_values_has_no_best(infinite, command, capsys):
    assert main([command, str(infinite)]) == 0
    out = capsys.readouterr().out
    assert ("no trial is complete and feasible with a finite value" in out) == (command != "trials")


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("slice", "no trial is complete with a finite value"),
        ("history", "no trial is complete or pruned with a finite value"),
        ("edf", "no trial is complete and feasible with a finite value"),
        ("intermediate", "no trial reported intermediate values"),
        ("importances", "no trial is complete and feasible with a finite value"),
    ],
)
def test_an_empty_figure_is_refused(infinite, tmp_path, capsys, kind, missing):
    pytest.importorskip("matplotlib")
    assert main(["plot", str(infinite), kind, "--out", str(tmp_path / "x.png")]) == 1
    assert missing in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("kind", ["parallel", "rank"])
def test_plot_with_both_backends(snapshot, tmp_path, kind):
    pytest.importorskip("plotly")
    page = tmp_path / "figure.html"
    assert main(["plot", str(snapshot), kind, "--out", str(page), "--params", "x", "--params", "net/kind"]) == 0
    assert "plotly" in page.read_text()
    assert main(["plot", str(snapshot), kind, "--out", str(tmp_path / "figure.png")]) == 0
    assert (tmp_path / "figure.png").stat().st_size > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["best", "/there/is/nothing"], "there is no file /there/is/nothing"),
        (["compare", "{snapshot}", "/there/is/nothing"], "there is no file /there/is/nothing"),
        (["tail", "/there/is/nothing"], "there is no file /there/is/nothing"),
        (["plot", "{snapshot}", "rank", "--out", "/there/is/nothing.png"], "error: /there/is/nothing.png: No such"),
        (["plot", "{snapshot}", "history", "--out", "x.odd"], "x.odd"),
        (["plot", "{snapshot}", "history", "--out", "x.png", "--params", "x"], "--params"),
        (["plot", "{snapshot}", "slice", "--out", "x.png", "--params", "y"], "no parameter 'y'"),
        (["plot", "{snapshot}", "pareto", "--out", "x.png"], "two or more objectives"),
        (
            ["plot", "{snapshot}", "history", "--out", "x.png", "--beside", "{snapshot}"],
            "--beside has no meaning for history",
        ),
        (["importance", "{snapshot}", "--objective", "1"], "objective"),
        (["importance", "{snapshot}", "--quantile", "2"], "quantile"),
        (["importance", "{snapshot}", "--quantile", "0.2", "--method", "fanova"], "quantile"),
    ],
)
def test_errors_are_one_line_on_standard_error(snapshot, arguments, message, capsys, tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    assert main([argument.format(snapshot=snapshot) for argument in arguments]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("tanteo: error: ")
    assert err.count("\n") == 1
    assert message in err


def test_a_damaged_snapshot_is_an_error(snapshot, capsys):
    snapshot.write_bytes(snapshot.read_bytes()[:-3])
    assert main(["show", str(snapshot)]) == 1
    assert capsys.readouterr().err.startswith("tanteo: error: ")


@pytest.mark.parametrize(
    "arguments",
    [[], ["dance"], ["best"], ["plot", "x", "history"], ["demo", "--seconds", "-1"], ["demo", "--seconds", "nan"]],
)
def test_an_invalid_command_line_shows_the_usage(arguments, capsys):
    with pytest.raises(SystemExit) as exit_info:
        main(arguments)
    assert exit_info.value.code == 2
    assert "usage: tanteo" in capsys.readouterr().err


@pytest.mark.parametrize("parser", [*commands().values(), checks_parser()], ids=lambda parser: parser.prog)
def test_no_option_takes_the_arguments_that_follow_it(parser):
    """An option that may be given several times is repeated, so it may stand before the file."""
    options = [action for action in parser._actions if action.option_strings]
    assert {action.nargs for action in options} <= {None, 0}


def test_options_of_several_values_may_stand_before_the_file(snapshot, front, tmp_path):
    page = tmp_path / "x.html"
    for options, file, kind in [
        (["--params", "x", "--params", "net/kind"], snapshot, "slice"),
        (["--beside", str(front), "--beside", str(front)], front, "attainment"),
    ]:
        assert main(["plot", "--out", str(page), *options, str(file), kind]) == 0
        page.unlink()


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["seed0.tanteo", "seed1.tanteo"], ["seed0", "seed1"]),
        (["a/seed.tanteo", "b/seed.tanteo"], [str(Path("a/seed.tanteo")), str(Path("b/seed.tanteo"))]),
    ],
)
def test_distributions_are_called_by_their_files(files, names, tmp_path, monkeypatch):
    go = pytest.importorskip("plotly.graph_objects")
    monkeypatch.chdir(tmp_path)
    for file in files:
        search = tt.Optimizer({"x": tt.Float(0, 1)}, seed=0)
        search.observe({"x": 0.5}, 1.0)
        Path(file).parent.mkdir(exist_ok=True)
        search.save(file)
    drawn = []
    monkeypatch.setattr(go.Figure, "write_html", lambda figure, *_, **__: drawn.extend(figure.data))
    assert main(["plot", files[0], "edf", "--beside", files[1], "--out", "edf.html"]) == 0
    assert [curve.name for curve in drawn] == names


def test_a_figure_has_any_format_of_matplotlib(snapshot, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    assert main(["plot", str(snapshot), "history", "--out", str(tmp_path / "x.jpg")]) == 0
    assert (tmp_path / "x.jpg").read_bytes().startswith(b"\xff\xd8")
    with pytest.raises(SystemExit):
        main(["plot", "--help"])
    assert ".jpg" in capsys.readouterr().out


def test_the_error_for_a_missing_package_names_the_extra(snapshot, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    assert main(["plot", str(snapshot), "rank", "--out", str(tmp_path / "x.html")]) == 1
    assert "pip install 'tanteo[plot]'" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    monkeypatch.chdir(tmp_path)
    assert main(["demo"]) == 1
    assert "pip install 'tanteo[demo]'" in capsys.readouterr().err


def test_the_version(capsys):
    with pytest.raises(SystemExit) as exit_info:
        main(["--version"])
    assert exit_info.value.code == 0
    assert capsys.readouterr().out == f"tanteo {tt.__version__}\n"


def test_a_pipe_closed_early_is_not_an_error(tmp_path):
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, sampler="random", seed=0)
    for trial in optimizer.ask(5000):
        optimizer.tell(trial, 0.5)
    path = tmp_path / "long.tanteo"
    optimizer.save(path)
    command = [sys.executable, "-m", "tanteo", "trials", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 0


def test_ctrl_c_exits_with_status_130(snapshot, monkeypatch):
    def interrupted(options):
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("tanteo.cli.page.show", interrupted)
    assert main(["show", str(snapshot)]) == 130


def test_export_includes_steps_and_replicates_on_request(snapshot, noisy, capsys):
    assert main(["export", str(snapshot), "--format", "json", "--steps"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["steps/step"][0] == [1]
    assert "replicates" not in data
    assert main(["export", str(noisy), "--replicates"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert json.loads(rows[1]["replicates"]) == [0.1, 0.85]


def test_values_that_differ_look_different(run, tmp_path):
    files = [tmp_path / f"{k}.tanteo" for k in range(3)]
    told = [(0.25,), (0.123456781,), (0.123456789,)], [(0.123456789,)], [(0.5, 1.0), (0.5000001, 0.0)]
    for file, values in zip(files, told, strict=True):
        search = tt.Optimizer({"x": tt.Int(0, 9)}, directions=["minimize"] * len(values[0]), seed=0)
        for x, value in enumerate(values):
            search.observe({"x": x}, value)
        search.save(file)
    assert [row.split()[2] for row in run("trials", files[0]).splitlines()[1:]] == ["0.25", "0.12345678", "0.12345679"]
    assert re.search("the best value 0.12345678 +the best value 0.12345679", run("compare", *files[:2]))
    assert "<td>0.12345678</td>" in tt.Optimizer.load(files[0])._repr_html_()
    for command in ("front", "show", "trials"):
        assert re.search(r" 0\.5, 1 .*\n.* 0\.5000001, 0 ", run(command, files[2])), command
