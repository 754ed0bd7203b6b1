"""Commands show the pruner, the budget, the pauses and the folds of a search."""

import csv
import io
import json
import math

import pytest

import tanteo as tt
from tanteo.options import SETTINGS


@pytest.fixture
def paths(tmp_path):
    """A search that pauses and has a budget, and a plain one."""
    space = {"x": tt.Float(0, 1)}
    files = tmp_path / "a.tanteo", tmp_path / "b.tanteo"
    search = tt.Optimizer(space, seed=0, pausing=True, budget=50.0, pruner="median")
    trials = search.ask(3)
    for fold, value in ((1, 0.5), (0, 1.0)):
        search.report_fold(trials[0], fold, value)
    search.tell(trials[0], cost=7.5)
    search.tell(trials[1], 0.25, state="paused", cost=2.0)
    search.tell(trials[2], 3.0)
    search.save(files[0])
    without_rules = tt.Optimizer(space, seed=0)
    without_rules.tell(without_rules.ask(), 1.0)
    without_rules.save(files[1])
    return files


def test_show_has_the_pruner_pausing_and_the_spent_budget(paths, run):
    page = {line.split()[0]: line for line in run("show", paths[0]).splitlines() if line.strip()}
    assert "Median" in page["pruner"]
    assert page["pausing"].split() == ["pausing", "yes"]
    assert "9.5 of a budget of 50" in page["spent"]
    data = json.loads(run("show", paths[0], "--json"))
    assert (data["pausing"], data["budget"], data["spent"]) == (True, 50.0, 9.5)
    assert "Median" in data["pruner"]
    plain = run("show", paths[1])
    assert ("pruner" in plain, "pausing" in plain, "spent" in plain) == (True, False, False)


def test_a_search_that_repeats_configurations_says_so(paths, tmp_path, run):
    path = tmp_path / "repeating.tanteo"
    tt.Optimizer({"x": tt.Float(0, 1)}, seed=0, deduplicate=False).save(path)
    assert "deduplicate  no" in run("show", path)
    assert json.loads(run("show", path, "--json"))["deduplicate"] is False
    assert "deduplicate" not in run("show", paths[1])
    assert json.loads(run("show", paths[1], "--json"))["deduplicate"] is True
    assert "differs: deduplicate: True and False" in run("compare", paths[1], path)


def test_known_constraints_are_in_show_and_on_the_page(tmp_path, run):
    path, page = tmp_path / "ordered.tanteo", tmp_path / "page.html"
    space = tt.SearchSpace({"a": tt.Int(0, 9), "b": tt.Int(0, 9)}, constraints=[tt.Order("a", "<=", "b")])
    tt.Optimizer(space, seed=0).save(path)
    said = "Order('a', '<=', 'b')"
    assert f"known constraint  {said}" in run("show", path)
    run("report", path, "--out", page)
    assert f'["known constraint", "{said}"]'.replace("<", "\\u003c") in page.read_text()


def test_every_setting_of_a_search_is_in_the_json(paths, run):
    assert set(SETTINGS) <= set(json.loads(run("show", paths[0], "--json")))


def test_every_field_of_a_trial_is_in_the_json(paths, run):
    first, paused, _ = json.loads(run("trials", paths[0], "--json"))
    assert set(tt.FrozenTrial._names) <= set(first)
    assert (first["replicates"], first["feasible"], first["traceback"]) == ([[1.0, 0.5]], True, None)
    assert (paused["state"], paused["resume_from"]) == ("paused", None)


def test_replicates_feasibility_and_tracebacks_are_in_the_json(tmp_path, run):
    def objective(params, trial):
        if trial.id:
            raise ValueError("diverged")
        return {"value": tt.Replicates([1.0, math.inf]), "constraints": {"size": 1.0}}

    search = tt.minimize(objective, {"x": tt.Float(0, 1)}, n_trials=2, seed=0).optimizer
    search.save(tmp_path / "a.tanteo")
    told, failed = json.loads(run("trials", tmp_path / "a.tanteo", "--json"))
    assert (told["replicates"], told["feasible"]) == ([[1.0, "inf"]], False)
    assert "ValueError: diverged" in failed["traceback"]


