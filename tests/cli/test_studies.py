"""The command line on studies: pages, tables, ``compare``, ``enqueue``, ``tail`` and ``import``."""

import csv
import io
import json
import random
import re
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import tanteo as tt
from tanteo._internal.text import show_value
from tanteo.cli import main
from tanteo.integrations.tables import from_frame
from tanteo.plotting import hypervolume

COMMANDS = ["show", "best", "front", "trials", "export", "plot", "importance"]
COMMANDS += ["compare", "tail", "enqueue", "dashboard", "doctor", "import"]
SPACE = {
    "lr": tt.Float(1e-4, 1.0, log=True),
    "kind": tt.Categorical(["adam", "sgd"]),
    "momentum": tt.Float(0, 1, when={"kind": "sgd"}),
    "depth": tt.Int(1, 9),
}


def create_study(path, n=24, seed=0, **options):
    """Create a study in which every fourth trial fails and one trial is pending."""
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
    return create_study(tmp_path_factory.mktemp("cli") / "sweep.db")


def test_show_summarizes_a_study_on_one_page(path, run):
    page = run("show", path)
    assert "sweep" in page.splitlines()[1]
    assert "18 complete, 6 failed, 1 pending" in page
    assert "best after" in page
    assert "no better for" in page
    assert "best: trial" in page
    assert "6 x  out of memory" in page, "reasons are grouped by their first line"
    assert "importance (PED-ANOVA of the best 5 to 95 %" in page
    assert "environment\n  python" in page
    assert len(page.splitlines()) < 50


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    path = tmp_path_factory.mktemp("named") / "named.db"
    directions = {"loss": "minimize", "accuracy": "maximize"}
    with tt.Study(
        path, {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, directions=directions, seed=0, sampler="random"
    ) as study:
        for _ in range(30):
            trial = study.ask()
            study.tell(trial, {"loss": trial.params["x"], "accuracy": trial.params["y"]})
    return path


def test_an_objective_is_given_by_its_name_or_its_index(named, tmp_path, run):
    for text, first in (("loss", "x"), ("0", "x"), ("accuracy", "y"), ("1", "y")):
        name = "loss" if first == "x" else "accuracy"
        (found,) = json.loads(run("importance", named, "--json", "--objective", text)).items()
        assert (found[0], next(iter(found[1]))) == (name, first)
        assert f"importance for {name} (PED" in run("importance", named, "--objective", text)
    assert "'loss', 'accuracy'" in run("importance", named, "--objective", "los", code=1)
    assert "from 0 to 1" in run("importance", named, "--objective", "2", code=1)
    pytest.importorskip("plotly")
    page = tmp_path / "slice.html"
    run("plot", named, "slice", "--objective", "accuracy", "--out", page)
    assert '"text":"accuracy"' in page.read_text()
    run("plot", named, "importances", "--objective", "accuracy", "--out", page)
    error = run("plot", named, "pareto", "--objective", "loss", "--out", page, code=1)
    assert "--objective has no meaning for pareto" in error


def test_importance_is_shown_of_each_objective_unless_one_is_chosen(named, run):
    text = run("importance", named)
    assert text.index("importance for loss (PED") < text.index("importance for accuracy (PED")
    shares = json.loads(run("importance", named, "--json"))
    assert {name: next(iter(each)) for name, each in shares.items()} == {"loss": "x", "accuracy": "y"}


@pytest.mark.parametrize("kind", ["history", "importances", "ablation"])
def test_a_figure_of_one_objective_needs_its_name(named, tmp_path, run, kind):
    error = run("plot", named, kind, "--out", tmp_path / "figure.html", code=1)
    assert f"{kind} shows one objective of several; choose one with --objective: loss, accuracy" in error


def test_an_ablation_from_the_shell_starts_and_ends_at_given_trials(tmp_path, run):
    path, page = tmp_path / "s.db", tmp_path / "figure.html"
    with tt.Study(path, {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, seed=0) as study:
        for number in range(12):
            study.observe({"x": 0.05 * number, "y": 1.0 - 0.05 * number}, 12.0 - number)
    error = run("plot", path, "ablation", "--out", page, code=1)
    assert "or --start of the command, the id of a trial" in error
    run("plot", path, "ablation", "--start", "0", "--out", page)
    assert '"start","' in (text := page.read_text())
    run("plot", path, "ablation", "--start", "0", "--end", "0", "--out", page)
    assert '"ticktext":["start"]' in page.read_text() != text
    assert "--end 12: trial 12 is unknown: ids run from 0 to 11 here" in run(
        *("plot", path, "ablation", "--start", "0", "--end", "12", "--out", page), code=1
    )
    steps = json.loads(run("ablation", path, "--start", "0", "--json"))
    assert (steps[0]["changed"], steps[0]["params"]["x"]) == ([], 0.0)
    assert [step["trial"] for step in steps] == [0, None, 11]
    text, ends = run("ablation", path, "--start", "0"), [show_value(steps[k]["value"]) for k in (0, -1)]
    assert text.startswith("ablation: predicted value from {} (trial 0) to {} (trial 11)\n".format(*ends))
    assert re.search(r"x +0 +0.55 +\+", text)
    assert "nothing differs" in run("ablation", path, "--start", "0", "--end", "0")
    error = run("plot", path, "history", "--start", "0", "--out", page, code=1)
    assert "--start has no meaning for history; it has for ablation" in error


def test_an_ablation_from_the_shell_names_the_defaults(tmp_path, run):
    with tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1, default=0.5)}, seed=0) as study:
        for x in (0.25, 0.5, 0.75):
            study.observe({"x": x}, x)
    assert re.search(r"from \S+ \(the defaults, trial 1\) to \S+ \(trial 0\)\n", run("ablation", tmp_path / "s.db"))


