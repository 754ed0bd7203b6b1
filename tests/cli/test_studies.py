"""The command line on studies: pages, tables, comparing, queueing, following."""

import csv
import io
import json
import re
import subprocess
import sys
import threading
import time

import pytest

import tanteo as tt
from tanteo.cli import main
from tanteo.integrations.tables import from_frame

COMMANDS = ["show", "best", "front", "trials", "export", "plot", "importance"]
COMMANDS += ["compare", "tail", "enqueue", "dashboard", "doctor", "import"]
SPACE = {
    "lr": tt.Float(1e-4, 1.0, log=True),
    "kind": tt.Categorical(["adam", "sgd"]),
    "momentum": tt.Float(0, 1, when={"kind": "sgd"}),
    "depth": tt.Int(1, 9),
}


def searched(path, n=24, seed=0, **options):
    """A study in which every fourth trial fails, and one is pending."""
    with tt.Study(path, SPACE, seed=seed, durability="off", **options) as study:
        for k in range(n):
            trial = study.ask()
            trial.set_attr("gpu", f"gpu{k % 2}")
            if k % 4 == 3:
                study.tell(trial, state="failed", reason="out of memory\nat line 3")
            else:
                study.tell(trial, trial.params["lr"], constraints={"size": k - 30})
        study.ask()
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return searched(tmp_path_factory.mktemp("cli") / "sweep.db")


def said(capsys, *arguments, code=0):
    assert main([str(argument) for argument in arguments]) == code
    captured = capsys.readouterr()
    return captured.out if code == 0 else captured.err