def test_trials_shows_which_trials_are_paused(paths, run):
    assert [line.split()[1] for line in run("trials", paths[0]).splitlines()[1:]] == [
        "complete",
        "paused",
        "complete",
    ]
    assert [line.split()[0] for line in run("trials", paths[0], "--where", "state=paused").splitlines()[1:]] == ["1"]
    assert "paused" not in run("export", paths[1])


def test_trials_shows_the_column_it_sorts_by(paths, run):
    lines = run("trials", paths[0], "--sort", "cost").splitlines()[1:]
    assert [line.split()[-1] for line in lines[:2]] == ["cost=2", "cost=7.5"]
    assert "cost" not in lines[2]
    assert "value=" not in run("trials", paths[0], "--sort", "value")


def test_an_export_has_pauses_and_folds(paths, run):
    rows = list(csv.DictReader(io.StringIO(run("export", paths[0], "--replicates"))))
    assert [row["state"] for row in rows] == ["complete", "paused", "complete"]
    assert (rows[0]["folds/fold"], rows[0]["folds/value"]) == ("[1, 0]", "[0.5, 1.0]")
    table = json.loads(run("export", paths[0], "--format", "json", "--steps"))
    assert table["state"] == ["complete", "paused", "complete"]
    assert table["folds/value"] == [[0.5, 1.0], [], []]
    assert "folds/value" not in json.loads(run("export", paths[0], "--format", "json"))
    assert json.loads(run("trials", paths[0], "--json"))[0]["folds"] == {"1": 0.5, "0": 1.0}


def test_compare_names_differing_rules(paths, run):
    page = run("compare", *paths)
    for start in ("differs: pruner: Median", "differs: pausing: True and False", "differs: budget: 50.0 and None"):
        assert start in page
    assert "differs: pruner" not in run("compare", paths[0], paths[0])
    assert json.loads(run("compare", *paths, "--json"))["a"]["spent"] == 9.5


def test_paused_trials_are_shown_as_paused(run, tmp_path):
    with tt.Study(tmp_path / "pausing.db", {"x": tt.Float(0, 1)}, pausing=True) as study:
        first, second = study.ask(2)
        study.report(first, 1, 2.0)
        study.tell(first, state="paused")
        study.tell(second, state="pruned")
        assert "state='paused', value=2.0" in repr(study.trials[first.id])
        assert "state='pruned'" in repr(study.trials[second.id])
    assert "1 paused, 1 pruned" in run("show", tmp_path / "pausing.db")
    twice = (tmp_path / "pausing.db", tmp_path / "pausing.db")
    assert "1 paused, 1 pruned" in run("compare", *twice)
    assert json.loads(run("compare", *twice, "--json"))["a"]["trials"] == {"paused": 1, "pruned": 1}
    for state, number in (("paused", first.id), ("pruned", second.id)):
        (listed,) = json.loads(run("trials", tmp_path / "pausing.db", "--state", state, "--json"))
        assert listed["id"] == number
    shown = json.loads(run("show", tmp_path / "pausing.db", "--json"))
    assert shown["trials"] == {"paused": 1, "pruned": 1}


def test_infeasible_trials_are_marked(tmp_path, run):
    search = tt.Optimizer({"x": tt.Float(0, 1)}, seed=0)
    for size in (-1.0, 1.0, 2.0):
        search.tell(search.ask(), 1.0, constraints={"size": size})
    search.tell(search.ask(), state="failed")
    for state in ("pruned", "failed"):
        trial = search.ask()
        trial.tell_constraints({"size": 3.0})
        search.tell(trial, state=state)
    search.save(tmp_path / "a.tanteo")
    lines = run("trials", tmp_path / "a.tanteo").splitlines()[1:]
    assert [line.endswith("(infeasible)") for line in lines] == [False, True, True, False, True, True]
    assert "3 complete, 2 failed, 1 pruned (4 infeasible by size)" in run("show", tmp_path / "a.tanteo")