def test_an_ablation_from_the_shell_is_of_each_objective(named, run):
    assert set(json.loads(run("ablation", named, "--start", "0", "--json"))) == {"loss", "accuracy"}
    assert "predicted accuracy" not in run("ablation", named, "--start", "0", "--objective", "loss")


def test_the_heading_of_a_list_names_the_objectives(named, path, run):
    for command in ("trials", "front", "show"):
        assert any(
            text.split() == ["trial", "state", "loss,", "accuracy", "parameters"]
            for text in run(command, named).splitlines()
        )
    assert run("trials", path).split()[:3] == ["trial", "state", "value"]


def test_show_has_the_importances_of_each_objective(named, run):
    page = run("show", named)
    assert page.index("importance for loss (PED") < page.index("importance for accuracy (PED")
    shares = json.loads(run("show", named, "--json"))["importance"]
    assert {name: next(iter(each)) for name, each in shares.items()} == {"loss": "x", "accuracy": "y"}


def test_show_writes_json(path, run):
    page = json.loads(run("show", path, "--json"))
    with tt.Study(path, read_only=True) as study:
        assert page["best_after"]["24"] == study.best.value
        assert page["environment"]["python"] == study.environment["python"]
    assert page["failures"] == {"out of memory": 6}
    assert page["trials"] == {"complete": 18, "failed": 6, "pending": 1}
    assert list(page["best_after"]) == ["1", "10", "24"]


def test_show_writes_the_exact_texts_of_failures_as_json(tmp_path, run):
    with tt.Study(tmp_path / "failed.db", {"x": tt.Float(0.0, 1.0)}, seed=0) as study:
        for trial, limit in zip(study.ask(3), (8, 16, 16), strict=True):
            study.tell(trial, state="failed", reason=f"{limit} GB exceeded")
    failures = json.loads(run("show", tmp_path / "failed.db", "--json"))["failures"]
    assert failures == {"16 GB exceeded": 2, "8 GB exceeded": 1}
    assert "3 x" in run("show", tmp_path / "failed.db")


def test_a_change_of_the_environment_is_shown(path, tmp_path, run, monkeypatch):
    before, study_path = (create_study(tmp_path / name, n=2) for name in ("before.db", "moved.db"))
    changed = dict(tt.study.environment.environment())
    changed["packages"] = {**changed["packages"], "numpy": "0.0.1"}
    monkeypatch.setattr("tanteo.study.session.environment", lambda: changed)
    with tt.Study(study_path) as study:
        study.ask()
    assert "package numpy" in run("show", study_path)
    assert re.search(r"differs: packages: numpy \S+ -> 0\.0\.1 \(\d+ the same\)\n", run("compare", before, study_path))


def test_progress_leaves_out_excluded_trials(tmp_path, run):
    path = create_study(tmp_path / "aside.db", n=6)
    with tt.Study(path) as study:
        study.exclude(study.best)
        best = study.best.value
    assert json.loads(run("show", path, "--json"))["best_after"]["5"] == best


def test_excluded_trials_are_marked(tmp_path, run):
    path = create_study(tmp_path / "aside.db", n=6)
    with tt.Study(path) as study:
        best = study.best.id
        study.exclude(best)
        study.exclude(3)
        assert study.trials[3].state == "failed"
    _, *lines = run("trials", path).splitlines()
    assert [int(line.split()[0]) for line in lines if line.endswith("(excluded)")] == [best]
    assert lines[3].split()[1] == "cancelled"


def trial_ids(run, path, *options):
    return [trial["id"] for trial in json.loads(run("trials", path, "--json", *options))]


def test_excluded_trials_come_last_where_values_are_sorted(tmp_path, run):
    path = create_study(tmp_path / "aside.db", n=6)
    with tt.Study(path) as study:
        first = study.best.id
        study.exclude(first)
        second = study.best.id
    assert trial_ids(run, path, "--sort", "value", "--limit", "1") == [second]
    assert first not in trial_ids(run, path, "--sort", "value", "--reverse", "--limit", "1")


