"""Commands show what a search stops trials by, what it may spend, what is paused, and folds."""

import csv
import io
import json

import pytest

import tanteo as tt
from tanteo.cli import main


@pytest.fixture
def paths(tmp_path):
    """A search that pauses and has a budget, and a plain one."""
    space = {"x": tt.Float(0, 1)}
    found = tmp_path / "a.tanteo", tmp_path / "b.tanteo"
    search = tt.Optimizer(space, seed=0, pausing=True, budget=50.0, pruner="median")
    trials = search.ask(3)
    for fold, value in ((1, 0.5), (0, 1.0)):
        search.report_fold(trials[0], fold, value)
    search.tell(trials[0], cost=7.5)
    search.tell(trials[1], 0.25, state="paused", cost=2.0)
    search.tell(trials[2], 3.0)
    search.save(found[0])
    plain = tt.Optimizer(space, seed=0)
    plain.tell(plain.ask(), 1.0)
    plain.save(found[1])
    return found


def said(capsys, *arguments):
    assert main(list(map(str, arguments))) == 0
    return capsys.readouterr().out


def test_show_says_how_trials_stop_and_what_is_spent(paths, capsys):
    page = {line.split()[0]: line for line in said(capsys, "show", paths[0]).splitlines() if line.strip()}
    assert "Median" in page["pruner"]
    assert page["pausing"].split() == ["pausing", "yes"]
    assert "9.5 of a budget of 50" in page["spent"]
    known = json.loads(said(capsys, "show", paths[0], "--json"))
    assert (known["pausing"], known["budget"], known["spent"]) == (True, 50.0, 9.5)
    assert "Median" in known["pruner"]
    plain = said(capsys, "show", paths[1])
    assert ("pruner" in plain, "pausing" in plain, "spent" in plain) == (True, False, False)


def test_trials_say_which_are_paused(paths, capsys):
    assert [line.split()[1] for line in said(capsys, "trials", paths[0]).splitlines()] == [
        "complete",
        "paused",
        "complete",
    ]
    assert [line.split()[0] for line in said(capsys, "trials", paths[0], "--where", "paused=True").splitlines()] == [
        "1"
    ]
    assert "paused" not in said(capsys, "export", paths[1])


def test_trials_show_the_column_that_they_are_sorted_by(paths, capsys):
    lines = said(capsys, "trials", paths[0], "--sort", "cost").splitlines()
    assert [line.split()[-1] for line in lines[:2]] == ["cost=2", "cost=7.5"]
    assert "cost" not in lines[2]
    assert "value=" not in said(capsys, "trials", paths[0], "--sort", "value")


def test_an_export_has_pauses_and_folds(paths, capsys):
    rows = list(csv.DictReader(io.StringIO(said(capsys, "export", paths[0], "--replicates"))))
    assert [row["paused"] for row in rows] == ["False", "True", "False"]
    assert (rows[0]["folds/fold"], rows[0]["folds/value"]) == ("[1, 0]", "[0.5, 1.0]")
    table = json.loads(said(capsys, "export", paths[0], "--format", "json", "--steps"))
    assert table["paused"] == [False, True, False]
    assert table["folds/value"] == [[0.5, 1.0], [], []]
    assert "folds/value" not in json.loads(said(capsys, "export", paths[0], "--format", "json"))
    assert json.loads(said(capsys, "trials", paths[0], "--json"))[0]["folds"] == {"1": 0.5, "0": 1.0}


def test_compare_says_that_the_rules_differ(paths, capsys):
    page = said(capsys, "compare", *paths)
    for start in ("differs: pruner: Median", "differs: pausing: True and False", "differs: budget: 50.0 and None"):
        assert start in page
    assert "differs: pruner" not in said(capsys, "compare", paths[0], paths[0])
    assert json.loads(said(capsys, "compare", *paths, "--json"))["a"]["spent"] == 9.5