def test_show_is_one_page_of_everything(path, capsys):
    page = said(capsys, "show", path)
    assert "sweep" in page.splitlines()[1]
    assert "18 complete, 6 failed, 1 pending" in page
    assert "best after" in page
    assert "no better for" in page
    assert "best: trial" in page
    assert "6 x  out of memory" in page, "by the first line"
    assert "importance\n" in page
    assert "environment\n  python" in page
    assert len(page.splitlines()) < 50


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    path = tmp_path_factory.mktemp("named") / "named.db"
    goals = {"loss": "minimize", "accuracy": "maximize"}
    with tt.Study(
        path, {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, directions=goals, seed=0, sampler="random"
    ) as study:
        for _ in range(30):
            trial = study.ask()
            study.tell(trial, {"loss": trial.params["x"], "accuracy": trial.params["y"]})
    return path


def test_an_objective_is_given_by_its_name_or_its_place(named, tmp_path, capsys):
    for text, first in (("loss", "x"), ("0", "x"), ("accuracy", "y"), ("1", "y")):
        assert next(iter(json.loads(said(capsys, "importance", named, "--json", "--objective", text)))) == first
    assert "'loss', 'accuracy'" in said(capsys, "importance", named, "--objective", "los", code=1)
    assert "from 0 to 1" in said(capsys, "importance", named, "--objective", "2", code=1)
    pytest.importorskip("plotly")
    page = tmp_path / "slice.html"
    said(capsys, "plot", named, "slice", "--objective", "accuracy", "--out", page)
    assert '"text":"accuracy"' in page.read_text()
    said(capsys, "plot", named, "importances", "--objective", "accuracy", "--out", page)
    missing = said(capsys, "plot", named, "history", "--out", page, code=1)
    assert "choose one with --objective: loss, accuracy" in missing
    useless = said(capsys, "plot", named, "pareto", "--objective", "loss", "--out", page, code=1)
    assert "--objective has no meaning for pareto" in useless


def test_show_for_programs(path, capsys):
    page = json.loads(said(capsys, "show", path, "--json"))
    with tt.Study(path, read_only=True) as study:
        assert page["best_after"]["24"] == study.best.value
        assert page["environment"]["python"] == study.environment["python"]
    assert page["failures"] == {"out of memory": 6}
    assert page["trials"] == {"complete": 18, "failed": 6, "pending": 1}
    assert list(page["best_after"]) == ["1", "10", "24"]


def test_a_change_of_the_environment_is_shown(path, tmp_path, capsys, monkeypatch):
    moved = searched(tmp_path / "moved.db", n=2)
    found = dict(tt.study.environment.environment())
    found["packages"] = {**found["packages"], "numpy": "0.0.1"}
    monkeypatch.setattr("tanteo.study.session.environment", lambda: found)
    with tt.Study(moved) as study:
        study.ask()
    assert "package numpy" in said(capsys, "show", moved)


def test_progress_leaves_out_what_was_set_aside(tmp_path, capsys):
    path = searched(tmp_path / "aside.db", n=6)
    with tt.Study(path) as study:
        study.exclude(study.best)
        best = study.best.value
    assert json.loads(said(capsys, "show", path, "--json"))["best_after"]["6"] == best


def ids(capsys, path, *options):
    return [trial["id"] for trial in json.loads(said(capsys, "trials", path, "--json", *options))]


@pytest.mark.parametrize("value", ["abc", "1e-2x", "0,01"])
def test_a_number_is_compared_with_a_number(path, value, capsys):
    assert f"params/lr holds numbers, and {value!r} is not a number" in said(
        capsys, "trials", path, "--where", f"lr<{value}", code=1
    )


@pytest.mark.parametrize("command", [("export", "--format", "csv"), ("plot", "history")])
def test_what_is_written_does_not_replace_a_search(tmp_path, command, capsys):
    study, snapshot, link = searched(tmp_path / "s.db"), tmp_path / "o.tanteo", tmp_path / "link.csv"
    tt.Optimizer(SPACE, seed=0).save(snapshot)
    link.symlink_to(study)
    before = [file.read_bytes() for file in (study, snapshot)]
    name, *options = command
    for out in (study, snapshot, link):
        assert "would be lost" in said(capsys, name, study, *options, "--out", out, code=1)
    assert [file.read_bytes() for file in (study, snapshot)] == before


def test_trials_are_filtered_by_any_column(path, capsys):
    with tt.Study(path, read_only=True) as study:
        trials = list(study.trials)
    small = [trial.id for trial in trials if trial.params["lr"] < 0.01]
    assert 0 < len(small) < 25
    assert ids(capsys, path, "--where", "lr<0.01") == small
    both = [one for one in small if trials[one].params["kind"] == "adam"]
    assert ids(capsys, path, "--where", "params/lr < 0.01", "--where", "kind=adam") == both
    assert ids(capsys, path, "--where", "momentum>=0") == [t.id for t in trials if "momentum" in t.params]
    assert ids(capsys, path, "--where", "gpu!=gpu1", "--state", "failed") == []
    assert ids(capsys, path, "--where", "depth=3") == [t.id for t in trials if t.params["depth"] == 3]
    assert ids(capsys, path, "--where", f"process={trials[0].process}") == list(range(25))
    assert ids(capsys, path, "--sort", "lr", "--reverse", "--limit", 1) == [
        max(trials, key=lambda trial: trial.params["lr"]).id
    ]


@pytest.mark.parametrize(
    ("where", "message"),
    [("lr", "write a column, one of = != "), ("rate<3", "there is no such column; choose from id, state")],
)
def test_a_condition_that_makes_no_sense_is_an_error(path, capsys, where, message):
    assert message in said(capsys, "trials", path, "--where", where, code=1)


def test_trials_as_a_table(path, capsys):
    rows = list(csv.DictReader(io.StringIO(said(capsys, "trials", path, "--csv", "--sort", "value", "--limit", 3))))
    with tt.Study(path, read_only=True) as study:
        assert float(rows[0]["value"]) == study.best.value
        assert rows[0]["host"] == study.best.host
    assert len(rows) == 3


def test_export_as_lines_of_json(path, tmp_path, capsys):
    out = tmp_path / "trials.jsonl"
    said(capsys, "export", path, "--out", out, "--steps")
    rows = [json.loads(line, parse_constant=pytest.fail) for line in out.read_text().splitlines()]
    with tt.Study(path, read_only=True) as study:
        assert [row["params/lr"] for row in rows] == [trial.params["lr"] for trial in study.trials]
        assert [row.get("params/momentum") for row in rows] == [t.params.get("momentum") for t in study.trials]
        assert [row.get("value") for row in rows] == [trial.value for trial in study.trials]


@pytest.mark.parametrize("package", ["polars", "pandas"])
def test_export_as_parquet(path, tmp_path, capsys, monkeypatch, package):
    reader = pytest.importorskip(package)
    if package == "pandas":
        pytest.importorskip("pyarrow")
        monkeypatch.setitem(__import__("sys").modules, "polars", None)
    out = tmp_path / "trials.parquet"
    said(capsys, "export", path, "--out", out)
    frame = reader.read_parquet(out)
    with tt.Study(path, read_only=True) as study:
        assert list(frame["params/lr"]) == [trial.params["lr"] for trial in study.trials]
        assert list(frame["params/depth"]) == [trial.params["depth"] for trial in study.trials]
        assert list(frame["state"]) == [trial.state for trial in study.trials]
    assert said(capsys, "export", path, "--format", "parquet", code=1).endswith("give a file (--out)\n")


def test_parquet_holds_choices_of_every_kind_as_text(tmp_path, capsys):
    polars = pytest.importorskip("polars")
    search = tt.Optimizer({"c": tt.Categorical([1, "a", (2, 3), None]), "n": tt.Int(0, 2**64 - 1)}, seed=0)
    for choice in (1, "a", (2, 3), None):
        search.observe({"c": choice, "n": 2**64 - 1}, float("inf"))
    search.save(tmp_path / "s.tanteo")
    said(capsys, "export", tmp_path / "s.tanteo", "--out", tmp_path / "s.parquet")
    frame = polars.read_parquet(tmp_path / "s.parquet")
    assert frame["params/c"].to_list() == ["1", "a", "(2, 3)", None]
    assert frame["params/n"].to_list() == [str(2**64 - 1)] * 4
    assert frame["value"].to_list() == [float("inf")] * 4


def test_compare_of_one_objective_with_several_says_that_values_cannot_be(path, named, capsys):
    page = said(capsys, "compare", path, named)
    assert "loss: minimize, accuracy: maximize" in page
    assert re.search(r"found +the best value [\d.e-]+ +a Pareto front of \d+ trials?\n", page)
    assert "differs: 1 and 2 objectives, whose values cannot be compared" in page
    assert "best after" not in page
    told = json.loads(said(capsys, "compare", named, path, "--json"))
    assert told["differences"][0] == "2 and 1 objectives, whose values cannot be compared"
    assert ("front" in told["a"], "best" in told["b"]) == (True, True)
    assert "objectives" not in said(capsys, "compare", named, named)


@pytest.mark.parametrize(
    "command", [["trials"], ["export"], ["trials", "--json"], ["tail", "-n", "9", "--interval", "0.05"]]
)
def test_a_reader_that_leaves_ends_a_command_without_a_word(path, command):
    """``tanteo trials x.db | head -1``; ``tail`` would else wait for the next trial to notice it."""
    words = [sys.executable, "-m", "tanteo", command[0], str(path), *command[1:]]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


def test_compare_says_what_was_found_and_what_differs(path, tmp_path, capsys):
    other = tmp_path / "other.db"
    with tt.Study(other, {**SPACE, "depth": tt.Int(1, 12)}, seed=5, durability="off") as study:
        for _ in range(12):
            trial = study.ask()
            study.tell(trial, trial.params["lr"])
        best = study.best
    page = said(capsys, "compare", path, other)
    assert "differs: parameter 'depth': high 9 in the first, 12 in the second" in page
    assert f"{best.value:.6g}" in page
    assert "best after 10" in page
    told = json.loads(said(capsys, "compare", path, other, "--json"))
    assert told["b"]["best"]["id"] == best.id
    assert told["a"]["trials"] == {"complete": 18, "failed": 6, "pending": 1}


@pytest.mark.parametrize("kind", ["study", "snapshot"])
def test_enqueue_gives_the_next_trial(tmp_path, capsys, kind):
    if kind == "study":
        file = searched(tmp_path / "queue.db", n=1)
    else:
        file = tmp_path / "queue.tanteo"
        tt.Optimizer(SPACE, seed=0).save(file)
    assert "lr=0.25, kind='sgd'" in said(capsys, "enqueue", file, "lr=0.25", "kind=sgd")
    search = tt.Study(file) if kind == "study" else tt.Optimizer.load(file)
    params = search.ask().params
    assert (params["lr"], params["kind"]) == (0.25, "sgd")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["lr"], "write NAME=VALUE, such as lr=0.01"),
        (["rate=1"], "there is no parameter 'rate'; the space has lr, kind"),
        (["lr=much"], "'much' is not a value of Float(0.0001"),
        (["lr=7"], "parameter 'lr'"),
        (["kind=rms"], "must be one of ['adam', 'sgd']"),
        (["lr=0.1", "lr=0.2"], "given twice"),
    ],
)
def test_what_cannot_be_queued_is_said(tmp_path, capsys, given, message):
    file = tmp_path / "s.tanteo"
    tt.Optimizer(SPACE, seed=0).save(file)
    before = file.read_bytes()
    assert message in said(capsys, "enqueue", file, *given, code=1)
    assert file.read_bytes() == before