@pytest.mark.parametrize("value", ["abc", "1e-2x", "0,01"])
def test_a_filter_on_numbers_requires_a_number(path, value, run):
    assert f"params/lr holds numbers, and {value!r} is not a number" in run(
        "trials", path, "--where", f"lr<{value}", code=1
    )


@pytest.mark.parametrize("command", [("export", "--format", "csv"), ("plot", "history")])
def test_output_does_not_overwrite_a_search(tmp_path, command, run):
    study, snapshot, link = create_study(tmp_path / "s.db"), tmp_path / "o.tanteo", tmp_path / "link.csv"
    tt.Optimizer(SPACE, seed=0).save(snapshot)
    link.symlink_to(study)
    original = [file.read_bytes() for file in (study, snapshot)]
    name, *options = command
    for out in (study, snapshot, link):
        assert "would be lost" in run(name, study, *options, "--out", out, code=1)
    assert [file.read_bytes() for file in (study, snapshot)] == original


def test_trials_are_filtered_by_any_column(path, run):
    with tt.Study(path, read_only=True) as study:
        trials = list(study.trials)
    low_lr = [trial.id for trial in trials if trial.params["lr"] < 0.01]
    assert 0 < len(low_lr) < 25
    assert trial_ids(run, path, "--where", "lr<0.01") == low_lr
    low_lr_adam = [number for number in low_lr if trials[number].params["kind"] == "adam"]
    assert trial_ids(run, path, "--where", "params/lr < 0.01", "--where", "kind=adam") == low_lr_adam
    assert trial_ids(run, path, "--where", "momentum>=0") == [t.id for t in trials if "momentum" in t.params]
    assert trial_ids(run, path, "--where", "gpu!=gpu1", "--state", "failed") == []
    assert trial_ids(run, path, "--where", "kind==adam") == trial_ids(run, path, "--where", "kind=adam")
    assert trial_ids(run, path, "--where", "depth=3") == [t.id for t in trials if t.params["depth"] == 3]
    assert trial_ids(run, path, "--where", f"process={trials[0].process}") == list(range(25))
    assert trial_ids(run, path, "--sort", "lr", "--reverse", "--limit", 1) == [
        max(trials, key=lambda trial: trial.params["lr"]).id
    ]


def test_the_choice_none_is_a_filter_and_differs_from_an_inactive_parameter(tmp_path, run):
    space = {"on": tt.Categorical([True, False]), "cap": tt.Categorical([None, 5, "None"], when={"on": True})}
    with tt.Study(tmp_path / "caps.db", space, seed=0) as study:
        for params in (*({"on": True, "cap": cap} for cap in (None, 5)), {"on": False}, {"on": True, "cap": "None"}):
            study.observe(params, 1.0)
    assert trial_ids(run, tmp_path / "caps.db", "--where", "cap=None") == [0]
    assert trial_ids(run, tmp_path / "caps.db", "--where", "cap=5") == [1]
    assert trial_ids(run, tmp_path / "caps.db", "--where", "cap!=None") == [1, 2, 3]


def test_import_says_what_the_new_study_minimizes(tmp_path, run):
    """A table does not say it, also if the study of an export maximized."""
    search = tt.Optimizer({"x": tt.Float(0, 1)}, direction="maximize", seed=0)
    for _ in range(3):
        search.tell(search.ask(), 1.0)
    search.save(tmp_path / "a.tanteo")
    (tmp_path / "space.json").write_text(search.space.to_json())
    run("export", tmp_path / "a.tanteo", "--out", tmp_path / "a.csv")
    command = ["import", tmp_path / "a.csv", "--space", tmp_path / "space.json", "--out"]
    assert "it minimizes the value, since no --direction was given\n" in run(*command, tmp_path / "b.db")
    assert "it maximizes the value\n" in run(*command, tmp_path / "c.db", "--direction", "maximize")


