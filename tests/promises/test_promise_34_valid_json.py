"""Promise 34: every ``--json`` output and every export is valid JSON, whatever numbers a search holds."""

import argparse
import json
import math
import shutil

import pytest

import tanteo as tt
from tanteo._internal.text import to_json
from tanteo.cli import main
from tanteo.cli.arguments import make_parser
from tanteo.testing.report import Outcome, Report

HUGE = 1.7e308
NUMBERS = [math.nan, math.inf, -math.inf]
DEEP = [0.5]
for _ in range(300):
    DEEP = [DEEP]
SPACE = {
    "x": tt.Float(0.0, 1.0),
    "odd": tt.Categorical([*NUMBERS, (math.inf, {"low": -math.inf}), {(1, 2): math.nan}, 10**5000]),
    "fixed": tt.Constant(math.inf),
}


def fill(search):
    """Tell numbers that are not finite wherever a search takes them."""
    for k, odd in enumerate(SPACE["odd"].choices):
        search.enqueue({"x": k / 8, "odd": odd})
    for k, trial in enumerate(search.ask(6)):
        for step, value in enumerate([0.5, math.nan, math.inf]):
            search.report(trial, step, value, constraints={"heat": math.inf})
        search.set_attr(trial, "seen", {"numbers": NUMBERS, "deep": DEEP})
        search.set_attr(trial, "one", NUMBERS[k % 3])
        search.tell(trial, [1.0, math.inf, math.nan][k % 3], constraints={"size": [-1.0, math.inf][k % 2]}, cost=HUGE)
    folds = search.ask()
    for fold, value in enumerate([math.inf, math.nan]):
        search.report_fold(folds, fold, value)
    search.tell(folds, state="failed", reason="diverged")
    for trial in search.ask(12):
        search.tell(trial, trial.params["x"])
    search.observe({"x": 0.5, "odd": math.nan}, tt.Replicates([1.0, math.inf]))
    assert search.spent == math.inf
    return search


@pytest.fixture(scope="module", params=["study", "snapshot"])
def original(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("json") / "odd"
    if request.param == "study":
        with tt.Study(path, SPACE, seed=0, budget=HUGE) as study:
            fill(study)
            study.annotate(0, "NaN Infinity")
    else:
        fill(tt.Optimizer(SPACE, seed=0, budget=HUGE)).save(path)
    return path


@pytest.fixture
def file(original, tmp_path):
    """Return a copy of the file of a search, because some commands change it."""
    return shutil.copy(original, tmp_path / "odd")


def parse(text):
    return json.loads(text, parse_constant=pytest.fail)


def commands():
    """The commands that take ``--json``, read from the parser."""
    [subparsers] = [action for action in make_parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return [name for name, parser in subparsers.choices.items() if "--json" in parser.format_help()]


EXTRA = {"ablation": ["--start", "0"], "compare": ["same"], "tail": ["-n", "99", "--seconds", "0.01"]}


@pytest.mark.parametrize("command", sorted({*commands()} - {"front"}))
def test_every_command_writes_valid_json(file, command, capsys):
    extra = [str(file) if argument == "same" else argument for argument in EXTRA.get(command, [])]
    assert main([command, str(file), *extra, "--json"]) == 0
    out = capsys.readouterr().out
    documents = [parse(line) for line in out.splitlines()] if command == "tail" else [parse(out)]
    assert documents
    assert documents[0]


def test_a_front_is_valid_json(tmp_path, capsys):
    search = tt.Optimizer(SPACE, directions=["minimize", "minimize"], seed=0)
    for trial in search.ask(4):
        search.report(trial, 0, (math.nan, math.inf))
        search.tell(trial, (HUGE, 0.5), constraints={"size": -1.0})
    search.save(tmp_path / "front")
    assert main(["front", str(tmp_path / "front"), "--json"]) == 0
    for trial in parse(capsys.readouterr().out):
        assert (trial["values"], trial["steps"]) == ([HUGE, 0.5], {"0": [None, "inf"]})


@pytest.mark.parametrize("kind", ["json", "jsonl"])
@pytest.mark.parametrize("extra", [[], ["--steps", "--replicates"]])
def test_every_export_is_valid_json(file, kind, extra, tmp_path):
    out = tmp_path / f"trials.{kind}"
    assert main(["export", str(file), "--out", str(out), *extra]) == 0
    rows = [parse(text) for text in (out.read_text().splitlines() if kind == "jsonl" else [out.read_text()])]
    assert len(rows) == (20 if kind == "jsonl" else 1)


def test_nan_is_null_and_infinity_is_text_everywhere(file, capsys):
    assert main(["trials", str(file), "--json", "--limit", "2"]) == 0
    first, second = parse(capsys.readouterr().out)
    assert first["steps"] == {"0": 0.5, "1": None, "2": "inf"}
    assert (second["values"], second["constraints"]) == (["inf"], {"size": "inf"})
    assert first["attrs"]["seen"]["numbers"] == [None, "inf", "-inf"]
    assert (first["attrs"]["one"], second["attrs"]["one"]) == (None, "inf")
    assert (first["params"]["fixed"], first["params"]["odd"], second["params"]["odd"]) == ("inf", None, "inf")
    assert main(["show", str(file), "--json"]) == 0
    assert parse(capsys.readouterr().out)["spent"] == "inf"
    assert main(["export", str(file), "--format", "json", "--steps"]) == 0
    columns = parse(capsys.readouterr().out)
    assert columns["steps/value"][0] == [0.5, None, "inf"]
    assert columns["value"][:3] == [1.0, "inf", None]
    assert columns["attrs/one"][:3] == [None, "inf", "-inf"]


def test_notes_for_trackers_and_reports_of_checks_are_valid_json():
    from tanteo.integrations.trackers import facts

    search = fill(tt.Optimizer(SPACE, seed=0))
    notes = facts(search, search.trials[0]).notes
    assert parse(notes["attrs/seen"])["numbers"] == [None, "inf", "-inf"]
    report = Report([Outcome("a", "valid", "failed", reason="\ud800 NaN", program=("t = s.ask()",))])
    assert parse(report.to_json())[0]["program"] == ["t = s.ask()"]
    report.to_json().encode("utf-8")


def test_what_json_cannot_represent_is_written_as_its_repr():
    class Loss(float):
        def __repr__(self):
            return "Loss"

    data = {"class": abs, "deep": DEEP, "keys": {1: 2}, "own": Loss("nan"), "set": {1}}
    shown = parse(to_json(data))
    assert (shown["class"], shown["keys"], shown["own"], shown["set"]) == (repr(abs), "{1: 2}", "Loss", "{1}")