def test_tail_follows_a_living_study(tmp_path, capsys):
    file = searched(tmp_path / "living.db", n=3)

    def work():
        with tt.Study(file, durability="off") as study:
            for _ in range(4):
                time.sleep(0.1)
                study.tell(study.ask(), 0.125)

    worker = threading.Thread(target=work)
    worker.start()
    out = said(capsys, "tail", file, "-n", 1, "--interval", 0.05, "--seconds", 4, "--json")
    worker.join()
    told = [json.loads(one) for one in out.splitlines()]
    assert [(one["id"], one["values"]) for one in told[1:]] == [(k, [0.125]) for k in range(4, 8)]
    assert told[0]["id"] == 2


def test_import_makes_a_study_of_a_table(tmp_path, capsys):
    (tmp_path / "runs.csv").write_text("lr,acc\n0.1,0.5\n0.01,0.75\n7,1\n")
    (tmp_path / "space.json").write_text(tt.SearchSpace({"lr": tt.Float(0, 1)}).to_json())
    out = tmp_path / "moved.db"
    options = ["--space", tmp_path / "space.json", "--value", "acc", "--direction", "maximize", "--out", out]
    page = said(capsys, "import", tmp_path / "runs.csv", *options)
    assert "row 2: left aside" in page
    assert "holds 2 trials" in page
    with tt.Study(out, read_only=True) as study:
        assert study.best.value == 0.75
    assert "exists" in said(capsys, "import", tmp_path / "runs.csv", *options, code=1)
    assert "give --space FILE" in said(capsys, "import", tmp_path / "runs.csv", "--out", "x.db", code=1)
    assert "executes its content" in said(capsys, "import", "trials.pkl", "--out", "x.db", code=1)