def test_failures_that_a_change_of_the_space_sets_aside_are_no_cancelled_trials(tmp_path, run):
    with tt.Study(tmp_path / "s.db", {"b": tt.Int(1, 8)}, seed=0) as study:
        study.enqueue({"b": 5})
        pending = study.ask()
        for b, state in ((1, "complete"), (8, "complete"), (7, "failed"), (2, "failed"), (6, "failed")):
            reason = {} if state == "complete" else {"reason": "timed out"}
            study.observe({"b": b}, 1.0 if state == "complete" else None, state=state, **reason)
        study.exclude(4)
        study.exclude(5)
        assert study.change_space({"b": tt.Int(1, 3)}) == [pending.id, 2, 3, 5]
        study.save(tmp_path / "s.tanteo")
    for file in ("s.db", "s.tanteo"):
        assert "3 cancelled, 2 complete, 1 failed (2 excluded)" in run("show", tmp_path / file)
    assert trial_ids(run, tmp_path / "s.db", "--state", "failed") == [3]
    assert trial_ids(run, tmp_path / "s.db", "--where", "state=cancelled") == [0, 4, 5]
    listed = run("trials", tmp_path / "s.db").splitlines()[1:]
    assert [line.split()[1] for line in listed] == [
        *("cancelled", "complete", "complete", "failed", "cancelled", "cancelled")
    ]
    assert listed[3].endswith("(excluded)")
    run("report", tmp_path / "s.db", "--out", tmp_path / "s.html")
    page = (tmp_path / "s.html").read_text()
    assert "2 more trials are excluded and not counted here." in page
    assert "3 more trials were cancelled" in page


def test_booleans_are_given_in_any_case(tmp_path, run):
    file = tmp_path / "jit.db"
    with tt.Study(file, {"jit": tt.Categorical([True, False]), "level": tt.Ordinal([False, True])}, seed=0):
        pass
    for params in ("jit=false", "jit=TRUE", "jit=0"):
        run("observe", file, "1.0", "--params", params, "--params", "level=true")
    assert trial_ids(run, file, "--where", "jit=false") == trial_ids(run, file, "--where", "jit!=1") == [0, 2]
    assert (
        trial_ids(run, file, "--where", "level>=True") == trial_ids(run, file, "--where", "feasible=true") == [0, 1, 2]
    )
    assert "choose one of True, False" in run("trials", file, "--where", "jit=on", code=1)


def test_ordinals_are_compared_and_sorted_by_position(tmp_path, run):
    file, sizes = tmp_path / "pages.db", ["4k", "8k", "16k", "32k"]
    with tt.Study(file, {"page": tt.Ordinal(sizes), "batch": tt.Ordinal([8, 16, 32])}, seed=0) as study:
        for page in (2, 0, 3, 1):
            study.observe({"page": sizes[page], "batch": 16}, 1.0)
    assert trial_ids(run, file, "--where", "page>8k") == [0, 2]
    assert trial_ids(run, file, "--where", "page<=8k") == [1, 3]
    assert trial_ids(run, file, "--where", "batch>10") == [0, 1, 2, 3], "numbers are compared as numbers"
    assert trial_ids(run, file, "--sort", "page") == [1, 3, 0, 2]
    assert "choose one of 4k, 8k, 16k, 32k" in run("trials", file, "--where", "page>9k", code=1)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("lr", "write a column, one of = != "),
        ("kind=Adam", "--where kind=Adam: choose one of adam, sgd"),
        ("kind!=rmsprop", "choose one of adam, sgd"),
        ("state=stopped", "choose one of pending, complete, pruned, failed, paused"),
        ("feasible=yes", "choose one of True, False"),
        ("rate<3", "there is no such column; choose from id, state"),
    ],
)
def test_an_invalid_filter_is_an_error(path, run, where, message):
    assert message in run("trials", path, "--where", where, code=1)


def test_a_filter_without_matches_says_so(path, run, capsys):
    assert run("trials", path, "--where", "depth=3", "--where", "depth=4") == "0 of 25 trials\n"
    for option in ("--json", "--csv"):
        assert main(["trials", str(path), "--state", "pruned", option]) == 0
        assert capsys.readouterr().err == "0 of 25 trials\n"


def test_trials_as_a_table(path, run):
    rows = list(csv.DictReader(io.StringIO(run("trials", path, "--csv", "--sort", "value", "--limit", 3))))
    with tt.Study(path, read_only=True) as study:
        assert float(rows[0]["value"]) == study.best.value
        assert rows[0]["host"] == study.best.host
    assert len(rows) == 3


def test_export_as_lines_of_json(path, tmp_path, run):
    out = tmp_path / "trials.jsonl"
    run("export", path, "--out", out, "--steps")
    rows = [json.loads(line, parse_constant=pytest.fail) for line in out.read_text().splitlines()]
    with tt.Study(path, read_only=True) as study:
        assert [row["params/lr"] for row in rows] == [trial.params["lr"] for trial in study.trials]
        assert [row.get("params/momentum") for row in rows] == [t.params.get("momentum") for t in study.trials]
        assert [row.get("value") for row in rows] == [trial.value for trial in study.trials]


@pytest.mark.parametrize("package", ["polars", "pandas"])
def test_export_as_parquet(path, tmp_path, run, monkeypatch, package):
    reader = pytest.importorskip(package)
    if package == "pandas":
        pytest.importorskip("pyarrow")
        monkeypatch.setitem(__import__("sys").modules, "polars", None)
    out = tmp_path / "trials.parquet"
    run("export", path, "--out", out)
    frame = reader.read_parquet(out)
    with tt.Study(path, read_only=True) as study:
        assert list(frame["params/lr"]) == [trial.params["lr"] for trial in study.trials]
        assert list(frame["params/depth"]) == [trial.params["depth"] for trial in study.trials]
        assert list(frame["state"]) == [trial.state for trial in study.trials]
    assert run("export", path, "--format", "parquet", code=1).endswith("give a file (--out)\n")


def test_parquet_holds_choices_of_every_kind_as_text(tmp_path, run):
    polars = pytest.importorskip("polars")
    search = tt.Optimizer({"c": tt.Categorical([1, "a", (2, 3), None]), "n": tt.Int(0, 2**64 - 1)}, seed=0)
    for choice in (1, "a", (2, 3), None):
        search.observe({"c": choice, "n": 2**64 - 1}, float("inf"))
    search.save(tmp_path / "s.tanteo")
    run("export", tmp_path / "s.tanteo", "--out", tmp_path / "s.parquet")
    frame = polars.read_parquet(tmp_path / "s.parquet")
    assert frame["params/c"].to_list() == ["1", "a", "(2, 3)", None]
    assert frame["params/n"].to_list() == [str(2**64 - 1)] * 4
    assert frame["value"].to_list() == [float("inf")] * 4


def test_compare_reports_that_numbers_of_objectives_differ(path, named, run):
    page = run("compare", path, named)
    assert "loss: minimize, accuracy: maximize" in page
    assert re.search(r"found +the best value [\d.e-]+ +a Pareto front of \d+ trials?\n", page)
    assert "differs: 1 and 2 objectives, whose values cannot be compared" in page
    assert "best after" not in page
    data = json.loads(run("compare", named, path, "--json"))
    assert data["differences"][0] == "2 and 1 objectives, whose values cannot be compared"
    assert ("front" in data["a"], "best" in data["b"]) == (True, True)
    assert (data["a"]["hypervolume_after"], data["reference_point"]) == (None, None)
    assert "objectives" not in run("compare", named, named)


def test_compare_measures_fronts_from_one_point(tmp_path, run):
    """The box reaches from (0, 4) to (2.2, -0.4): the first front dominates 2.2 * 0.4 + 0.2 * 4 of it and more."""
    files = tmp_path / "a.tanteo", tmp_path / "b.tanteo"
    for file, values in zip(files, ([(0.0, 0.0), (2.0, 4.0)], [(1.0, 2.0)]), strict=True):
        search = tt.Optimizer({"x": tt.Int(0, 9)}, directions={"loss": "minimize", "speed": "maximize"}, seed=0)
        for x, pair in enumerate(values):
            search.observe({"x": x}, pair)
        search.save(file)
    box = 2.2 * 4.4
    first, both, second = 2.2 * 0.4 / box, (2.2 * 0.4 + 0.2 * 4.0) / box, 1.2 * 2.4 / box
    page = run("compare", *files)
    rows = [line.split()[2:] for line in page.splitlines() if line.startswith("hypervolume after")]
    assert rows == [["1", f"{first:.6g}", f"{second:.6g}"], ["2", f"{both:.6g}"]]
    assert re.search(r"found +a Pareto front of 2 trials +a Pareto front of 1 trial\n", page)
    assert "the box from the best values of both searches to loss 2.2, speed -0.4" in page
    data = json.loads(run("compare", *files, "--json"))
    assert data["reference_point"] == pytest.approx({"loss": 2.2, "speed": -0.4})
    assert data["a"]["hypervolume_after"] == pytest.approx({"1": first, "2": both})
    assert data["b"]["hypervolume_after"] == pytest.approx({"1": second})


def test_compare_counts_the_front_that_the_other_commands_list(tmp_path, run):
    draw, search = random.Random(0), tt.Optimizer({"x": tt.Float(0, 1)}, directions=["minimize"] * 2, seed=0)
    for k in range(40):
        search.observe({"x": k / 40}, [(k / 40 - best) ** 2 + 0.1 * draw.gauss(0, 1) for best in (0.2, 0.8)])
    search.save(file := tmp_path / "a.tanteo")
    front = [member.id for member in search.front()]
    assert len(front) != len(search.pareto_front)
    assert f"a Pareto front of {len(front)} trials" in run("compare", file, file)
    assert json.loads(run("compare", file, file, "--json"))["a"]["front"] == front
    assert len(json.loads(run("front", file, "--json"))) == len(front)
    values = np.array([member.values for member in search.front()])
    point = json.loads(run("compare", file, file, "--json"))["reference_point"]
    assert list(point.values()) == pytest.approx(values.max(axis=0) + 0.1 * np.ptp(values, axis=0))