def test_import_makes_a_study_of_one_of_optunas(tmp_path, capsys):
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    journal = optuna.storages.journal.JournalFileBackend(str(tmp_path / "old.log"))
    study = optuna.create_study(storage=optuna.storages.JournalStorage(journal), study_name="old")
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=5)
    page = said(capsys, "import", tmp_path / "old.log", "--out", tmp_path / "moved.db")
    assert "holds 5 trials" in page
    with tt.Study(tmp_path / "moved.db", read_only=True) as moved:
        assert moved.best.value == study.best_value
        assert moved.name == "old"


def test_an_import_that_needs_a_space_names_the_option(tmp_path, capsys):
    optuna = pytest.importorskip("optuna")
    journal = optuna.storages.journal.JournalFileBackend(str(tmp_path / "old.log"))
    optuna.create_study(storage=optuna.storages.JournalStorage(journal), study_name="old")
    page = said(capsys, "import", tmp_path / "old.log", "--out", tmp_path / "moved.db", code=1)
    assert "give --space FILE" in page
    assert "space=" not in page


def test_a_choice_is_meant_as_python_writes_it(tmp_path, capsys):
    file = tmp_path / "queue.tanteo"
    tt.Optimizer({"flag": tt.Categorical([True, 1, 1.0, "1", "on"])}, seed=0).save(file)
    given = ["True", "1", "1.0", "'1'", "on"]
    for value in given:
        said(capsys, "enqueue", file, f"flag={value}")
    search = tt.Optimizer.load(file)
    assert [repr(search.ask().params["flag"]) for _ in given] == ["True", "1", "1.0", "'1'", "'on'"]


def test_tables_hold_no_control_characters(tmp_path, capsys):
    search = tt.Optimizer({"kind": tt.Categorical(["\x1b[31m", "b"])}, seed=0)
    search.observe({"kind": "\x1b[31m"}, state="failed", reason="red: \x1b[2J, two\nlines")
    search.save(tmp_path / "s.tanteo")
    table = said(capsys, "export", tmp_path / "s.tanteo")
    assert "\x1b" not in table
    assert "red: \\x1b[2J, two\nlines" in table
    (tmp_path / "s.csv").write_text(table, newline="")
    assert from_frame(tmp_path / "s.csv", search.space).trials[0].params == {"kind": "\x1b[31m"}


def test_every_command_has_help_and_those_on_files_examples(capsys):
    for command in [
        "show",
        "best",
        "front",
        "trials",
        "export",
        "plot",
        "importance",
        "compare",
        "tail",
        "enqueue",
        "dashboard",
        "doctor",
        "import",
    ]:
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
        assert f"examples:\n  tanteo {command} " in capsys.readouterr().out


def test_what_is_no_search_is_an_error(tmp_path, capsys):
    assert "is a folder; name a study" in said(capsys, "show", tmp_path, code=1)
    (tmp_path / "text.db").write_text("hello")
    assert "neither a study nor a snapshot" in said(capsys, "show", tmp_path / "text.db", code=1)
    assert f"there is no file {tmp_path / 'none.db'}\n" in said(capsys, "show", tmp_path / "none.db", code=1)