def test_compare_explains_no_hypervolume_where_all_fronts_are_too_long_for_it(tmp_path, run, monkeypatch):
    search = tt.Optimizer({"x": tt.Int(0, 9)}, directions=["minimize"] * 3, seed=0)
    for x in range(3):
        search.observe({"x": x}, [x, 2.0 - x, 1.0])
    search.save(file := tmp_path / "a.tanteo")
    assert "hypervolume: the share" in run("compare", file, file)
    monkeypatch.setattr(hypervolume, "MAX_BOXES", 0)
    assert "hypervolume" not in run("compare", file, file)


@pytest.mark.parametrize(
    "command", [["trials"], ["export"], ["trials", "--json"], ["tail", "-n", "9", "--interval", "0.05"]]
)
def test_a_closed_pipe_ends_a_command_silently(path, command):
    """As in ``tanteo trials x.db | head -1``; ``tail`` must notice it before the next trial."""
    command_line = [sys.executable, "-m", "tanteo", command[0], str(path), *command[1:]]
    with subprocess.Popen(command_line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


def test_compare_shows_best_values_and_differences(path, tmp_path, run):
    other = tmp_path / "other.db"
    space = {**SPACE, "depth": tt.Int(1, 12), "width": tt.Int(1, 8)}
    with tt.Study(other, space, seed=5, durability="off") as study:
        for _ in range(12):
            trial = study.ask()
            study.tell(trial, trial.params["lr"])
        best = study.best
    page = run("compare", path, other)
    assert "differs: parameter 'depth': high 9 in the first, 12 in the second" in page
    assert "differs: parameter 'width' exists in the second, but not in the first" in page
    assert f"{best.value:.6g}" in page
    assert "best after 10" in page
    data = json.loads(run("compare", path, other, "--json"))
    assert data["b"]["best"]["id"] == best.id
    assert data["a"]["trials"] == {"complete": 18, "failed": 6, "pending": 1}


@pytest.mark.parametrize("kind", ["study", "snapshot"])
def test_enqueue_sets_the_params_of_the_next_trial(tmp_path, run, kind):
    if kind == "study":
        file = create_study(tmp_path / "queue.db", n=1)
    else:
        file = tmp_path / "queue.tanteo"
        tt.Optimizer(SPACE, seed=0).save(file)
    assert run("enqueue", file, "lr=0.25", "kind=sgd").splitlines() == [f"queued in {file}: lr=0.25, kind='sgd'"]
    search = tt.Study(file) if kind == "study" else tt.Optimizer.load(file)
    params = search.ask().params
    assert (params["lr"], params["kind"]) == (0.25, "sgd")


def test_enqueue_takes_an_object(tmp_path, run):
    file = tmp_path / "queue.tanteo"
    tt.Optimizer({"g": {"depth": tt.Int(1, 9)}}, seed=0).save(file)
    run("enqueue", file, '{"g": {"depth": 4}}')
    assert tt.Optimizer.load(file).ask().params == {"g": {"depth": 4}}
    assert "this is not JSON" in run("enqueue", file, '{"g": 4', code=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name the values to try, such as lr=0.01"),
        (["lr"], "write NAME=VALUE, such as lr=0.01"),
        (["rate=1"], "there is no parameter 'rate'; the space has lr, kind"),
        (["lr=much"], "'much' is not a value of Float(0.0001"),
        (["lr=7"], "parameter 'lr'"),
        (["kind=rms"], "must be one of ['adam', 'sgd']"),
        (["lr=0.1", "lr=0.2"], "given twice"),
    ],
)
def test_enqueue_refuses_invalid_params(tmp_path, run, arguments, message):
    file = tmp_path / "s.tanteo"
    tt.Optimizer(SPACE, seed=0).save(file)
    original = file.read_bytes()
    assert message in run("enqueue", file, *arguments, code=1)
    assert file.read_bytes() == original


def test_tail_follows_a_running_study(tmp_path, run):
    file = create_study(tmp_path / "living.db", n=3)

    def work():
        with tt.Study(file, durability="off") as study:
            for _ in range(4):
                time.sleep(0.1)
                study.tell(study.ask(), 0.125)

    worker = threading.Thread(target=work)
    worker.start()
    out = run("tail", file, "-n", 1, "--interval", 0.05, "--seconds", 4, "--json")
    worker.join()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["id"], row["values"]) for row in rows[1:]] == [(k, [0.125]) for k in range(4, 8)]
    assert rows[0]["id"] == 2


def test_import_creates_a_study_from_a_table(tmp_path, run):
    (tmp_path / "runs.csv").write_text("lr,acc\n0.1,0.5\n0.01,0.75\n7,1\n")
    (tmp_path / "space.json").write_text(tt.SearchSpace({"lr": tt.Float(0, 1)}).to_json())
    out = tmp_path / "moved.db"
    options = ["--space", tmp_path / "space.json", "--value", "acc", "--direction", "maximize", "--out", out]
    assert "1 of the trials cannot be imported" in run("import", tmp_path / "runs.csv", *options, code=1)
    assert not out.exists()
    page = run("import", tmp_path / "runs.csv", *options, "--allow-dropped")
    assert "(the header is row 1)" in page
    assert "row 4: left aside" in page
    assert "holds 2 trials" in page
    with tt.Study(out, read_only=True) as study:
        assert study.best.value == 0.75
    assert "exists" in run("import", tmp_path / "runs.csv", *options, code=1)
    assert out.exists()
    assert "give --space FILE" in run("import", tmp_path / "runs.csv", "--out", "x.db", code=1)
    two = ["--value", "acc", "--value", "lr", "--direction", "maximize", "--direction", "minimize"]
    run("import", *two, tmp_path / "runs.csv", *options[:2], "--out", tmp_path / "two.db", "--allow-dropped")
    with tt.Study(tmp_path / "two.db", read_only=True) as study:
        assert study.directions == ("maximize", "minimize")
    for uneven in (two[:6], [*two[:2], *two[4:]]):
        page = run("import", *uneven, tmp_path / "runs.csv", *options[:2], "--out", tmp_path / "odd.db", code=1)
        assert "give one --direction for each --value, got " in page
    assert not (tmp_path / "odd.db").exists()
    settings = ("--sampler", "tpe", "--pruner", "median", "--seed", 5)
    run("import", tmp_path / "runs.csv", *options[:6], "--out", tmp_path / "set.db", "--allow-dropped", *settings)
    with tt.Study(tmp_path / "set.db", read_only=True) as chosen:
        assert (chosen.sampler, chosen.pruner, chosen.seed) == (tt.samplers.TPE(), tt.pruners.Median(), 5)
    assert "executes its content" in run("import", "trials.pkl", "--out", "x.db", code=1)


def test_import_reads_an_export_with_the_names_of_the_objectives(tmp_path, run):
    goals = {"energy": "maximize", "price": "minimize"}
    search = tt.Optimizer({"x": tt.Float(0, 1)}, directions=goals, seed=0)
    search.observe({"x": 0.5}, {"energy": 2.0, "price": 3.0})
    search.save(tmp_path / "a.tanteo")
    (tmp_path / "space.json").write_text(search.space.to_json())
    run("export", tmp_path / "a.tanteo", "--out", tmp_path / "a.csv")
    options = [f"--direction={name}={goal}" for name, goal in goals.items()]
    imported = run(
        "import", tmp_path / "a.csv", "--space", tmp_path / "space.json", *options, "--out", tmp_path / "b.db"
    )
    assert imported.splitlines()[1] == "it maximizes energy and minimizes price"
    with tt.Study(tmp_path / "b.db", read_only=True) as study:
        assert (study.objective_names, study.directions) == (("energy", "price"), ("maximize", "minimize"))
        assert study.trials[0].values == (2.0, 3.0)
    wrong = run(
        "import", tmp_path / "a.csv", "--space", tmp_path / "space.json", "--direction=up", "--out", "c", code=1
    )
    assert "--direction up: write minimize or maximize, or a name as in loss=minimize" in wrong


def test_show_and_the_page_agree_on_the_number_of_trials_that_count(tmp_path, run):
    file = create_study(tmp_path / "s.db", n=24)
    with tt.Study(file) as study:
        for number in (0, 1, 3):
            study.exclude(number)
    assert "1 cancelled, 18 complete, 5 failed, 1 pending (2 excluded)" in run("show", file)
    assert list(json.loads(run("show", file, "--json"))["best_after"]) == ["1", "10", "21"]
    run("report", file, "--out", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "5 of 21 trials failed" in page
    assert "2 more trials are excluded and not counted here" in page


def test_import_fills_parameters_that_a_table_lacks(tmp_path, run):
    (tmp_path / "runs.csv").write_text("lr,value\n0.1,0.5\n")
    space = {"lr": tt.Float(0, 1), "depth": tt.Int(1, 8), "kind": tt.Categorical(["a", "b"])}
    (tmp_path / "space.json").write_text(tt.SearchSpace(space).to_json())
    options = ["--space", tmp_path / "space.json", "--out", tmp_path / "moved.db"]
    assert "--fill depth=... of tanteo import" in run("import", tmp_path / "runs.csv", *options, code=1)
    assert "--fill depth: write" in run("import", tmp_path / "runs.csv", *options, "--fill", "depth", code=1)
    assert "--fill is for tables" in run("import", "old.db", *options, "--fill", "depth=4", code=1)
    run("import", tmp_path / "runs.csv", *options, "--fill", "depth=4", "--fill", "kind=b")
    with tt.Study(tmp_path / "moved.db", read_only=True) as study:
        assert study.trials[0].params == {"lr": 0.1, "depth": 4, "kind": "b"}


def test_import_creates_a_study_from_an_optuna_study(tmp_path, run):
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    journal = optuna.storages.journal.JournalFileBackend(str(tmp_path / "old.log"))
    study = optuna.create_study(storage=optuna.storages.JournalStorage(journal), study_name="old")
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=5)
    study.enqueue_trial({"x": 0.5})
    page = run("import", tmp_path / "old.log", "--out", tmp_path / "moved.db")
    assert "holds 5 trials" in page
    assert page.endswith("0 of them pending, and 1 queued\nit minimizes the value\n")
    assert "  queued         1 to be tried next\n" in run("show", tmp_path / "moved.db")
    assert json.loads(run("show", tmp_path / "moved.db", "--json"))["queued"] == 1
    with tt.Study(tmp_path / "moved.db", read_only=True) as imported:
        assert imported.best.value == study.best_value
        assert imported.name == "old"


def test_an_import_names_the_options_of_the_shell(tmp_path, run):
    optuna = pytest.importorskip("optuna")
    source, out = tmp_path / "old.log", ("--out", tmp_path / "moved.db")
    storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(source)))
    study = optuna.create_study(storage=storage, study_name="old")
    said = [run("import", source, *out, code=1)]
    distributions = {name: optuna.distributions.IntDistribution(0, 2) for name in "kmn"}
    for params in ({"k": 1, "n": 1, "m": 1}, {"k": 2, "n": 2}):  # both "k" and "n" explain the absence of "m"
        own = {name: distributions[name] for name in params}
        study.add_trial(optuna.trial.create_trial(params=params, distributions=own, value=0.0))
    said.append(run("import", source, *out))
    (tmp_path / "runs.csv").write_text("lr,value,memory\n0.1,0.5,3\n")
    (tmp_path / "space.json").write_text(tt.SearchSpace({"lr": tt.Float(0, 1)}).to_json())
    options = ("--space", tmp_path / "space.json", "--out", tmp_path / "table.db")
    said.append(run("import", tmp_path / "runs.csv", *options))
    optuna.create_study(storage=storage, study_name="new")
    said.append(run("import", source, "--out", tmp_path / "one.db", code=1))
    for text, named in zip(
        said, ("give --space FILE", "(give --space FILE", "in Python, from_frame", "(--study-name)"), strict=True
    ):
        assert named in text
        assert not re.search("space=|study_name=|name columns in", text)


def test_choices_are_written_as_python_literals(tmp_path, run):
    file = tmp_path / "queue.tanteo"
    tt.Optimizer({"flag": tt.Categorical([True, 1, 1.0, "1", "on"])}, seed=0).save(file)
    literals = ["True", "1", "1.0", "'1'", "on"]
    for value in literals:
        run("enqueue", file, f"flag={value}")
    search = tt.Optimizer.load(file)
    assert [repr(search.ask().params["flag"]) for _ in literals] == ["True", "1", "1.0", "'1'", "'on'"]


def test_tables_hold_no_control_characters(tmp_path, run):
    search = tt.Optimizer({"kind": tt.Categorical(["\x1b[31m", "b"])}, seed=0)
    search.observe({"kind": "\x1b[31m"}, state="failed", reason="red: \x1b[2J, two\nlines")
    search.save(tmp_path / "s.tanteo")
    table = run("export", tmp_path / "s.tanteo")
    assert "\x1b" not in table
    assert "red: \\x1b[2J, two\nlines" in table
    (tmp_path / "s.csv").write_text(table, newline="")
    assert from_frame(tmp_path / "s.csv", search.space).trials[0].params == {"kind": "\x1b[31m"}


def test_the_help_of_every_command_on_files_has_examples(capsys):
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
        with pytest.raises(SystemExit) as exit_info:
            main([command, "--help"])
        assert exit_info.value.code == 0
        assert f"examples:\n  tanteo {command} " in capsys.readouterr().out


def test_a_path_that_is_not_a_search_is_an_error(tmp_path, run):
    assert "is a folder; name a study" in run("show", tmp_path, code=1)
    (tmp_path / "text.db").write_text("hello")
    assert "neither a study nor a snapshot" in run("show", tmp_path / "text.db", code=1)
    assert f"there is no file {tmp_path / 'none.db'}\n" in run("show", tmp_path / "none.db", code=1)


def test_a_figure_of_two_parameters_names_the_option(tmp_path, run):
    search = tt.Optimizer({"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, seed=0)
    for trial in search.ask(3):
        search.tell(trial, trial.params["x"])
    search.save(tmp_path / "a.tanteo")
    out = tmp_path / "a.png"
    page = run("plot", tmp_path / "a.tanteo", "contour", "--params", "x", "--out", out, code=1)
    assert "this plot needs two parameters that differ, got ['x']; name two with --params" in page
